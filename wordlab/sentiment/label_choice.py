"""LabelChoice: which labels of a text are named, where it may have several."""

from __future__ import annotations

from dataclasses import dataclass

from wordlab.checks import check_number
from wordlab.sentiment.base import Prediction, TextModel
from wordlab.sentiment.judging.multi_label_choices import THRESHOLD


@dataclass(frozen=True, kw_only=True)
class LabelChoice:
    """The labels whose probability is `threshold` or more, the `top` most probable at most; None for all.

    Raises ConfigError, which names the field, its value and what is allowed.

    >>> chances = {"food": 0.9, "staff": 0.7, "time": 0.2}
    >>> LabelChoice(threshold=0.5).labels(Prediction("fine food and waiters", "food", chances))
    ['food', 'staff']
    """

    threshold: float = 0.0
    top: int | None = None

    def __post_init__(self) -> None:
        check_number(self, "threshold", float, 0.0, 1.0)
        if self.top is not None:
            check_number(self, "top", int, 1, 1_000_000)

    @classmethod
    def of(cls, model: TextModel, threshold: float | None, top: int | None) -> LabelChoice | None:
        """The choice that was asked for, else what the model needs: None if its texts have one label each."""
        if threshold is None and top is None:
            return cls(threshold=THRESHOLD) if model.several else None
        return cls(threshold=threshold or 0.0, top=top)

    def labels(self, prediction: Prediction) -> list[str]:
        """The labels, by descending probability."""
        chances = prediction.probabilities
        found = [label for label, chance in chances.items() if chance >= self.threshold]
        return sorted(found, key=chances.__getitem__, reverse=True)[: self.top]
