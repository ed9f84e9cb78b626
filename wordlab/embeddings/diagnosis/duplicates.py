"""Words that share a vector, exactly or nearly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordlab.embeddings.diagnosis.findings import SHOWN, Finding
from wordlab.embeddings.diagnosis.rows import RowFacts, equal_rows
from wordlab.embeddings.queries import cosines, row_blocks, unit_rows
from wordlab.resources import one_thread

NEAR = 0.999
"""The cosine above which two vectors are nearly the same."""
_TABLES, _BITS = 8, 24
_IN_A_BUCKET = 16  # words after it with which each word of a bucket is compared
_PAIRS_AT_ONCE, _MOST_PAIRS = 1 << 16, 1 << 20
_FREQUENT = 1_000  # words that should have a vector of their own
_USUAL = 0.001  # share of words


@dataclass(frozen=True)
class Duplicates:
    """`equal` are groups of ids with exactly the same vector, `near` pairs (n, 2) with nearly the same.

    A pair of `near` has different vectors, with a cosine above 0.999.
    """

    words: Sequence[str]
    equal: list[list[int]]
    near: np.ndarray

    def findings(self) -> Iterator[Finding]:
        """A line for each kind that there is."""
        if self.equal:
            number = sum(map(len, self.equal))
            fault = number > _USUAL * len(self.words) or self.equal[0][0] < _FREQUENT
            yield Finding(
                "duplicates", "words whose vector another has as well", "fault" if fault else "look",
                "in a file: the same row twice, or a placeholder; after training: words that were never "
                "trained, which a higher --min-count leaves out",
                number, tuple(" = ".join(self._named(group)) for group in self.equal[:SHOWN]),
            )  # fmt: skip
        if len(self.near):
            number = len(np.unique(self.near))
            yield Finding(
                "near-duplicates", f"words with a cosine above {NEAR} to another", "look",
                "spellings of one thing, or words that always stand together: corpus phrases joins those; "
                "if they have nothing in common, they were hardly trained",
                number, tuple(" ~ ".join(self._named(pair)) for pair in self.near[:SHOWN].tolist()),
            )  # fmt: skip

    def _named(self, ids: Sequence[int]) -> list[str]:
        names = [self.words[id] for id in ids[:3]]
        return names if len(ids) <= 3 else [*names, f"{len(ids) - 3:,} more"]

    def to_dict(self) -> dict[str, Any]:
        """The numbers of words, ready for JSON."""
        return {
            "num_equal": sum(map(len, self.equal)),
            "num_groups": len(self.equal),
            "num_near": len(np.unique(self.near)),
        }


def find_duplicates(words: Sequence[str], matrix: np.ndarray, rows: RowFacts, seed: int) -> Duplicates:
    """The words that share their vectors; zero vectors, which `Norms` counts, are left out.

    Equal rows are found exactly. For nearly equal ones random planes through the mean divide the space,
    eight times 24 of them (Charikar 2002, "Similarity Estimation Techniques from Rounding Algorithms"), and
    words on the same side of all 24 are compared: at a cosine of 0.999 each of the eight finds a pair seven
    times in ten.
    """
    equal = [ids for ids in equal_rows(matrix, rows.hashes) if rows.norms[ids[0]] > 0]
    return Duplicates(words, equal, _near(matrix, rows, seed))


def _near(matrix: np.ndarray, rows: RowFacts, seed: int) -> np.ndarray:
    dim, mean = matrix.shape[1], rows.unit_sum / max(1, np.count_nonzero(rows.norms))
    planes = np.random.default_rng(seed).normal(size=(dim, _TABLES * _BITS)).astype(np.float32)
    keys = np.empty((_TABLES, len(matrix)), np.uint32)
    with one_thread():  # so that no side depends on the number of threads
        offsets = mean.astype(np.float32) @ planes
        for block in row_blocks(matrix):
            sides = unit_rows(matrix[block]) @ planes > offsets
            packed = np.packbits(sides.reshape(-1, _TABLES, _BITS), axis=2).astype(np.uint32)
            first, second, third = packed.transpose(2, 1, 0)
            keys[:, block] = first << 16 | second << 8 | third
    ids = np.flatnonzero(rows.norms > 0)
    found, left = [], _MOST_PAIRS
    for key in keys:
        pairs = _candidates(rows.hashes, key, ids, left)
        left -= len(pairs)
        for start in range(0, len(pairs), _PAIRS_AT_ONCE):
            part = pairs[start : start + _PAIRS_AT_ONCE]
            found.append(part[cosines(matrix[part[:, 0]], matrix[part[:, 1]]) > NEAR])
    return np.unique(np.concatenate([np.zeros((0, 2), np.int64), *found]), axis=0)


def _candidates(hashes: np.ndarray, key: np.ndarray, ids: np.ndarray, most: int) -> np.ndarray:
    """Pairs of `ids` (n, 2), at `most` so many, the lower id first, that have one key but not one hash."""
    order = ids[np.argsort(key[ids], kind="stable")]
    _, bucket, sizes = np.unique(key[order], return_inverse=True, return_counts=True)
    order = order[sizes[bucket] > 1]  # most words are alone in their bucket
    keys, found, left = key[order], [np.zeros((0, 2), np.int64)], most
    for step in range(1, min(_IN_A_BUCKET + 1, len(order))):
        same = np.flatnonzero(keys[step:] == keys[:-step])
        pairs = np.stack([order[same], order[same + step]], axis=1)
        pairs = pairs[hashes[pairs[:, 0]] != hashes[pairs[:, 1]]][:left]
        left -= len(pairs)
        found.append(pairs)
    return np.concatenate(found)
