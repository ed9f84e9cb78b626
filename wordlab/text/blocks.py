"""Text in blocks that never end inside a token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from wordlab.errors import FormatError
from wordlab.io.lines import MAX_RECORD


def cut_blocks(
    pieces: Iterable[tuple[str, bytes]],
    size: int,
    *,
    cut_after: Sequence[str],
    longest: int = MAX_RECORD << 20,
) -> Iterator[bytes]:
    """Blocks of about `size` bytes from (name of the source, text) pairs.

    A block that ends with a line feed ends a line. One that does not was cut inside a very long line,
    after one of the strings `cut_after`, and the line continues in the next block. FormatError if there
    is none of them in `longest` bytes.
    """
    marks = [mark.encode("utf-8") for mark in cut_after]
    pending: list[bytes] = []
    num_pending = 0
    for name, piece in pieces:
        pending.append(piece)
        num_pending += len(piece)
        if num_pending < size:
            continue
        data = b"".join(pending)
        start = 0
        while len(data) - start >= size:
            end = cut_place(data, start, start + size, marks)
            end = end or cut_place(data, start, len(data), marks)
            if not end:
                break
            yield data[start:end]
            start = end
        pending = [data[start:]]
        num_pending = len(data) - start
        if num_pending > longest:
            raise FormatError(
                f"{name}: expected white space or a line break within {longest >> 20} MiB, "
                "found none; is this a text? If it is, --max-record allows more"
            )
    rest = b"".join(pending)
    if rest:
        yield rest


def cut_place(data: bytes, start: int, stop: int, marks: Sequence[bytes]) -> int:
    """Where to cut between `start` and `stop`: after the last line feed, else the last mark; or 0."""
    end = data.rfind(b"\n", start, stop) + 1
    if end:
        return end
    found = ((data.rfind(mark, start, stop), len(mark)) for mark in marks)
    return max((position + length for position, length in found if position >= 0), default=0)
