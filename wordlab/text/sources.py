"""Any input as blocks of lines: files, directories, patterns and standard input, in all their formats.

Text, JSON lines, CSV, TSV and Parquet; all but Parquet may be compressed with gzip, bzip2, xz or
zstandard. The compression shows in a file's first bytes, the format in its name.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.io.compression import COMPRESSED_SUFFIXES, open_bytes, without_suffix
from wordlab.io.lines import Decoder, whole_lines
from wordlab.text.blocks import cut_blocks
from wordlab.text.choices import ENCODING_ERRORS, INPUT_FORMATS, EncodingErrors
from wordlab.text.records import read_csv, read_json_lines, read_parquet, read_tsv
from wordlab.text.tokenizers.splitter import SPACES

_SUFFIXES = {
    ".txt": "text", ".text": "text",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".csv": "csv", ".tsv": "tsv", ".parquet": "parquet",
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One file, or standard input if `path` is None; `size` in bytes, None where it is not known."""

    name: str
    path: Path | None
    format: str
    size: int | None


def find_sources(inputs: Sequence[str | os.PathLike[str]], input_format: str | None = None) -> list[Source]:
    """The files that `inputs` stand for, in order, all checked before anything is read.

    A directory stands for all files below it whose names end in a known suffix, sorted, without
    hidden ones; a pattern (``*``, ``?``, ``[...]``, ``**``) that is not a file's name for what matches
    it; "-" for standard input. `input_format` overrides what the names say; an unknown suffix means
    text. Raises SourceError for what is missing, unreadable or stands for nothing.
    """
    if input_format is not None and input_format not in INPUT_FORMATS:
        raise ConfigError(f"input_format: expected one of {', '.join(INPUT_FORMATS)}, found {input_format!r}")
    if isinstance(inputs, str | os.PathLike):
        inputs = [inputs]
    names = [os.fspath(name) for name in inputs]
    if not names:
        raise ConfigError("inputs: expected a file, a directory, a pattern or -, found none")
    if names.count("-") > 1:
        raise ConfigError("inputs: expected - (standard input) once, found it several times")
    return [source for name in names for source in _expand(name, input_format)]


def _expand(name: str, input_format: str | None) -> Iterator[Source]:
    if name == "-":
        if input_format == "parquet":
            raise ConfigError("-: Parquet cannot be read from standard input; save it to a file first")
        yield Source("stdin", None, input_format or "text", None)
    elif Path(name).is_dir():
        yield from _directory(Path(name), input_format)
    elif not os.path.lexists(name) and glob.has_magic(name):
        found = sorted(glob.glob(name, recursive=True))
        if not found:
            raise SourceError(f"{name}: expected files that match the pattern, found none")
        if "**" in name:  # which matches a directory as well as what is in it
            found = [path for path in found if not os.path.isdir(path)] or found
        for path in found:
            yield from _expand(path, input_format)
    else:
        yield _file(Path(name), input_format)


def _directory(directory: Path, input_format: str | None) -> Iterator[Source]:
    def fail(error: OSError) -> None:
        raise SourceError(f"{error.filename}: cannot be read: {error.strerror}") from error

    paths = []
    for parent, folders, files in os.walk(directory, onerror=fail):
        folders[:] = [folder for folder in folders if not folder.startswith(".")]
        paths += [Path(parent, file) for file in files if not file.startswith(".")]
    texts = sorted(path for path in paths if _format(path) is not None)
    if not texts:
        known = " ".join(_SUFFIXES)
        raise SourceError(f"{directory}: expected files that end in one of {known}, found none")
    for path in texts:
        yield _file(path, input_format)


def _format(path: Path) -> str | None:
    return _SUFFIXES.get(without_suffix(path).suffix.lower())


def _file(path: Path, input_format: str | None) -> Source:
    try:
        status = path.stat()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    if not os.access(path, os.R_OK):
        raise SourceError(f"{path}: cannot be read: Permission denied")
    size = status.st_size if stat.S_ISREG(status.st_mode) else None
    format = input_format or _format(path) or "text"
    if format == "parquet" and path.suffix.lower() in COMPRESSED_SUFFIXES:
        raise SourceError(f"{path}: expected a Parquet file, found a compressed one; decompress it first")
    return Source(str(path), path, format, size)


