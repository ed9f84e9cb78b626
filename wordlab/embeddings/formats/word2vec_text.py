"""word2vec text: a header "V D" and then V rows "word x1 ... xD"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import pyarrow as pa

from wordlab.embeddings.formats import rows
from wordlab.embeddings.formats.blocks import BlockReader
from wordlab.embeddings.formats.build import build_vectors, check_words
from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.format import FileForm, Format
from wordlab.embeddings.formats.heads import has_text_header, parse_header
from wordlab.embeddings.formats.reading import Block, ReadOptions, RowError, Skipped, shown
from wordlab.embeddings.formats.separators import find_layout, with_separator
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError

_LONGEST_HEADER = 64


def read_header(source: Source) -> tuple[int, int]:
    """Take the header from `source`: the numbers of words and of dimensions, both at least 1."""
    source.skip_byte_order_mark()
    line, newline, _ = source.head(_LONGEST_HEADER).partition(b"\n")
    header = parse_header(line)
    if header is None or 0 in header:
        raise FormatError(
            f"{source.name}:1: expected the numbers of words and dimensions, found {shown(line)}"
        )
    source.read(len(line) + len(newline))
    return header


def read_word2vec_text(source: Source, options: ReadOptions, *, format: str = "word2vec") -> WordVectors:
    """The vectors of a word2vec text, whose header must be true; FormatError names file and line."""
    num_words, dim = read_header(source)
    skipped = Skipped(options)
    layout = find_layout(source.head(), source.name, dim=dim, first_line=2)
    first_line = 3 if layout.has_names else 2
    if layout.has_names:
        source.skip_line()
    reader = BlockReader(source, layout, first_line=first_line, options=options, skipped=skipped)
    vectors = build_vectors(
        _counted(reader, num_words, source, skipped),
        source,
        format=format,
        options=options,
        skipped=skipped,
        where=source.line,
    )
    return with_separator(vectors, layout)


def write_word2vec_text(vectors: WordVectors, stream: IO[bytes]) -> None:
    """Write the vectors as word2vec text; FormatError for a word with a space or a line end."""
    check_words(vectors.vocabulary.words, "\n ", "word2vec")
    stream.write(b"%d %d\n" % (len(vectors), vectors.dim))
    rows.write_rows(stream, pa.array(vectors.vocabulary.words, pa.string()), vectors.matrix)


def _counted(reader: BlockReader, num_words: int, source: Source, skipped: Skipped) -> Iterator[Block]:
    """The blocks; more or fewer rows than the header says are an error, or noted."""
    expected = f"expected {num_words} rows as line 1 says"
    too_many = False
    for block in reader:
        if reader.num_rows > num_words and not too_many:
            too_many = True
            skipped.add(RowError("wrong header", source.line(num_words + 2), f"{expected}, found more"))
        yield block
    if reader.num_rows < num_words:
        skipped.add(RowError("wrong header", source.name, f"{expected}, found {reader.num_rows}"))


FORMAT = Format(
    file=FileForm(
        read=read_word2vec_text,
        write=write_word2vec_text,
        looks_like=has_text_header,
        encoding_of="text",
    )
)
