"""Which texts a model was trained on, known without holding them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from wordlab.artifact import Artifact, Draft
from wordlab.errors import ArtifactError
from wordlab.payloads import array
from wordlab.sentiment.data.normalising import all_normalised

_PAYLOAD = "training_texts.npy"
_BYTES = 8  # of a digest: among a million texts one other text in 2e13 is taken for one of them


class SeenTexts:
    """A set of texts by their digests, uint64 (num_texts,), ascending and each once.

    Texts are the same if they differ in white space and case only. A text without words is in no set.
    """

    def __init__(self, digests: np.ndarray) -> None:
        self.digests = digests

    @classmethod
    def of(cls, texts: Iterable[str]) -> SeenTexts:
        """The set of `texts`."""
        digests = _digests(texts)
        return cls(np.unique(digests[digests != 0]))

    def write(self, draft: Draft) -> None:
        """Write the digests into the artefact of a classifier."""
        np.save(draft.payload(_PAYLOAD), self.digests, allow_pickle=False)

    @classmethod
    def read(cls, source: Artifact) -> SeenTexts | None:
        """The set that `write` wrote; None for an artefact without one; ArtifactError if it is damaged."""
        if _PAYLOAD not in source.manifest["payloads"]:
            return None
        digests = array(source, _PAYLOAD, dtype="uint64", shape=(None,))
        if np.any(digests[1:] <= digests[:-1]):
            raise ArtifactError(
                f"{source.payload(_PAYLOAD)}: expected digests in ascending order, found them unsorted"
            )
        return cls(digests)

    def __len__(self) -> int:
        return len(self.digests)

    def contains(self, texts: Iterable[str]) -> np.ndarray:
        """Whether each of `texts` is in the set, bool (num_texts,)."""
        return np.isin(_digests(texts), self.digests)


def _digests(texts: Iterable[str]) -> np.ndarray:
    """The digest of each text, uint64 (num_texts,); 0 for a text without any word."""
    return np.frombuffer(b"".join(map(_digest, all_normalised(texts))), "<u8").astype(np.uint64)


def _digest(text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=_BYTES).digest() if data else bytes(_BYTES)
