"""The options of training: those of all models, each refused where another model is trained."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from pipelines import options
from pipelines.config_options import config_from, config_options, spelled_option, was_typed
from pipelines.cooccurrences import FLAGS
from pipelines.embeddings.subword_options import refuse_ngram_options, subwords_option
from wordlab.errors import ConfigError
from wordlab.text.choices import SUBSAMPLE_FORMS
from wordlab.training.engines import DEFAULT_ENGINE
from wordlab.training.objectives.glove.config import RESULTS, GloveConfig
from wordlab.training.objectives.subwords.config import SubwordConfig
from wordlab.training.objectives.word2vec.config import (
    LOSSES,
    MODELS,
    MOST_USUAL_SHARDS,
    SKIPGRAM_RATE_OF_MANY_SHARDS,
    Word2VecConfig,
)
from wordlab.training.presets import PRESETS, preset_options

F = TypeVar("F", bound=Callable[..., Any])

GLOVE = GloveConfig.objective
_FLAGS = {**FLAGS, "cbow_mean": "--cbow-mean/--cbow-sum", "deterministic": "--deterministic/--racing"}
_OF_WORD2VEC, _OF_GLOVE = (
    [field.name for field in dataclasses.fields(config)] for config in (SubwordConfig, GloveConfig)
)
_NOT_OF_GLOVE = [name for name in _OF_WORD2VEC if name not in (*_OF_GLOVE, "model")]
_NOT_OF_GLOVE += ["subwords", "preset", "device"]
_ONLY_OF_GLOVE = [name for name in _OF_GLOVE if name not in _OF_WORD2VEC]


def spelled(values: Mapping[str, Any]) -> str:
    """The options that say `values`, fields of a config or its objective."""
    return " ".join(
        f"--{value}" if name == "objective" else spelled_option(name, value, _FLAGS.get(name))
        for name, value in values.items()
    )


def _rates(config: type[Word2VecConfig]) -> str:
    return ", ".join(f"{rate:g} for {model}" for model, rate in config.learning_rates.items())


def _both(name: str) -> str:
    """The defaults of a field that all models have."""
    return f"{getattr(Word2VecConfig, name)}, or {getattr(GloveConfig, name)} for {GLOVE}"


_PRESETS = "; ".join(f"{name} is {spelled(values)}" for name, values in PRESETS.items())
_OPTIONS = (
    subwords_option,
    click.option(
        "--preset", default=None, metavar="NAME",
        help=f"The settings of another program: {_PRESETS}. Options that are given win over it.",
    ),
    config_options(
        SubwordConfig,
        choices={"model": (*MODELS, GLOVE), "loss": LOSSES, "subsample_form": SUBSAMPLE_FORMS},
        flags=_FLAGS,
        leave_out=["compass"],  # --compass names the vectors
        defaults={
            "window": _both("window"),
            "epochs": _both("epochs"),
            "threads": "all cores",
            "buckets": "2,000,000, or 50,000 with --hashes",
            "learning_rate": f"{_rates(Word2VecConfig)}, {GloveConfig.learning_rate:g} for {GLOVE}; "
            f"with --subwords {_rates(SubwordConfig)}; "
            f"{SKIPGRAM_RATE_OF_MANY_SHARDS:g} for skipgram with more than {MOST_USUAL_SHARDS} shards",
            "shards": "by the corpus and the model, 1 to 4",
        },
    ),
    config_options(
        GloveConfig,
        choices={"result": RESULTS},
        flags=_FLAGS,
        leave_out=[*_OF_WORD2VEC, "memory"],
        defaults={"tolerance": "none: all epochs"},
    ),
    options.memory_option,
)  # fmt: skip


def training_options(function: F) -> F:
    """Add the options that say what is trained, and how."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def chosen_config(
    training: Mapping[str, Any],
    base: Mapping[str, Any] | None = None,
    *,
    counts: Mapping[str, Any] | None = None,
) -> Any:
    """The config that the options say; `base` is that of an earlier run, `counts` that of a table.

    A preset wins over `base`, and options that were typed over both. Wrong usage for an option that the model
    does not have.
    """
    model = _model(training, base)
    for name in _NOT_OF_GLOVE if model == GLOVE else _ONLY_OF_GLOVE:
        if was_typed(name):
            others = " or ".join(MODELS) if model == GLOVE else GLOVE
            raise ConfigError(f"{name}: expected --model {others} beside it, found {model}")
    if base is not None and (base.get("objective") == GLOVE) != (model == GLOVE):
        base = {"dim": base["dim"]}  # nothing else means the same
    if model == GLOVE:
        if training["engine"] != DEFAULT_ENGINE:
            raise ConfigError(f"engine: expected {DEFAULT_ENGINE} for {GLOVE}, found {training['engine']}")
        return config_from(GloveConfig, training, {**(base or {}), **(counts or {})})
    return _word2vec_config(training, base)


def _model(training: Mapping[str, Any], base: Mapping[str, Any] | None) -> str:
    """The name of the model: as typed, or else that of the earlier run."""
    if base is None or was_typed("model") or training["preset"] is not None:
        return str(training["model"])
    return GLOVE if base.get("objective") == GLOVE else str(base.get("model", training["model"]))


def _word2vec_config(training: Mapping[str, Any], base: Mapping[str, Any] | None) -> Word2VecConfig:
    """With or without subwords; wrong usage for an option of subwords without --subwords."""
    if training["preset"] is not None:
        base = {**(base or {}), **preset_options(training["preset"])}
    subwords = training["subwords"]
    if base is not None and not was_typed("subwords"):
        subwords = base.get("objective") == SubwordConfig.objective
    if subwords:
        return config_from(SubwordConfig, training, base)
    refuse_ngram_options()
    return config_from(Word2VecConfig, training, base)
