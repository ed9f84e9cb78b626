"""`wordlab run`: the steps in a pipeline's file, each again only when something changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.groups import near_name
from pipelines.plots.steps import MERMAID
from pipelines.reports import runs as reports
from pipelines.runs.example import write_example
from pipelines.runs.figures import figures_of
from pipelines.runs.planning import Plan, Task, generations, make_plan
from pipelines.runs.reading import Pipeline, read_pipeline
from pipelines.runs.records import Record, Records
from pipelines.runs.running import report_of, run_task
from pipelines.runs.staleness import State, refreshed, state_of
from wordlab.errors import OutputExistsError


@click.command("run", cls=options.Command)
@click.argument("file", metavar="PIPELINE", type=click.Path(path_type=Path))
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
@click.option("--overwrite", is_flag=True, help="Replace also what others wrote where a step writes.")
@options.quiet_option
@options.json_option
@click.pass_context
def run(
    ctx: click.Context, file: Path, steps: tuple[str, ...], init: bool, dry_run: bool, graph: Path | None,
    force: tuple[str, ...], overwrite: bool, quiet: bool, as_json: bool,
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
    if init:
        _check_alone(dry_run=dry_run, graph=graph, force=force, steps=steps)
        _init(file, quiet=quiet)
        return
    pipeline = read_pipeline(file)
    root = ctx.find_root().command
    with _seen_from(pipeline.path):
        plan = make_plan(pipeline, root)
    _check_steps(pipeline, [*steps, *force])
    if graph is not None:
        _draw(plan, pipeline, graph, overwrite=overwrite)
        return
    with _seen_from(pipeline.path):
        tasks = plan.needed(steps)
        if dry_run:
            facts = _planned(pipeline, tasks, root, force)
        else:
            facts = _run(pipeline, tasks, root, force, overwrite=overwrite, quiet=quiet)
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


def _init(file: Path, *, quiet: bool) -> None:
    text = write_example(file)
    console.say(f"{file}: an example, which runs on {text}", quiet=quiet)
    console.say_next(("wordlab", "run", file, "--dry-run"), ("wordlab", "run", file), quiet=quiet)


def _check_steps(pipeline: Pipeline, names: Sequence[str]) -> None:
    for name in names:
        if name not in pipeline.steps:
            raise click.UsageError(
                f"{pipeline.path} has no step {name!r}; {near_name(name, list(pipeline.steps))}"
            )


@contextmanager
def _seen_from(path: Path) -> Iterator[None]:
    """Inside, the working directory is that of the file: names in it are seen from there."""
    with chdir(path.absolute().parent):
        yield


def _planned(
    pipeline: Pipeline, tasks: Sequence[Task], root: click.Command, force: Sequence[str]
) -> dict[str, Any]:
    """What each task would do, with reasons and times."""
    records = Records(Path(pipeline.output))
    again: set[str] = set()
    found = []
    for task in tasks:
        state = state_of(task, records, again=again, forced=task.step in force)
        if not state.is_current:
            again.add(task.name)
        facts = _facts(task, "up to date" if state.is_current else "would run", state.record)
        estimate = _estimate(state, root, _where(pipeline, task), is_ready=not again & set(task.parents))
        found.append({**facts, "reasons": list(state.reasons), "estimate": estimate})
    return {"output": str(pipeline.path.parent / pipeline.output), "tasks": found}


def _estimate(state: State, root: click.Command, where: str, *, is_ready: bool) -> float | None:
    """The seconds that a task would take, where the command can say so and the last run cannot."""
    if (
        state.is_current
        or state.record is not None
        or not is_ready
        or "--dry-run" not in state.task.call.flags
    ):
        return None
    time = report_of(state.task, ["--dry-run", "--quiet"], root, where=where)["time"]
    return float(sum(value for name, value in time.items() if not name.endswith("_per_second")))


def _run(
    pipeline: Pipeline, tasks: Sequence[Task], root: click.Command, force: Sequence[str], *,
    overwrite: bool, quiet: bool,
) -> dict[str, Any]:  # fmt: skip
    """What was done: runs the tasks that are not up to date, in order."""
    records = Records(Path(pipeline.output))
    found = []
    with records.locked(), console.stopwatch() as taken:
        _check_foreign(tasks, records, overwrite=overwrite)
        for number, task in enumerate(tasks, start=1):
            state = state_of(task, records, forced=task.step in force)
            if state.is_current:
                record = refreshed(state, records)
                console.say(f"{task.name}: up to date", quiet=quiet)
            else:
                why = "; ".join(state.reasons)
                console.say(f"{task.name}: {number} of {len(tasks)}: {why}", quiet=quiet)
                record = run_task(state, root, records, quiet=quiet, where=_where(pipeline, task))
                console.say(f"{task.name}: done in {console.duration(record.seconds)}", quiet=quiet)
            found.append(_facts(task, "up to date" if state.is_current else "ran", record))
    return {"output": str(pipeline.path.parent / pipeline.output), **taken, "tasks": found}


def _check_foreign(tasks: Sequence[Task], records: Records, *, overwrite: bool) -> None:
    """Raise OutputExistsError for what stands where a task would write and is not its own."""
    again: set[str] = set()
    for task in tasks:
        state = state_of(task, records, again=again)
        if not state.is_current:
            again.add(task.name)
        if state.foreign and not overwrite:
            raise OutputExistsError(
                f"{state.foreign[0]}: exists and is not what the step {task.step} wrote; "
                "move it away, or use --overwrite"
            )


def _where(pipeline: Pipeline, task: Task) -> str:
    return f"{pipeline.path}: steps.{task.step}" + (f" ({task.combination})" if task.matrix else "")


def _facts(task: Task, state: str, record: Record | None) -> dict[str, Any]:
    """A task and its record as plain values."""
    call = task.call
    reported: Mapping[str, Any] = {} if record is None else record.reported
    return {
        "name": task.name,
        "step": task.step,
        "matrix": dict(task.matrix),
        "command": call.command,
        "arguments": dict(call.given),
        "outputs": {key: str(path) for key, path in call.outputs.items()},
        "state": state,
        "seconds": None if record is None else record.seconds,
        "figures": figures_of(call.command, reported) if reported else {},
        "reported": dict(reported),
    }


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
