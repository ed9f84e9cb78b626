"""The files of a text in shards of a few megabytes, each a part of a large file or some small ones.

Where a shard ends depends on the files and on how they are read, never on who reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import IO

from wordlab.io.compression import open_bytes, reading
from wordlab.io.encodings import check_encoding, text_encoding
from wordlab.io.kinds import HEAD_SIZE, find_kind
from wordlab.io.remote import open_file
from wordlab.text.blocks import cut_place
from wordlab.text.encoder import Encoder
from wordlab.text.sources import Part, Source

SHARD_SIZE = 1 << 23
"""Bytes of a shard: some tenths of a second of work, so that workers finish at about the same time."""
_COST_OF_A_FILE = 1 << 16  # bytes that are read in the time that it takes to open another file
_WINDOW = 1 << 16  # bytes among which a line end is looked for first


def cut_into_shards(sources: Iterable[Source], encoder: Encoder, size: int) -> Iterator[list[Source]]:
    """The files that `sources` are, in order, all of known size, in shards of `size` bytes or more.

    A larger file makes a shard of its own, unless it is plain text in UTF-8: then it is cut as blocks are,
    after a line or, in a very long line, after a word. Raises SourceError and FormatError.
    """
    shard: list[Source] = []
    num_bytes = 0
    for source in sources:
        for part in _parts(source, encoder, size):
            shard.append(part)
            num_bytes += (part.size or 0) + _COST_OF_A_FILE
            if num_bytes >= size:
                yield shard
                shard, num_bytes = [], 0
    if shard:
        yield shard


def _parts(source: Source, encoder: Encoder, size: int) -> Iterator[Source]:
    if source.path is None or source.size is None or source.size <= size or not _may_be_cut(source, encoder):
        yield source
        return
    marks = [mark.encode("utf-8") for mark in encoder.cut_after]
    start, goes_on = 0, True
    with reading(source.name), open_file(source.path) as file:
        while goes_on or start < source.size:
            stop, goes_on = _next_cut(file, start + size, source.size, marks, encoder.reading.longest)
            yield replace(source, size=stop - start, part=Part(start, source.size, goes_on))
            start = stop


def _may_be_cut(source: Source, encoder: Encoder) -> bool:
    """Whether no part of a file needs what comes before it to be read."""
    config = encoder.reading
    if source.format != "text" or config.join_broken_words or check_encoding(config.encoding) != "utf-8":
        return False
    with open_bytes(source.path, source.name) as stream:
        head = stream.peek(HEAD_SIZE)
        is_plain = stream.compression is None and find_kind(head) is None
        return is_plain and text_encoding(head, "utf-8", source.name) == "utf-8"


def _next_cut(
    file: IO[bytes], place: int, end: int, marks: Sequence[bytes], longest: int
) -> tuple[int, bool]:
    """Where a file that ends at `end` is cut next, from `place` on, and whether a line goes on there."""
    file.seek(place)
    data = b""
    while len(data) <= longest and place + len(data) < end and (more := file.read(len(data) or _WINDOW)):
        data += more
        cut = cut_place(data, 0, len(data), marks)
        if cut > 0 and place + cut < end:
            return place + cut, data[cut - 1 : cut] != b"\n"
    return end, False
