"""Baselines whose features are runs of words: counting them, explaining by them, and keeping them on disk."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

from wordlab.artifact import Artifact, Draft, as_artifact_error
from wordlab.checks import check_number
from wordlab.errors import ArtifactError, CorpusError
from wordlab.io.columns import read_columns
from wordlab.progress import Reporter
from wordlab.sentiment.base import Reason
from wordlab.sentiment.data.inputs import check_labelled, check_weighted, choose_tokenizer
from wordlab.sentiment.judging.held_out import HeldOut, Validation
from wordlab.sentiment.models.baseline import Baseline
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.models.passes import Passes
from wordlab.text.tokenizers import Tokenizer

_NGRAMS = "ngrams.parquet"


class NgramBaseline(Baseline):
    """A baseline whose features are runs of words; `counter_` counts them."""

    feature_noun: ClassVar = "runs of words"
    ngrams: int
    tokenizer_: Tokenizer
    counter_: CountVectorizer

    C: float | None
    min_count: int
    tokenizer: Tokenizer | None

    def fit(self, texts: Iterable[str], y: Iterable[object], *, sample_weight: object = None) -> Self:
        """The classifier, trained on labels `y`.

        A text of weight 2 counts as two, in each of the numbers that are learnt; one of 0 as none. Of a
        fraction, `min_count` counts a whole text. Raises ConfigError for options that make no sense,
        CorpusError without words.
        """
        found, targets, weights = check_weighted(texts, y, sample_weight)
        self._learn(found, targets, Validation(), Reporter(None, "", ""), weights)
        return self

    def learn(
        self, texts: Sequence[str], labels: Sequence[str], validation: Validation, reporter: Reporter
    ) -> HeldOut | None:
        """Train on the texts; how well, as `learn_rows` finds out. N-grams are counted once."""
        found, targets = check_labelled(texts, labels)
        return self._learn(found, targets, validation, reporter)

    def _learn(
        self,
        texts: list[str],
        targets: np.ndarray,
        validation: Validation,
        reporter: Reporter,
        weights: np.ndarray | None = None,
    ) -> HeldOut | None:
        self.check_settings()
        self.classes_ = np.unique(targets)
        passes = Passes(reporter)
        passes.plan(len(texts) * (1 + self.num_passes(targets)))
        self.tokenizer_ = choose_tokenizer(self.tokenizer)
        self.__dict__.pop("_is_word", None)  # of an earlier training
        counts = self._count(passes.each(texts), weights)
        return self.learn_rows(counts, targets, validation, passes, weights)

    def _count(self, texts: Iterable[str], weights: np.ndarray | None) -> csr_matrix:
        """How often each n-gram is in each text (num_texts, num_ngrams); the counter knows them."""
        self.counter_ = make_counter(self.tokenizer_, self.ngrams, self.min_count if weights is None else 1)
        try:
            counts = self.counter_.fit_transform(texts)
        except ValueError as error:  # what scikit-learn says of texts without a word
            raise CorpusError(
                f"expected texts with words that occur often enough, found none ({error})"
            ) from error
        if weights is None or self.min_count == 1:
            return counts
        num_texts = np.ceil(weights) @ (counts > 0)  # (num_ngrams,)
        kept = np.flatnonzero(num_texts >= self.min_count)
        if not len(kept):
            raise CorpusError(
                "expected texts with words that occur often enough, found none "
                f"(min_count {self.min_count} leaves no run of words)"
            )
        ngrams = self.counter_.get_feature_names_out()[kept].tolist()
        self.counter_ = make_counter(self.tokenizer_, self.ngrams, self.min_count, vocabulary=ngrams).fit([])
        return counts[:, kept]

    def check_settings(self) -> None:
        """Raise ConfigError for settings that make no sense."""
        check_number(self, "ngrams", int, 1, 10)
        if self.C is not None:
            check_number(self, "C", float, 1e-9, 1e9)
        check_number(self, "min_count", int, 1, 1_000_000)

    def num_passes(self, targets: np.ndarray) -> int:
        """How often `learn_rows` goes through all texts of these `targets`, for its progress."""
        return 1

    @abstractmethod
    def learn_rows(
        self,
        counts: csr_matrix,
        targets: np.ndarray,
        validation: Validation,
        passes: Passes,
        weights: np.ndarray | None,
    ) -> HeldOut | None:
        """Train on texts whose n-grams are counted, (num_texts, num_ngrams), as `learn` does.

        `weights` (num_texts,), positive, say how many texts each of them stands for; None for one.
        """

    @abstractmethod
    def weigh(self, counts: csr_matrix) -> csr_matrix:
        """The features of texts whose n-grams are counted, (num_texts, num_ngrams)."""

    def features(self, texts: list[str]) -> csr_matrix:
        """The value of each n-gram in each text, sparse (num_texts, num_ngrams)."""
        return self.weigh(self.counter_.transform(texts))

    def judge(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray | None]:
        """The probabilities (num_texts, num_classes), and how many words of each text are known."""
        counts = self.counter_.transform(texts)
        known = np.asarray(counts @ self._is_word, dtype=np.int64)
        return self._probabilities(self._scores(self.weigh(counts))), known

    @cached_property
    def _is_word(self) -> np.ndarray:
        """1 for each n-gram that is a single word, float32 (num_ngrams,)."""
        places = self.counter_.vocabulary_
        found = np.zeros(len(places), dtype=np.float32)
        found[[place for ngram, place in places.items() if " " not in ngram]] = 1
        return found

    def reasons(self, text: str, tokens: Sequence[str], coef: np.ndarray) -> list[Reason]:
        """Each n-gram of the text that the estimator knows, where it occurs first."""
        features = csr_matrix(self.features([text]))
        parts = features.data * coef[features.indices]
        shares = dict(zip(features.indices.tolist(), parts.tolist(), strict=True))
        columns = self.counter_.vocabulary_
        reasons = []
        for size in range(1, self.ngrams + 1):
            for start in range(len(tokens) - size + 1):
                words = tuple(tokens[start : start + size])
                share = shares.pop(columns.get(" ".join(words), -1), 0.0)
                if share:
                    reasons.append(Reason(words, start, share))
        return reasons

    def write(self, draft: Draft) -> None:
        """Write the n-grams, in the order of the weights."""
        write_ngrams(draft.payload(_NGRAMS), self.counter_.vocabulary_)

    @classmethod
    def read(cls, source: Artifact, config: BaselineConfig, tokenizer: Tokenizer) -> tuple[Self, int]:
        """The estimator with its n-grams, without its weights, and the number of n-grams."""
        estimator = cls.from_config(config, vectors=None, tokenizer=tokenizer)
        ngrams = read_ngrams(source.payload(_NGRAMS))
        estimator.tokenizer_ = tokenizer
        estimator.counter_ = make_counter(
            tokenizer, config.ngrams, config.min_count or 1, vocabulary=ngrams
        ).fit([])
        return estimator, len(ngrams)


def make_counter(
    tokenizer: Tokenizer, ngrams: int, min_count: int, *, vocabulary: list[str] | None = None
) -> CountVectorizer:
    """A counter of runs of 1 to `ngrams` tokens, joined by blanks; with `vocabulary` it counts as fitted."""
    return CountVectorizer(
        tokenizer=tokenizer, token_pattern=None, lowercase=False, ngram_range=(1, ngrams),
        min_df=min_count, dtype=np.float32, vocabulary=vocabulary,
    )  # fmt: skip


def write_ngrams(path: Path, places: Mapping[str, int]) -> None:
    """Write the n-grams by ascending place."""
    ngrams = sorted(places, key=places.__getitem__)
    pq.write_table(pa.table({"ngram": pa.array(ngrams, type=pa.large_string())}), path, compression="zstd")


def read_ngrams(path: Path) -> list[str]:
    """The n-grams that `write_ngrams` wrote, in their order; ArtifactError."""
    with as_artifact_error():
        (column,) = read_columns(path, {"ngram": pa.large_string()}, "n-grams")
    ngrams: list[str] = column.to_pylist()
    if not ngrams or len(set(ngrams)) != len(ngrams):
        raise ArtifactError(f"{path}: expected n-grams, each once, found {'repeats' if ngrams else 'none'}")
    return ngrams
