"""The options of `wordlab sentiment train` that describe the model, and which models each of them is for."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import click

from pipelines import options
from pipelines.config_options import config_from, config_options, was_typed
from pipelines.sentiment.autotune import OPTIONS as AUTOTUNE
from wordlab.sentiment.judging.candidates import CANDIDATES
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.models.config import LEARNING_RATES, ClassifierConfig
from wordlab.sentiment.models.linear.config import PRESETS, LinearConfig, preset_options
from wordlab.sentiment.models.names import BASELINES, LINEAR, MODELS, NETWORKS, PARAGRAPHS, model_class
from wordlab.sentiment.models.paragraphs.config import ParagraphConfig
from wordlab.sentiment.models.settings import ModelConfig


def _names(config: type[ModelConfig]) -> set[str]:
    return {field.name for field in dataclasses.fields(config)}


def _choices(config: type[ModelConfig]) -> dict[str, Sequence[str]]:
    return {name: tuple(allowed) for name, allowed in config.choices.items()}


AUTO = "auto"
"""In the place of a model's name: the best of some for these texts."""

_TAKEN_BY = (
    (NETWORKS, _names(ClassifierConfig) | {"checkpoint", "resume", "plot", "device"}),
    (BASELINES, _names(BaselineConfig) | {"threads"}),
    (LINEAR, _names(LinearConfig) | {"plot", "validation", *AUTOTUNE}),
    (PARAGRAPHS, _names(ParagraphConfig) | {"validation"}),
    ([*NETWORKS, *(name for name, listed in MODELS.items() if listed.takes_unlabelled)], {"unlabelled"}),
    ([AUTO], {"threads", "seed", "time_limit"}),
)
_OWN = "options of the model named"

_CHOICE = {**NETWORKS, **BASELINES, **LINEAR, **PARAGRAPHS}

model_option = click.option(
    "--model", type=click.Choice((*_CHOICE, AUTO)), default=ClassifierConfig.model, show_default=True,
    help="; ".join(f"{name} {listed.summary}" for name, listed in _CHOICE.items())
    + f"; {AUTO} tries {', '.join(CANDIDATES)} on held-out texts and keeps the best.",
)  # fmt: skip

time_limit_option = click.option(
    "--time-limit", type=options.Duration(), default=None, metavar="TIME", show_default="5m",
    help=f"How long {AUTO} may take, about (90s, 5m, 1h).",
)  # fmt: skip

network_options = config_options(
    ClassifierConfig,
    choices=_choices(ClassifierConfig),
    defaults={
        "learning_rate": ", ".join(f"{rate:g} for {name}" for name, rate in LEARNING_RATES.items()),
    },
    leave_out=["model", "validation"],
)
"""The options of networks, without --validation, which may be a file."""

baseline_options = config_options(
    BaselineConfig,
    choices=_choices(BaselineConfig),
    defaults={
        "cost": ", ".join(
            f"{listed.cost:g} for {name}" if listed.cost else f"1 for {name}, 0.03 with more than two classes"
            for name, listed in BASELINES.items()
        ),
        "min_count": ", ".join(
            f"{listed.min_count} for {name}" for name, listed in BASELINES.items() if listed.min_count
        ),
    },
    leave_out=sorted(_names(ClassifierConfig) & _names(BaselineConfig)),
)
"""The options that baselines have and networks have not."""


@click.command()
@click.option(
    "--preset", default=None, metavar="NAME", show_default="none",
    help=f"The settings of another program: {', '.join(PRESETS)}. Options that are given win over it.",
)  # fmt: skip
@config_options(
    LinearConfig, choices=_choices(LinearConfig), defaults={"threads": "all cores"}, leave_out=["model"]
)
def _linear(**_: Any) -> None: ...


@click.command()
@config_options(
    ParagraphConfig, choices=_choices(ParagraphConfig), defaults={"threads": "all cores"}, leave_out=["model"]
)
def _paragraphs(**_: Any) -> None: ...


_BROUGHT = {**dict.fromkeys(LINEAR, _linear.params), **dict.fromkeys(PARAGRAPHS, _paragraphs.params)}
"""Models whose defaults are not those of networks and baselines bring all their options."""


class ModelCommand(options.Command):
    """A command to which --model may add options: those that no other model has.

    The model is loaded only if the arguments hold an option that is not one of the command's own. Some models
    bring all their options.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse `args`, with the options of the model that they name."""
        model = _model_named(args)
        if model in _BROUGHT:
            ctx.meta[_OWN] = _BROUGHT[model]
            return super().parse_args(ctx, args)
        known = {spelled for param in self.params for spelled in (*param.opts, *param.secondary_opts)}
        if any(word.startswith("--") and word.partition("=")[0] not in known for word in args):
            ctx.meta[_OWN] = own_options(model)
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's parameters, and those of the model named, which take the place of others."""
        own = ctx.meta.get(_OWN, ())
        names = {param.name for param in own}
        return [*(param for param in super().get_params(ctx) if param.name not in names), *own]


def _model_named(args: Sequence[str]) -> str:
    for position, word in enumerate(args):
        name, _, value = word.partition("=")
        if name == "--model":
            return value or next(iter(args[position + 1 :]), "")
    return ""


def own_options(model: str) -> list[click.Parameter]:
    """The options for fields of the model's config that the shared configs have not; none if unknown."""
    if model not in MODELS:
        return []
    config: type[ModelConfig] = model_class(model).config_class
    shared = _names(ClassifierConfig) | _names(BaselineConfig)

    @click.command()
    @config_options(config, choices=_choices(config), leave_out=sorted(shared))
    def own(**_: Any) -> None: ...

    return own.params


def check_options(model: str) -> None:
    """Raise UsageError if an option was given that is for other models only."""
    for param in click.get_current_context().command.params:
        takers = [name for models, taken in _TAKEN_BY if param.name in taken for name in models]
        if takers and model not in takers and param.name != "model" and was_typed(param.name or ""):
            raise click.UsageError(
                f"{param.opts[0]}: expected one of the models {', '.join(takers)}, found {model}"
            )


def model_config(fields: Mapping[str, Any]) -> Any:
    """The config that the options of the running command describe; ConfigError.

    Shared settings are checked before the model is loaded, which takes a while.
    """
    if fields["model"] in PARAGRAPHS:
        return config_from(ParagraphConfig, fields)
    if fields["model"] in LINEAR:
        preset = fields["preset"]
        return config_from(LinearConfig, fields, None if preset is None else preset_options(preset))
    shared = BaselineConfig if fields["model"] in BASELINES else ClassifierConfig
    config = config_from(shared, fields)
    own: type[ModelConfig] = model_class(fields["model"]).config_class
    return config if own is shared else config_from(own, fields)


def preset_tokenizer(fields: Mapping[str, Any]) -> str | None:
    """The tokenizer of the preset that was named; None without one."""
    preset = fields.get("preset")
    return None if preset is None else preset_options(preset)["tokenizer"]
