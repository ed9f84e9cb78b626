"""The known word that is spelled most like an unknown one, whose vector then stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

_SIZES = (3, 4, 5)
_MIN_SHARE = 0.35  # of the weight of a word's letter groups that must be shared


def letter_groups(word: str) -> set[str]:
    """The groups of three to five letters of `word`, its beginning and end marked.

    As in fastText (Bojanowski et al. 2017, section 3.2), except the longest groups.
    """
    marked = f"<{word}>"
    return {marked[i : i + n] for n in _SIZES for i in range(len(marked) - n + 1)}


class Spellings:
    """Finds words by their letter groups; the fewer words have a group, the more it counts."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._found: dict[str, int | None] = {}

    @cached_property
    def _index(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = defaultdict(list)
        for id, word in enumerate(self._words):
            for group in letter_groups(word):
                index[group].append(id)
        return dict(index)

    def nearest(self, word: str) -> int | None:
        """The id of the word that shares most with `word`, the first of equals; None below a least share."""
        if word not in self._found:
            self._found[word] = self._search(word)
            if len(self._found) > 1_000_000:  # streams are endless, memory is not
                self._found.clear()
                return self._search(word)
        return self._found[word]

    def _search(self, word: str) -> int | None:
        scores: dict[int, float] = defaultdict(float)
        total = 0.0
        for group in sorted(letter_groups(word)):
            ids = self._index.get(group, ())
            weight = 1 / (1 + len(ids))
            total += weight
            for id in ids:
                scores[id] += weight
        if not scores:
            return None
        best = min(scores, key=lambda id: (-scores[id], id))
        return best if scores[best] >= _MIN_SHARE * total else None
