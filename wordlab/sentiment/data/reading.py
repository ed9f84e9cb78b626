"""Labelled texts from files: tables, JSON lines, lines that begin with a label, folders by class."""

from __future__ import annotations

import codecs
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, get_args

from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.io.compression import ByteStream, open_bytes, without_suffix
from wordlab.io.lines import whole_lines
from wordlab.progress import REPORT_INTERVAL, OnProgress, Progress
from wordlab.sentiment.data.folders import ClassFile, class_files
from wordlab.sentiment.data.labelled import LabelledTexts
from wordlab.sentiment.data.tables import Columns, Pairs, read_json, read_parquet, read_rows
from wordlab.text.decoding import READ_SIZE, Decoder

LabelledFormat = Literal["tsv", "csv", "jsonl", "parquet", "lines", "fasttext", "folders"]
LABELLED_FORMATS: tuple[str, ...] = get_args(LabelledFormat)

_TABLES = ("tsv", "csv", "jsonl", "parquet")
_SUFFIXES = {".ndjson": "jsonl", ".json": "jsonl", **{f".{format}": format for format in _TABLES}}
_PREFIX = "__label__"
_FEW_LABELS = 20  # more, on more than half of the lines, and the lines do not begin with labels


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
    """The labelled texts of a file, of a directory with a folder a class, or of standard input ("-").

    The format shows in the name (.tsv, .csv, .jsonl, .parquet); other files have a label and a text on
    each line, as fastText writes them if the first begins with ``__label__``. Compression shows in the
    first bytes. Columns are names or positions counted from 0; without them see
    `columns.find_columns`. `header` says whether the first row of a table names its columns; None
    looks. Raises SourceError, FormatError, and ConfigError for options that make no sense.
    """
    name = os.fspath(path)
    format = _format(name, input_format)
    columns = Columns(_column(text_column), _column(label_column), header)
    _check_options(name, format, columns, encoding)
    meter = _Meter(name, on_progress)
    notes: tuple[str, ...] = ()
    if format == "folders":
        files, notes = class_files(Path(name))
        pairs = list(_read_folders(files, encoding, meter))
    elif format == "parquet":
        pairs = list(read_parquet(Path(name), name, columns))
    else:
        pairs = list(_read_stream(name, format, columns, encoding, meter))
    if not pairs:
        raise FormatError(f"{name}: expected labelled texts, found none")
    texts, labels = zip(*pairs, strict=True)
    for number, label in enumerate(labels, start=1):
        if not label:
            raise FormatError(f"{name}: expected a label for every text, found none for text {number:,}")
    return LabelledTexts(texts, labels, name, notes)


def _column(column: str | int | None) -> str | None:
    return None if column is None else str(column)


def _format(name: str, input_format: str | None) -> str | None:
    """The format that is asked for or shows in the name; None for lines, of whichever kind."""
    if input_format is not None and input_format not in LABELLED_FORMATS:
        allowed = ", ".join(LABELLED_FORMATS)
        raise ConfigError(f"input_format: expected one of {allowed}, found {input_format!r}")
    path = Path(name)
    if name != "-" and not path.exists():
        raise SourceError(f"{name}: cannot be read: No such file or directory")
    if input_format is not None and path.is_dir() != (input_format == "folders"):
        kinds = ("a directory", "the file") if input_format == "folders" else ("a file", "the directory")
        raise ConfigError(
            f"input_format: expected {kinds[0]} for the format {input_format}, found {kinds[1]} {name}"
        )
    if path.is_dir() or input_format is not None:
        return input_format or "folders"
    return _SUFFIXES.get(without_suffix(path).suffix.lower())


def _check_options(name: str, format: str | None, columns: Columns, encoding: str) -> None:
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise ConfigError(f"encoding: expected utf-8, latin-1 or the like, found {encoding!r}") from None
    if format == "parquet" and name == "-":
        raise ConfigError("-: Parquet cannot be read from standard input; save it to a file first")
    if format not in _TABLES and (columns.text or columns.label):
        option = "text_column" if columns.text else "label_column"
        raise ConfigError(f"{option}: expected a table or JSON lines, found {name}, which has no columns")


