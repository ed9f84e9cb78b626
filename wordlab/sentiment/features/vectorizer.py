"""WordVectorVectorizer: texts to pooled vectors of their words, for scikit-learn."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from wordlab.embeddings.vectors import WordVectors
from wordlab.sentiment.data.inputs import check_texts, choose_tokenizer
from wordlab.sentiment.documents.encoder import TextEncoder
from wordlab.sentiment.documents.poolings.base import Pooling
from wordlab.sentiment.documents.poolings.names import make_pooling
from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.takes_texts import TakesTexts
from wordlab.text.tokenizers import Tokenizer


class WordVectorVectorizer(TakesTexts, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Texts to vectors (num_texts, D), float32, made of the vectors of each text's known words.

    `pooling` is a name or a `Pooling` with settings of its own: "mean"; "idf"; "sif" (Arora, Liang and Ma
    2017); "usif" (Ethayarajh 2018). What a pooling learns, it learns in `fit`, and `transform` reuses it.
    Probabilities of words come from the vocabulary's counts or, where these are unknown, from the texts of
    `fit`. Words outside the vocabulary are known, too, if subwords give them a vector; they weigh what a word
    does that was never met. A text without known words is the zero vector. `tokenizer` None stands for the
    vectors' own, or "word". `coverage_` is the share of the words in `fit` that have a vector,
    `coverage_through_subwords_` the share that have it through their n-grams alone.
    """

    def __init__(
        self,
        vectors: WordVectors,
        *,
        pooling: str | Pooling = "mean",
        tokenizer: Tokenizer | None = None,
    ) -> None:
        self.vectors = vectors
        self.pooling = pooling
        self.tokenizer = tokenizer

    def fit(self, texts: Iterable[str], y: object = None) -> WordVectorVectorizer:
        """The vectorizer, with what the pooling learns from `texts`; `y` is ignored.

        Raises ConfigError for an unknown pooling, CorpusError for texts that hold too little to fit it on.
        """
        self._fit(texts)
        return self

    def fit_transform(self, texts: Iterable[str], y: object = None, **fit_params: object) -> np.ndarray:
        """The vectors of `texts` after fitting on them; they are tokenised once."""
        return self._fit(texts)

    def transform(self, texts: Iterable[str]) -> np.ndarray:
        """The vectors of `texts`, float32 (num_texts, D)."""
        check_is_fitted(self, "encoder_")
        return self.encoder_.encode(check_texts(texts))

    def _fit(self, texts: Iterable[str]) -> np.ndarray:
        """Fit, and give the vectors of `texts`."""
        pooling = make_pooling(self.pooling)
        tokenizer = choose_tokenizer(self.tokenizer, self.vectors)
        blocks = tokenise(check_texts(texts), tokenizer)
        self.encoder_, rows, tally = TextEncoder.fit(blocks, self.vectors, pooling, tokenizer)
        self._n_features_out = self.vectors.dim
        self.coverage_ = tally.known or 0.0
        self.coverage_through_subwords_ = tally.composed or 0.0
        return rows
