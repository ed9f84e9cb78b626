"""The vectors of texts, and how many of their words are unknown."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordlab.embeddings.vectors import WordVectors
from wordlab.sentiment.data.inputs import check_texts, choose_tokenizer
from wordlab.sentiment.documents.pooled import Located, locate, pooled, unfitted
from wordlab.sentiment.documents.poolings.names import make_pooling
from wordlab.sentiment.features.encoding import tokenise


class TextVectors(NamedTuple):
    """The vectors of texts (n, D), float32, and for each the number of its words, and of those unknown."""

    vectors: np.ndarray
    num_words: list[int]
    num_unknown: list[int]


class TextEncoder:
    """Texts to the means of their words' vectors; a text without known words is the zero vector."""

    def __init__(self, vectors: WordVectors) -> None:
        self._vectors = vectors
        self._tokenizer = choose_tokenizer(None, vectors)
        self._means = unfitted(make_pooling("mean"), vectors)

    def encode(self, texts: list[str]) -> TextVectors:
        """The vectors of `texts`; TrainingError where a mean exceeds float32."""
        rows = [np.zeros((0, self._vectors.dim), np.float32)]
        num_words: list[int] = []
        num_unknown: list[int] = []
        for block in tokenise(check_texts(texts), self._tokenizer):
            located = locate(block, self._vectors)
            rows += pooled(located, self._vectors, self._means)
            num_words += _in_each_text(located, np.ones(len(located.numbers), bool))
            num_unknown += _in_each_text(located, located.numbers < 0)
        return TextVectors(np.concatenate(rows), num_words, num_unknown)

    def encode_lists(self, lists: list[list[str]]) -> list[TextVectors]:
        """The vectors of the texts of each list, computed together."""
        together = self.encode([text for texts in lists for text in texts])
        ends = np.cumsum([0, *map(len, lists)]).tolist()
        spans = [slice(*ends[number : number + 2]) for number in range(len(lists))]
        vectors, num_words, num_unknown = together
        return [TextVectors(vectors[span], num_words[span], num_unknown[span]) for span in spans]


def _in_each_text(located: Located, chosen: np.ndarray) -> list[int]:
    """How many tokens of each text are among the words that are `chosen`, bool (num_words,)."""
    before = np.concatenate([[0], np.cumsum(chosen[located.ids])])
    counts: list[int] = np.diff(before[np.concatenate([[0], located.line_ends])]).tolist()
    return counts
