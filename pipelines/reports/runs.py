"""What `wordlab run` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines import console


def print_planned(tasks: Sequence[Mapping[str, Any]]) -> None:
    """Print what each task would do, why, and how long it took or would take."""
    keys = _keys(tasks)
    rows = [
        (task["step"], *_values(task, keys), task["state"], _time(task), "; ".join(task["reasons"]))
        for task in tasks
    ]
    console.print_table(("step", *keys, "state", "time", "why"), rows, left=len(keys) + 4)


def _time(task: Mapping[str, Any]) -> str:
    if task["seconds"] is not None:
        return f"{console.duration(task['seconds'])} last time"
    return "-" if task.get("estimate") is None else f"about {console.duration(task['estimate'])}"


def print_done(facts: Mapping[str, Any]) -> None:
    """Print what a run did, and the scores of all tasks in one table."""
    tasks = facts["tasks"]
    num_run = sum(task["state"] == "ran" for task in tasks)
    console.print_facts(
        {
            "output": facts["output"],
            "tasks": f"{num_run:,} ran, {len(tasks) - num_run:,} up to date",
            "time": console.duration(facts["seconds"]),
        }
    )
    scored = [task for task in tasks if task["figures"]]
    if scored:
        _print_scores(scored)


def _print_scores(tasks: Sequence[Mapping[str, Any]]) -> None:
    keys = _keys(tasks)
    names = list(dict.fromkeys(name for task in tasks for name in task["figures"]))
    console.print_heading("Scores")
    rows = [
        (task["step"], *_values(task, keys), *(_number(task["figures"].get(name)) for name in names))
        for task in tasks
    ]
    console.print_table(("step", *keys, *names), rows, left=1)


def _keys(tasks: Sequence[Mapping[str, Any]]) -> list[str]:
    """The matrix keys that any of the tasks has."""
    return list(dict.fromkeys(key for task in tasks for key in task["matrix"]))


def _values(task: Mapping[str, Any], keys: Sequence[str]) -> list[object]:
    return [task["matrix"].get(key, "") for key in keys]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
