"""A pipeline's tasks: every step with every combination of the matrix values that it uses, in order."""

from __future__ import annotations

import graphlib
import heapq
import itertools
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

import click

from pipelines.groups import near_name
from pipelines.runs.commands import Call, call_of, find_command
from pipelines.runs.placeholders import filled, names_in
from pipelines.runs.reading import Pipeline, Scalar, Step, Value, spelt
from wordlab.errors import FormatError

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
        return f"{self.step} {self.combination}".rstrip()


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
    named = _named(pipeline)
    uses = {
        name: tuple(each for each in dict.fromkeys(names) if each in pipeline.steps)
        for name, names in named.items() if name in pipeline.steps
    }  # fmt: skip
    order = _ordered(uses, pipeline.path)
    keys = _matrix_keys(pipeline, named, order)
    number = sum(math.prod(len(pipeline.matrix[key]) for key in keys[name]) for name in order)
    if number > MOST_TASKS:
        raise FormatError(f"{pipeline.path}: matrix: expected at most {MOST_TASKS:,} tasks, found {number:,}")
    tasks: dict[str, Task] = {}
    for name in order:
        step = pipeline.steps[name]
        command = find_command(root, step.command, f"{pipeline.path}: steps.{name}.command")
        for matrix in _combinations(pipeline.matrix, keys[name]):
            parents = tuple(
                f"{parent} {combination_name({key: matrix[key] for key in keys[parent]})}".rstrip()
                for parent in uses[name]
            )
            task = _task(pipeline, step, command, matrix, {each: tasks[each] for each in parents})
            tasks[task.name] = task
    _check_outputs(pipeline, tasks)
    _check_inputs(pipeline, tasks)
    return Plan(tuple(tasks.values()), uses)


def generations(uses: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """The steps in layers, each of which uses earlier ones only; within a layer in the file's order."""
    sorter = graphlib.TopologicalSorter(uses)
    sorter.prepare()
    place = {name: number for number, name in enumerate(uses)}
    while sorter.is_active():
        ready = tuple(sorted(sorter.get_ready(), key=place.__getitem__))
        yield ready
        sorter.done(*ready)


def combination_name(matrix: Mapping[str, Scalar]) -> str:
    """Matrix values as a file is called by them.

    >>> combination_name({"dim": 100, "text": "a/b.txt"})
    'dim=100,text=a%2Fb.txt'
    """
    return ",".join(f"{name}={quote(spelt(value), safe='+ ')}" for name, value in matrix.items())


def _named(pipeline: Pipeline) -> dict[str, list[str]]:
    """The names that variables and steps use, those that variables use for them included."""
    known = [*pipeline.variables, *pipeline.matrix, *pipeline.steps]
    named: dict[str, list[str]] = {}
    values: list[tuple[str, Value, str]] = [
        *((name, value, f"variables.{name}") for name, value in pipeline.variables.items()),
        *((name, value, f"steps.{name}.{key}") for name, step in pipeline.steps.items()
          for key, value in step.values.items()),
    ]  # fmt: skip
    for name, value, place in values:
        where = f"{pipeline.path}: {place}"
        for used in names_in(value, where):
            if used not in known:
                raise FormatError(f"{where}: nothing is called {used!r}; {near_name(used, known)}")
            if name in pipeline.variables and used in pipeline.steps:
                raise FormatError(f"{where}: expected variables and matrix values, found the step {used!r}")
            named.setdefault(name, []).append(used)
    for name in [*pipeline.variables, *pipeline.steps]:
        named.setdefault(name, [])
    for name in _ordered({name: named[name] for name in pipeline.variables}, pipeline.path):
        named[name] += [inner for used in named[name] for inner in named.get(used, ())]
    for name in pipeline.steps:
        named[name] += [inner for used in named[name] if used in pipeline.variables for inner in named[used]]
    return named


def _ordered(uses: Mapping[str, Sequence[str]], path: Path) -> list[str]:
    """The names, each after those that it uses, else as they are given; FormatError for a circle."""
    sorter = graphlib.TopologicalSorter(
        {name: [each for each in used if each in uses] for name, used in uses.items()}
    )
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        circle = " <- ".join(error.args[1])
        raise FormatError(f"{path}: expected an order, found a circle: {circle}") from error
    names = list(uses)
    ready: list[int] = []
    order = []
    while sorter.is_active():
        for name in sorter.get_ready():
            heapq.heappush(ready, names.index(name))
        order.append(names[heapq.heappop(ready)])
        sorter.done(order[-1])
    return order


def _matrix_keys(
    pipeline: Pipeline, named: Mapping[str, Sequence[str]], order: Sequence[str]
) -> dict[str, list[str]]:
    """The matrix keys of each step: those that it uses, or that a step uses which it stands on."""
    keys: dict[str, set[str]] = {}
    for name in order:
        keys[name] = {key for key in named[name] if key in pipeline.matrix}
        keys[name].update(key for used in named[name] if used in pipeline.steps for key in keys[used])
    unused = [key for key in pipeline.matrix if not any(key in found for found in keys.values())]
    if unused:
        raise FormatError(f"{pipeline.path}: matrix.{unused[0]}: no step uses {{{unused[0]}}}")
    return {name: [key for key in pipeline.matrix if key in found] for name, found in keys.items()}


def _combinations(matrix: Mapping[str, Sequence[Scalar]], keys: Sequence[str]) -> Iterator[dict[str, Scalar]]:
    for values in itertools.product(*(matrix[key] for key in keys)):
        yield dict(zip(keys, values, strict=True))


def _task(
    pipeline: Pipeline,
    step: Step,
    command: click.Command,
    matrix: Mapping[str, Scalar],
    parents: Mapping[str, Task],
) -> Task:
    where = f"{pipeline.path}: steps.{step.name}"
    values: dict[str, Value] = dict(matrix)
    for parent in parents.values():
        if parent.call.output is None:
            what = "several files" if parent.call.outputs else "nothing"
            raise FormatError(f"{where}: {{{parent.step}}} stands for nothing: that step writes {what}")
        values[parent.step] = str(parent.call.output)
    for name in _ordered(
        {name: names_in(value, where) for name, value in pipeline.variables.items()}, pipeline.path
    ):
        used = names_in(pipeline.variables[name], where)
        if all(each in values for each in used):
            values[name] = filled(pipeline.variables[name], values, f"{pipeline.path}: variables.{name}")
    given = {key: filled(value, values, f"{where}.{key}") for key, value in step.values.items()}
    place = partial(_place, Path(pipeline.output), step.name, combination_name(matrix))
    if len(os.fsencode(combination_name(matrix))) > _LONGEST_NAME:
        raise FormatError(
            f"{pipeline.path}: matrix: expected values that fit into a file's name, found longer ones"
        )
    call = call_of(command, step.command, given, place, where)
    inputs = dict.fromkeys([*(str(parent.call.output) for parent in parents.values()), *call.inputs])
    return Task(step.name, step.about, matrix, call, tuple(parents), tuple(inputs))


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
            if owner is None and text in task.call.files and not path.exists():
                raise FormatError(f"{where}: {text}: expected a file or directory, found none")
