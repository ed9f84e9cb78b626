"""Labelled texts from files: which format an input has, and its texts and labels, checked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.io.compression import without_suffix
from wordlab.io.lines import MAX_RECORD
from wordlab.progress import OnProgress
from wordlab.sentiment.data.columns import ColumnChoice
from wordlab.sentiment.data.formats.base import LabelledFormat
from wordlab.sentiment.data.formats.folders import FOLDERS
from wordlab.sentiment.data.formats.json_lines import JSON_LINES
from wordlab.sentiment.data.formats.lines import FASTTEXT, LINES, LINES_OR_FASTTEXT, read_unlabelled
from wordlab.sentiment.data.formats.parquet import PARQUET
from wordlab.sentiment.data.formats.tables import CSV, TSV
from wordlab.sentiment.data.labelled import LabelledTexts, MultiLabelTexts
from wordlab.sentiment.data.labels import Labels, check_labels
from wordlab.sentiment.data.source import LabelledSource
from wordlab.text.reading import ReadingConfig

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
    delimiter: str | None = None,
    encoding: str = "utf-8",
    max_record: int = MAX_RECORD,
    on_progress: OnProgress | None = None,
) -> LabelledTexts:
    """The labelled texts of a file, of a directory with a folder per class, or of standard input ("-").

    The format shows in the name (.tsv, .csv, .jsonl, .parquet); other files have a label and a text on
    each line, in fastText's form if ``__label__`` precedes labels. Compression is told by the first bytes.
    Columns are names, or positions counted from 0; without them, see `columns.find_columns`. `header`
    says whether the first row of a table names its columns; None looks (`header.find_header`), as it does
    for the `delimiter` of CSV. `max_record` is the largest size in MiB of a line, a row, an object or a cell.

    A text without a label is an error in every format. What reading leaves out, or is not sure of, is in
    the result's `notes`. Raises SourceError, FormatError, and ConfigError for options that make no sense.
    """
    columns = ColumnChoice(_column(text_column), _column(label_column), header)
    reading = ReadingConfig(delimiter=delimiter, encoding=encoding, max_record=max_record)
    source = LabelledSource(os.fspath(path), columns, reading, on_progress=on_progress)
    texts, labels = _read_pairs(source, input_format)
    return LabelledTexts(texts, tuple(label for (label,) in labels), source.name, tuple(source.notes))


def read_multi_label(
    path: str | os.PathLike[str],
    *,
    label_separator: str | None = None,
    text_column: str | int | None = None,
    label_column: str | int | None = None,
    input_format: str | None = None,
    header: bool | None = None,
    delimiter: str | None = None,
    encoding: str = "utf-8",
    max_record: int = MAX_RECORD,
    on_progress: OnProgress | None = None,
) -> MultiLabelTexts:
    """Texts with any number of labels each, from what `read_labelled` reads.

    Several labels are a JSON array, as a value or in the cell of a table, parts of a cell between
    `label_separator`s, or words that begin with ``__label__``, wherever they stand in a line of fastText. A
    text has each label once. An empty array, or an empty cell if there is a separator, is a text that has
    none of the labels; raises FormatError where a label is missing otherwise, and what `read_labelled`
    raises.
    """
    if label_separator == "":
        raise ConfigError("label_separator: expected what stands between labels, found ''")
    source = LabelledSource(
        os.fspath(path),
        ColumnChoice(_column(text_column), _column(label_column), header),
        ReadingConfig(delimiter=delimiter, encoding=encoding, max_record=max_record),
        several=True,
        label_separator=label_separator,
        on_progress=on_progress,
    )
    texts, labels = _read_pairs(source, input_format)
    once = tuple(tuple(dict.fromkeys(found)) for found in labels)
    repeating = sum(len(found) < len(given) for found, given in zip(once, labels, strict=True))
    if repeating:
        counted = "1 text" if repeating == 1 else f"{repeating:,} texts"
        source.add_note(f"{counted} with a label more than once, which counts once")
    return MultiLabelTexts(texts, once, source.name, tuple(source.notes))


def _read_pairs(
    source: LabelledSource, input_format: str | None
) -> tuple[tuple[str, ...], tuple[Labels, ...]]:
    """All texts and the labels of each, checked; FormatError if there are none."""
    pairs = list(_find_format(source, input_format).read(source))
    if not pairs:
        raise FormatError(f"{source.name}: expected labelled texts, found none")
    texts, labels = zip(*pairs, strict=True)
    check_labels(labels, source.name)
    return texts, labels


def read_texts(
    path: str | os.PathLike[str],
    *,
    text_column: str | int | None = None,
    input_format: str | None = None,
    header: bool | None = None,
    delimiter: str | None = None,
    encoding: str = "utf-8",
    max_record: int = MAX_RECORD,
    on_progress: OnProgress | None = None,
) -> Iterator[str]:
    """The texts of a file, or of standard input ("-"), to be classified: labels are not looked for.

    Tables and JSON lines are read as by `read_labelled`; any other file has a text on each line, and is
    read as the texts are asked for. Raises what `read_labelled` raises.
    """
    source, format = open_texts(
        path, text_column=text_column, input_format=input_format, header=header, delimiter=delimiter,
        encoding=encoding, max_record=max_record, on_progress=on_progress,
    )  # fmt: skip
    return (text for text, _ in format.read(source)) if format.has_columns else read_unlabelled(source)


def open_texts(
    path: str | os.PathLike[str],
    *,
    text_column: str | int | None = None,
    input_format: str | None = None,
    header: bool | None = None,
    delimiter: str | None = None,
    encoding: str = "utf-8",
    max_record: int = MAX_RECORD,
    notes: list[str] | None = None,
    on_progress: OnProgress | None = None,
) -> tuple[LabelledSource, LabelledFormat]:
    """Where texts come from that have no labels, and their format; raises what `read_texts` raises.

    What reading leaves out, or is not sure of, goes into `notes`.
    """
    source = LabelledSource(
        os.fspath(path),
        ColumnChoice(_column(text_column), header=header),
        ReadingConfig(delimiter=delimiter, encoding=encoding, max_record=max_record),
        has_labels=False,
        on_progress=on_progress,
        notes=[] if notes is None else notes,
    )
    format = _find_format(source, input_format)
    if format.is_directory:
        raise ConfigError(f"input_format: expected a file of texts, found the directory {source.name}")
    return source, format


def format_of_name(path: str | os.PathLike[str]) -> LabelledFormat:
    """The format that the name of a file means: lines, if it means no other."""
    return _format_of_suffix(Path(path))


def _column(column: str | int | None) -> str | None:
    return None if column is None else str(column)


def _find_format(source: LabelledSource, input_format: str | None) -> LabelledFormat:
    """The format asked for, else the one that the name shows, else lines of either kind.

    Raises ConfigError for a format that does not exist, is not of this input or lacks the columns that are
    asked for.
    """
    if input_format is not None and input_format not in LABELLED_FORMATS:
        allowed = ", ".join(LABELLED_FORMATS)
        raise ConfigError(f"input_format: expected one of {allowed}, found {input_format!r}")
    path = Path(source.name)
    try:
        os.stat(path if source.path is not None else os.curdir)
    except (OSError, ValueError) as error:  # the second for a name with a NUL in it
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{source.name}: cannot be read: {reason}") from error
    if input_format is None:
        format = FOLDERS if path.is_dir() else _format_of_suffix(path)
    else:
        format = LABELLED_FORMATS[input_format]
    if path.is_dir() != format.is_directory:
        kinds = ("a directory", "the file") if format.is_directory else ("a file", "the directory")
        raise ConfigError(
            f"input_format: expected {kinds[0]} for the format {input_format}, found {kinds[1]} {source.name}"
        )
    _check_options(source, format)
    return format


def _check_options(source: LabelledSource, format: LabelledFormat) -> None:
    """Raise ConfigError for an option about something that the format lacks."""
    columns = source.columns
    given = {
        "text_column": columns.text is not None and not format.has_columns,
        "label_column": columns.label is not None and not format.has_columns,
        "label_separator": source.label_separator is not None and not format.has_columns,
        "header": columns.header is not None and not format.has_header,
        "delimiter": source.delimiter is not None and not format.has_header,
    }
    for option, is_wrong in given.items():
        if is_wrong:
            kinds, lacks = ("a table or JSON lines", "columns")
            if option in ("header", "delimiter"):
                kinds, lacks = "TSV or CSV", "such rows"
            raise ConfigError(f"{option}: expected {kinds}, found {source.name}, which has no {lacks}")


def _format_of_suffix(path: Path) -> LabelledFormat:
    suffix = without_suffix(path).suffix.lower()
    fitting = (format for format in LABELLED_FORMATS.values() if suffix in format.suffixes)
    return next(fitting, LINES_OR_FASTTEXT)
