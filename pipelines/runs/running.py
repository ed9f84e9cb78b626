"""A task run in this process, by its click command; what it prints is kept."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib.metadata import version
from typing import Any

import click

from pipelines import console
from pipelines.failures import INTERRUPTED, Failure
from pipelines.runs.planning import Task
from pipelines.runs.records import Record, Records
from pipelines.runs.resuming import flags_of
from pipelines.runs.seen import is_taken, look
from pipelines.runs.staleness import State
from wordlab.visible import one_line


def run_task(
    state: State,
    root: click.Command,
    records: Records,
    *,
    where: str,
    quiet: bool = False,
    show: bool = False,
) -> Record:
    """The record of the task in `state`, once it is finished and the record kept.

    With `show` the command prints what it prints for people, and no report is kept.
    Raises Failure, whose message begins with `where`, for what the command refuses.
    """
    task = state.task
    flags = flags_of(state)
    records.begin(task, state.setting)
    with console.stopwatch() as taken:
        flags += ["--quiet"] if quiet else []
        if show:
            _invoke(task, flags, root, where)
        reported = {} if show else report_of(task, flags, root, where=where)
    outputs = {str(path): look(str(path)) for path in task.call.outputs.values() if is_taken(path)}
    record = Record(
        command=task.call.command,
        arguments=task.call.given,
        inputs=state.inputs,
        outputs={path: seen for path, seen in outputs.items() if seen is not None},
        wordlab=version("wordlab"),
        seconds=taken["seconds"],
        reported=reported,
    )
    records.finish(task, record)
    return record


def report_of(task: Task, flags: Sequence[str], root: click.Command, *, where: str) -> dict[str, Any]:
    """What the task's command reports as JSON when run with `flags`; nothing if it has no --json."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        _invoke(task, [*flags, "--json"], root, where)
    found: dict[str, Any] = json.loads(printed.getvalue()) if "--json" in task.call.flags else {}
    return found


def _invoke(task: Task, flags: Sequence[str], root: click.Command, where: str) -> None:
    """Run the task's command with those of the flags that it has."""
    call = task.call
    with console.without_hints(), console.labelled(task.name), _explained(where):
        words = [*call.command.split(), *(flag for flag in flags if flag in call.flags), *call.words]
        code = root.main(words, "wordlab", standalone_mode=False)
        if isinstance(code, int) and code != 0:
            raise Failure(f"Error: it ended with exit code {code}", code)


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """Inside, errors that a user can cause say where in the pipeline they came up."""
    try:
        yield
    except click.ClickException as error:
        if isinstance(error, Failure) and error.exit_code == INTERRUPTED:
            raise
        message = one_line(error.format_message()).removeprefix("Error: ")
        raise Failure(f"Error: {where}: {message}", error.exit_code) from error
