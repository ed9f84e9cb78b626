"""TextEncoder: word vectors, a fitted pooling and a tokenizer, which together turn texts into vectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from wordlab.embeddings.vectors import WordVectors
from wordlab.embeddings.word_rows import compose, row_numbers, rows_in
from wordlab.sentiment.data.inputs import choose_tokenizer
from wordlab.sentiment.documents.pooled import Counts, FittedPooling, Located, fit, locate, pooled, unfitted
from wordlab.sentiment.documents.poolings.base import Pooling
from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.features.tally import Tally
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.tokenizers.splitter import EncodedBlock


@dataclass(frozen=True, eq=False)
class TextEncoder:
    """Encodes texts by pooling the vectors of their words."""

    vectors: WordVectors
    fitted: FittedPooling
    tokenizer: Tokenizer

    @classmethod
    def fit(
        cls,
        blocks: Iterable[EncodedBlock],
        vectors: WordVectors,
        pooling: Pooling,
        tokenizer: Tokenizer | None = None,
    ) -> tuple[TextEncoder, np.ndarray, Tally]:
        """The encoder whose pooling is fitted on tokenised texts, their vectors, and what of them has one."""
        counts = Counts(vectors)
        located = [locate(block, vectors, counts.tally) for block in blocks]
        if pooling.is_fitted:
            for block in located:
                counts.add(block)
            fitted = fit(pooling, counts, located, vectors)
        else:
            fitted = unfitted(pooling, vectors)
        encoder = cls(vectors, fitted, choose_tokenizer(tokenizer, vectors))
        return encoder, encoder._pooled(located), counts.tally

    def encode(self, texts: Iterable[str], *, threads: int = 1) -> np.ndarray:
        """The vectors of `texts`, float32 (num_texts, D); a text without known words has the zero vector."""
        blocks = tokenise(texts, self.tokenizer, threads=threads)
        return self._pooled(locate(block, self.vectors) for block in blocks)

    def _pooled(self, blocks: Iterable[Located]) -> np.ndarray:
        parts = [np.zeros((0, self.vectors.dim), np.float32)]
        for located in blocks:
            parts += pooled(located, self.vectors, self.fitted)
        return np.concatenate(parts)

    def known(self, tokens: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The positions (n,) of the tokens that have a vector, these (n, D), and their weights (n,)."""
        composed = compose(tokens, self.vectors.vocabulary, self.vectors.subwords)
        numbers = row_numbers(tokens, self.vectors.vocabulary, composed)
        positions = np.flatnonzero(numbers >= 0)
        numbers = numbers[positions]
        weights = self.fitted.weights[np.minimum(numbers, len(self.vectors))]
        return positions, rows_in(self.vectors.matrix, composed, numbers), weights
