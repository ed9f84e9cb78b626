"""Schedules of the learning rate by name: the share of the largest rate at each point of training.

A new schedule is a function and a line in `SCHEDULES`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

_WARM_UP = 0.25  # the share of training in which the rate of one-cycle rises


def constant(progress: float) -> float:
    """Always 1."""
    return 1.0


def cosine(progress: float) -> float:
    """From 1 to 0 along half a cosine."""
    return (1 + math.cos(math.pi * progress)) / 2


def one_cycle(progress: float) -> float:
    """From 0.05 linearly up to 1, then down to 0 along half a cosine (Smith and Topin 2017)."""
    if progress < _WARM_UP:
        return 0.05 + 0.95 * progress / _WARM_UP
    return (1 + math.cos(math.pi * (progress - _WARM_UP) / (1 - _WARM_UP))) / 2


def step(progress: float) -> float:
    """1, from half of training on a tenth, from three quarters on a hundredth (He et al. 2016a, 4.2)."""
    return 1.0 if progress < 0.5 else 0.1 if progress < 0.75 else 0.01


SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": constant,
    "cosine": cosine,
    "one-cycle": one_cycle,
    "step": step,
}
"""The schedules that a config may name; each is called with the share of all steps made so far."""
