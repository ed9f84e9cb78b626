"""--autotune: search the settings of the linear classifier, before it is trained on all texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipelines import options
from pipelines.config_options import was_typed
from wordlab.errors import ConfigError
from wordlab.sentiment.models.linear.autotune_config import AutotuneConfig

if TYPE_CHECKING:
    from wordlab.sentiment.models.linear.autotune import Tuned

F = TypeVar("F", bound=Callable[..., Any])

OPTIONS = {
    "autotune": click.option(
        "--autotune", type=options.Duration(), default=None, metavar="TIME",
        help="Search the settings of the linear classifier, but for those that are given, on held-out texts "
        "for about so long (90s, 5m). The best is then trained on all texts of DATA.",
    ),
    "autotune_trials": click.option(
        "--autotune-trials", type=int, default=None, metavar="N",
        help="Try N settings at most; without --autotune exactly so many, for equal bytes on any machine.",
    ),
    "autotune_size": click.option(
        "--autotune-size", type=options.Size(), default=None, metavar="SIZE",
        help="Quantise the result so that its .ftz is not larger (2MB), and judge by what is left.",
    ),
    "retrain": click.option(
        "--retrain/--no-retrain", default=AutotuneConfig.retrain, show_default=True,
        help="Train the best that --autotune finds on the held-out texts of DATA as well; else it is the "
        "classifier that was judged.",
    ),
}  # fmt: skip
_OPTION_OF = {
    "time_limit": "--autotune",
    "trials": "--autotune-trials",
    "size": "--autotune-size",
    "share": "--validation",
}  # fmt: skip


def autotune_options(function: F) -> F:
    """The options of `OPTIONS`."""
    for option in reversed(OPTIONS.values()):
        function = option(function)
    return function


def pop_autotune(fields: dict[str, Any], config: Any, *, has_file: bool) -> AutotuneConfig | None:
    """The search that was asked for, taken out of `fields`, or None; `has_file` if it has texts to judge by.

    Raises UsageError for numbers out of range, and for options that make no sense without it.
    """
    limit, trials, size, retrain = (fields.pop(name) for name in OPTIONS)
    if limit is None and trials is None:
        if size is not None and fields["model"] == "linear":
            raise click.UsageError("--autotune-size: expected --autotune beside it, found none")
        if was_typed("retrain"):
            raise click.UsageError("--retrain: expected --autotune beside it, found none")
        return None
    fixed = tuple(name for name in vars(config) if was_typed(name))
    share = {} if has_file or not was_typed("validation") else {"share": fields["validation"]}
    try:
        return AutotuneConfig(
            time_limit=limit, trials=trials, size=size, retrain=retrain, fixed=fixed, **share
        )
    except ConfigError as error:
        field, _, message = str(error).partition(":")
        raise click.UsageError(f"{_OPTION_OF[field]}:{message}") from error


def tuning_facts(tuned: Tuned) -> dict[str, Any]:
    """What was tried as plain values, for JSON and the report."""
    trials = [{**trial.to_dict(), "kept": at == tuned.kept} for at, trial in enumerate(tuned.trials)]
    return {"measure": tuned.measure, "num_judged": tuned.num_judged, "trials": trials}


def check_alone(fields: Mapping[str, Any], folds: Mapping[str, Any]) -> None:
    """Raise UsageError for a cross-validation beside a search."""
    if folds and any(was_typed(name) for name in OPTIONS):
        raise click.UsageError("--folds: expected no --autotune beside it, found both")
