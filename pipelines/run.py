"""`wordlab run`: the steps in a pipeline's file, each again only when something changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from pipelines import console, options
from pipelines.groups import near_name
from pipelines.plots.steps import MERMAID
from pipelines.reports import runs as reports
from pipelines.runs.example import write_example
from pipelines.runs.following import planned, run_tasks, seen_from
from pipelines.runs.ordering import generations
from pipelines.runs.planning import Plan, make_plan
from pipelines.runs.reading import Pipeline, read_pipeline


@click.command("run", cls=options.Command)
@click.argument("file", metavar="PIPELINE", type=options.Local())
@click.argument("steps", nargs=-1, metavar="[STEP...]")
@click.option("--init", is_flag=True, help="Write an example to PIPELINE, and its text beside it.")
@click.option("--dry-run", is_flag=True, help="Show what would run, why, and for how long; run nothing.")
@click.option(
    "--graph", type=options.Written(), default=None, metavar="FILE",
    help="Draw the steps (PNG, SVG or PDF by the name's end, .mmd for Mermaid), and run nothing.",
)  # fmt: skip
@click.option(
    "--force", multiple=True, metavar="STEP", help="Run this step again although nothing changed; repeatable."
)
@click.option(
    "--show", is_flag=True, help="Print what each command prints, in place of keeping what it reports."
)
@click.option(
    "--overwrite", is_flag=True, help="Replace also what others wrote where a step, --init or --graph writes."
)
@options.quiet_option
@options.json_option
@click.pass_context
def run(
    ctx: click.Context, file: Path, steps: tuple[str, ...], init: bool, dry_run: bool, graph: Path | None,
    force: tuple[str, ...], show: bool, overwrite: bool, quiet: bool, as_json: bool,
) -> None:  # fmt: skip
    """Run the steps in a file: commands with their options, tried with every value of a matrix.

    A step runs again only when its options, its inputs or wordlab's version changed, and what was
    interrupted goes on. Without STEP all steps run, else those named and all that they stand on. Scores
    of all steps stand in one table at the end.

    \b
    Example:
      wordlab run --init first.toml
      wordlab run reviews.toml --dry-run
      wordlab run reviews.toml
      wordlab run reviews.toml scores --force vectors --json
      wordlab run reviews.toml --graph steps.png
    """
    if show and as_json:
        raise click.UsageError("--show and --json exclude each other")
    if init:
        _check_alone(dry_run=dry_run, graph=graph, force=force, steps=steps)
        _init(file, overwrite=overwrite, quiet=quiet)
        return
    pipeline = read_pipeline(file)
    root = ctx.find_root().command
    with seen_from(pipeline.path):
        plan = make_plan(pipeline, root)
    _check_steps(pipeline, [*steps, *force])
    if graph is not None:
        _draw(plan, pipeline, graph, overwrite=overwrite)
        return
    tasks = plan.needed(steps)
    with seen_from(pipeline.path):
        if dry_run:
            facts = planned(pipeline, tasks, root, force=force)
        else:
            facts = run_tasks(pipeline, tasks, root, force=force, overwrite=overwrite, quiet=quiet, show=show)
    if as_json:
        console.print_json(facts)
    elif dry_run:
        reports.print_planned(facts["tasks"])
    else:
        reports.print_done(facts)


def _check_alone(*, dry_run: bool, graph: Path | None, force: Sequence[str], steps: Sequence[str]) -> None:
    """Raise UsageError for what cannot stand beside --init."""
    others = {"--dry-run": dry_run, "--graph": graph, "--force": force, "STEP": steps}
    given = [name for name, value in others.items() if value]
    if given:
        raise click.UsageError(f"--init and {given[0]} exclude each other")


def _init(file: Path, *, overwrite: bool, quiet: bool) -> None:
    text = write_example(file, overwrite=overwrite)
    console.say(f"{file}: an example, which runs on {text}", quiet=quiet)
    console.say_next(("wordlab", "run", file, "--dry-run"), ("wordlab", "run", file), quiet=quiet)


def _check_steps(pipeline: Pipeline, names: Sequence[str]) -> None:
    for name in names:
        if name not in pipeline.steps:
            raise click.UsageError(
                f"{pipeline.path} has no step {name!r}; {near_name(name, list(pipeline.steps))}"
            )


def _draw(plan: Plan, pipeline: Pipeline, file: Path, *, overwrite: bool) -> None:
    """Write the picture of the steps."""
    from pipelines.plots.files import SUFFIXES, check_picture, save_figure
    from pipelines.plots.steps import draw_steps, mermaid
    from wordlab.io.atomic import staged_file

    check_picture(file, overwrite=overwrite, suffixes=(*SUFFIXES, MERMAID), inputs=[pipeline.path])
    numbers = {name: plan.number_of_tasks(name) for name in plan.uses}
    captions = {
        name: pipeline.steps[name].command + (f" × {number}" if number > 1 else "")
        for name, number in numbers.items()
    }
    if file.suffix.lower() == MERMAID:
        with staged_file(file, overwrite=overwrite, make_parents=True) as staging:
            staging.write_text(mermaid(plan.uses, captions), encoding="utf-8")
        return
    save_figure(draw_steps(list(generations(plan.uses)), plan.uses, captions), file, overwrite=overwrite)
