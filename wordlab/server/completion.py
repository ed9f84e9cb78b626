"""Completion: which words begin with some letters, fast also among many words."""

from __future__ import annotations

import bisect
from collections.abc import Callable
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wordlab.text.vocabulary import Vocabulary


class Completion:
    """The words of a vocabulary in the order of their letters, to find those that begin with some.

    >>> Completion(Vocabulary(["the", "Then", "cat", "theory"], [9, 8, 7, 6])).ids("the", 10)
    [0, 3]
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = vocabulary.words

    def ids(self, prefix: str, k: int) -> list[int]:
        """The ids of the `k` most frequent words that begin with `prefix`, most frequent first.

        If there is none, of those that do so where case does not count.
        """
        if not prefix:
            return list(range(min(k, len(self._words))))
        return _most_frequent(*self._as_written, prefix, k) or _most_frequent(
            *self._folded, prefix.casefold(), k
        )

    @cached_property
    def _as_written(self) -> tuple[list[str], np.ndarray]:
        return _sorted_forms(self._words, str)

    @cached_property
    def _folded(self) -> tuple[list[str], np.ndarray]:
        return _sorted_forms(self._words, str.casefold)


def _sorted_forms(words: tuple[str, ...], form: Callable[[str], str]) -> tuple[list[str], np.ndarray]:
    """The forms of all words in order, and the id of the word of each, int32 (num_words,)."""
    forms = [form(word) for word in words]
    # bytes of UTF-8 are in the order of the letters; Arrow sorts them without the interpreter's lock
    order = pc.array_sort_indices(pa.array(forms, pa.string())).to_numpy().astype(np.int32)
    return [forms[id] for id in order.tolist()], order


def _most_frequent(forms: list[str], ids: np.ndarray, prefix: str, k: int) -> list[int]:
    start = bisect.bisect_left(forms, prefix)
    end = bisect.bisect_right(forms, prefix, lo=start, key=lambda form: form[: len(prefix)])
    found = ids[start:end]
    if len(found) > k:
        found = np.partition(found, k)[:k]
    return sorted(int(id) for id in found)
