"""Labelled texts from files: which format an input has, and its texts and labels, checked."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import PurePath
from typing import Any

from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.io.compression import without_suffix
from wordlab.io.remote import look
from wordlab.io.urls import Url
from wordlab.progress import OnProgress
from wordlab.sentiment.data.formats.base import LabelledFormat
from wordlab.sentiment.data.formats.folders import FOLDERS
from wordlab.sentiment.data.formats.json_lines import JSON_LINES
from wordlab.sentiment.data.formats.lines import FASTTEXT, LINES, LINES_OR_FASTTEXT, read_unlabelled
from wordlab.sentiment.data.formats.parquet import PARQUET
from wordlab.sentiment.data.formats.tables import CSV, TSV
from wordlab.sentiment.data.labelled import LabelledTexts, MultiLabelTexts
from wordlab.sentiment.data.labels import Labels, check_labels
from wordlab.sentiment.data.options import LabelledReading
from wordlab.sentiment.data.shards import find_files
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

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
_OF_LABELS = ("label_column", "label_separator")


def read_labelled(paths: Paths, *, on_progress: OnProgress | None = None, **reading: Any) -> LabelledTexts:
    """The labelled texts of a file, of a directory with a folder per class, or of standard input ("-").

    `paths` may also be several of these, a pattern, or a directory of shards (`shards.find_files`). The
    format shows in the name (.tsv, .csv, .jsonl, .json, .parquet); other files have a label and a text on
    each line, in fastText's form if ``__label__`` precedes labels. Compression is told by the first bytes.
    `reading` are fields of `LabelledReading`: columns, header, format, encoding and others.

    A text without a label is an error in every format. What reading leaves out, or is not sure of, is in
    the result's `notes`. Raises SourceError, FormatError, and ConfigError for options that make no sense.
    """
    options = _options(reading, ("label_separator",))
    texts, labels, name, notes = _read_all(paths, options, on_progress, several=False)
    return LabelledTexts(texts, tuple(label for (label,) in labels), name, notes)


def read_multi_label(
    paths: Paths, *, on_progress: OnProgress | None = None, **reading: Any
) -> MultiLabelTexts:
    """Texts with any number of labels each, from what `read_labelled` reads.

    Several labels are a JSON array, as a value or in the cell of a table, parts of a cell between
    the `label_separator`s of `LabelledReading`, or words that begin with ``__label__``, wherever they stand
    in a line of fastText. A text has each label once. An empty array, or an empty cell if there is a
    separator, is a text that has none of the labels; raises FormatError where a label is missing otherwise,
    and what `read_labelled` raises.
    """
    texts, labels, name, notes = _read_all(paths, _options(reading), on_progress, several=True)
    once = tuple(tuple(dict.fromkeys(found)) for found in labels)
    repeating = sum(len(found) < len(given) for found, given in zip(once, labels, strict=True))
    if repeating:
        counted = "1 text" if repeating == 1 else f"{repeating:,} texts"
        notes = (*notes, f"{counted} with a label more than once, which counts once")
    return MultiLabelTexts(texts, once, name, notes)


def _read_all(
    paths: Paths, options: LabelledReading, on_progress: OnProgress | None, *, several: bool
) -> tuple[tuple[str, ...], tuple[Labels, ...], str, tuple[str, ...]]:
    """All texts, the labels of each, checked, what they are called together, and notes."""
    notes: list[str] = []
    inputs = _inputs(paths)
    files = _files(inputs, options, notes)
    texts: list[str] = []
    labels: list[Labels] = []
    for file in files:
        source = LabelledSource(
            file, options.columns, options.reading, several=several,
            label_separator=options.label_separator, on_progress=on_progress,
        )  # fmt: skip
        pairs = list(_find_format(source, options.input_format).read(source))
        if not pairs:
            raise FormatError(f"{source.name}: expected labelled texts, found none")
        found, of_each = zip(*pairs, strict=True)
        check_labels(of_each, source.name)
        texts += found
        labels += of_each
        notes += source.notes if len(files) == 1 else [f"{file}: {note}" for note in source.notes]
    name, *others = inputs
    if others:
        name += f" and {len(others):,} more"
    if len(files) > 1:
        check_labels(labels, name)
    return tuple(texts), tuple(labels), name, tuple(notes)


def read_texts(paths: Paths, *, on_progress: OnProgress | None = None, **reading: Any) -> Iterator[str]:
    """The texts of a file, or of standard input ("-"), to be classified: labels are not looked for.

    `paths` may also be several files, a pattern, or a directory of shards; `reading` are the fields of
    `LabelledReading` that are not about labels. Tables and JSON are read as by `read_labelled`; any other
    file has a text on each line, and is read as the texts are asked for. Raises what `read_labelled` raises.
    """
    files = _files(_inputs(paths), _options(reading, _OF_LABELS), [])
    opened = [open_texts(file, on_progress=on_progress, **reading) for file in files]
    return chain.from_iterable(
        (text for text, _ in format.read(source)) if format.has_columns else read_unlabelled(source)
        for source, format in opened
    )


def open_texts(
    path: str | os.PathLike[str],
    *,
    notes: list[str] | None = None,
    on_progress: OnProgress | None = None,
    **reading: Any,
) -> tuple[LabelledSource, LabelledFormat]:
    """Where the texts of one file come from that have no labels, and their format.

    Options and errors are those of `read_texts`. What reading leaves out, or is not sure of, goes into
    `notes`.
    """
    options = _options(reading, _OF_LABELS)
    source = LabelledSource(
        os.fspath(path),
        options.columns,
        options.reading,
        has_labels=False,
        on_progress=on_progress,
        notes=[] if notes is None else notes,
    )
    format = _find_format(source, options.input_format)
    if format.is_directory:
        raise ConfigError(f"input_format: expected a file of texts, found the directory {source.name}")
    return source, format


def _options(reading: Mapping[str, Any], without: Collection[str] = ()) -> LabelledReading:
    """The options; TypeError for one that there is not."""
    wrong = next((name for name in reading if name in without), None)
    if wrong is not None:
        raise TypeError(f"got an unexpected keyword argument {wrong!r}")
    return LabelledReading(**reading)


def _inputs(paths: Paths) -> list[str]:
    """The names that were given; ConfigError for none, and where standard input would be read again."""
    names = [os.fspath(path) for path in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
    if not names or names.count("-") > 1:
        found = "- (standard input) several times" if names else "none"
        raise ConfigError(f"paths: expected a file, a directory, a pattern or -, found {found}")
    return names


def _files(inputs: Sequence[str], options: LabelledReading, notes: list[str]) -> list[str]:
    """The files that `inputs` stand for, of the format asked for if there is one."""
    formats = [LABELLED_FORMATS[options.input_format]] if options.input_format in LABELLED_FORMATS else ()
    suffixes = [suffix for format in formats or LABELLED_FORMATS.values() for suffix in format.suffixes]
    return find_files(inputs, suffixes, notes)


def format_of_name(path: str | os.PathLike[str]) -> LabelledFormat:
    """The format that the name of a file means: lines, if it means no other."""
    return _format_of_suffix(PurePath(path))


def _find_format(source: LabelledSource, input_format: str | None) -> LabelledFormat:
    """The format asked for, else the one that the name shows, else lines of either kind.

    Raises ConfigError for a format that does not exist, is not of this input or lacks the columns that are
    asked for.
    """
    if input_format is not None and input_format not in LABELLED_FORMATS:
        allowed = ", ".join(LABELLED_FORMATS)
        raise ConfigError(f"input_format: expected one of {allowed}, found {input_format!r}")
    is_directory = _is_directory(source)
    if input_format is None:
        format = FOLDERS if is_directory else _format_of_suffix(PurePath(source.name))
    else:
        format = LABELLED_FORMATS[input_format]
    if is_directory != format.is_directory:
        kinds = ("a directory", "the file") if format.is_directory else ("a file", "the directory")
        raise ConfigError(
            f"input_format: expected {kinds[0]} for the format {input_format}, found {kinds[1]} {source.name}"
        )
    _check_options(source, format)
    return format


def _is_directory(source: LabelledSource) -> bool:
    """Whether a source on this machine is a directory; SourceError if nothing is there."""
    place = source.path
    if isinstance(place, Url):
        found = look(place)
        if found is None or found.is_folder:
            raise SourceError(f"{place}: expected a file, found {'none' if found is None else 'a folder'}")
        return False
    try:
        os.stat(os.curdir if place is None else place)
    except (OSError, ValueError) as error:  # the second for a name with a NUL in it
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{source.name}: cannot be read: {reason}") from error
    return place is not None and place.is_dir()


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


def _format_of_suffix(path: PurePath) -> LabelledFormat:
    suffix = without_suffix(path).suffix.lower()
    fitting = (format for format in LABELLED_FORMATS.values() if suffix in format.suffixes)
    return next(fitting, LINES_OR_FASTTEXT)
