"""Labelled texts from files: which format an input has, and its texts and labels, checked."""

from __future__ import annotations

import os
from pathlib import Path

from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.io.compression import without_suffix
from wordlab.progress import OnProgress
from wordlab.sentiment.data.columns import ColumnChoice
from wordlab.sentiment.data.formats.base import LabelledFormat
from wordlab.sentiment.data.formats.folders import FOLDERS
from wordlab.sentiment.data.formats.json_lines import JSON_LINES
from wordlab.sentiment.data.formats.lines import FASTTEXT, LINES, LINES_OR_FASTTEXT
from wordlab.sentiment.data.formats.parquet import PARQUET
from wordlab.sentiment.data.formats.tables import CSV, TSV
from wordlab.sentiment.data.labelled import LabelledTexts
from wordlab.sentiment.data.source import LabelledSource

LABELLED_FORMATS: dict[str, LabelledFormat] = {
    "tsv": TSV,
    "csv": CSV,
    "jsonl": JSON_LINES,
    "parquet": PARQUET,
    "lines": LINES,
    "fasttext": FASTTEXT,
    "folders": FOLDERS,
}
"""Every format by the name that `input_format` gives it. A new one is a file and a line here."""


def read_labelled(
    path: str | os.PathLike[str],
    *,
    text_column: str | int | None = None,
    label_column: str | int | None = None,
    input_format: str | None = None,
    header: bool | None = None,
    encoding: str = "utf-8",
    on_progress: OnProgress | None = None,
) -> LabelledTexts:
    """The labelled texts of a file, of a directory with a folder per class, or of standard input ("-").

    The format shows in the name (.tsv, .csv, .jsonl, .parquet); other files have a label and a text on
    each line, in fastText's form if the first begins with ``__label__``. Compression shows in the first
    bytes. Columns are names, or positions counted from 0; without them, see `columns.find_columns`.
    `header` says whether the first row of a table names its columns; None looks. Raises SourceError,
    FormatError, and ConfigError for options that make no sense.
    """
    name = os.fspath(path)
    format = _find_format(name, input_format)
    columns = ColumnChoice(_column(text_column), _column(label_column), header)
    source = LabelledSource(name, columns, encoding, on_progress)
    if not format.has_columns and (columns.text or columns.label):
        option = "text_column" if columns.text else "label_column"
        raise ConfigError(f"{option}: expected a table or JSON lines, found {name}, which has no columns")
    pairs = list(format.read(source))
    if not pairs:
        raise FormatError(f"{name}: expected labelled texts, found none")
    texts, labels = zip(*pairs, strict=True)
    for number, label in enumerate(labels, start=1):
        if not label:
            raise FormatError(f"{name}: expected a label for every text, found none for text {number:,}")
    return LabelledTexts(texts, labels, name, tuple(source.notes))


def _column(column: str | int | None) -> str | None:
    return None if column is None else str(column)


def _find_format(name: str, input_format: str | None) -> LabelledFormat:
    """The format asked for, else the one that shows in the name, else lines of either kind."""
    if input_format is not None and input_format not in LABELLED_FORMATS:
        allowed = ", ".join(LABELLED_FORMATS)
        raise ConfigError(f"input_format: expected one of {allowed}, found {input_format!r}")
    path = Path(name)
    if name != "-" and not path.exists():
        raise SourceError(f"{name}: cannot be read: No such file or directory")
    if input_format is None:
        return FOLDERS if path.is_dir() else _format_of_suffix(path)
    format = LABELLED_FORMATS[input_format]
    if path.is_dir() != format.is_directory:
        kinds = ("a directory", "the file") if format.is_directory else ("a file", "the directory")
        raise ConfigError(
            f"input_format: expected {kinds[0]} for the format {input_format}, found {kinds[1]} {name}"
        )
    return format


def _format_of_suffix(path: Path) -> LabelledFormat:
    suffix = without_suffix(path).suffix.lower()
    fitting = (format for format in LABELLED_FORMATS.values() if suffix in format.suffixes)
    return next(fitting, LINES_OR_FASTTEXT)
