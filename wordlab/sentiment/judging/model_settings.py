"""Settings of single models, as users type them: textcnn.epochs=5."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from wordlab.errors import ConfigError
from wordlab.sentiment.models.names import MODELS, model_class
from wordlab.visible import clipped

_NOT_SET = ("model", "seed")  # what a comparison says for all models
_TRUTH = {"true": True, "false": False}


def read_settings(typed: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The settings by model that strings of the form MODEL.FIELD=VALUE say; ConfigError.

    >>> read_settings(["tfidf.ngrams=3", "tfidf.cost=2"])
    {'tfidf': {'ngrams': 3, 'cost': 2.0}}
    """
    found: dict[str, dict[str, Any]] = {}
    for text in typed:
        path, equals, value = text.partition("=")
        name, dot, field = path.strip().partition(".")
        if not (equals and dot):
            raise ConfigError(f"own: expected MODEL.FIELD=VALUE, found {clipped(text)!r}")
        if name not in MODELS:
            raise ConfigError(f"own: expected one of the models {', '.join(MODELS)}, found {clipped(name)!r}")
        field = field.replace("-", "_")
        kinds = {f.name: str(f.type) for f in dataclasses.fields(model_class(name).config_class)}
        if field not in kinds or field in _NOT_SET:
            allowed = ", ".join(known for known in kinds if known not in _NOT_SET)
            raise ConfigError(f"own: expected a setting of {name} ({allowed}), found {clipped(field)!r}")
        found.setdefault(name, {})[field] = _value(value.strip(), kinds[field], text)
    return found


def _value(text: str, kind: str, typed: str) -> Any:
    """`text` as a value of a field whose annotation is `kind`."""
    try:
        if kind.startswith("bool"):
            return _TRUTH[text.lower()]
        if kind.startswith("tuple"):
            return tuple(int(part) for part in text.split(","))
        if "float" in kind:
            return float(text)
        return int(text) if "int" in kind else text
    except (ValueError, KeyError) as error:
        nouns = {"b": "true or false", "t": "whole numbers separated by commas", "f": "a number"}
        noun = nouns.get(kind[0], "a whole number")
        raise ConfigError(f"own: expected {noun} in {clipped(typed)!r}, found {clipped(text)!r}") from error
