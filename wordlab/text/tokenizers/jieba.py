"""``jieba``: Chinese words as the package jieba finds them.

Tokens without any letter or digit are dropped. Needs ``pip install 'wordlab[chinese]'``. Keeps the case
unless asked otherwise.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from wordlab.extras import need
from wordlab.text.tokenizers.splitter import Splitter


@dataclass(frozen=True)
class Jieba(Splitter):
    """Cuts Chinese text with jieba's default dictionary."""

    def split(self, line: str) -> list[str]:
        """The tokens of `line`, in order."""
        has_letter = _has_letter_or_number()
        tokens = [token for token in _cut()(line) if has_letter(token)]
        return [token.lower() for token in tokens] if self.lowercase else tokens

    @classmethod
    def check_installed(cls) -> None:
        """Raise MissingExtraError if jieba is missing."""
        _cut()


@cache
def _has_letter_or_number() -> Callable[[str], Any]:
    import regex

    search: Callable[[str], Any] = regex.compile(r"[\p{L}\p{N}]").search
    return search


@cache
def _cut() -> Callable[[str], list[str]]:
    with need("jieba", extra="chinese"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its source has escapes that newer Pythons warn about
        import jieba
    jieba.setLogLevel(logging.CRITICAL)
    cut: Callable[[str], list[str]] = jieba.lcut
    return cut
