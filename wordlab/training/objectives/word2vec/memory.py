"""What training word2vec takes in memory, counted array by array."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wordlab.compiled.rows import padded
from wordlab.embeddings import WordVectors
from wordlab.text import Corpus
from wordlab.training.objectives.base import Arrays
from wordlab.training.objectives.word2vec.config import PATH_GROUP, Word2VecConfig
from wordlab.training.objectives.word2vec.sizes import spare_rows


def array_bytes(
    corpus: Corpus, config: Word2VecConfig, start: WordVectors | None, num_words: int
) -> Callable[[int], Arrays]:
    """A function that says what arrays of some dimension take, for a result of `num_words` words."""
    if config.hierarchical:
        num_nodes = _num_path_nodes(corpus, start, num_words)
        num_groups = num_nodes // PATH_GROUP + num_words // 2
        targets = 8 * PATH_GROUP * num_groups + 12 * num_words
        building = 26 * num_nodes + 16 * PATH_GROUP * num_groups
    else:
        targets, building = 12 * num_words, 60 * num_words

    def needed(dim: int) -> Arrays:
        matrix = num_words * 4 * padded(dim)
        copied = 4 * sum(spare_rows(num_words, corpus.num_tokens, config)) * padded(dim)  # at most
        reordered = start is not None or config.line_end
        copies = (8 if reordered else 0) * num_words * dim  # in the order of the result
        copies += num_words * dim  # a bool for each number, when it is checked
        moments = (
            8 * corpus.num_lines,  # looking for a line of two words
            (matrix if start is None else 2 * matrix) + building,  # fresh outputs are not touched by then
            2 * matrix + targets,
            2 * matrix + copies,
        )
        return Arrays(2 * matrix + copied, targets, max(moments) - 2 * matrix - targets, 8 * num_words * dim)

    return needed


def _num_path_nodes(corpus: Corpus, start: WordVectors | None, num_words: int) -> int:
    """Steps from the root of the Huffman tree to all words together, about."""
    counts = corpus.vocabulary.counts
    if start is not None:
        counts = np.concatenate([counts, start.vocabulary.counts])
    shares = np.maximum(counts, 1) / max(1, counts.sum())
    depth = np.ceil(-np.log2(shares)).mean()  # Shannon's code, which Huffman's hardly differs from
    return int(num_words * max(1.0, float(depth)))
