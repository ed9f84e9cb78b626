"""ParagraphVectors: texts to vectors learnt from texts alone, for scikit-learn."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from wordlab.progress import OnProgress
from wordlab.sentiment.data.inputs import choose_tokenizer, each_text
from wordlab.sentiment.models.paragraphs.grams import find_grams
from wordlab.sentiment.models.paragraphs.inference import means
from wordlab.sentiment.models.paragraphs.settings import ParagraphSettings
from wordlab.sentiment.models.paragraphs.training import learn
from wordlab.sentiment.takes_texts import TakesTexts
from wordlab.text.tokenizers import Tokenizer


class ParagraphVectors(TakesTexts, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Texts to vectors (num_texts, dim), float32, as PV-DBOW learns them (Le and Mikolov 2014).

    The parameters are the fields of ParagraphSettings, which checks them in `fit`; `tokenizer` None stands
    for "word", `threads` None for all cores. Any number of threads gives the same bytes.

    In `fit` each text has a vector, which learns to tell the text's n-grams from noise (`text_vectors_`),
    and so has each n-gram (`gram_vectors_`, in the order of `vocabulary_`). `transform` gives the mean of the
    vectors of a text's n-grams, known ones only, each time it occurs: it is the same for a text of `fit` and
    for another one, whatever is beside it. A text without a known n-gram is the zero vector. `losses_` are
    the mean losses of the epochs.

    >>> texts = ["the cat sat", "the dog sat", "a dog ran"] * 4
    >>> ParagraphVectors(dim=4, ngrams=2, epochs=2).fit_transform(texts).shape
    (12, 4)
    """

    def __init__(
        self,
        *,
        dim: int = ParagraphSettings.dim,
        ngrams: int = 1,
        min_count: int = ParagraphSettings.min_count,
        epochs: int = ParagraphSettings.epochs,
        negative: float = ParagraphSettings.negative,
        ns_exponent: float = ParagraphSettings.ns_exponent,
        learning_rate: float = ParagraphSettings.learning_rate,
        shards: int = ParagraphSettings.shards,
        seed: int = ParagraphSettings.seed,
        tokenizer: Tokenizer | None = None,
        threads: int | None = None,
    ) -> None:
        self.dim = dim
        self.ngrams = ngrams
        self.min_count = min_count
        self.epochs = epochs
        self.negative = negative
        self.ns_exponent = ns_exponent
        self.learning_rate = learning_rate
        self.shards = shards
        self.seed = seed
        self.tokenizer = tokenizer
        self.threads = threads

    def fit(
        self, texts: Iterable[str], y: object = None, *, on_progress: OnProgress | None = None
    ) -> ParagraphVectors:
        """The transformer, trained on `texts`, which may be a stream; `y` is ignored.

        Raises ConfigError, CorpusError without words, ResourceError and TrainingError.
        """
        names = [field.name for field in dataclasses.fields(ParagraphSettings)]
        settings = ParagraphSettings(**{name: getattr(self, name) for name in names})
        tokenizer = choose_tokenizer(self.tokenizer)
        self.vocabulary_, grams, counts = find_grams(
            each_text(texts), tokenizer, ngrams=settings.ngrams, min_count=settings.min_count
        )
        learnt = learn(
            grams, counts, np.ones(len(counts), np.float32), settings,
            threads=self.threads, on_progress=on_progress,
        )  # fmt: skip
        self.gram_vectors_, self.text_vectors_, self.losses_ = learnt.grams, learnt.texts, learnt.losses
        self._n_features_out = self.dim
        return self

    def transform(self, texts: Iterable[str]) -> np.ndarray:
        """The vectors of `texts`, float32 (num_texts, dim)."""
        check_is_fitted(self, "gram_vectors_")
        ones = np.ones(len(self.gram_vectors_), np.float32)
        grams = self.vocabulary_.encode(each_text(texts))
        return means(grams, self.gram_vectors_, ones, threads=self.threads)
