"""`wordlab theory descent`: where a rule leads, by learning rate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines import console, options
from pipelines.reports import theory as reports
from pipelines.theory import inputs
from wordlab.vision_theory.theory.optimisers.names import DEFAULT_RATE, RULES, make_rule
from wordlab.vision_theory.theory.schedules import NAMED, named_schedule

if TYPE_CHECKING:
    from wordlab.vision_theory.theory.descent import Descent
    from wordlab.vision_theory.theory.functions import Landscape

_OTHER_RATES = "; ".join(
    f"{rate:g} for {', '.join(name for name, rule in RULES.items() if rule.learning_rate == rate)}"
    for rate in sorted({rule.learning_rate for rule in RULES.values()} - {DEFAULT_RATE})
)
_WITH_MOMENTUM = " and ".join(name for name, rule in RULES.items() if rule.takes_momentum)


@click.command("descent", cls=options.Command)
@inputs.function_option()
@click.option(
    "--learning-rate", type=float, multiple=True, metavar="X",
    show_default=f"{DEFAULT_RATE:g}; {_OTHER_RATES}",
    help="Step size; several are compared.",
)  # fmt: skip
@click.option(
    "--optimiser", type=click.Choice(tuple(RULES)), default="sgd", show_default=True,
    help="The rule; sgd is plain gradient descent, and stochastic with --noise.",
)  # fmt: skip
@click.option("--steps", type=int, default=10, show_default=True, metavar="N", help="Steps to take.")
@click.option(
    "--start",
    metavar="X,...",
    show_default="the function's own",
    help="Where to begin: one number for each variable.",
)
@click.option(
    "--momentum", type=float, default=None, show_default=f"0.9 for {_WITH_MOMENTUM}", metavar="X",
    help="What is left of the velocity after a step.",
)  # fmt: skip
@click.option(
    "--schedule", type=click.Choice(tuple(NAMED)), default="constant", show_default=True,
    help="The learning rate over time: halved every quarter (steps), down to a hundredth (exponential), "
    "divided by the root of the step (inverse-sqrt), down to 0 (cosine).",
)  # fmt: skip
@click.option(
    "--warm-up",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    help="Steps at the start in which the rate rises.",
)
@click.option(
    "--noise", type=float, default=0.0, show_default=True, metavar="X",
    help="Standard deviation of normal noise in each gradient.",
)  # fmt: skip
@options.seed_option("the noise")
@inputs.domain_option
@inputs.plot_option("the paths, and the value by step")
@click.option("--animate", type=options.Written(), metavar="FILE", help="Animate the paths, as GIF.")
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
    """Descend a function and judge the result, for each learning rate.

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

    rules = [make_rule(optimiser, learning_rate=rate, momentum=momentum) for rate in learning_rate or (None,)]
    found = find_landscape(function, domain=domain)
    for name, path in (("plot", plot), ("animate", animate)):
        if path is not None:
            inputs.check_drawable(found, name)
    beginning = found.start if start is None else inputs.numbers("start", start)
    runs = {
        rule.learning_rate: descend(
            found,
            rule,
            num_steps=steps,
            start=beginning,
            schedule=named_schedule(
                schedule, learning_rate=rule.learning_rate, num_steps=steps, warm_up=warm_up
            ),
            estimate=NoisyGradient(function=found, noise=noise, seed=seed) if noise else None,
        )
        for rule in rules
    }
    _draw(found, runs, optimiser, plot, animate, overwrite)
    facts = reports.descent_facts(found, runs) | {
        "optimiser": optimiser, "schedule": schedule, "noise": noise, "seed": seed if noise else None,
        "plot": plot and str(plot), "animation": animate and str(animate),
    }  # fmt: skip
    if as_json:
        console.print_json(facts)
    else:
        reports.print_descent(facts)


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
