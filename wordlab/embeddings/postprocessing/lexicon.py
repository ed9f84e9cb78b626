"""Lexica: for each word others that mean nearly the same, as retrofitting takes them."""

from __future__ import annotations

import os
from collections.abc import Iterable

import numpy as np

from wordlab.embeddings.evaluation.lines import read_lines
from wordlab.errors import FormatError
from wordlab.text.vocabulary import Vocabulary
from wordlab.visible import clipped

Lexicon = list[tuple[str, list[str]]]
"""Words, each with those that are related to it."""


def read_lexicon(path: str | os.PathLike[str], *, encoding: str = "utf-8") -> Lexicon:
    """The lines of a file: a word, and then words that are related to it, with spaces between.

    That is the form of the lexica that Faruqui et al. publish (WordNet, PPDB, FrameNet). Empty lines are
    skipped. Raises SourceError, and FormatError (file and line) for a word without others or no line at all.
    """
    lexicon = []
    for where, line in read_lines(path, encoding):
        words = line.split()
        if len(words) == 1:
            raise FormatError(f"{where}: expected a word and others related to it, found {clipped(line)!r}")
        if words:
            lexicon.append((words[0], words[1:]))
    if not lexicon:
        raise FormatError(f"{path}: expected a word and others related to it on each line, found none")
    return lexicon


def edges(lexicon: Iterable[tuple[str, Iterable[str]]], vocabulary: Vocabulary) -> np.ndarray:
    """(id of a word, id of a related word) for all that are in the vocabulary, int64 (num_edges, 2).

    Each once, in both directions, ordered; no word is related to itself.
    """
    found = set()
    for word, related in lexicon:
        one = vocabulary.get(word)
        for other in related:
            two = vocabulary.get(other)
            if one is not None and two is not None and one != two:
                found |= {(one, two), (two, one)}
    return np.array(sorted(found), np.int64).reshape(-1, 2)
