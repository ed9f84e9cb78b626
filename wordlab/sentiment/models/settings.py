"""What the configs of all models share: choices that are checked, and the way to a manifest."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wordlab.checks import check_choice
from wordlab.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Base of the configs; `choices` are the values that a field of strings may have."""

    choices: ClassVar[Mapping[str, Collection[str]]] = {}
    renamed: ClassVar[Mapping[str, str]] = {}
    """What artefacts of earlier versions call fields, and their names now."""

    def __post_init__(self) -> None:
        for name, allowed in self.choices.items():
            check_choice(self, name, tuple(allowed))

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, for a manifest."""
        return dataclasses.asdict(self)


def check_config(config: ModelConfig, expected: type[ModelConfig], model: str) -> None:
    """Raise ConfigError unless `config` is of the class that the model called `model` needs."""
    if not isinstance(config, expected):
        raise ConfigError(
            f"config: expected a {expected.__name__} for the model {model!r}, found a {type(config).__name__}"
        )
