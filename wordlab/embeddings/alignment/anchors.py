"""Anchors: pairs of words, one of either set, that are taken to mean the same."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

import numpy as np

from wordlab.embeddings.evaluation.lines import read_lines
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError
from wordlab.visible import clipped

Pair = tuple[str, str]


def read_anchors(path: str | os.PathLike[str], *, encoding: str = "utf-8") -> list[Pair]:
    """The pairs of a file: on each line a word, which stands for itself, or a word and its translation.

    A tab or white space separates the two, as in the dictionaries of MUSE. Empty lines are skipped. Raises
    SourceError, and FormatError (file and line) for a line of more words or a file without any.
    """
    pairs = []
    for where, line in read_lines(path, encoding):
        words = line.split("\t") if "\t" in line else line.split()
        words = [word.strip() for word in words]
        if words in ([], [""]):
            continue
        if len(words) > 2 or not all(words):
            raise FormatError(f"{where}: expected a word or a pair of words, found {clipped(line)!r}")
        pairs.append((words[0], words[-1]))
    if not pairs:
        raise FormatError(f"{path}: expected a word or a pair of words on each line, found none")
    return pairs


def common_words(vectors: WordVectors, other: WordVectors, num_words: int | None = None) -> list[Pair]:
    """The words that both sets have, each with itself; the `num_words` first by the rarer of its two ranks.

    A word that is frequent in one set and rare in the other, whose vector is poor there, comes late.
    """
    there = other.vocabulary.find(vectors.vocabulary.words)
    here = np.flatnonzero(there >= 0)
    order = np.argsort(np.maximum(here, there[here]), kind="stable")[:num_words]
    words = vectors.vocabulary.words
    return [(words[id], words[id]) for id in here[order].tolist()]


def known_pairs(pairs: Iterable[Pair], vectors: WordVectors, other: WordVectors) -> list[Pair]:
    """The distinct pairs with the first word in `vectors` and the second in `other`, in their order."""
    found = dict.fromkeys(pairs)
    return [(one, two) for one, two in found if one in vectors and two in other]


def rows_of(pairs: Sequence[Pair], vectors: WordVectors, other: WordVectors) -> tuple[np.ndarray, np.ndarray]:
    """The ids of the first words in `vectors` and of the second in `other`, int64 (num_pairs,) each."""
    return (
        vectors.vocabulary.find([one for one, _ in pairs]),
        other.vocabulary.find([two for _, two in pairs]),
    )
