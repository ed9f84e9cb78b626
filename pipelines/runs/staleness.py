"""Why a task runs again: what differs between it and the record of its last run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any

from pipelines.runs.figures import FIGURES
from pipelines.runs.planning import Task
from pipelines.runs.reading import Value, spelt
from pipelines.runs.records import Record, Records, setting
from pipelines.runs.seen import Seen, is_taken, look, look_at_output
from wordlab.visible import clipped

NEVER, INTERRUPTED = "never ran", "interrupted before it was finished"


@dataclass(frozen=True)
class State:
    """Whether a task is up to date, and if not, why.

    `inputs` and `outputs` are what was seen now, `foreign` are outputs that are there and not the task's own,
    `resumes` says whether it was interrupted with the setting that it has now.
    """

    task: Task
    record: Record | None
    reasons: tuple[str, ...]
    inputs: Mapping[str, Seen] = field(default_factory=dict)
    outputs: Mapping[str, Seen] = field(default_factory=dict)
    foreign: tuple[str, ...] = ()
    resumes: bool = False

    @property
    def is_current(self) -> bool:
        """Whether there is nothing to do."""
        return not self.reasons

    @property
    def setting(self) -> dict[str, Any]:
        """What the result of running now depends on."""
        call = self.task.call
        return setting(call.command, call.given, self.inputs, version("wordlab"))


def refreshed(state: State, records: Records) -> Record:
    """The record of a task that is up to date, with the times of its files, so that none is read again."""
    record = state.record
    if record is None:
        raise ValueError(f"{state.task.name} has no record")
    if (state.inputs, state.outputs) != (record.inputs, record.outputs):
        record = replace(record, inputs=state.inputs, outputs=state.outputs)
        records.finish(state.task, record)
    return record


def state_of(
    task: Task, records: Records, *, again: Collection[str] | None = None, forced: bool = False
) -> State:
    """The State of a task that is about to run; of one in a plan if `again` is given.

    `again` are the names of the tasks that will run before it, whose outputs cannot be looked at yet;
    `forced` is a reason of its own. Raises SourceError for inputs that cannot be read, ArtifactError for a
    damaged record.
    """
    record, begun = records.finished(task), records.begun(task)
    waiting = [name for name in task.parents if name in (again or ())]
    is_unread = bool(waiting) or (record is None and again is not None)  # it runs, whatever the inputs are
    inputs = {} if is_unread else _look_at_inputs(task, record)
    outputs, changed, foreign = _look_at_outputs(task, record)
    reasons = ["--force"] if forced else []
    if record is None:
        reasons.append(NEVER if begun is None else INTERRUPTED)
    else:
        reasons += _changes(task, record)
        reasons += [f"its input {name} runs again" for name in waiting]
        reasons += [] if waiting else _changed_inputs(task, record.inputs, inputs)
        reasons += changed
        if not record.reported and task.call.command in FIGURES:
            reasons.append("its scores were not kept")
    if begun is None:
        reasons += [f"output {path} is not what this step wrote; --overwrite replaces it" for path in foreign]
    elif foreign:  # what an interrupted run left is the task's own
        reasons += [] if INTERRUPTED in reasons else [INTERRUPTED]
        foreign = []
    now = setting(task.call.command, task.call.given, inputs, version("wordlab"))
    resumes = not is_unread and begun == now
    return State(task, record, tuple(reasons), inputs, outputs, tuple(foreign), resumes)


def _look_at_inputs(task: Task, record: Record | None) -> dict[str, Seen]:
    earlier = {} if record is None else record.inputs
    found = {text: look(text, earlier.get(text)) for text in task.inputs}
    return {text: seen for text, seen in found.items() if seen is not None}


def _changes(task: Task, record: Record) -> Iterator[str]:
    """What differs in the command, its options and the version."""
    if task.call.command != record.command:
        yield f"command: {record.command} -> {task.call.command}"
    old, new = record.arguments, task.call.given
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key) or type(old.get(key)) is not type(new.get(key)):
            shown = [_shown(arguments.get(key)) for arguments in (old, new)]
            yield f"option {key} changed" if shown[0] == shown[1] else f"option {key}: {' -> '.join(shown)}"
    if record.wordlab != version("wordlab"):
        yield f"wordlab {record.wordlab} -> {version('wordlab')}"


def _shown(value: Value | None) -> str:
    if value is None:
        return "not given"
    return clipped(", ".join(map(spelt, value)) if isinstance(value, list) else spelt(value))


def _changed_inputs(task: Task, old: Mapping[str, Seen], new: Mapping[str, Seen]) -> Iterator[str]:
    for name in dict.fromkeys([*old, *new]):
        if name not in new:
            yield f"input {name} is {'gone' if name in task.inputs else 'no longer used'}"
        elif name not in old:
            yield f"input {name} is new"
        elif old[name].digest != new[name].digest:
            yield f"input {name} changed"


def _look_at_outputs(task: Task, record: Record | None) -> tuple[dict[str, Seen], list[str], list[str]]:
    """What is where the task writes; what is missing or damaged; and what is not what the record says."""
    found: dict[str, Seen] = {}
    reasons, foreign = [], []
    written = {} if record is None else record.outputs
    for path in task.call.outputs.values():
        earlier = written.get(str(path))
        if not is_taken(path):
            reasons.append(f"output {path} is missing")
            continue
        seen = None if earlier is None else look_at_output(path, earlier)
        if earlier is not None and seen is None:
            reasons.append(f"output {path} is damaged")
        elif earlier is None or seen is None or seen.digest != earlier.digest:
            foreign.append(str(path))
        else:
            found[str(path)] = seen
    return found, reasons, foreign
