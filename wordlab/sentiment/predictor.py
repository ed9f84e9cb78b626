"""Prediction for streams of texts: in order, at constant memory, sorted by length within a window."""

from __future__ import annotations

import queue
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch

from wordlab.cores import available_cores
from wordlab.errors import ConfigError
from wordlab.sentiment.batches import sorted_batches
from wordlab.sentiment.encoding import EncodedTexts, tokenise
from wordlab.sentiment.networks import own_torch_state
from wordlab.sentiment.results import Prediction

if TYPE_CHECKING:
    from wordlab.sentiment.classifier import Classifier

_BATCH_TOKENS = 8_192  # with padding: what fits a core's cache is fastest


def predict_stream(
    classifier: Classifier, texts: Iterable[str], *, threads: int | None = None
) -> Iterator[Prediction]:
    """A Prediction for each text, in order; a few thousand texts are held at a time."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()

    def remembered() -> Iterator[str]:
        for text in texts:
            waiting.put(text)
            yield text

    for rows in probabilities(classifier, remembered(), threads=threads):
        for row in rows.tolist():
            chances = dict(zip(classifier.classes, row, strict=True))
            yield Prediction(waiting.get(), max(chances, key=chances.__getitem__), chances)


def probabilities(
    classifier: Classifier, texts: Iterable[str], *, threads: int | None = None
) -> Iterator[np.ndarray]:
    """The probabilities of the texts in order, some rows at a time, each (n, num_classes) float32.

    Raises ConfigError for `threads` below 1.
    """
    if threads is not None and threads < 1:
        raise ConfigError(f"threads: expected 1 or more, or none for all cores, found {threads}")
    threads = threads or available_cores()
    for block in tokenise(texts, classifier.encoder.tokenizer, threads=threads):
        encoded = classifier.encoder.encode_blocks([block])
        with own_torch_state(threads):
            rows = encoded_probabilities(classifier, encoded)
        yield rows


@torch.inference_mode()
def encoded_probabilities(classifier: Classifier, encoded: EncodedTexts) -> np.ndarray:
    """The probabilities of texts that are encoded already, (num_texts, num_classes) float32."""
    result = np.zeros((len(encoded), len(classifier.classes)), dtype=np.float32)
    lengths = encoded.lengths
    for rows in sorted_batches(lengths, _BATCH_TOKENS):
        ids = torch.from_numpy(encoded.batch(rows))  # (batch, longest)
        logits = classifier.network(ids, torch.from_numpy(lengths[rows]))  # (batch, num_classes)
        result[rows] = logits.softmax(dim=1).numpy()
    return result