class _Meter:
    """Reports how much has been read, about ten times a second and at the end."""

    def __init__(self, name: str, on_progress: OnProgress | None) -> None:
        self._task = f"reading {name}"
        self._on_progress = on_progress
        self._start = self._next = time.monotonic()

    def show(self, done: int, total: int | None, unit: str) -> None:
        now = time.monotonic()
        if self._on_progress is not None and (now >= self._next or done == total):
            self._next = now + REPORT_INTERVAL
            self._on_progress(Progress(self._task, done, total, unit, now - self._start))


def _read_stream(name: str, format: str | None, columns: Columns, encoding: str, meter: _Meter) -> Pairs:
    path = None if name == "-" else Path(name)
    size = path.stat().st_size if path is not None and path.is_file() else None
    with open_bytes(path, "stdin" if path is None else name) as stream:

        def blocks() -> Iterator[str]:
            for lines in whole_lines(_decoded(stream, encoding)):
                meter.show(stream.num_read, size, "bytes")
                yield lines.decode()

        if format == "jsonl":
            yield from read_json(blocks(), stream.name, columns)
        elif format in ("tsv", "csv"):
            yield from read_rows(blocks(), stream.name, format, columns)
        else:
            yield from _read_lines(blocks(), stream.name, format)


def _decoded(stream: ByteStream, encoding: str) -> Iterator[bytes]:
    """The stream's text as UTF-8; FormatError for bytes that are no text in `encoding`."""
    if codecs.lookup(encoding).name == "utf-8":
        yield from Decoder().stream(stream)
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    data = b"\n"
    while data:
        data = stream.read(READ_SIZE)
        try:
            text = decoder.decode(data, not data)
        except UnicodeError as error:
            raise FormatError(f"{stream.name}: expected {encoding}, found other bytes ({error})") from error
        if "\0" in text:
            raise FormatError(f"{stream.name}: expected text, found a NUL byte; is this a binary file?")
        yield text.encode("utf-8")


def _read_lines(blocks: Iterable[str], name: str, format: str | None) -> Pairs:
    """The pairs in lines of a label and a text, or in fastText's form; blank lines are skipped."""
    number = 0
    labels: set[str] = set()
    num_texts = 0
    for block in blocks:
        for line in block.removesuffix("\n").split("\n"):
            number += 1
            if not line.strip():
                continue
            if format is None:
                format = "fasttext" if line.startswith(_PREFIX) else "lines"
            label, text = _cut_label(line, f"{name}:{number}", format)
            labels.add(label)
            num_texts += 1
            yield text, label
    if len(labels) > max(_FEW_LABELS, num_texts / 2):
        raise FormatError(
            f"{name}: expected lines of a label and a text, found {len(labels):,} different words at the "
            f"beginning of {num_texts:,} lines; are there labels?"
        )


def _cut_label(line: str, where: str, format: str) -> tuple[str, str]:
    label, text = [*line.split(None, 1), ""][:2]
    if format == "lines":
        return label, text.strip()
    if not label.startswith(_PREFIX) or label == _PREFIX:
        raise FormatError(f"{where}: expected {_PREFIX} and a label, found {label[:40]!r}")
    if text.lstrip().startswith(_PREFIX):
        raise FormatError(f"{where}: expected one label, found several")
    return label.removeprefix(_PREFIX), text.strip()


def _read_folders(files: list[ClassFile], encoding: str, meter: _Meter) -> Pairs:
    for number, (label, path) in enumerate(files, start=1):
        with open_bytes(path, str(path)) as stream:
            text = b"".join(_decoded(stream, encoding)).decode("utf-8")
        meter.show(number, len(files), "files")
        yield text.strip(), label
