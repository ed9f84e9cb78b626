"""Where commands keep the state of a training that was interrupted, and how a task goes on with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelines.runs.commands import Call
from pipelines.runs.seen import is_taken
from pipelines.runs.staleness import State
from wordlab import artifact


def _beside_output(call: Call) -> Path | None:
    return None if call.output is None else call.output.with_name(f"{call.output.name}.checkpoint")


STATES: dict[str, Callable[[Call], Path | None]] = {
    "embeddings train": _beside_output,
    "sentiment train": lambda call: call.outputs.get("checkpoint"),
    "vision train": lambda call: call.output,
}
"""Of each command that has --resume, where the state is; None where it keeps none."""


def flags_of(state: State) -> list[str]:
    """The runner's flags with which a task begins.

    A state with the setting of now is resumed, one of another is removed. What the task itself wrote
    before is replaced.
    """
    call = state.task.call
    replaced = ["--overwrite"] if any(map(is_taken, call.outputs.values())) else []
    find = STATES.get(call.command)
    place = None if find is None else find(call)
    if place is None:
        return replaced
    if place == call.output:
        # the artefact holds the state; --resume excludes --overwrite, and needs something to resume
        return ["--resume"] if state.resumes and artifact.kind_of(place) is not None else replaced
    if not state.resumes:
        artifact.remove(place)
    return ["--resume", *replaced]
