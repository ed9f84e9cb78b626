"""What classifiers say of a text: its class, and why. Values that need no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Prediction(NamedTuple):
    """A text with its most probable class and the probability of each class."""

    text: str
    label: str
    probabilities: dict[str, float]

    @classmethod
    def of(cls, text: str, classes: Sequence[str], probabilities: Sequence[float]) -> Prediction:
        """What the probabilities of the classes, in their order, say of `text`."""
        chances = dict(zip(classes, probabilities, strict=True))
        return cls(text, max(chances, key=chances.__getitem__), chances)


@dataclass(frozen=True)
class Reason:
    """Words of a text from `position` on, and how much they speak for the class (negative: against)."""

    words: tuple[str, ...]
    position: int
    weight: float


@dataclass(frozen=True)
class Explanation:
    """The class that is explained, its logit, and reasons by descending absolute weight.

    `logit` is the sum of the weights and `rest`: the output's bias for n-grams and baselines; for
    integrated gradients the logit of a text whose words are all zero vectors, and what the sum of steps
    is off.
    """

    label: str
    logit: float
    rest: float
    reasons: tuple[Reason, ...]

    def strongest(self, number: int) -> Explanation:
        """The same with its first `number` reasons; the weights of the others go into `rest`."""
        others = sum(reason.weight for reason in self.reasons[number:])
        return Explanation(self.label, self.logit, others + self.rest, self.reasons[:number])
