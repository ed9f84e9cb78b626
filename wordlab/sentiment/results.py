"""What classifiers find out about a text: its class, and why. Values that need no torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Prediction(NamedTuple):
    """A text with its most probable class and the probability of each class."""

    text: str
    label: str
    probabilities: dict[str, float]

    @classmethod
    def of(cls, text: str, classes: Sequence[str], probabilities: Sequence[float]) -> Prediction:
        """The prediction for `text` from the probabilities of the classes, in their order."""
        chances = dict(zip(classes, probabilities, strict=True))
        return cls(text, max(chances, key=chances.__getitem__), chances)


@dataclass(frozen=True)
class Reason:
    """Words of a text, starting at `position`, and how much they speak for the class (negative: against)."""

    words: tuple[str, ...]
    position: int
    weight: float


@dataclass(frozen=True)
class Explanation:
    """The class that is explained, its logit, and reasons by descending absolute weight.

    `logit` is the sum of the weights and `rest`. For n-grams and baselines `rest` is the output's bias;
    for integrated gradients it is the logit of a text whose words are all zero vectors, with the error of
    the numerical integral.
    """

    label: str
    logit: float
    rest: float
    reasons: tuple[Reason, ...]

    @classmethod
    def of(cls, label: str, logit: float, reasons: Iterable[Reason]) -> Explanation:
        """The explanation of `logit` by `reasons`, which are put in order; `rest` is the difference."""
        ordered = sorted(reasons, key=lambda reason: (-abs(reason.weight), reason.position, reason.words))
        return cls(label, logit, logit - sum(reason.weight for reason in ordered), tuple(ordered))

    def strongest(self, number: int) -> Explanation:
        """The same with its first `number` reasons; the weights of the others go into `rest`."""
        others = sum(reason.weight for reason in self.reasons[number:])
        return Explanation(self.label, self.logit, others + self.rest, self.reasons[:number])
