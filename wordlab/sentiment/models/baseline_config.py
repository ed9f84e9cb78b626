"""BaselineConfig: the settings of baselines, checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wordlab.checks import check_number
from wordlab.sentiment.documents.poolings.names import POOLINGS
from wordlab.sentiment.models.names import BASELINES
from wordlab.sentiment.models.settings import ModelConfig

LOSSES = ("squared-hinge", "logistic")


@dataclass(frozen=True, kw_only=True)
class BaselineConfig(ModelConfig):
    """Which baseline to train, and how.

    A baseline with settings of its own has a subclass of this. Raises ConfigError, which names the field,
    its value and what is allowed.

    >>> BaselineConfig(model="tfidf").cost
    10.0
    """

    choices: ClassVar = {
        "model": BASELINES,
        "pooling": POOLINGS,
        "loss": LOSSES,
        "class_weights": ("none", "balanced"),
    }
    renamed: ClassVar = {"weighting": "pooling"}

    model: str = "nbsvm"
    """A linear classifier by name: `nbsvm`, `tfidf`, `mean-vectors`, or another in `models.names`."""
    ngrams: int = 2
    """NB-SVM and TF-IDF: the longest run of words that is a feature."""
    min_count: int | None = None
    """NB-SVM and TF-IDF: texts that a run of words must occur in.

    None stands for 1 with NB-SVM and 2 with TF-IDF, and is replaced by it.
    """
    beta: float = 0.25
    """NB-SVM: the weight of the linear classifier; naive Bayes has the rest, 1 - beta."""
    loss: str = "squared-hinge"
    """NB-SVM: that of the linear classifier, `squared-hinge` (Wang and Manning 2012) or `logistic`."""
    calibration_folds: int = 5
    """NB-SVM: parts of a cross-validation whose scores make the probabilities; 0 leaves them uncalibrated."""
    pooling: str = "mean"
    """Mean vectors: the plain `mean`, or `idf`, `sif` or `usif`, which give rare words more weight."""
    cost: float | None = None
    """Cost of an error in training, scikit-learn's C: the larger, the less the weights are regularised.

    None stands for 1 (TF-IDF: 10), and is replaced by it; NB-SVM takes 0.03 with more than two classes.
    """
    class_weights: str = "none"
    """`balanced` weights the errors of each class by the inverse of its share."""
    validation: float = 0.1
    """Share of the texts held out to judge by; the classifier itself learns from all texts.

    NB-SVM is judged by the cross-validation that calibrates it. 0 judges by nothing.
    """
    seed: int = 1
    """Seed of the order in which the solver goes through the data, and of what is held out."""

    def __post_init__(self) -> None:
        super().__post_init__()
        listed = BASELINES[self.model]
        if self.cost is None:
            object.__setattr__(self, "cost", listed.cost)
        if self.min_count is None:
            object.__setattr__(self, "min_count", listed.min_count or 1)
        check_number(self, "ngrams", int, 1, 10)
        check_number(self, "min_count", int, 1, 1_000_000)
        check_number(self, "beta", float, 0.0, 1.0)
        check_number(self, "calibration_folds", int, 0, 1_000)
        check_number(self, "validation", float, 0.0, 0.9)
        if self.cost is not None:
            check_number(self, "cost", float, 1e-9, 1e9)
        check_number(self, "seed", int, 0, 2**31 - 1)
