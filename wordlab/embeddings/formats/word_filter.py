"""Of the rows of a file of vectors, those whose words are wanted."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pyarrow as pa

from wordlab.embeddings.formats.reading import Block, ReadOptions


def first_field(row: bytes) -> bytes:
    """The part before the first space; in a row without values a carriage return can end it."""
    return row.partition(b" ")[0].removesuffix(b"\r")


class WordFilter:
    """Picks the rows of wanted words: those with the prefix and, without it, in `only`.

    Words are looked up in a Python set, because Arrow would hash the whole set again for each block.
    `encoding` is that of the bytes that are asked about.
    """

    def __init__(self, options: ReadOptions, encoding: str = "utf-8") -> None:
        self.takes_all = options.takes_all
        self._encoding = encoding
        self._prefix = options.prefix
        self._only = None if options.only is None else {options.prefix + word for word in options.only}

    def keep(self, block: Block) -> Block:
        """The rows of `block` whose words are wanted."""
        if self.takes_all:
            return block
        words = block.words.to_pylist()
        if self._only is None:
            wanted: list[bool] = [word.startswith(self._prefix) for word in words]
        else:
            wanted = [word in self._only for word in words]
        kept = np.flatnonzero(np.array(wanted, bool))
        counts = None if block.counts is None else block.counts[kept]
        numbers = np.asarray(block.numbers)[kept]
        return Block(block.words.take(pa.array(kept)), block.matrix[kept], numbers, counts)

    def wants(self, word: bytes) -> bool:
        """Whether a word is wanted."""
        if self.takes_all:
            return True
        return self._begins(word) if self._only is None else word in self._encoded

    def may_want(self, row: bytes) -> bool:
        """Whether a row of text begins as that of a wanted word does."""
        if self._only is None:
            return self._begins(row)
        return first_field(row) in self._first_fields

    def _begins(self, row: bytes) -> bool:
        return self._start is not None and row.startswith(self._start)

    @cached_property
    def _start(self) -> bytes | None:
        return self._encode(self._prefix)

    @cached_property
    def _first_fields(self) -> frozenset[bytes]:
        """The beginnings of rows of wanted words, up to their first space."""
        return frozenset(map(first_field, self._encoded))

    @cached_property
    def _encoded(self) -> frozenset[bytes]:
        encoded = map(self._encode, self._only or ())
        return frozenset(word for word in encoded if word is not None)

    def _encode(self, word: str) -> bytes | None:
        """`word` in the encoding of the file; None if it has no such characters, and so no such word."""
        try:
            return word.encode(self._encoding, "surrogatepass" if self._encoding == "utf-8" else "strict")
        except UnicodeError:
            return None
