"""What is remembered of a task: what it ran with, on what, what came out; and which tasks have been begun."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.runs.planning import Task
from pipelines.runs.reading import Value
from pipelines.runs.seen import Seen
from wordlab import artifact, schema
from wordlab.errors import ArtifactError
from wordlab.io.atomic import staged_file, writing
from wordlab.io.json_files import read_json
from wordlab.io.leftovers import locked

FOLDER = ".run"
"""The directory of the records within a pipeline's output."""

_SEEN = dict[str, dict[str, str]]
_FACTS = {
    "command": str,
    "arguments": dict,
    "inputs": _SEEN,
    "outputs": _SEEN,
    "wordlab": str,
    "seconds": float,
    "reported": dict,
}


@dataclass(frozen=True)
class Record:
    """A finished task: its command with its arguments, what it read and wrote, and what it reported.

    `wordlab` is the version that ran it, `seconds` the time that it took.
    """

    command: str
    arguments: Mapping[str, Value]
    inputs: Mapping[str, Seen]
    outputs: Mapping[str, Seen]
    wordlab: str
    seconds: float
    reported: Mapping[str, Any]


def setting(
    command: str, arguments: Mapping[str, Value], inputs: Mapping[str, Seen], version: str
) -> dict[str, Any]:
    """What a result depends on, as plain values."""
    return {
        "command": command,
        "arguments": dict(arguments),
        "inputs": {path: seen.digest for path, seen in sorted(inputs.items())},
        "wordlab": version,
    }


class Records:
    """The records below a pipeline's output: those of finished tasks, and the settings of those begun."""

    def __init__(self, output: Path) -> None:
        self._folder = output / FOLDER

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Within the block no other process runs tasks here; ArtifactError if one does already."""
        with writing(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        with locked(self._folder) as has_lock:
            if has_lock is False:
                raise ArtifactError(f"{self._folder.parent}: another run is at work there")
            yield

    def finished(self, task: Task) -> Record | None:
        """The record of the last time that the task was finished; ArtifactError if it is damaged."""
        path = self._path("finished", task)
        if not path.is_file():
            return None
        hint = "; remove it, and use --overwrite"
        try:
            with artifact.as_artifact_error():
                facts = schema.fields(read_json(path), _FACTS, str(path))
            seen = {
                part: {name: Seen(each["quick"], each["digest"]) for name, each in facts[part].items()}
                for part in ("inputs", "outputs")
            }
        except ArtifactError as error:
            raise ArtifactError(f"{error}{hint}") from error
        except KeyError as error:
            raise ArtifactError(f"{path}: expected {error} of all that was seen, found none{hint}") from error
        return Record(**{**facts, **seen})

    def begun(self, task: Task) -> dict[str, Any] | None:
        """The setting with which the task was begun and not finished; None if it was not."""
        path = self._path("begun", task)
        if not path.is_file():
            return None
        with artifact.as_artifact_error():
            found: dict[str, Any] = schema.checked(read_json(path), dict, str(path))
        return found

    def begin(self, task: Task, setting: Mapping[str, Any]) -> None:
        """Note that the task has been begun."""
        _write(self._path("begun", task), setting)

    def finish(self, task: Task, record: Record) -> None:
        """Keep the record of a finished task, which is no longer one that was only begun."""
        _write(self._path("finished", task), asdict(record))
        self._path("begun", task).unlink(missing_ok=True)

    def _path(self, state: str, task: Task) -> Path:
        folder = self._folder / state
        return (
            folder / task.step / f"{task.combination}.json" if task.matrix else folder / f"{task.step}.json"
        )


def _write(path: Path, value: Mapping[str, Any]) -> None:
    with staged_file(path, overwrite=True, make_parents=True) as staging:
        text = json.dumps(value, indent=1, ensure_ascii=False)
        staging.write_text(text + "\n", encoding="utf-8", errors="surrogatepass")
