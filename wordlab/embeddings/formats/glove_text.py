"""GloVe text: rows "word x1 ... xD", without a header."""

from __future__ import annotations

from typing import IO

import pyarrow as pa

from wordlab.embeddings.formats import rows
from wordlab.embeddings.formats.blocks import BlockReader
from wordlab.embeddings.formats.build import build_vectors, check_end, check_words
from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.format import FileForm, Format
from wordlab.embeddings.formats.heads import is_bare_text
from wordlab.embeddings.formats.reading import ReadOptions, Skipped
from wordlab.embeddings.formats.separators import find_layout, with_separator
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError
from wordlab.io.lines import BYTE_ORDER_MARK


def read_glove_text(source: Source, options: ReadOptions) -> WordVectors:
    """The vectors of a GloVe text; FormatError names the file and the line.

    A word may hold spaces and no-break spaces: everything before the last D fields belongs to it. Fields
    that are separated otherwise are read as `separators` says, and noted in ``details["separator"]``.
    """
    source.skip_byte_order_mark()
    head = source.head()
    if not head:
        raise FormatError(f"{source.name}: expected vectors, found an empty file")
    layout = find_layout(head, source.name)
    if layout.has_names:
        source.skip_line()
    skipped = Skipped(options)
    first_line = 2 if layout.has_names else 1
    blocks = BlockReader(source, layout, first_line=first_line, options=options, skipped=skipped)
    vectors = build_vectors(
        blocks, source, format="glove", options=options, skipped=skipped, where=source.line
    )
    return with_separator(vectors, layout)


def write_glove_text(vectors: WordVectors, stream: IO[bytes]) -> None:
    """Write the vectors as GloVe text; FormatError for a word that could not be read back."""
    words = vectors.vocabulary.words
    check_words(words, "\n", "glove")
    for word in words:
        check_end(word, "glove")
        if "\t" in word and rows.is_number(word.rpartition("\t")[2].encode()):
            raise FormatError(f"{word!r} cannot be written as glove: expected no number after a tab")
    if sum(" " in word for word in words[:100]) * 2 >= len(words[:100]):
        raise FormatError("cannot be written as glove: expected mostly words without spaces at the beginning")
    if words[0].startswith(BYTE_ORDER_MARK.decode()):
        raise FormatError(f"{words[0]!r} cannot be written first as glove: expected no byte-order mark")
    rows.write_rows(stream, pa.array(words, pa.string()), vectors.matrix)


FORMAT = Format(
    file=FileForm(read=read_glove_text, write=write_glove_text, looks_like=is_bare_text, encoding_of="text")
)
