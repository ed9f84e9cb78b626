"""The different words of a text, numbered in the order in which they are first seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from wordlab.text.tokenizers.packed import PackedWords, unpacked

if TYPE_CHECKING:
    from wordlab.compiled.word_table import WordTable


class WordIndex:
    """Numbers words. The first ones that come packed turn its dict of strings into a table of bytes."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = defaultdict(count().__next__)  # a new word gets the next number
        self._table: WordTable | None = None

    def __len__(self) -> int:
        return len(self._ids) if self._table is None else len(self._table)

    def add(self, words: Sequence[str]) -> np.ndarray:
        """The numbers of `words`, int32 (num_words,)."""
        if self._table is None and not isinstance(words, PackedWords):
            return np.fromiter(map(self._ids.__getitem__, words), np.int32, len(words))
        if self._table is None:
            from wordlab.compiled.word_table import WordTable

            self._table = WordTable()
            self.add(list(self._ids))
            self._ids.clear()
        packed = words if isinstance(words, PackedWords) else PackedWords.of(words)
        return self._table.add(packed.data, packed.ends, packed.hashes)

    @property
    def packed(self) -> PackedWords:
        """All words as bytes, in the order of their numbers."""
        return PackedWords.of(list(self._ids)) if self._table is None else PackedWords(*self._table.packed)

    @property
    def as_held(self) -> Sequence[str]:
        """All words in the order of their numbers, as they are held: packed if any came so, else strings."""
        return list(self._ids) if self._table is None else self.packed

    @property
    def words(self) -> list[str]:
        """All words, in the order of their numbers."""
        if self._table is None:
            return list(self._ids)
        return unpacked(self._table.packed[0])
