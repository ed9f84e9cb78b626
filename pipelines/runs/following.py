"""A pipeline's tasks: run, or asked what they would do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

import click

from pipelines import console
from pipelines.runs.figures import figures_of
from pipelines.runs.planning import Task
from pipelines.runs.reading import Pipeline
from pipelines.runs.records import Record, Records
from pipelines.runs.running import report_of, run_task
from pipelines.runs.staleness import NEVER, State, refreshed, state_of
from wordlab.errors import OutputExistsError


@contextmanager
def seen_from(path: Path) -> Iterator[None]:
    """Inside, the working directory is that of the file: names in it are seen from there."""
    with chdir(path.absolute().parent):
        yield


def planned(
    pipeline: Pipeline, tasks: Sequence[Task], root: click.Command, *, force: Collection[str] = ()
) -> dict[str, Any]:
    """What each task would do, with reasons and times; nothing runs."""
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
    if state.reasons != (NEVER,) or not is_ready or "--dry-run" not in state.task.call.flags:
        return None
    time = report_of(state.task, ["--dry-run", "--quiet"], root, where=where)["time"]
    return float(sum(value for name, value in time.items() if not name.endswith("_per_second")))


def run_tasks(
    pipeline: Pipeline, tasks: Sequence[Task], root: click.Command, *,
    force: Collection[str] = (), overwrite: bool = False, quiet: bool = False, show: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """What was done: runs the tasks that are not up to date, in order, and those of the steps in `force`.

    With `show` commands print what they print for people. Raises OutputExistsError, before anything runs, for
    what others wrote where a task writes, unless `overwrite`; Failure for what a command refuses.
    """
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
                console.say(f"{task.name}: {number} of {len(tasks)}: {why}", quiet=quiet or show)
                if show:
                    console.print_heading(f"{number}. {task.about or task.name}")
                    console.print_command(task.call.typed)
                record = run_task(state, root, records, where=_where(pipeline, task), quiet=quiet, show=show)
                console.say(f"{task.name}: done in {console.duration(record.seconds)}", quiet=quiet or show)
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
