"""Words as bytes in one piece, which become strings when somebody asks for strings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import overload

import numpy as np


class PackedWords(Sequence[str]):
    """Some words: word i is ``data[ends[i]:ends[i + 1]]`` in UTF-8, whose last byte is a line feed.

    `data` is uint8, `ends` int64 (num_words + 1,), and `hashes` uint32 (num_words,) are fastText's.
    """

    def __init__(self, data: np.ndarray, ends: np.ndarray, hashes: np.ndarray) -> None:
        self.data, self.ends, self.hashes = data, ends, hashes

    @classmethod
    def of(cls, words: Sequence[str]) -> PackedWords:
        """`words`, none of which holds a line feed."""
        from wordlab.compiled.word_table import hash_words

        joined = "".join(word + "\n" for word in words).encode("utf-8", "surrogatepass")
        data = np.frombuffer(joined, np.uint8)
        ends = np.append(0, np.flatnonzero(data == ord("\n")) + 1)
        return cls(data, ends, hash_words(data, ends))

    @cached_property
    def strings(self) -> list[str]:
        """The words."""
        return unpacked(self.data)

    def __len__(self) -> int:
        return len(self.hashes)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self.strings[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return self.strings == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"PackedWords({len(self):,} words)"


def unpacked(data: np.ndarray) -> list[str]:
    """The words in `data`."""
    return data[:-1].tobytes().decode("utf-8", "surrogatepass").split("\n") if len(data) else []
