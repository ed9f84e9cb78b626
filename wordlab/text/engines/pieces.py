"""A shard encoded far from the corpus: in few large pieces, with what else the corpus must know of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wordlab.errors import SourceError
from wordlab.io.compression import reading
from wordlab.io.remote import open_file
from wordlab.text.encoder import Encoder
from wordlab.text.engines.base import Piece
from wordlab.text.findings import Findings
from wordlab.text.hints import Hints, Sample
from wordlab.text.sources import Source
from wordlab.text.tokenizers.splitter import EncodedBlock
from wordlab.text.word_index import WordIndex

LARGEST = 1 << 22
"""Tokens and lines of a piece. A compressed file of any size thus takes little memory."""


@dataclass(frozen=True)
class Summary:
    """What is known at the end of a shard."""

    findings: Findings
    sample: Sample


def encode_shard(
    encoder: Encoder, shard: Sequence[Source], largest: int = LARGEST
) -> Iterator[Piece | Summary]:
    """The text of a shard in pieces of about `largest` tokens and lines, and at last a summary.

    Raises SourceError for a file that is not the one that the shard was cut from, and what reading raises.
    """
    for source in shard:
        _check_same(source)
    reader, hints = encoder.reader(shard), Hints(encoder.tokenizer)
    joined = _Joined()
    for block in hints.watch(reader):
        joined.add(encoder.encode(block))
        if joined.size >= largest:
            yield Piece(joined.block, reader.num_read)
            joined = _Joined()
    if joined.size:
        yield Piece(joined.block, reader.num_read)
    yield Summary(reader.findings, hints.sample)


def _check_same(source: Source) -> None:
    """Raise SourceError unless a file has the size that it had where it was found."""
    if source.path is None:
        raise RuntimeError("a shard is made of files")
    expected = source.size if source.part is None else source.part.file_size
    with reading(source.name), open_file(source.path) as file:
        found = file.seek(0, os.SEEK_END)
    if found != expected:
        raise SourceError(f"{source.name}: expected {expected:,} bytes, as at the start, found {found:,}")


class _Joined:
    """Encoded blocks that become one."""

    def __init__(self) -> None:
        self._index = WordIndex()
        self._ids: list[np.ndarray] = []
        self._line_ends: list[np.ndarray] = []
        self._num_tokens = self.size = 0

    def add(self, block: EncodedBlock) -> None:
        """Add a block after the others."""
        self._ids.append(self._index.add(block.words)[block.ids])
        self._line_ends.append(self._num_tokens + block.line_ends)
        self._num_tokens += len(block.ids)
        self.size += len(block.ids) + len(block.line_ends)

    @property
    def block(self) -> EncodedBlock:
        """All of them."""
        return EncodedBlock(self._index.as_held, np.concatenate(self._ids), np.concatenate(self._line_ends))
