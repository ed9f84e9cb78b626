"""What a classifier loses by being stored in fewer bytes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from wordlab.sentiment.base import TextModel
from wordlab.sentiment.data.labelled import LabelledTexts, MultiLabelTexts
from wordlab.sentiment.judging.judge import evaluate
from wordlab.sentiment.judging.multi_label import evaluate_multi_label


@dataclass(frozen=True)
class Loss:
    """What is measured ("accuracy", or "micro-F1" where texts may have several labels), before and after.

    Of the `num_texts` texts the share `equal` has the same most probable label.
    """

    measure: str
    before: float
    after: float
    equal: float
    num_texts: int

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, for JSON."""
        return asdict(self)


def measure_loss(
    before: TextModel, after: TextModel, data: LabelledTexts | MultiLabelTexts, *, threads: int | None = None
) -> Loss:
    """How both classifiers, of the same classes, do on `data`; CorpusError for labels they do not know."""
    best = [model.predict_proba(data.texts, threads=threads).argmax(axis=1) for model in (before, after)]
    first, second = (_score(model, data, threads) for model in (before, after))
    measure = "accuracy" if isinstance(data, LabelledTexts) else "micro-F1"
    return Loss(measure, first, second, float(np.mean(best[0] == best[1])), len(data))


def _score(model: TextModel, data: LabelledTexts | MultiLabelTexts, threads: int | None) -> float:
    if isinstance(data, LabelledTexts):
        return evaluate(model, data, threads=threads).scores.accuracy
    return evaluate_multi_label(model, data, threads=threads).scores.micro.f1
