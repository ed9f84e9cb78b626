"""The words that are wanted out of a file of vectors, and the rows that have them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property

import numpy as np
import pyarrow as pa

from wordlab.embeddings.formats.reading import Block


class Wanted:
    """Tells the rows of wanted words; all are wanted if `only` is None.

    A word is looked up in a Python set: Arrow would hash the whole set again for each block.
    """

    def __init__(self, only: Collection[str] | None) -> None:
        self.only = only if only is None else frozenset(only)

    def mask(self, words: pa.StringArray | Iterable[str]) -> np.ndarray:
        """Which of the words are wanted, bool (n,)."""
        listed = words.to_pylist() if isinstance(words, pa.Array) else list(words)
        if self.only is None:
            return np.ones(len(listed), bool)
        return np.fromiter(map(self.only.__contains__, listed), bool, len(listed))

    def keep(self, block: Block) -> Block:
        """The rows of `block` whose word is wanted."""
        if self.only is None:
            return block
        kept = np.flatnonzero(self.mask(block.words))
        counts = None if block.counts is None else block.counts[kept]
        return Block(
            block.words.take(pa.array(kept)), block.matrix[kept], np.asarray(block.numbers)[kept], counts
        )

    @cached_property
    def first_fields(self) -> frozenset[bytes]:
        """What a row of a wanted word begins with, up to its first space, in UTF-8."""
        return frozenset(word.partition(b" ")[0] for word in self.encoded)

    @cached_property
    def encoded(self) -> frozenset[bytes]:
        """The wanted words in UTF-8."""
        return frozenset(word.encode("utf-8", "surrogatepass") for word in self.only or ())
