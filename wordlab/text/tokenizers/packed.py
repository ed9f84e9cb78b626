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
        joined = "".join(word + "\n" for word in words).encode("utf-8", "surrogatepass")
        return cls.in_one(np.frombuffer(joined, np.uint8))

    @classmethod
    def in_one(cls, data: np.ndarray) -> PackedWords:
        """The words in `data`, which end where line feeds are."""
        from wordlab.compiled.word_table import hash_words

        ends = np.append(0, np.flatnonzero(data == ord("\n")) + 1)
        return cls(data, ends, hash_words(data, ends))

    def followed_by(self, word: str) -> PackedWords:
        """The words and one more."""
        last = PackedWords.of([word])
        ends = np.append(self.ends, self.ends[-1] + last.ends[1:])
        return PackedWords(np.append(self.data, last.data), ends, np.append(self.hashes, last.hashes))

    def take(self, places: np.ndarray) -> PackedWords:
        """The words at `places`, int64 (num_taken,), in that order."""
        starts = self.ends[:-1][places]
        sizes = self.ends[1:][places] - starts
        ends = np.concatenate([[0], np.cumsum(sizes)])
        within = np.arange(ends[-1]) + np.repeat(starts - ends[:-1], sizes)
        return PackedWords(self.data[within], ends, self.hashes[places])

    @cached_property
    def in_lower_case(self) -> np.ndarray:
        """Which words are in lower case for sure: those of ASCII without capitals, bool (num_words,)."""
        if not len(self):
            return np.zeros(0, bool)
        capital = (self.data >= 0x80) | (self.data - np.uint8(ord("A")) < 26)
        return ~np.logical_or.reduceat(capital, self.ends[:-1])

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
