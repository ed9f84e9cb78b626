"""Options of the commands that cross-validate: how many folds, or which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipelines import options

if TYPE_CHECKING:
    import numpy as np

    from wordlab.sentiment.data.labelled import LabelledTexts

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--folds", type=int, default=None, metavar="N",
        help="Cross-validate: judge on each of N parts, alike in their classes, by training on the others.",
    ),
    click.option(
        "--fold-column", default=None, metavar="NAME",
        help="Cross-validate with the folds in this column of the data: a number or a name for each text.",
    ),
    click.option(
        "--fold-file", type=options.Read(), default=None, metavar="FILE",
        help="Cross-validate with the folds in this file: one on each line, in the order of the texts.",
    ),
)  # fmt: skip


def fold_options(function: F) -> F:
    """The options --folds, --fold-column and --fold-file."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def pop_folds(fields: dict[str, Any], data: Sequence[Path]) -> dict[str, Any]:
    """The options that were given, taken out of `fields`; UsageError where they exclude each other."""
    names = ("folds", "fold_column", "fold_file")
    given = {name: value for name in names if (value := fields.pop(name)) is not None}
    spelled = [f"--{name.replace('_', '-')}" for name in given]
    if len(given) > 1:
        raise click.UsageError(f"{' and '.join(spelled)} exclude each other")
    if "fold_column" in given and "-" in map(str, data):
        raise click.UsageError("--fold-column: expected a file, which is read twice, found standard input")
    return given


def find_folds(
    given: Mapping[str, Any],
    data: Sequence[Path],
    texts: LabelledTexts,
    columns: Mapping[str, Any],
    seed: int,
) -> np.ndarray:
    """The fold of each text, as the one option that was given says."""
    from wordlab.errors import CorpusError
    from wordlab.sentiment.data.reading import read_labelled, read_texts
    from wordlab.sentiment.judging.cross_validation import choose_folds, given_folds

    if "folds" in given:
        return choose_folds(texts, given["folds"], seed=seed)
    if "fold_file" in given:
        path = given["fold_file"]
        names = [line.strip() for line in read_texts(path, input_format="lines")]
        if "" in names:
            raise CorpusError(f"{path}:{names.index('') + 1}: expected a fold on each line, found none")
        return given_folds(texts, names)
    read = read_labelled(data, **{**columns, "label_column": given["fold_column"]})
    if read.texts != texts.texts:
        raise CorpusError(
            f"{texts.source}: expected one column of texts, found two; name it with --text-column"
        )
    return given_folds(texts, read.labels)
