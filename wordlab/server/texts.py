"""The vectors of texts, and how many of their words are unknown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wordlab.embeddings.vectors import WordVectors
from wordlab.embeddings.word_rows import compose, row_numbers
from wordlab.sentiment.data.inputs import choose_tokenizer
from wordlab.sentiment.features.vectorizer import WordVectorVectorizer


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
        self._pooling = WordVectorVectorizer(vectors).fit([""])

    def encode(self, texts: list[str]) -> TextVectors:
        """The vectors of `texts`; TrainingError where a mean exceeds float32."""
        means = self._pooling.transform(texts)
        num_words, num_unknown = [], []
        for text in texts:
            tokens = self._tokenizer(text)
            num_words.append(len(tokens))
            num_unknown.append(self._count_unknown(tokens))
        return TextVectors(means, num_words, num_unknown)

    def encode_lists(self, lists: list[list[str]]) -> list[TextVectors]:
        """The vectors of the texts of each list, computed together."""
        together = self.encode([text for texts in lists for text in texts])
        ends = np.cumsum([0, *map(len, lists)]).tolist()
        spans = [slice(*ends[number : number + 2]) for number in range(len(lists))]
        vectors, num_words, num_unknown = together
        return [TextVectors(vectors[span], num_words[span], num_unknown[span]) for span in spans]

    def _count_unknown(self, tokens: Sequence[str]) -> int:
        vocabulary = self._vectors.vocabulary
        composed = compose(tokens, vocabulary, self._vectors.subwords)
        return int((row_numbers(tokens, vocabulary, composed) < 0).sum())
