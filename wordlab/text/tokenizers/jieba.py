"""``jieba``: Chinese words as the package jieba finds them.

Tokens without any letter or digit are dropped. Needs ``pip install 'wordlab[chinese]'``. Keeps the case
unless asked otherwise.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from wordlab.extras import need
from wordlab.text.tokenizers.dictionary import LONGEST_PIECE, DictionarySplitter


@dataclass(frozen=True)
class Jieba(DictionarySplitter):
    """Cuts Chinese text with jieba's default dictionary."""

    made_for = "Chinese"
    # jieba itself cuts at everything but letters, and is slow only for long runs of Chinese ones.
    piece_end = re.compile(rf"[\u4e00-\u9fd5]{{{LONGEST_PIECE}}}")

    def words(self, text: str) -> list[str]:
        """The words of `text` and what stands between them."""
        return _cut()(text)

    def check_installed(self) -> None:
        """Raise MissingExtraError if jieba is missing."""
        _cut()


@cache
def _cut() -> Callable[[str], list[str]]:
    with need("jieba", extra="chinese"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its source has escapes that newer Pythons warn about
        import jieba
    jieba.setLogLevel(logging.CRITICAL)
    cut: Callable[[str], list[str]] = jieba.lcut
    return cut
