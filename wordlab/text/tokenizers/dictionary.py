"""What tokenizers that look words up in a dictionary share, for scripts without spaces."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from wordlab.text.tokenizers.splitter import CHINESE_PUNCTUATION, SPACES, Splitter

LONGEST_PIECE = 1_000
"""Characters that a search in the dictionary, which may take quadratic time, sees at once."""
_MARKS = SPACES + "\n" + CHINESE_PUNCTUATION


@dataclass(frozen=True)
class DictionarySplitter(Splitter):
    """Cuts a line into pieces and each of these into words; tokens without a letter or digit are dropped."""

    piece_end: ClassVar[re.Pattern[str]] = re.compile(rf"[{_MARKS}]+|[^{_MARKS}]{{{LONGEST_PIECE}}}")
    """A piece ends where a match of this ends: wherever a line may be cut, and in what is too long."""

    @abstractmethod
    def words(self, text: str) -> list[str]:
        """The words of a piece, and whatever stands between them, in order."""

    def split(self, line: str) -> list[str]:
        """The tokens of `line`, in order."""
        has_letter = _has_letter_or_number()
        tokens = [token for piece in self._pieces(line) for token in self.words(piece) if has_letter(token)]
        return [self.lower(token) for token in tokens] if self.lowercase else tokens

    def _pieces(self, line: str) -> Iterator[str]:
        start = 0
        for match in self.piece_end.finditer(line):
            yield line[start : match.end()]
            start = match.end()
        yield line[start:]


@cache
def _has_letter_or_number() -> Callable[[str], Any]:
    import regex

    search: Callable[[str], Any] = regex.compile(r"[\p{L}\p{N}]").search
    return search
