"""TensorBoard's projector: a directory with vectors.tsv, metadata.tsv and a configuration naming both.

https://www.tensorflow.org/tensorboard/tensorboard_projector_plugin. A row of vectors.tsv is D numbers
separated by tabs, and the same row of metadata.tsv its word. Metadata of one column has no header row, of
several columns it must have one: counts, if known, are a second column. ``tensorboard --logdir`` opens
the directory, and both files load into projector.tensorflow.org.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wordlab.embeddings.formats.blocks import parse_regular
from wordlab.embeddings.formats.build import build_vectors, check_words
from wordlab.embeddings.formats.columns import checked_counts
from wordlab.embeddings.formats.files import Source, open_source
from wordlab.embeddings.formats.format import DirectoryForm, Format
from wordlab.embeddings.formats.reading import Block, ReadOptions, RowError, Skipped, shown, wrong_encoding
from wordlab.embeddings.formats.rows import parse_row
from wordlab.embeddings.formats.word_filter import WordFilter
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError
from wordlab.io.encodings import LONGEST_MARK, text_encoding
from wordlab.io.lines import whole_lines
from wordlab.progress import OnProgress
from wordlab.visible import clipped

VECTORS, METADATA, CONFIG = "vectors.tsv", "metadata.tsv", "projector_config.pbtxt"

_CONFIG = f"""embeddings {{
  tensor_name: "vectors"
  tensor_path: "{VECTORS}"
  metadata_path: "{METADATA}"
}}
"""
_CHUNK = 1 << 22
_LONGEST_ROW = 1 << 26
_NUMBERS_AT_ONCE = 1 << 21


def read_projector(
    directory: Path, options: ReadOptions, on_progress: OnProgress | None = None
) -> WordVectors:
    """The vectors in a directory of vectors.tsv and metadata.tsv; SourceError, FormatError with the line.

    In metadata with a header row the first column is the word, and one called "count" the count.
    """
    skipped = Skipped(options)
    with open_source(directory / METADATA) as source:
        encoding = text_encoding(source.head(LONGEST_MARK), options.encoding, source.name)
        if encoding != "utf-8":
            source.decode_as(encoding)
        metadata = _read_metadata(source, encoding)
    with open_source(directory / VECTORS, on_progress=on_progress) as source:
        return build_vectors(
            _blocks(source, metadata, options, skipped),
            source,
            format="projector",
            options=options,
            skipped=skipped,
            where=source.line,
        )


def write_projector(vectors: WordVectors, directory: Path) -> None:
    """Write the three files into `directory`; FormatError for a word that TensorBoard cannot show.

    That is a word with a tab or a line end, or of blanks only, whose row it would pass over.
    """
    words = vectors.vocabulary.words
    check_words(words, "\t\n\r", "projector")
    for word in words:
        if not word.replace("\ufeff", "").strip():
            raise FormatError(f"{word!r} cannot be written as projector: expected more than blanks in a word")
    rows = [*words]
    if vectors.vocabulary.num_tokens:
        counts = vectors.vocabulary.counts.tolist()
        rows = ["word\tcount", *(f"{word}\t{count}" for word, count in zip(words, counts, strict=True))]
    (directory / METADATA).write_bytes("".join(f"{row}\n" for row in rows).encode())
    (directory / CONFIG).write_text(_CONFIG, encoding="utf-8")
    with (directory / VECTORS).open("wb") as file:
        step = max(1, _NUMBERS_AT_ONCE // vectors.dim)
        for start in range(0, len(vectors), step):
            block = vectors.matrix[start : start + step]
            columns = [pc.cast(pa.array(np.ascontiguousarray(column)), pa.string()) for column in block.T]
            lines = pc.binary_join_element_wise(*columns, "\t")
            file.write("".join(f"{line}\n" for line in lines.to_pylist()).encode())


class _Metadata(NamedTuple):
    words: list[str]
    counts: np.ndarray
    has_header: bool


def _read_metadata(source: Source, encoding: str) -> _Metadata:
    source.skip_byte_order_mark()
    lines = b"".join(source.pieces(_CHUNK)).removesuffix(b"\n").split(b"\n")
    header = lines[0].removesuffix(b"\r").split(b"\t")
    words, counts = [], []
    column = header.index(b"count") if b"count" in header[1:] else None
    first = 1 if len(header) > 1 else 0
    for number, line in enumerate(lines[first:], start=first + 1):
        fields = line.removesuffix(b"\r").split(b"\t")
        if len(fields) != len(header) or not fields[0]:
            found = f"{len(fields)}, the first {'given' if fields[0] else 'empty'}"
            raise FormatError(
                f"{source.line(number)}: expected a word in {len(header)} columns, found {found}"
            )
        try:
            words.append(fields[0].decode("utf-8"))
        except UnicodeDecodeError as error:
            where = source.line(number)
            raise wrong_encoding(fields[0], where, encoding, error.reason).with_hint() from None
        try:
            counts.append(0 if column is None else int(fields[column][:20]))
        except ValueError:
            raise FormatError(
                f"{source.line(number)}: expected a whole count, found {shown(fields[column or 0])}"
            ) from None
    try:
        checked = checked_counts(np.array(counts, np.int64), len(words), source.name)
        return _Metadata(words, checked, has_header=len(header) > 1)
    except OverflowError as error:
        raise FormatError(f"{source.name}: expected counts of 64 bits, found larger ones") from error


def _blocks(source: Source, metadata: _Metadata, options: ReadOptions, skipped: Skipped) -> Iterator[Block]:
    words, counts, has_header = metadata
    wants = WordFilter(options).wants
    wanted = np.array([wants(word.encode()) for word in words], bool)
    dim = num_done = 0
    for text in whole_lines(source.pieces(_CHUNK), name=source.name, longest=_LONGEST_ROW):
        lines = text.removesuffix(b"\n").split(b"\n")
        dim = dim or lines[0].count(b"\t") + 1
        rows = np.arange(num_done, num_done + len(lines))
        num_done += len(lines)
        if num_done > len(words):
            break
        kept = np.flatnonzero(wanted[rows])
        names = [words[row] for row in rows[kept]]
        vectors, good = _parse(names, [lines[i] for i in kept], rows[kept] + 1, dim, source, skipped)
        rows = rows[kept][good]
        yield Block(pa.array([words[row] for row in rows], pa.string()), vectors, rows + 1, counts[rows])
    if num_done == len(words) - 1 and not has_header:
        raise FormatError(
            f"{source.name}: expected {len(words)} rows, one a word of {METADATA}, found {num_done}; is "
            f"{clipped(words[0])!r} a header row? Metadata of a single column has none; remove it"
        )
    if num_done != len(words):
        found = "more" if num_done > len(words) else str(num_done)
        raise FormatError(
            f"{source.name}: expected {len(words)} rows, one a word of {METADATA}, found {found}"
        )


def _parse(
    names: list[str], lines: list[bytes], numbers: np.ndarray, dim: int, source: Source, skipped: Skipped
) -> tuple[np.ndarray, np.ndarray]:
    """The vectors of the good lines, float32 (n, dim), and which of the lines these are."""
    text = b"".join(b"0 %b\n" % line for line in lines)
    if text.count(b" ") == len(lines) and lines:
        # as rows with a word "0", which are parsed many at once
        block = parse_regular(text.replace(b"\t", b" "), dim, numbers)
        if block is not None:
            return block.matrix, np.arange(len(lines))
    vectors, good = [np.empty((0, dim), np.float32)], []
    for index, line in enumerate(lines):
        try:
            vectors.append(_parse_line(names[index], line, dim, source.line(int(numbers[index])))[None])
            good.append(index)
        except RowError as error:
            skipped.add(error)
    return np.concatenate(vectors), np.array(good, np.int64)


def _parse_line(word: str, line: bytes, dim: int, where: str) -> np.ndarray:
    fields = line.removesuffix(b"\r").split(b"\t")
    if len(fields) != dim:
        raise RowError("wrong number of values", where, f"expected {dim} values, found {len(fields)}")
    # the word is for messages alone
    return parse_row(word.replace(" ", "_").encode() + b" " + b" ".join(fields), dim, where)[1]


def _is_projector(directory: Path) -> bool:
    return (directory / VECTORS).is_file() and (directory / METADATA).is_file()


FORMAT = Format(
    directory=DirectoryForm(
        is_one=_is_projector,
        read=read_projector,
        needed=(VECTORS, METADATA),
        write=write_projector,
        written=(VECTORS, METADATA, CONFIG),
        takes_encoding=True,
    )
)
