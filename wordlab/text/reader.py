"""The texts of all sources, in blocks of lines, whatever their format, compression and encoding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePath
from typing import Any

from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.io import archives
from wordlab.io.compression import ByteStream, open_bytes, open_part
from wordlab.io.kinds import HEAD_SIZE, TAR, ZIP, find_kind
from wordlab.io.lines import Decoder, decoded_lines
from wordlab.io.remote import open_file
from wordlab.io.urls import Place, Url
from wordlab.text.blocks import cut_blocks
from wordlab.text.findings import Findings
from wordlab.text.line_ends import join_broken_words, join_pieces
from wordlab.text.parquet import open_parquet
from wordlab.text.reading import ReadingConfig, check_delimiter
from wordlab.text.records import (
    ARRAY,
    Row,
    check_width,
    column_position,
    csv_rows,
    json_field,
    json_records,
    json_string,
    tsv_rows,
    with_delimiter,
)
from wordlab.text.sources import SUFFIXES, Source, counted, format_of
from wordlab.text.tokenizers.splitter import SPACES
from wordlab.visible import listed

_OPENED_AT_ONCE = 16


class BlockReader:
    """Iterates over the sources' text in blocks of about `block_size` bytes of UTF-8.

    Every source's last line ends with a line feed. A block that does not end with one was cut
    inside a very long line, after one of the strings `cut_after`; the line continues in the next block.
    `reading` are the fields of `ReadingConfig`. What is left out goes into `findings`. Raises ConfigError for
    invalid options, SourceError and FormatError for bad files.
    """

    def __init__(
        self,
        sources: Iterable[Source],
        *,
        block_size: int = 1 << 20,
        cut_after: Sequence[str] = SPACES,
        **reading: Any,
    ) -> None:
        self.config = ReadingConfig(**reading)
        self.sources = list(sources)
        self._left_out: list[str] = []
        self._decoder = Decoder(self.config.encoding_errors == "strict", self.config.encoding)
        self._column = str(self.config.text_column)
        self._block_size = block_size
        self._cut_after = cut_after
        self._done_before = 0
        self.num_read = 0
        sizes = [source.size for source in self.sources]
        known = [size for size in sizes if size is not None]
        self.total: int | None = sum(known) if len(known) == len(sizes) else None
        has_rows = any(source.format in ("csv", "tsv") for source in self.sources)
        if has_rows and not self.config.header and not self._column.isdecimal():
            raise ConfigError(
                f"text_column: expected a position (0, 1, ...) without a header, found {self._column!r}"
            )

    @property
    def findings(self) -> Findings:
        """What has been replaced, left out or read otherwise than asked so far."""
        return Findings(self._decoder.num_replaced, self._left_out, self._decoder.read_as_utf8)

    def __iter__(self) -> Iterator[bytes]:
        return cut_blocks(
            self._pieces(), self._block_size, cut_after=self._cut_after, longest=self.config.longest
        )

    def check_beginnings(self) -> None:
        """Raise the error at the beginning of any file now, if there are several files.

        Otherwise hours of reading might end at a file in another encoding. If several are wrong, the
        FormatError lists them; pipes are left alone.
        """
        files = [source for source in self.sources if source.size is not None and source.format != "parquet"]
        files = files if len(self.sources) > 1 else []
        is_remote = any(isinstance(source.path, Url) for source in files)
        with ThreadPoolExecutor(_OPENED_AT_ONCE if is_remote else 1) as pool:  # opening one is mostly waiting
            found = list(pool.map(self._wrong_beginning, files))
        errors = [(source, error) for source, error in zip(files, found, strict=True) if error is not None]
        if not errors:
            return
        first, others = errors[0][1], [source.name for source, _ in errors[1:]]
        if not others:
            raise first
        raise FormatError(
            f"{len(errors):,} of {len(self.sources):,} files cannot be read. {first}. "
            f"The others: {listed(others, 5)}"
        )

    def _wrong_beginning(self, source: Source) -> FormatError | None:
        decoder = Decoder(self._decoder.strict, self._decoder.encoding)
        with open_bytes(source.path, source.name) as stream:
            if find_kind(stream.peek(HEAD_SIZE)) in (ZIP, TAR):
                return None
            try:
                next(decoder.stream(stream), None)
            except FormatError as error:
                return error
        return None

    def _pieces(self) -> Iterator[tuple[str, bytes]]:
        for source in self.sources:
            for name, pieces in self._texts(source):
                last = b"\n"
                for piece in pieces:
                    last = piece
                    yield name, piece
                if not last.endswith(b"\n") and not (source.part and source.part.goes_on):
                    yield name, b"\n"
            self.num_read = self._done_before = max(self.num_read, self._done_before + (source.size or 0))

    def _texts(self, source: Source) -> Iterator[tuple[str, Iterator[bytes]]]:
        """The name and the pieces of a source, or of each file in it if it is an archive."""
        if source.format == "parquet" and source.path is not None:
            yield source.name, self._parquet(source, source.path)
            return
        if source.part is not None and source.path is not None and source.size is not None:
            with open_part(source.path, source.name, source.part.start, source.size) as stream:
                yield source.name, self._text(stream, source.format, lambda: stream.num_read)
            return
        with open_bytes(source.path, source.name, size=source.size) as stream:
            kind = find_kind(stream.peek(HEAD_SIZE))
            if kind is TAR or (kind is ZIP and source.size is not None and stream.compression is None):
                yield from self._archived(source, stream, is_tar=kind is TAR)
            else:
                yield source.name, self._text(stream, source.format, lambda: stream.num_read)

    def _archived(
        self, source: Source, stream: ByteStream, *, is_tar: bool
    ) -> Iterator[tuple[str, Iterator[bytes]]]:
        """The texts in an archive: the files with a known suffix or, where there is one file, that one."""
        left_out: list[PurePath] = []
        num_texts = 0
        for member, done in _members(source, stream, is_tar=is_tar):
            if member.is_hidden:
                continue
            format = format_of(member.path)
            if member.content is not None and format not in (None, "parquet"):
                num_texts += 1
                yield member.content.name, self._text(member.content, format or "text", done)
            else:
                left_out.append(member.path)
        if num_texts:
            if left_out:
                self._left_out.append(
                    f"{source.name}: {counted(left_out)} left out of the archive, from which only "
                    f"{' '.join(SUFFIXES)} are read; unpack it to read the rest"
                )
        elif len(left_out) == 1 and source.size is not None:
            with open_bytes(source.path, source.name) as again:
                for member, done in _members(source, again, is_tar=is_tar):
                    if member.path == left_out[0] and member.content is not None:
                        yield member.content.name, self._text(member.content, "text", done)
        else:
            raise SourceError(
                f"{source.name}: expected files in the archive that end in one of {' '.join(SUFFIXES)}, "
                f"found {counted(left_out) if left_out else 'none'}"
            )

    def _text(self, stream: ByteStream, format: str, done: Callable[[], int]) -> Iterator[bytes]:
        """The text in a stream; `done` says how much of the source is read."""
        if format == "text":
            yield from self._lines(stream, done)
            return

        def blocks() -> Iterator[str]:
            unless = ARRAY.encode() if format == "jsonl" else None
            for block in decoded_lines(stream, self._decoder, longest=self.config.longest, unless=unless):
                self._report(done())
                yield block

        yield from _joined(self._whole_words(self._records(blocks(), stream.name, format)))

    def _lines(self, stream: ByteStream, done: Callable[[], int]) -> Iterator[bytes]:
        pieces = self._decoder.stream(stream)
        if self.config.join_broken_words:
            pieces = join_pieces(pieces, name=stream.name, longest=self.config.longest)
        for piece in pieces:
            self._report(done())
            yield piece

    def _whole_words(self, texts: Iterator[bytes]) -> Iterator[bytes]:
        """Texts of records, in which words may be joined."""
        if not self.config.join_broken_words:
            return texts
        return (join_broken_words(text.decode("utf-8")).encode("utf-8") for text in texts)

    def _report(self, done: int) -> None:
        self.num_read = max(self.num_read, self._done_before + done)

    def _parquet(self, source: Source, path: Place) -> Iterator[bytes]:
        def texts() -> Iterator[bytes]:
            with open_parquet(path, source.name, self._decoder, longest=self.config.longest) as table:
                table.look_inside(self._column)
                position = column_position(table.names, self._column, source.name, by_name=True)
                table.check_text(position)
                for _, (text,) in table.rows([position]):
                    yield b"" if text is None else str(text).encode("utf-8")
                    self._report(round(table.num_read / table.num_rows * (source.size or 0)))

        yield from _joined(self._whole_words(texts()))

    def _records(self, blocks: Iterator[str], name: str, format: str) -> Iterator[bytes]:
        header, delimiter = self.config.header, check_delimiter(self.config.delimiter)
        if format == "jsonl":
            return self._fields(blocks, name)
        if format == "csv":
            blocks, delimiter = with_delimiter(blocks, name, delimiter, header=header)
            rows = csv_rows(blocks, name, delimiter=delimiter, longest=self.config.longest)
            return _column(rows, self._column, header=header)
        if format == "tsv":
            return _column(tsv_rows(blocks, name, delimiter=delimiter or "\t"), self._column, header=header)
        raise FormatError(f"{name}: Parquet cannot be read from a stream")

    def _fields(self, blocks: Iterator[str], name: str) -> Iterator[bytes]:
        for where, record in json_records(blocks, name, longest=self.config.longest):
            text = json_string(json_field(record, self._column, where), where, self._column)
            yield self._decoder.encode(text, where)


def _members(
    source: Source, stream: ByteStream, *, is_tar: bool
) -> Iterator[tuple[archives.Member, Callable[[], int]]]:
    """The files in an archive, each with what says how many bytes of the archive are read."""
    if is_tar:
        for member in archives.tar_members(stream):
            yield member, lambda: stream.num_read
    elif source.path is not None:
        with open_file(source.path) as file:
            for member in archives.zip_members(file, source.name):
                yield member, file.tell


def _column(rows: Iterator[Row], column: str, *, header: bool) -> Iterator[bytes]:
    """The texts in a column given by its name or its position; every row must be as wide as the first."""
    first = next(rows, None)
    if first is None:
        return
    where, names = first
    position = column_position(names, column, where, by_name=header)
    if not header:
        yield names[position].encode("utf-8")
    for where, row in rows:
        check_width(row, len(names), where)
        yield row[position].encode("utf-8")


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
