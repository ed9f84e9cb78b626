"""A pipeline's tasks: every step with every combination of the matrix values that it uses, in order."""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import quote

import click

from pipelines.runs.commands import Call, call_of, find_command
from pipelines.runs.ordering import matrix_keys, names_used, ordered, steps_used
from pipelines.runs.placeholders import ALL, filled, names_in
from pipelines.runs.reading import Pipeline, Scalar, Step, Value, spelt
from wordlab.errors import FormatError
from wordlab.io.urls import is_url

MOST_TASKS = 10_000
_LONGEST_NAME = 200  # bytes; file systems allow 255
_COMPRESSED = (".gz", ".bz2", ".xz", ".zst")


@dataclass(frozen=True)
class Task:
    """A step with its matrix values, as a call; `parents` are the names of the tasks whose output it uses.

    `inputs` are their outputs, and what else it may read.
    """

    step: str
    about: str | None
    matrix: Mapping[str, Scalar]
    call: Call
    parents: tuple[str, ...]
    inputs: tuple[str, ...]

    @property
    def combination(self) -> str:
        """Its matrix values, as its files are called; "" without any."""
        return combination_name(self.matrix)

    @property
    def name(self) -> str:
        """The step and the matrix values."""
        return _task_name(self.step, self.matrix)


@dataclass(frozen=True)
class Plan:
    """All tasks in an order in which they can run, and which steps use the output of which."""

    tasks: tuple[Task, ...]
    uses: Mapping[str, tuple[str, ...]]

    def needed(self, steps: Sequence[str]) -> tuple[Task, ...]:
        """The tasks of these steps and of all that they stand on; all tasks without any."""
        wanted = set(steps)
        for task in reversed(self.tasks):
            if task.step in wanted:
                wanted.update(self.uses[task.step])
        return tuple(task for task in self.tasks if not steps or task.step in wanted)

    def number_of_tasks(self, step: str) -> int:
        """How many tasks a step has."""
        return sum(task.step == step for task in self.tasks)


def make_plan(pipeline: Pipeline, root: click.Command) -> Plan:
    """The Plan of a pipeline whose commands stand below `root`; FormatError for what is wrong in any step."""
    named = names_used(pipeline)
    names = ordered({name: named[name] for name in pipeline.variables}, pipeline.path)
    pipeline = replace(pipeline, variables={name: pipeline.variables[name] for name in names})
    uses = steps_used(pipeline, named)
    order = ordered(uses, pipeline.path)
    keys = matrix_keys(pipeline, named, order)
    number = sum(math.prod(len(pipeline.matrix[key]) for key in keys[name]) for name in order)
    if number > MOST_TASKS:
        raise FormatError(f"{pipeline.path}: matrix: expected at most {MOST_TASKS:,} tasks, found {number:,}")
    tasks: dict[str, Task] = {}
    for name in order:
        step = pipeline.steps[name]
        command = find_command(root, step.command, f"{pipeline.path}: steps.{name}.command")
        wanted = [used for used in dict.fromkeys(named[name]) if used.removesuffix(ALL) in pipeline.steps]
        for matrix in _combinations(pipeline.matrix, keys[name]):
            parents = {used: list(_named_tasks(used, matrix, tasks, keys)) for used in wanted}
            task = _task(pipeline, step, command, matrix, parents)
            tasks[task.name] = task
    _check_outputs(pipeline, tasks)
    _check_inputs(pipeline, tasks)
    return Plan(tuple(tasks.values()), uses)


def combination_name(matrix: Mapping[str, Scalar]) -> str:
    """Matrix values as a file is called by them.

    >>> combination_name({"dim": 100, "text": "a/b.txt"})
    'dim=100,text=a%2Fb.txt'
    """
    return ",".join(f"{name}={quote(spelt(value), safe='+ ')}" for name, value in matrix.items())


def _combinations(matrix: Mapping[str, Sequence[Scalar]], keys: Sequence[str]) -> Iterator[dict[str, Scalar]]:
    for values in itertools.product(*(matrix[key] for key in keys)):
        yield dict(zip(keys, values, strict=True))


def _named_tasks(
    used: str, matrix: Mapping[str, Scalar], tasks: Mapping[str, Task], keys: Mapping[str, Sequence[str]]
) -> Iterator[Task]:
    """The task that a step's name means to one with the values of `matrix`; with a star, all that agree."""
    if not used.endswith(ALL):
        yield tasks[_task_name(used, {key: matrix[key] for key in keys[used]})]
        return
    for task in tasks.values():
        if task.step == used.removesuffix(ALL) and _agree(task.matrix, matrix):
            yield task


