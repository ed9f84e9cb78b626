"""The rule by which a measure of both sides passes: chance, for all measures together, and a tolerance.

Over n seeds a measure has the means m_g and m_w and a pooled variance s^2. By chance alone,

    (m_w - m_g) / sqrt(s^2 (1 / n_g + 1 / n_w))

follows Student's t with n_g + n_w - 2 degrees of freedom (Student 1908). A run measures many things, and is
to raise a false alarm in FALSE_ALARMS of all cases at the most, so that each measure has its share of that
(Bonferroni).
"""

from __future__ import annotations

import dataclasses
import math
import statistics
from dataclasses import dataclass
from typing import Any

FALSE_ALARMS = 0.05
"""The share of runs in which chance may put any measure out of its bounds."""


@dataclass(frozen=True)
class Measure:
    """One measure of both sides, a value for each seed (or for each pair of models compared)."""

    name: str
    gensim: tuple[float, ...]
    wordlab: tuple[float, ...]
    tolerance: float
    """What the means may differ by beyond chance."""
    level: float = FALSE_ALARMS
    """The probability that chance alone exceeds the bounds."""
    step: float = 0.0
    """The measure is a multiple of this: equal values hide a spread of step / sqrt(12) (Sheppard 1898)."""

    @property
    def difference(self) -> float:
        """wordlab's mean less gensim's."""
        return statistics.fmean(self.wordlab) - statistics.fmean(self.gensim)

    @property
    def allowed(self) -> float:
        """The largest difference that passes."""
        from scipy.special import stdtrit

        freedom = len(self.gensim) + len(self.wordlab) - 2
        squares = sum(statistics.variance(side) * (len(side) - 1) for side in (self.gensim, self.wordlab))
        variance = squares / freedom + self.step**2 / 12
        error = math.sqrt(variance * (1 / len(self.gensim) + 1 / len(self.wordlab)))
        return float(stdtrit(freedom, 1 - self.level / 2)) * error + self.tolerance

    @property
    def passed(self) -> bool:
        """Whether the difference is within what is allowed; one that is not a number is not."""
        return abs(self.difference) <= self.allowed

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        facts = {"difference": self.difference, "allowed": self.allowed, "passed": self.passed}
        return {**dataclasses.asdict(self), **facts}
