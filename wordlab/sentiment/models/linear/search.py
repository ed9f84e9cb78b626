"""Where to look next among the settings of the linear classifier: random steps around the best so far.

As in fastText's autotune (autotune.cc of its source), steps are Gaussian, of the logarithm of most settings,
and become smaller; here by the number of trials, not by time, so that a longer search begins as a shorter
one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np

from wordlab.sentiment.models.linear.config import LinearConfig

_NARROWING = (5, 40)  # trials between which steps become smaller
_SHARE = 0.5  # of the settings that change at once
_DEAREST = 24.0  # times the numbers that the first trial goes through
_ATTEMPTS = 1_000


class Step(NamedTuple):
    """A setting's range, and the deviations of a step, of its base-2 logarithm or of itself."""

    least: float
    most: float
    wide: float
    narrow: float
    is_power: bool = True


STEPS = {
    "learning_rate": Step(0.01, 5.0, 1.5, 0.5),
    "epochs": Step(1, 100, 1.2, 0.5),
    "dim": Step(4, 300, 1.2, 0.4),
    "ngrams": Step(1, 5, 1.5, 0.8, is_power=False),
    "buckets": Step(10_000, 10_000_000, 2.0, 1.0),
}
"""The settings that are numbers, but for the lengths of n-grams of characters."""
LENGTHS = ((3, 0), (2, 5), (3, 6))
"""`min_ngram` and `max_ngram`: none, or as fastText tries them."""
TUNED = (*STEPS, "min_ngram", "max_ngram")


def propose(
    best: LinearConfig,
    first: LinearConfig,
    number: int,
    fixed: Collection[str],
    tried: Collection[LinearConfig],
) -> LinearConfig | None:
    """What to try as trial `number`: not yet `tried`, not too dear beside the `first`; None if none is found.

    Fields that are `fixed` stay. The same arguments give the same proposal.
    """
    free = [name for name in STEPS if name not in fixed]
    if not {"min_ngram", "max_ngram"} & set(fixed):
        free.append("max_ngram")
    for attempt in range(_ATTEMPTS if free else 0):
        random = np.random.default_rng((best.seed, number, attempt))
        chosen = [name for name in free if random.random() < _SHARE] or [free[random.integers(len(free))]]
        found = dataclasses.replace(best, **_moved(best, chosen, number, random))
        if found not in tried and _cost(found) <= _DEAREST * _cost(first):
            return found
    return None


def _moved(
    best: LinearConfig, names: Collection[str], number: int, random: np.random.Generator
) -> dict[str, Any]:
    begin, end = _NARROWING
    narrowed = min(1.0, max(0.0, (number - begin) / (end - begin)))
    moved: dict[str, Any] = {}
    for name in names:
        if name == "max_ngram":
            moved["min_ngram"], moved["max_ngram"] = LENGTHS[random.integers(len(LENGTHS))]
            continue
        step, value = STEPS[name], getattr(best, name)
        by = random.normal(0, step.wide + narrowed * (step.narrow - step.wide))
        there = value * 2**by if step.is_power else value + by
        there = min(max(there, step.least), step.most)
        moved[name] = float(f"{there:.3g}") if name == "learning_rate" else round(there)
    return moved


def _cost(config: LinearConfig) -> float:
    """How many numbers training goes through for a word, about: n-grams of characters are five a word."""
    return config.epochs * config.dim * (config.ngrams + (5 if config.max_ngram else 0))
