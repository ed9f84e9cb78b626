"""Which names the steps of a pipeline use, and the order that follows from it."""

from __future__ import annotations

import graphlib
import heapq
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipelines.groups import near_name
from pipelines.runs.placeholders import ALL, names_in
from pipelines.runs.reading import Pipeline, Value
from wordlab.errors import FormatError


def names_used(pipeline: Pipeline) -> dict[str, list[str]]:
    """The names that variables and steps use, those that variables use for them included.

    FormatError for names that stand for nothing, and where they cannot stand.
    """
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
            plain = used.removesuffix(ALL)
            if plain not in known:
                raise FormatError(f"{where}: nothing is called {plain!r}; {near_name(plain, known)}")
            if plain not in pipeline.steps and plain != used:
                raise FormatError(f"{where}: expected a step before {ALL}, found {plain!r}")
            if plain in pipeline.steps and name in pipeline.variables:
                raise FormatError(f"{where}: expected variables and matrix values, found the step {plain!r}")
            named.setdefault(name, []).append(used)
    for name in [*pipeline.variables, *pipeline.steps]:
        named.setdefault(name, [])
    for name in ordered({name: named[name] for name in pipeline.variables}, pipeline.path):
        named[name] += [inner for used in named[name] for inner in named.get(used, ())]
    for name in pipeline.steps:
        named[name] += [inner for used in named[name] if used in pipeline.variables for inner in named[used]]
    return named


def steps_used(pipeline: Pipeline, named: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The steps whose output each step uses."""
    return {
        name: tuple(
            dict.fromkeys(
                used.removesuffix(ALL) for used in named[name] if used.removesuffix(ALL) in pipeline.steps
            )
        )
        for name in pipeline.steps
    }


def matrix_keys(
    pipeline: Pipeline, named: Mapping[str, Sequence[str]], order: Sequence[str]
) -> dict[str, list[str]]:
    """The matrix keys of each step: those that it uses, or that a step uses which it stands on.

    What all tasks of a step wrote, ``{step*}``, brings no keys. FormatError for a key that no step uses.
    """
    keys: dict[str, set[str]] = {}
    for name in order:
        keys[name] = {key for key in named[name] if key in pipeline.matrix}
        keys[name].update(key for used in named[name] if used in pipeline.steps for key in keys[used])
    unused = [key for key in pipeline.matrix if not any(key in found for found in keys.values())]
    if unused:
        raise FormatError(f"{pipeline.path}: matrix.{unused[0]}: no step uses {{{unused[0]}}}")
    return {name: [key for key in pipeline.matrix if key in found] for name, found in keys.items()}


def ordered(uses: Mapping[str, Sequence[str]], path: Path) -> list[str]:
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


def generations(uses: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """The steps in layers, each of which uses earlier ones only; within a layer in the file's order."""
    sorter = graphlib.TopologicalSorter(uses)
    sorter.prepare()
    place = {name: number for number, name in enumerate(uses)}
    while sorter.is_active():
        ready = tuple(sorted(sorter.get_ready(), key=place.__getitem__))
        yield ready
        sorter.done(*ready)
