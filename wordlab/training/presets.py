"""The settings of other programs, by the program's name: what differs from the defaults of this one."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from wordlab.errors import ConfigError

PRESETS: dict[str, dict[str, Any]] = {
    "fasttext": {  # args.cc and dictionary.cc of fastText 0.9.3, for skip-gram and CBOW alike
        "objective": "subwords",
        "learning_rate": 0.05,
        "min_learning_rate": 0.0,
        "ns_exponent": 0.5,
        "subsample_form": "fasttext",
        "line_end": True,
    },
}
"""A preset is a line here, or a few: fields of a config, and the objective to which the config belongs."""


def preset_options(name: str) -> Mapping[str, Any]:
    """What the preset called `name` sets; ConfigError that lists the presets if there is none."""
    if name not in PRESETS:
        near = difflib.get_close_matches(name.lower(), PRESETS, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ConfigError(f"preset: expected one of {', '.join(PRESETS)}, found {name!r}{hint}")
    return PRESETS[name]


def preset_config(name: str, **options: Any) -> Any:
    """The config that the preset called `name` describes; `options` are fields, and win over it.

    ConfigError for an unknown preset, and for values that the config refuses.

    >>> config = preset_config("fasttext", dim=300)
    >>> config.dim, config.ns_exponent, config.line_end
    (300, 0.5, True)
    """
    from wordlab.training.objectives import objective_class

    fields = {**preset_options(name), **options}
    return objective_class(fields.pop("objective")).config_class(**fields)
