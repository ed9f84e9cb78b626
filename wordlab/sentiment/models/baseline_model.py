"""BaselineModel: a trained baseline with its settings, which predicts and is saved as a network is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from wordlab import artifact
from wordlab.checks import check_threads
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress, Reporter
from wordlab.sentiment import storage
from wordlab.sentiment.base import Reason, TextModel
from wordlab.sentiment.data.inputs import check_known_labels, check_texts, choose_tokenizer, each_text
from wordlab.sentiment.data.labelled import class_shares
from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.features.seen import SeenTexts
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.judging.held_out import HeldOut, Validation
from wordlab.sentiment.models.baseline import Baseline
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.models.names import model_class
from wordlab.sentiment.models.settings import check_config
from wordlab.text.storage import read_tokenizer
from wordlab.text.tokenizers import Tokenizer

_BLOCK = 1_000  # texts of a stream that are predicted together


class BaselineModel(TextModel):
    """A trained linear classifier that predicts the class of texts. Treat it as immutable.

    `classes` are the labels in the order of the probabilities, sorted.
    """

    dtype: ClassVar = np.float64

    def __init__(
        self,
        config: BaselineConfig,
        estimator: Baseline,
        tokenizer: Tokenizer,
        held_out: HeldOut | None = None,
    ) -> None:
        self.config: BaselineConfig = config
        self.estimator = estimator
        self.tokenizer = tokenizer
        self.held_out = held_out
        self.classes = tuple(str(label) for label in estimator.classes_)

    def __repr__(self) -> str:
        return f"BaselineModel({self.config.model}, {len(self.classes)} classes)"

    @property
    def title(self) -> str:
        """The baseline's name as people write it."""
        return self.estimator.title

    @property
    def size(self) -> tuple[int, str]:
        """The number of features, and what they are."""
        return int(self.estimator.coef_.shape[1]), self.estimator.feature_noun

    def facts(self) -> dict[str, Any]:
        """The number of features, and how well texts were classified that were held out."""
        return {
            "num_features": int(self.estimator.coef_.shape[1]),
            "held_out": None if self.held_out is None else self.held_out.to_dict(),
        }

    def probabilities(
        self, texts: Iterable[str], *, threads: int | None = None, tally: Tally | None = None
    ) -> Iterator[np.ndarray]:
        """The probabilities of `texts` in order, some rows at a time, each block (n, num_classes) float64.

        `threads` is here because networks have it; one thread does the work.
        """
        check_threads(threads)
        stream = each_text(texts)
        while block := list(islice(stream, _BLOCK)):
            if tally is not None:
                self.count(block, tally)
            probabilities, known = self.estimator.judge(block)
            if tally is not None and known is not None:
                tally.add_known(known)
            yield probabilities

    def count(self, texts: Sequence[str], tally: Tally) -> None:
        """Count what is read of `texts`: everything, and which tokens have a vector if there are any."""
        known = self.estimator.known_words
        if known is not None:
            tally.add_blocks(tokenise(texts, self.tokenizer), known, self.estimator.compose)

    def reasons(self, text: str, position: int) -> tuple[float, list[Reason]]:
        """The score of class `position` for `text`, and the exact share of each of its parts.

        With two classes the first has the negated score of the second.
        """
        estimator = self.estimator
        row, sign = (0, 1 if position else -1) if len(self.classes) == 2 else (position, 1)
        coef = sign * estimator.coef_[row].astype(np.float64)  # (num_features,)
        reasons = estimator.reasons(text, self.tokenizer(text), coef)
        return sign * float(estimator.intercept_[row]) + sum(reason.weight for reason in reasons), reasons

    def write(self, draft: artifact.Draft) -> None:
        """Write the weights as arrays, and what the features need."""
        self.estimator.write(draft)
        storage.write_array(draft, "coef", self.estimator.coef_)
        storage.write_array(draft, "intercept", self.estimator.intercept_)
        draft.libraries.append("scikit-learn")

    @classmethod
    def read(cls, source: artifact.Artifact) -> BaselineModel:
        """The classifier that `write` wrote; ArtifactError."""
        kind = model_class(source.details["config"]["model"])
        config = storage.read_config(source, kind.config_class)
        tokenizer, classes = read_tokenizer(source), storage.read_classes(source)
        num_rows = 1 if len(classes) == 2 else len(classes)
        estimator, num_features = kind.read(source, config, tokenizer)
        estimator.classes_ = np.array(classes)
        estimator.coef_ = storage.read_array(source, "coef", (num_rows, num_features))
        estimator.intercept_ = storage.read_array(source, "intercept", (num_rows,))
        return cls(config, estimator, tokenizer)


def train_baseline(
    texts: Sequence[str],
    labels: Sequence[str],
    config: BaselineConfig | None = None,
    *,
    vectors: WordVectors | None = None,
    tokenizer: Tokenizer | None = None,
    validation: tuple[Sequence[str], Sequence[str]] | None = None,
    on_progress: OnProgress | None = None,
) -> BaselineModel:
    """A baseline that has learnt `labels` from `texts`.

    `tokenizer` defaults to the one that `vectors` record, else "word"; NB-SVM and TF-IDF use the
    vectors for nothing else. `validation`, texts and labels, replaces the texts that the config holds out
    to judge, and to calibrate, by. Raises ConfigError, and CorpusError for texts that hold too little.
    """
    config = config or BaselineConfig()
    tokenizer = choose_tokenizer(tokenizer, vectors)
    tokenizer.check_installed()
    estimator = make_estimator(config, vectors, tokenizer)
    reporter = Reporter(on_progress, "train classifier", "texts", len(texts))
    held_out = estimator.learn(texts, labels, _validation(config, labels, validation), reporter)
    reporter.report(reporter.total or len(texts))
    model = BaselineModel(config, estimator, tokenizer, held_out)
    model.seen, model.tally = SeenTexts.of(texts), Tally()
    model.count(texts, model.tally)
    model.class_shares = class_shares([str(label) for label in labels], model.classes)
    return model


def _validation(
    config: BaselineConfig, labels: Sequence[str], given: tuple[Sequence[str], Sequence[str]] | None
) -> Validation:
    if given is None:
        return Validation(config.validation, config.seed)
    texts, targets = check_texts(given[0]), list(given[1])
    if not texts or len(texts) != len(targets):
        raise ValueError(f"expected a label for each text, found {len(texts)} texts, {len(targets)} labels")
    check_known_labels(targets, labels)
    return Validation(texts=texts, labels=targets)


def make_estimator(
    config: BaselineConfig, vectors: WordVectors | None = None, tokenizer: Tokenizer | None = None
) -> Baseline:
    """The scikit-learn estimator with the settings of `config`, to be fitted.

    Raises ConfigError for mean vectors without vectors.
    """
    kind = model_class(config.model)
    check_config(config, kind.config_class, config.model)
    estimator: Baseline = kind.from_config(config, vectors=vectors, tokenizer=tokenizer)
    return estimator
