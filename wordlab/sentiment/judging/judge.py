"""Judge a classifier on labelled texts: scores, calibration, and the mistakes it was surest of."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from wordlab.representation import table_html
from wordlab.sentiment.base import TextModel
from wordlab.sentiment.data.labelled import LabelledTexts
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.judging.metrics import Scores, score, target_positions
from wordlab.sentiment.judging.reliability import Reliability, reliability
from wordlab.sentiment.judging.temperature import fit_temperature, scale


@dataclass(frozen=True)
class Mistake:
    """A text taken for another class, and how probable that class seemed."""

    text: str
    label: str
    predicted: str
    probability: float


@dataclass(frozen=True)
class Evaluation:
    """What was found. `temperature` and `calibrated` are None where there were no texts to calibrate with.

    `num_seen` counts the texts that the model was trained on, `unseen` are the scores on the rest,
    None if there are none or if none was trained on; `num_calibration_seen` counts such texts among those
    to calibrate with. Counts are None where the model does not record its training texts. `tally` says what
    the model read of the texts.
    """

    scores: Scores
    reliability: Reliability
    mistakes: tuple[Mistake, ...]
    temperature: float | None
    calibrated: Reliability | None
    num_seen: int | None = None
    unseen: Scores | None = None
    num_calibration_seen: int | None = None
    tally: Tally = field(default_factory=Tally)

    def _repr_html_(self) -> str:
        rows = [(each.label, each.predicted, each.probability, each.text) for each in self.mistakes]
        mistakes = table_html("Mistakes", ("class", "predicted", "probability", "text"), rows)
        return self.scores._repr_html_() + (mistakes if rows else "")

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, for JSON."""
        facts = asdict(self)
        del facts["tally"]
        return {**facts, **self.tally.facts()}


def evaluate(
    model: TextModel,
    data: LabelledTexts,
    *,
    calibration: LabelledTexts | None = None,
    num_worst: int = 0,
    threads: int | None = None,
) -> Evaluation:
    """How `model` does on `data`, with its `num_worst` surest mistakes.

    `calibration` are texts that the model has not seen and that are not in `data`: a temperature is
    fitted on them, and the result holds the reliability after dividing the logits by it. Raises
    CorpusError for a label that the model does not know.
    """
    tally = Tally()
    probabilities = model.predict_proba(data.texts, threads=threads, tally=tally)  # (num_texts, num_classes)
    targets = target_positions(data.labels, model.classes)
    temperature = calibrated = None
    if calibration is not None:
        known = target_positions(calibration.labels, model.classes)
        temperature = fit_temperature(known, model.predict_proba(calibration.texts, threads=threads))
        calibrated = reliability(targets, scale(probabilities, temperature))
    is_seen = None if model.seen is None else model.seen.contains(data.texts)
    return Evaluation(
        scores=score(data.labels, probabilities, model.classes),
        reliability=reliability(targets, probabilities),
        mistakes=_worst(data, model.classes, targets, probabilities, num_worst),
        temperature=temperature,
        calibrated=calibrated,
        num_seen=None if is_seen is None else int(is_seen.sum()),
        unseen=None if is_seen is None else _score_unseen(data, probabilities, model.classes, is_seen),
        num_calibration_seen=(
            None
            if calibration is None or model.seen is None
            else int(model.seen.contains(calibration.texts).sum())
        ),
        tally=tally,
    )


def _score_unseen(
    data: LabelledTexts, probabilities: np.ndarray, classes: tuple[str, ...], is_seen: np.ndarray
) -> Scores | None:
    """The scores on those of the texts that are not seen; None if there are none, or none `is_seen`."""
    rows = np.flatnonzero(~is_seen)
    if len(rows) in (0, len(data)):
        return None
    return score(data.take(rows.tolist()).labels, probabilities[rows], classes)


def _worst(
    data: LabelledTexts,
    classes: tuple[str, ...],
    targets: np.ndarray,
    probabilities: np.ndarray,
    num_worst: int,
) -> tuple[Mistake, ...]:
    predicted = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != targets)
    worst = wrong[np.argsort(-sure[wrong], kind="stable")][:num_worst]
    return tuple(
        Mistake(data.texts[row], data.labels[row], classes[predicted[row]], float(sure[row]))
        for row in worst.tolist()
    )
