"""Of the rows of a file of vectors those that are wanted."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

import numpy as np
import pyarrow as pa

from wordlab.embeddings.formats.reading import Block


def first_field(row: bytes) -> bytes:
    """What stands before the first space; a row without values may end in a carriage return there."""
    return row.partition(b" ")[0].removesuffix(b"\r")


class WordFilter:
    """Tells the rows of wanted words; all are wanted if `only` is None.

    A word is looked up in a Python set: Arrow would hash the whole set again for each block.
    """

    def __init__(self, only: Collection[str] | None) -> None:
        self.only = only if only is None else frozenset(only)

    def keep(self, block: Block) -> Block:
        """The rows of `block` whose word is wanted."""
        if self.only is None:
            return block
        wanted = map(self.only.__contains__, block.words.to_pylist())
        kept = np.flatnonzero(np.fromiter(wanted, bool, len(block.words)))
        counts = None if block.counts is None else block.counts[kept]
        numbers = np.asarray(block.numbers)[kept]
        return Block(block.words.take(pa.array(kept)), block.matrix[kept], numbers, counts)

    @cached_property
    def first_fields(self) -> frozenset[bytes]:
        """What a row of a wanted word begins with, up to its first space, in UTF-8."""
        return frozenset(map(first_field, self.encoded))

    @cached_property
    def encoded(self) -> frozenset[bytes]:
        """The wanted words in UTF-8."""
        return frozenset(word.encode("utf-8", "surrogatepass") for word in self.only or ())
