"""`wordlab theory descent`: where rules lead, by learning rate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.reports import theory as reports
from pipelines.theory import inputs
from wordlab.errors import ConfigError

if TYPE_CHECKING:
    from wordlab.vision_theory.theory.descent import Descent
    from wordlab.vision_theory.theory.functions import Landscape
    from wordlab.vision_theory.theory.optimisers import Optimiser
    from wordlab.vision_theory.theory.schedules import Schedule

OPTIMISERS = (
    "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "adamw", "newton",
    "newton-absolute", "backtracking",
)  # fmt: skip
SCHEDULES = ("constant", "steps", "exponential", "inverse-sqrt", "cosine")
_OWN_RATE = {"adadelta": 1.0, "newton": 1.0, "newton-absolute": 1.0, "backtracking": 1.0}
_RATE = 0.1


@click.command("descent", cls=options.Command)
@inputs.function_option()
@click.option(
    "--learning-rate", type=float, multiple=True, metavar="X",
    show_default="0.1; 1 for adadelta, newton and backtracking",
    help="Step size; several are compared.",
)  # fmt: skip
@click.option(
    "--optimiser", type=click.Choice(OPTIMISERS), default="sgd", show_default=True,
    help="The rule; sgd is plain gradient descent, and stochastic with --noise.",
)  # fmt: skip
@click.option("--steps", type=int, default=10, show_default=True, metavar="N", help="Steps to take.")
@click.option(
    "--start", metavar="X,...", show_default="the function's own", help="Where to begin: a number a variable."
)
@click.option(
    "--momentum", type=float, default=None, show_default="0.9 for momentum and nesterov", metavar="X",
    help="What is left of the velocity after a step.",
)  # fmt: skip
@click.option(
    "--schedule", type=click.Choice(SCHEDULES), default="constant", show_default=True,
    help="The learning rate over time: halved every quarter (steps), down to a hundredth (exponential), "
    "divided by the root of the step (inverse-sqrt), down to 0 (cosine).",
)  # fmt: skip
@click.option(
    "--warm-up",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    help="Steps in which the rate rises first.",
)
@click.option(
    "--noise", type=float, default=0.0, show_default=True, metavar="X",
    help="Standard deviation of normal noise in each gradient.",
)  # fmt: skip
@options.seed_option("the noise")
@inputs.domain_option
@inputs.plot_option("the paths, and the value by step")
@click.option("--animate", type=click.Path(path_type=Path), metavar="FILE", help="Animate the paths, as GIF.")
@inputs.overwrite_option
@options.json_option
def descent(
    function: str,
    learning_rate: tuple[float, ...],
    optimiser: str,
    steps: int,
    start: str | None,
    momentum: float | None,
    schedule: str,
    warm_up: int,
    noise: float,
    seed: int,
    domain: tuple[float, float] | None,
    plot: Path | None,
    animate: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Descend a function and say what came of it, for each learning rate.

    \b
    Example:
      wordlab theory descent --function quadratic --learning-rate 0.05 --learning-rate 1.1 --plot descent.png
      wordlab theory descent --function ill-conditioned --optimiser momentum --learning-rate 0.2 --steps 40
      wordlab theory descent --function 'x**4 + y**2' --start 2,-2 --steps 5 --animate path.gif
    """
    from pipelines.plots.files import ANIMATED, check_picture

    check_picture(plot, overwrite=overwrite)
    check_picture(animate, overwrite=overwrite, suffixes=ANIMATED)
    from wordlab.vision_theory.theory.descent import descend
    from wordlab.vision_theory.theory.functions import landscape as find_landscape
    from wordlab.vision_theory.theory.stochastic import NoisyGradient

    if momentum is not None and optimiser not in ("momentum", "nesterov"):
        raise ConfigError(f"momentum: expected the optimiser momentum or nesterov, found {optimiser}")
    found = find_landscape(function, domain=domain)
    for name, path in (("plot", plot), ("animate", animate)):
        if path is not None:
            inputs.check_drawable(found, name)
    beginning = found.start if start is None else inputs.numbers("start", start)
    runs = {
        rate: descend(
            found,
            _optimiser(optimiser, rate, momentum),
            num_steps=steps,
            start=beginning,
            schedule=_schedule(schedule, rate, steps, warm_up),
            estimate=NoisyGradient(function=found, noise=noise, seed=seed) if noise else None,
        )
        for rate in learning_rate or (_OWN_RATE.get(optimiser, _RATE),)
    }
    _draw(found, runs, optimiser, plot, animate, overwrite)
    facts = _facts(found, runs) | {
        "optimiser": optimiser, "schedule": schedule, "noise": noise, "seed": seed if noise else None,
        "plot": plot and str(plot), "animation": animate and str(animate),
    }  # fmt: skip
    if as_json:
        console.print_json(facts)
    else:
        reports.print_descent(facts)