def _task_name(step: str, matrix: Mapping[str, Scalar]) -> str:
    return f"{step} {combination_name(matrix)}".rstrip()


def _task(
    pipeline: Pipeline,
    step: Step,
    command: click.Command,
    matrix: Mapping[str, Scalar],
    parents: Mapping[str, Sequence[Task]],
) -> Task:
    where = f"{pipeline.path}: steps.{step.name}"
    values: dict[str, Value] = dict(matrix)
    for used, found in parents.items():
        outputs: list[Scalar] = [_output_of(parent, f"{where}: {{{used}}}") for parent in found]
        values[used] = outputs if used.endswith(ALL) else outputs[0]
    for name, value in pipeline.variables.items():  # each after those that it uses
        if all(each in values for each in names_in(value, where)):
            values[name] = filled(value, values, f"{pipeline.path}: variables.{name}")
    given = {key: filled(value, values, f"{where}.{key}") for key, value in step.values.items()}
    combination = combination_name(matrix)
    place = partial(_place, Path(pipeline.output), step.name, combination)
    if len(os.fsencode(combination)) > _LONGEST_NAME:
        raise FormatError(
            f"{pipeline.path}: matrix: expected values that fit into a file's name, found longer ones"
        )
    call = call_of(command, step.command, given, place, where)
    used_tasks = {parent.name: str(parent.call.output) for found in parents.values() for parent in found}
    inputs = dict.fromkeys([*used_tasks.values(), *call.inputs])
    return Task(step.name, step.about, matrix, call, tuple(used_tasks), tuple(inputs))


def _output_of(task: Task, where: str) -> str:
    if task.call.output is None:
        what = "several files" if task.call.outputs else "nothing"
        raise FormatError(f"{where} stands for nothing: that step writes {what}")
    return str(task.call.output)


def _agree(one: Mapping[str, Scalar], other: Mapping[str, Scalar]) -> bool:
    """Whether the values of all keys that both have are the same."""
    return all(other[key] == value for key, value in one.items() if key in other)


def _place(output: Path, step: str, combination: str, name: str | None) -> Path:
    """Where a step's artefact goes, or its file of this name; several go into a directory of that name."""
    if name is None:
        return output / step / combination if combination else output / step
    if not combination:
        return output / name
    path = Path(name)
    suffix = path.suffix
    if suffix in _COMPRESSED:
        suffix = path.with_suffix("").suffix + suffix
    stem = path.name.removesuffix(suffix) if suffix else path.name
    return output / path.parent / stem / f"{combination}{suffix}"


def _check_outputs(pipeline: Pipeline, tasks: Mapping[str, Task]) -> None:
    """Raise FormatError where two tasks write one place, or one lies inside another."""
    owners: dict[Path, Task] = {}
    for task in tasks.values():
        for key, path in task.call.outputs.items():
            if path in owners:
                raise FormatError(
                    f"{pipeline.path}: steps.{task.step}.{key}: {owners[path].step} writes {path} already; "
                    "choose another name"
                )
            owners[path] = task
    for path, task in owners.items():
        above = next((parent for parent in path.parents if parent in owners), None)
        if above is not None:
            raise FormatError(
                f"{pipeline.path}: steps.{task.step}: {path} would lie inside {above}, which "
                f"{owners[above].step} writes; choose another name"
            )


def _check_inputs(pipeline: Pipeline, tasks: Mapping[str, Task]) -> None:
    """Raise FormatError for a file that is not there, or that is written by a step which is not named."""
    owners = {path: task for task in tasks.values() for path in task.call.outputs.values()}
    for task in tasks.values():
        where = f"{pipeline.path}: steps.{task.step}"
        for text in task.call.inputs:
            path = Path(os.path.normpath(text))
            owner = next((owners[each] for each in (path, *path.parents) if each in owners), None)
            if owner is not None and owner.name not in task.parents:
                raise FormatError(
                    f"{where}: {text} is what {owner.step} writes; say {{{owner.step}}}, which sets the order"
                )
            if owner is None and text in task.call.files and not (is_url(text) or path.exists()):
                raise FormatError(f"{where}: {text}: expected a file or directory, found none")
