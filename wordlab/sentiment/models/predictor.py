"""Prediction for streams of texts: in order, at constant memory, sorted by length within a window."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from wordlab.errors import ConfigError
from wordlab.resources import available_cores
from wordlab.sentiment.features.encoding import PADDING, EncodedTexts, tokenise
from wordlab.sentiment.models.networks import Network, own_torch_state
from wordlab.sentiment.models.projection import Tables
from wordlab.sentiment.models.textcnn import TextCNN
from wordlab.sentiment.results import Prediction
from wordlab.sentiment.training.batches import sorted_batches

if TYPE_CHECKING:
    from wordlab.sentiment.models.classifier import Classifier

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
            yield Prediction.of(waiting.get(), classifier.classes, row)


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
    classify: Any = _classify_by_tables if isinstance(classifier.network, TextCNN) else _classify
    logits_of = classify(classifier.network, encoded)
    for rows in sorted_batches(lengths, _BATCH_TOKENS):
        result[rows] = logits_of(rows).softmax(dim=1).numpy()
    return result


def _classify(network: Network, encoded: EncodedTexts) -> Callable[[np.ndarray], Tensor]:
    """A function from the rows of some texts to their logits."""

    def logits_of(rows: np.ndarray) -> Tensor:
        ids = torch.from_numpy(encoded.batch(rows))  # (batch, longest)
        logits: Tensor = network(ids, torch.from_numpy(encoded.lengths[rows]))  # (batch, num_classes)
        return logits

    return logits_of


def _classify_by_tables(network: TextCNN, encoded: EncodedTexts) -> Callable[[np.ndarray], Tensor]:
    """The same for a TextCNN, the products of words and kernels made once for all texts."""
    words, places = np.unique(encoded.ids, return_inverse=True)
    ids = torch.from_numpy(np.concatenate([[PADDING], words]).astype(np.int64))  # (num_words,)
    tables = Tables(network.convolutions, network.words.look_up(ids))
    placed = EncodedTexts((places + 1).astype(np.int32), encoded.offsets)  # 0 is padding here, too

    def logits_of(rows: np.ndarray) -> Tensor:
        batch = torch.from_numpy(placed.batch(rows))  # (batch, longest)
        batch = nn.functional.pad(batch, (0, max(0, network.widest - batch.shape[1])))
        values = tables.maxima(batch, torch.from_numpy(placed.lengths[rows]))  # (batch, channels)
        return network.decide(values)  # (batch, num_classes)

    return logits_of
