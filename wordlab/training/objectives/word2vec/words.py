"""The words that training learns: those of a corpus and, if it is to be one, the end of a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wordlab.embeddings.ngrams import LINE_END
from wordlab.text import Corpus
from wordlab.training.objectives.word2vec.config import Word2VecConfig


class Words(NamedTuple):
    """Words by id: those of the corpus keep theirs."""

    words: Sequence[str]
    counts: np.ndarray
    """int64 (num_words,)"""
    line_end: int
    """The id of the end of a line; -1 for none."""


def words_of(corpus: Corpus, config: Word2VecConfig) -> Words:
    """The words of `corpus`, and last the end of a line, unless the text itself has such a word."""
    words, counts = corpus.vocabulary.words, corpus.vocabulary.counts
    if not config.line_end:
        return Words(words, counts, -1)
    if LINE_END not in words:
        words, counts = (*words, LINE_END), np.append(counts, 0)
    line_end = words.index(LINE_END)
    counts = counts.copy()
    counts[line_end] += corpus.num_line_ends
    return Words(words, counts, line_end)
