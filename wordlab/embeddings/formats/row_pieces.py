"""Text of rows in pieces that end where a row ends."""

from __future__ import annotations

from collections.abc import Iterator

from wordlab.embeddings.formats.files import Source
from wordlab.errors import FormatError
from wordlab.io.lines import whole_lines


def read_rows(source: Source, *, piece: int, longest: int) -> Iterator[bytes]:
    """The rest of `source` in pieces of about `piece` bytes, cut only after line feeds.

    FormatError if `longest` bytes hold no line feed: that is not a text of rows.
    """
    return whole_lines(_pieces(source, piece, longest))


def _pieces(source: Source, size: int, longest: int) -> Iterator[bytes]:
    num_pending = 0  # bytes since the last line feed
    while data := source.read(size):
        yield data
        end = data.rfind(b"\n") + 1
        num_pending = len(data) - end if end else num_pending + len(data)
        if num_pending > longest:
            raise FormatError(
                f"{source.name}: expected rows of text, found {longest} bytes without a line end"
            )
