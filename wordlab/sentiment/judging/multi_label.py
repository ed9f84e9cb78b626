"""Judge a classifier whose texts may have several labels: at a threshold, and by its first few labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from wordlab.checks import check_value
from wordlab.errors import ConfigError, CorpusError
from wordlab.sentiment.base import TextModel
from wordlab.sentiment.data.labelled import MultiLabelTexts
from wordlab.sentiment.data.labels import Labels
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.judging.by_class import ClassScores
from wordlab.sentiment.judging.multi_label_choices import FIRST, THRESHOLD


@dataclass(frozen=True)
class FirstLabels:
    """Of the `number` most probable labels of each text the share `precision` is right.

    Of all labels the share `recall` is among them. Texts without a label do not count, as in fastText's test.
    """

    number: int
    precision: float
    recall: float


@dataclass(frozen=True)
class MultiLabelScores:
    """How a classifier did on texts with any number of labels.

    A label is predicted where its probability is `threshold` or more. `micro` are the scores of all
    predictions together, `macro` the plain means of the classes that occur or are predicted; their support is
    the number of labels. `exact` is the share of texts of which all labels are right, and `first` says how
    good the most probable ones are. `num_unlabelled` texts have no label.
    """

    num_texts: int
    num_unlabelled: int
    threshold: float
    exact: float
    micro: ClassScores
    macro: ClassScores
    by_class: tuple[ClassScores, ...]
    first: tuple[FirstLabels, ...]


@dataclass(frozen=True)
class WrongLabel:
    """A label that a text lacks but was predicted, or, if `is_missed`, the other way round."""

    text: str
    label: str
    is_missed: bool
    probability: float


@dataclass(frozen=True)
class MultiLabelEvaluation:
    """The scores, the worst mistakes, and what to know of the texts.

    `unknown` are labels that the classifier does not know, left out, with the number of texts that have each.
    `num_seen` counts the texts that the model was trained on, None where it does not record them.
    """

    scores: MultiLabelScores
    mistakes: tuple[WrongLabel, ...]
    unknown: dict[str, int]
    num_seen: int | None
    tally: Tally = field(default_factory=Tally)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, for JSON."""
        facts = asdict(self)
        del facts["tally"]
        return {**facts, **self.tally.facts()}


def evaluate_multi_label(
    model: TextModel,
    data: MultiLabelTexts,
    *,
    threshold: float = THRESHOLD,
    first: Sequence[int] = FIRST,
    num_worst: int = 0,
    threads: int | None = None,
) -> MultiLabelEvaluation:
    """How `model`, which gives each class a probability of its own, does on `data`.

    Labels that it does not know are left out, as in fastText's test. Raises ConfigError for a model whose
    texts have one label each, and for numbers out of range, CorpusError if no label is known.
    """
    if not model.several:
        raise ConfigError("model: expected one whose texts may have several labels, found one label for each")
    check_value("threshold", threshold, float, 0.0, 1.0)
    for number in first:
        check_value("first", number, int, 1, 1_000_000)
    tally = Tally()
    chances = model.predict_proba(data.texts, threads=threads, tally=tally)  # (num_texts, num_classes)
    given, unknown = _indicators(data, model.classes)
    return MultiLabelEvaluation(
        scores=score_multi_label(given, chances, model.classes, threshold=threshold, first=first),
        mistakes=_worst(data.texts, model.classes, given, chances, threshold, num_worst),
        unknown=unknown,
        num_seen=None if model.seen is None else int(model.seen.contains(data.texts).sum()),
        tally=tally,
    )


def score_multi_label(
    given: np.ndarray, chances: np.ndarray, classes: Labels, *, threshold: float, first: Sequence[int]
) -> MultiLabelScores:
    """The scores of probabilities `chances` for the labels `given`, bool, (num_texts, num_classes) both."""
    predicted = chances >= threshold
    right, num_predicted, support = (
        found.sum(axis=0) for found in (given & predicted, predicted, given)
    )  # (num_classes,) each
    by_class = tuple(map(_scores, classes, right.tolist(), num_predicted.tolist(), support.tolist()))
    present = [found for found, used in zip(by_class, num_predicted + support, strict=True) if used]
    total = int(support.sum())
    shares = [(c.precision, c.recall, c.f1) for c in present]
    precision, recall, f1 = np.mean(shares or [(0.0, 0.0, 0.0)], axis=0).tolist()
    return MultiLabelScores(
        num_texts=len(given),
        num_unlabelled=int((~given.any(axis=1)).sum()),
        threshold=threshold,
        exact=float((given == predicted).all(axis=1).mean()),
        micro=_scores("micro", int(right.sum()), int(num_predicted.sum()), total),
        macro=ClassScores("macro", precision, recall, f1, total),
        by_class=by_class,
        first=_first_labels(given, chances, [number for number in first if number <= len(classes)]),
    )


def _first_labels(given: np.ndarray, chances: np.ndarray, first: Sequence[int]) -> tuple[FirstLabels, ...]:
    rows = given.any(axis=1)
    order = np.argsort(-chances[rows], axis=1, kind="stable")
    hits = np.take_along_axis(given[rows], order, axis=1)
    right = {number: int(hits[:, :number].sum()) for number in first}
    return tuple(
        FirstLabels(number, _share(found, number * len(hits)), _share(found, int(given.sum())))
        for number, found in right.items()
    )


def _scores(label: str, right: int, predicted: int, support: int) -> ClassScores:
    f1 = _share(2 * right, predicted + support)
    return ClassScores(label, _share(right, predicted), _share(right, support), f1, support)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _indicators(data: MultiLabelTexts, classes: Labels) -> tuple[np.ndarray, dict[str, int]]:
    """Which labels each text has, bool (num_texts, num_classes), and how many texts have each unknown one."""
    index = {label: place for place, label in enumerate(classes)}
    given, unknown = np.zeros((len(data), len(classes)), dtype=bool), dict[str, int]()
    for row, labels in enumerate(data.labels):
        for label in labels:
            place = index.get(label)
            if place is None:
                unknown[label] = unknown.get(label, 0) + 1
            else:
                given[row, place] = True
    if unknown and not given.any():
        raise CorpusError(
            f"{data.source}: expected labels that the classifier knows, found others only: "
            f"{', '.join(map(repr, sorted(unknown)[:3]))}"
        )
    return given, dict(sorted(unknown.items()))


def _worst(
    texts: Labels, classes: Labels, given: np.ndarray, chances: np.ndarray, threshold: float, number: int
) -> tuple[WrongLabel, ...]:
    """The `number` labels on the wrong side of the threshold that are farthest from what is right."""
    rows, places = np.nonzero(given != (chances >= threshold))
    errors = np.abs(given[rows, places] - chances[rows, places])
    chosen = np.argsort(-errors, kind="stable")[:number]
    return tuple(
        WrongLabel(texts[row], classes[place], bool(given[row, place]), float(chances[row, place]))
        for row, place in zip(rows[chosen].tolist(), places[chosen].tolist(), strict=True)
    )