def _optimiser(name: str, rate: float, momentum: float | None) -> Optimiser:
    """A new rule of that name."""
    from wordlab.vision_theory.theory import optimisers as rules

    given = {} if momentum is None else {"momentum": momentum}
    match name:
        case "momentum":
            return rules.Momentum(learning_rate=rate, **given)
        case "nesterov":
            return rules.Nesterov(learning_rate=rate, **given)
        case "newton-absolute":
            return rules.Newton(learning_rate=rate, absolute=True)
    plain = {
        "sgd": rules.GradientDescent,
        "adagrad": rules.AdaGrad,
        "rmsprop": rules.RMSProp,
        "adadelta": rules.AdaDelta,
        "adam": rules.Adam,
        "adamw": rules.AdamW,
        "newton": rules.Newton,
        "backtracking": rules.Backtracking,
    }
    rule: Optimiser = plain[name](learning_rate=rate)
    return rule


def _schedule(name: str, rate: float, steps: int, warm_up: int) -> Schedule:
    """The schedule of that name, stretched over the steps that follow the warm-up."""
    from wordlab.vision_theory.theory import schedules

    if not 0 <= warm_up < max(steps, 1):
        raise ConfigError(f"warm_up: expected fewer steps than {steps} in all, found {warm_up}")
    left = max(1, steps - warm_up)
    made: Schedule
    match name:
        case "steps":
            made = schedules.Steps(learning_rate=rate, every=max(1, left // 4), factor=0.5)
        case "exponential":
            made = schedules.Exponential(learning_rate=rate, factor=0.01 ** (1 / left))
        case "inverse-sqrt":
            made = schedules.Polynomial(learning_rate=rate)
        case "cosine":
            made = schedules.Cosine(learning_rate=rate, num_steps=left)
        case _:
            made = schedules.Constant(learning_rate=rate)
    return schedules.WarmUp(then=made, num_steps=warm_up) if warm_up else made


def _draw(
    landscape: Landscape, runs: dict[float, Descent], optimiser: str,
    plot: Path | None, animate: Path | None, overwrite: bool,
) -> None:  # fmt: skip
    from pipelines.plots.files import save_animation, save_figure
    from pipelines.plots.theory.descent import Paths

    if plot is not None:
        save_figure(Paths(landscape, runs, optimiser).figure, plot, overwrite=overwrite)
    if animate is not None:
        paths = Paths(landscape, runs, optimiser)
        save_animation(paths.figure, paths.show_frame, paths.num_frames, animate, overwrite=overwrite)


def _facts(landscape: Landscape, runs: dict[float, Descent]) -> dict[str, Any]:
    return {
        "function": landscape.name,
        "formula": landscape.formula,
        "variables": list(landscape.variables),
        "start": next(iter(runs.values())).points[0].tolist(),
        "minima": [list(point) for point in landscape.minima],
        "runs": [
            {
                "learning_rate": rate,
                "outcome": run.outcome,
                "sentence": run.sentence,
                "num_steps": run.num_steps,
                "end": run.points[-1].tolist(),
                "value": float(run.values[-1]),
                "points": run.points.tolist(),
                "values": run.values.tolist(),
            }
            for rate, run in runs.items()
        ],
    }
