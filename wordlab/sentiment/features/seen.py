"""Which texts a model was trained on, known without holding them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from wordlab.sentiment.data.labelled import normalised

_BYTES = 8  # of a digest: among a million texts one other text in 2e13 is taken for one of them


class SeenTexts:
    """A set of texts by their digests, uint64 (num_texts,), ascending and each once.

    Texts are the same if they differ in white space and case only. A text without any word is in no set.
    """

    def __init__(self, digests: np.ndarray) -> None:
        self.digests = digests

    @classmethod
    def of(cls, texts: Iterable[str]) -> SeenTexts:
        """The set of `texts`."""
        digests = _digests(texts)
        return cls(np.unique(digests[digests != 0]))

    def __len__(self) -> int:
        return len(self.digests)

    def contains(self, texts: Iterable[str]) -> np.ndarray:
        """Whether each of `texts` is in the set, bool (num_texts,)."""
        return np.isin(_digests(texts), self.digests)


def _digests(texts: Iterable[str]) -> np.ndarray:
    """The digest of each text, uint64 (num_texts,); 0 for a text without any word."""
    return np.fromiter(map(_digest, texts), np.uint64)


def _digest(text: str) -> int:
    data = normalised(text).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=_BYTES).digest(), "little") if data else 0