class BlockReader:
    """Iterates over the sources' text in blocks of about `block_size` bytes of UTF-8.

    Every source's last line ends with a line feed. A block that does not end with one was cut
    inside a very long line, after one of the strings `cut_after`; the line continues in the next block.
    `text_column` names the column that holds the text, or gives its position, counted from 0;
    `header` false says that the first row of a CSV or TSV file is data. Raises ConfigError for
    invalid options, SourceError and FormatError for bad files.
    """

    def __init__(
        self,
        sources: Iterable[Source],
        *,
        text_column: str = "text",
        header: bool = True,
        encoding_errors: EncodingErrors = "strict",
        block_size: int = 1 << 20,
        cut_after: Sequence[str] = SPACES,
    ) -> None:
        if encoding_errors not in ENCODING_ERRORS:
            raise ConfigError(f"encoding_errors: expected strict or replace, found {encoding_errors!r}")
        self.sources = list(sources)
        self._decoder = Decoder(strict=encoding_errors == "strict")
        self._column = str(text_column)
        self._header = header
        self._block_size = block_size
        self._cut_after = cut_after
        self._done_before = 0
        self.num_read = 0
        sizes = [source.size for source in self.sources]
        known = [size for size in sizes if size is not None]
        self.total: int | None = sum(known) if len(known) == len(sizes) else None
        has_rows = any(source.format in ("csv", "tsv") for source in self.sources)
        if has_rows and not header and not self._column.isdecimal():
            raise ConfigError(
                f"text_column: expected a position (0, 1, ...) without a header, found {text_column!r}"
            )

    @property
    def num_replaced(self) -> int:
        """Number of replacement characters that stand for bytes that were not UTF-8."""
        return self._decoder.num_replaced

    def __iter__(self) -> Iterator[bytes]:
        return cut_blocks(self._pieces(), self._block_size, cut_after=self._cut_after)

    def _pieces(self) -> Iterator[tuple[str, bytes]]:
        for source in self.sources:
            last = b"\n"
            for piece in self._read(source):
                last = piece
                yield source.name, piece
            if not last.endswith(b"\n"):
                yield source.name, b"\n"
            self.num_read = self._done_before = max(self.num_read, self._done_before + (source.size or 0))

    def _read(self, source: Source) -> Iterator[bytes]:
        if source.format == "parquet" and source.path is not None:

            def on_share(share: float) -> None:
                self.num_read = self._done_before + round(share * (source.size or 0))

            texts = read_parquet(source.path, source.name, self._column, self._decoder, on_share)
            yield from _joined(texts)
            return
        with open_bytes(source.path, source.name) as stream:

            def decoded() -> Iterator[bytes]:
                for piece in self._decoder.stream(stream):
                    self.num_read = self._done_before + stream.num_read
                    yield piece

            if source.format == "text":
                yield from decoded()
            else:
                yield from _joined(self._records(map(bytes.decode, whole_lines(decoded())), source))

    def _records(self, blocks: Iterator[str], source: Source) -> Iterator[bytes]:
        if source.format == "jsonl":
            return read_json_lines(blocks, source.name, self._column, self._decoder)
        if source.format == "csv":
            return read_csv(blocks, source.name, self._column, self._header)
        if source.format == "tsv":
            return read_tsv(blocks, source.name, self._column, self._header)
        raise FormatError(f"{source.name}: Parquet cannot be read from a stream")


def _joined(texts: Iterable[bytes], size: int = 1 << 18) -> Iterator[bytes]:
    """The texts, each with a line feed at its end, in larger pieces."""
    pending: list[bytes] = []
    num_pending = 0
    for text in texts:
        pending.append(text)
        num_pending += len(text) + 1
        if num_pending >= size:
            yield b"\n".join(pending) + b"\n"
            pending, num_pending = [], 0
    if pending:
        yield b"\n".join(pending) + b"\n"
