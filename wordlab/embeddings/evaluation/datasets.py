"""The data sets that vectors are scored on, in one table: a new set is a line in it.

Loads no array library, because the command line names the sets in its help.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from wordlab.embeddings.evaluation.kinds import KINDS, Kind
from wordlab.errors import SourceError


def packaged_file(name: str) -> Path:
    """The path of a file among gensim's test data, found without importing gensim; SourceError."""
    spec = find_spec("gensim")
    path = Path(spec.origin).parent / "test" / "test_data" / name if spec and spec.origin else Path(name)
    if not path.is_file():
        raise SourceError(f"{path}: expected a test set packaged with gensim, found no file")
    return path


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """A set of one of the kinds in `kinds.KINDS`."""

    name: str
    kind: Kind
    file: str
    licence: str
    """That of the data, as its makers state it."""

    tolerance: float = 0.02
    """How far the means of two equally good trainings may differ beyond chance, in units of the score."""

    locate: Callable[[str], Path] = packaged_file
    """Where `file` is; SourceError if it is not there."""

    @property
    def path(self) -> Path:
        """The path of the file; SourceError if it is not there."""
        return self.locate(self.file)


DATA_SETS = [
    DataSet(name="WordSim-353", kind="similarity", file="wordsim353.tsv", licence="CC BY 4.0"),
    DataSet(name="SimLex-999", kind="similarity", file="simlex999.txt", licence="not stated"),
    DataSet(name="Google analogies", kind="analogy", file="questions-words.txt", licence="Apache 2.0"),
]
"""All sets, in the order of reports."""


def data_sets(kind: Kind) -> list[DataSet]:
    """The sets of one kind."""
    return [data for data in DATA_SETS if data.kind == kind]


def set_name(path: str | os.PathLike[str]) -> str:
    """What a file or directory is called in reports: the name of a known set's file, else its own."""
    known = {data.file: data.name for data in DATA_SETS}
    own = Path(path)
    return known.get(own.name, own.resolve().name if own.is_dir() else own.stem)


def chosen_files(kind: Kind, given: Sequence[str | os.PathLike[str]]) -> list[tuple[str, Path]]:
    """The names and paths of the sets in what is `given`, or of all known sets of this kind if nothing is.

    What a directory stands for, one set or several, is up to its kind. SourceError for one without files.
    """
    if not given:
        return [(data.name, data.path) for data in data_sets(kind)]
    sets_in = KINDS[kind].judge.sets_in
    return [(set_name(found), found) for path in given for found in sets_in(Path(path))]


def files_in(path: str | os.PathLike[str]) -> list[Path]:
    """`path` itself, or if it is a directory the files under it by name, without hidden ones; SourceError."""
    root = Path(path)
    if not root.is_dir():
        return [root]
    found = sorted(
        file
        for file in root.rglob("*")
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(root).parts)
    )
    if not found:
        raise SourceError(f"{root}: expected a directory with files of test sets, found none")
    return found
