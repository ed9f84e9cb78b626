"""How good a classifier is, and whether another one is better: scores with intervals, and a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from wordlab.errors import CorpusError
from wordlab.representation import facts_html
from wordlab.sentiment.judging.by_class import ClassScores, scores_by_class
from wordlab.visible import clipped, listed

CONFIDENCE = 0.95
_ALPHA = 0.05  # below it a difference is significant


@dataclass(frozen=True)
class Scores:
    """How a classifier did on labelled texts.

    `interval` holds, with a confidence of 95%, the accuracy on further texts of the same kind (Wilson
    1927). `macro_f1` is the mean of the classes' F1. `auc` is the area under the ROC curve; with more
    than two classes the mean of each against the rest; None if no text is of one of the classes.
    `confusion[i][j]` counts texts of class i that were taken for class j. `by_class` are the scores of each
    class, `macro` and `weighted` their means.
    """

    num_texts: int
    classes: tuple[str, ...]
    accuracy: float
    interval: tuple[float, float]
    macro_f1: float
    auc: float | None
    confusion: tuple[tuple[int, ...], ...]
    by_class: tuple[ClassScores, ...]
    macro: ClassScores
    weighted: ClassScores

    @property
    def confusion_shares(self) -> tuple[tuple[float, ...], ...]:
        """The counts of `confusion` as shares of their class; 0 for a class without texts."""
        return tuple(tuple(count / max(1, sum(row)) for count in row) for row in self.confusion)

    def _repr_html_(self) -> str:
        low, high = self.interval
        facts = {
            "accuracy": f"{self.accuracy:.1%}, between {low:.1%} and {high:.1%} with a confidence of 95%",
            "macro F1": self.macro_f1,
            "area under ROC": self.auc,
            "texts": self.num_texts,
            "classes": list(self.classes),
        }
        return facts_html("Scores", facts)

    def to_dict(self) -> dict[str, Any]:
        """The scores as plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class McNemar:
    """McNemar's exact test: texts that only the first, or only the second, classifier has right."""

    only_first: int
    only_second: int
    p_value: float

    @property
    def is_significant(self) -> bool:
        """Whether a difference this large is too unlikely, at the 5% level, for equally good classifiers."""
        return self.p_value < _ALPHA


def score(labels: Sequence[str], probabilities: np.ndarray, classes: Sequence[str]) -> Scores:
    """The scores of `probabilities` (num_texts, num_classes) whose columns belong to `classes`.

    Raises CorpusError for a label outside the classes, ValueError for shapes that do not fit.
    """
    from sklearn.metrics import confusion_matrix

    targets = target_positions(labels, classes)
    if probabilities.shape != (len(targets), len(classes)):
        raise ValueError(
            f"expected probabilities of shape {(len(targets), len(classes))}, found {probabilities.shape}"
        )
    predicted = probabilities.argmax(axis=1)
    num_right = int(np.count_nonzero(predicted == targets))
    confusion = confusion_matrix(targets, predicted, labels=range(len(classes)))
    names = tuple(str(name) for name in classes)
    by_class, macro, weighted = scores_by_class(targets, predicted, names)
    return Scores(
        num_texts=len(targets),
        classes=names,
        accuracy=num_right / len(targets),
        interval=wilson_interval(num_right, len(targets)),
        macro_f1=macro.f1,
        auc=_area(targets, probabilities),
        confusion=tuple(tuple(int(count) for count in row) for row in confusion),
        by_class=by_class,
        macro=macro,
        weighted=weighted,
    )


def target_positions(labels: Sequence[str], classes: Sequence[str]) -> np.ndarray:
    """The position of each label among `classes`, int64 (num_texts,); CorpusError for any other label."""
    positions = {str(name): position for position, name in enumerate(classes)}
    if not len(labels):
        raise CorpusError("expected labelled texts to evaluate, found none")
    unknown = sorted({str(label) for label in labels} - positions.keys())
    if unknown:
        raise CorpusError(
            f"expected labels that the classifier knows ({', '.join(positions)}), "
            f"found {listed([clipped(label) for label in unknown], 5)}"
        )
    return np.array([positions[str(label)] for label in labels], dtype=np.int64)


def wilson_interval(num_right: int, num_texts: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Wilson's interval (1927) of a share, where `num_right` of `num_texts` were seen."""
    from scipy.stats import binomtest

    interval = binomtest(num_right, num_texts).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def mcnemar(right: np.ndarray, other_right: np.ndarray) -> McNemar:
    """McNemar's exact test on which texts two classifiers have right, bool (num_texts,) each.

    The p-value is two-sided: how likely it is, were both equally good, that the texts on which they
    differ divide as unevenly as this.
    """
    from scipy.stats import binomtest

    only_first = int(np.count_nonzero(right & ~other_right))
    only_second = int(np.count_nonzero(~right & other_right))
    differ = only_first + only_second
    p_value = float(binomtest(only_first, differ).pvalue) if differ else 1.0
    return McNemar(only_first, only_second, p_value)


def _area(targets: np.ndarray, probabilities: np.ndarray) -> float | None:
    from sklearn.metrics import roc_auc_score

    num_classes = probabilities.shape[1]
    if len(np.unique(targets)) < num_classes:
        return None
    if num_classes == 2:
        return float(roc_auc_score(targets, probabilities[:, 1]))
    # As indicators, since for class numbers scikit-learn refuses rows whose sum is not 1.
    return float(roc_auc_score(np.eye(num_classes)[targets], probabilities))
