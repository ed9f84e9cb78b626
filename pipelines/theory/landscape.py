"""`wordlab theory landscape`: minima, maxima and saddle points."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines import console, options
from pipelines.reports import theory as reports
from pipelines.theory import inputs


@click.command("landscape", cls=options.Command)
@inputs.function_option()
@inputs.domain_option
@options.seed_option("the starts of the search, with three variables or more")
@inputs.plot_option("the function with its critical points")
@inputs.overwrite_option
@options.json_option
def landscape(
    function: str,
    domain: tuple[float, float] | None,
    seed: int,
    plot: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """List the critical points of a function, classified by the eigenvalues of the Hessian.

    They are found by Newton's method from many starts in the domain; there may be others.

    \b
    Example:
      wordlab theory landscape --function saddle --plot saddle.png
      wordlab theory landscape --function 'x*cos(pi*x)' --domain -1 2
    """
    from pipelines.plots.files import check_picture, save_figure

    check_picture(plot, overwrite=overwrite)
    from wordlab.vision_theory.theory.critical_points import critical_points
    from wordlab.vision_theory.theory.functions import landscape as find_landscape

    found = find_landscape(function, domain=domain)
    if plot is not None:
        inputs.check_drawable(found, "plot")
    points = critical_points(found, seed=seed)
    if plot is not None:
        from pipelines.plots.theory.landscape import draw_landscape

        save_figure(draw_landscape(found, points), plot, overwrite=overwrite)
    facts = {
        "function": found.name,
        "formula": found.formula,
        "about": found.about or None,
        "variables": list(found.variables),
        "domain": [list(ends) for ends in found.domain],
        "critical_points": [
            {"point": list(p.point), "value": p.value, "kind": p.kind, "eigenvalues": list(p.eigenvalues)}
            for p in points
        ],
        "plot": plot and str(plot),
    }
    if as_json:
        console.print_json(facts)
    else:
        reports.print_landscape(facts)
