"""The kinds of test sets, in one table: a new kind is a module and a line in it.

Loads no array library, because the command line takes its options from the table.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from wordlab.embeddings.evaluation.judging import Judge

Kind = Literal["similarity", "analogy", "categories", "outliers"]
Files = Mapping[Kind, Sequence[str | os.PathLike[str]]]
"""The files of test sets by kind."""


@dataclass(frozen=True, kw_only=True)
class KindOfSet:
    """How a kind is called and chosen, and the module that scores it, whose `JUDGE` is a `Judge`."""

    title: str
    task: str
    """What model cards call it."""
    option: str
    results: str
    """What the results of this kind are called in an `Evaluation`."""

    module: str
    measures: Mapping[str, str]
    """What its scores are called in results, and where people read them."""

    help: str
    """Of the option."""

    @property
    def judge(self) -> Judge:
        """The functions that score sets of this kind."""
        found: Judge = import_module(f"wordlab.embeddings.evaluation.{self.module}").JUDGE
        return found


KINDS: dict[Kind, KindOfSet] = {
    "similarity": KindOfSet(
        title="rated pairs", task="Word similarity",
        option="--similarity", results="similarities", module="similarity",
        measures={"spearman": "Spearman"},
        help="Rated pairs: two words and a score on each line, in columns; or a directory of such files.",
    ),
    "analogy": KindOfSet(
        title="analogy questions", task="Word analogies",
        option="--analogies", results="analogies", module="analogy",
        measures={"3cosadd": "3CosAdd", "3cosmul": "3CosMul"},
        help="Analogy questions in the form of Google's questions-words.txt or of BATS, whose directory is "
        "one set.",
    ),
    "categories": KindOfSet(
        title="words with their categories", task="Word categorisation",
        option="--categories", results="categories",
        module="categories",
        measures={"purity": "purity"},
        help="Words with their categories: two columns, lines of `category: word word`, or a directory with "
        "a file for each category.",
    ),
    "outliers": KindOfSet(
        title="groups with outliers", task="Outlier detection",
        option="--outliers", results="outliers", module="outliers",
        measures={"accuracy": "accuracy", "opp": "OPP"},
        help="Words of a group, an empty line, and words that do not belong; a directory of such files is "
        "one set.",
    ),
}  # fmt: skip
"""All kinds, in the order of reports."""

_MEASURES = {key: shown for kind in KINDS.values() for key, shown in kind.measures.items()}

TASKS = {key: kind.task for kind in KINDS.values() for key in kind.measures}
"""What model cards call the task behind a measure."""


def measure_name(key: str) -> str:
    """What people read for a measure: its name, or the key of one that has none."""
    return _MEASURES.get(key, key)


def check_kinds(names: Iterable[str]) -> None:
    """Raise ValueError for a name that is not that of a kind."""
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        raise ValueError(f"expected kinds out of {', '.join(KINDS)}, found {unknown[0]!r}")


def checked_files(files: Files | None) -> Files:
    """The files by kind; ValueError for another kind, TypeError for one path where a list belongs."""
    files = files or {}
    check_kinds(files)
    for kind, paths in files.items():
        if isinstance(paths, str | os.PathLike):
            raise TypeError(f"expected a list of files for {kind}, found {os.fspath(paths)!r}")
    return files
