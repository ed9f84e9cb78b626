"""Of the rows of a file of vectors, those whose words are wanted."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

import numpy as np
import pyarrow as pa

from wordlab.embeddings.formats.reading import Block


def first_field(row: bytes) -> bytes:
    """The part before the first space; in a row without values a carriage return can end it."""
    return row.partition(b" ")[0].removesuffix(b"\r")


class WordFilter:
    """Picks the rows of the words in `only`; of all words if it is None.

    Words are looked up in a Python set, because Arrow would hash the whole set again for each block.
    """

    def __init__(self, only: Collection[str] | None) -> None:
        self.only = only if only is None else frozenset(only)

    def keep(self, block: Block) -> Block:
        """The rows of `block` whose words are wanted."""
        if self.only is None:
            return block
        wanted = map(self.only.__contains__, block.words.to_pylist())
        kept = np.flatnonzero(np.fromiter(wanted, bool, len(block.words)))
        counts = None if block.counts is None else block.counts[kept]
        numbers = np.asarray(block.numbers)[kept]
        return Block(block.words.take(pa.array(kept)), block.matrix[kept], numbers, counts)

    @cached_property
    def first_fields(self) -> frozenset[bytes]:
        """The beginnings of rows of wanted words, up to their first space, in UTF-8."""
        return frozenset(map(first_field, self.encoded))

    @cached_property
    def encoded(self) -> frozenset[bytes]:
        """The wanted words in UTF-8."""
        return frozenset(word.encode("utf-8", "surrogatepass") for word in self.only or ())
