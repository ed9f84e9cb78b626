"""The rules by name; loads no numpy.

A new rule is a file beside this one, and a line in `RULES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from wordlab.errors import ConfigError

if TYPE_CHECKING:
    from wordlab.vision_theory.theory.optimisers.rule import Optimiser

DEFAULT_RATE = 0.1


@dataclass(frozen=True)
class NamedRule:
    """One rule: its file, its class there, and what its name stands for."""

    file: str
    rule: str
    learning_rate: float = DEFAULT_RATE
    """The rate where none is given."""
    takes_momentum: bool = False
    """Whether its momentum may be chosen."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The options of the class that the name implies."""


RULES = {
    "sgd": NamedRule("gradient_descent", "GradientDescent"),
    "momentum": NamedRule("momentum", "Momentum", takes_momentum=True),
    "nesterov": NamedRule("momentum", "Nesterov", takes_momentum=True),
    "adagrad": NamedRule("adagrad", "AdaGrad"),
    "rmsprop": NamedRule("rmsprop", "RMSProp"),
    "adadelta": NamedRule("adadelta", "AdaDelta", learning_rate=1.0),
    "adam": NamedRule("adam", "Adam"),
    "adamw": NamedRule("adam", "AdamW"),
    "newton": NamedRule("newton", "Newton", learning_rate=1.0),
    "newton-absolute": NamedRule("newton", "Newton", learning_rate=1.0, options={"absolute": True}),
    "backtracking": NamedRule("backtracking", "Backtracking", learning_rate=1.0),
}


def make_rule(name: str, *, learning_rate: float | None = None, momentum: float | None = None) -> Optimiser:
    """A new rule of that name, with its own learning rate and momentum where none are given.

    Raises ConfigError for an unknown name, for a momentum that the rule does not take, and for a value
    that is not allowed.
    """
    if name not in RULES:
        raise ConfigError(f"optimiser: expected one of {', '.join(RULES)}, found {name!r}")
    entry = RULES[name]
    options = dict(entry.options)
    if momentum is not None:
        if not entry.takes_momentum:
            expected = " or ".join(other for other, rule in RULES.items() if rule.takes_momentum)
            raise ConfigError(f"momentum: expected the optimiser {expected}, found {name}")
        options["momentum"] = momentum
    file = import_module(f"wordlab.vision_theory.theory.optimisers.{entry.file}")
    rate = entry.learning_rate if learning_rate is None else learning_rate
    made: Optimiser = getattr(file, entry.rule)(learning_rate=rate, **options)
    return made
