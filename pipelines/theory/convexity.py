"""`wordlab theory convexity`: is this function, or this set, convex?"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.reports import theory as reports
from pipelines.theory import inputs
from wordlab.vision_theory.theory.point_sets import SETS


@click.command("convexity", cls=options.Command)
@inputs.function_option(required=False)
@click.option(
    "--set", "point_set", type=click.Choice(tuple(SETS)), help="Look at a set in the plane instead."
)
@inputs.domain_option
@options.seed_option("the segments and points that are drawn")
@inputs.plot_option("the checks")
@inputs.overwrite_option
@options.json_option
def convexity(
    function: str | None,
    point_set: str | None,
    domain: tuple[float, float] | None,
    seed: int,
    plot: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Check whether a function or a set is convex; where a check fails, show a witness.

    A failure is certain. What holds was sampled, unless it says that sympy proved it.

    \b
    Example:
      wordlab theory convexity --function 'x**2' --plot jensen.png
      wordlab theory convexity --function himmelblau
      wordlab theory convexity --set annulus --plot annulus.png
    """
    if (function is None) == (point_set is None):
        raise click.UsageError("expected either --function or --set", click.get_current_context())
    from pipelines.plots.files import check_picture

    check_picture(plot, overwrite=overwrite)
    if point_set is not None:
        facts = _check_set(point_set, seed, plot, overwrite)
        shown = reports.print_set
    else:
        facts = _check_function(str(function), domain, seed, plot, overwrite)
        shown = reports.print_convexity
    facts["seed"] = seed
    facts["plot"] = plot and str(plot)
    if as_json:
        console.print_json(facts)
    else:
        shown(facts)


def _check_function(
    function: str, domain: tuple[float, float] | None, seed: int, plot: Path | None, overwrite: bool
) -> dict[str, Any]:
    from pipelines.plots.files import save_figure
    from wordlab.vision_theory.theory.convexity import check_convexity, jensen_gap
    from wordlab.vision_theory.theory.functions import landscape as find_landscape

    found = find_landscape(function, domain=domain)
    if plot is not None:
        inputs.check_drawable(found, "plot")
    checks = check_convexity(found, seed=seed)
    gap = jensen_gap(found, seed=seed)
    if plot is not None:
        from pipelines.plots.theory.convexity import draw_convexity

        save_figure(draw_convexity(found, checks), plot, overwrite=overwrite)
    return {
        "function": found.name,
        "formula": found.formula,
        "variables": list(found.variables),
        "domain": [list(ends) for ends in found.domain],
        "jensen": {**dataclasses.asdict(gap), "gap": gap.gap},
        "checks": [
            {
                "name": check.name,
                "holds": check.holds,
                "proven": check.proven,
                "detail": reports.check_remark(check),
                "witness": None if check.witness is None else dataclasses.asdict(check.witness),
            }
            for check in checks
        ],
        "convex": all(check.holds for check in checks),
    }


def _check_set(name: str, seed: int, plot: Path | None, overwrite: bool) -> dict[str, Any]:
    from pipelines.plots.files import save_figure
    from wordlab.vision_theory.theory.convex_sets import check_set

    check = check_set(SETS[name], seed=seed)
    if plot is not None:
        from pipelines.plots.theory.convexity import draw_set

        save_figure(draw_set(name, SETS[name], check), plot, overwrite=overwrite)
    witness = check.witness
    return {
        "set": name,
        "holds": check.holds,
        "num_segments": check.num_segments,
        "witness": witness and {**dataclasses.asdict(witness), "between": list(witness.between)},
    }
