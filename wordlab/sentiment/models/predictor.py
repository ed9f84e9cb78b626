"""The probabilities of streams of texts: in order, at constant memory, sorted by length within a block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from wordlab.errors import ConfigError
from wordlab.extras import need
from wordlab.resources import available_cores
from wordlab.sentiment.features.encoding import EncodedTexts, Encoder, tokenise
from wordlab.sentiment.features.length_batches import sorted_batches
from wordlab.sentiment.models.network import Network
from wordlab.sentiment.models.torch_state import own_torch_state

with need("torch"):
    import torch

_BATCH_TOKENS = 8_192  # with padding: what fits a core's cache is fastest


def probabilities(
    network: Network, encoder: Encoder, texts: Iterable[str], *, threads: int | None = None
) -> Iterator[np.ndarray]:
    """The probabilities of the texts in order, some rows at a time, each block (n, num_classes) float32.

    A few thousand texts are held at a time. Raises ConfigError for `threads` below 1.
    """
    if threads is not None and threads < 1:
        raise ConfigError(f"threads: expected 1 or more, or none for all cores, found {threads}")
    threads = threads or available_cores()
    for block in tokenise(texts, encoder.tokenizer, threads=threads):
        encoded = encoder.encode_blocks([block])
        with own_torch_state(threads):
            rows = encoded_probabilities(network, encoded)
        yield rows


@torch.inference_mode()
def encoded_probabilities(network: Network, encoded: EncodedTexts) -> np.ndarray:
    """The probabilities of texts that are encoded already, (num_texts, num_classes) float32."""
    result = np.zeros((len(encoded), network.output.out_features), dtype=np.float32)
    logits_of = network.scorer(encoded)
    for rows in sorted_batches(encoded.lengths, _BATCH_TOKENS):
        result[rows] = logits_of(rows).softmax(dim=1).numpy()
    return result
