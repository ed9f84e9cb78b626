"""``thai``: Thai words by maximal matching in the dictionary of PyThaiNLP (its engine newmm).

Words are in Unicode's composed form (NFC); tokens without any letter or digit are dropped. Needs
``pip install 'wordlab[thai]'``. Keeps the case unless asked otherwise.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from wordlab.extras import need
from wordlab.text.tokenizers.composing import compose
from wordlab.text.tokenizers.dictionary import DictionarySplitter


@dataclass(frozen=True)
class Thai(DictionarySplitter):
    """Cuts Thai text with the dictionary that comes with PyThaiNLP."""

    made_for = "Thai"

    def words(self, text: str) -> list[str]:
        """The words of `text` and what stands between them."""
        return _segment()(compose(text))

    @classmethod
    def check_installed(cls) -> None:
        """Raise MissingExtraError if PyThaiNLP is missing."""
        _segment()


@cache
def _segment() -> Callable[[str], list[str]]:
    with need("pythainlp", extra="thai"), _without_data_folder():
        from pythainlp.tokenize.newmm import segment
    found: Callable[[str], list[str]] = segment
    return found


@contextmanager
def _without_data_folder() -> Iterator[None]:
    """Inside, PyThaiNLP makes no folder for downloads in the home directory, which there may not be."""
    name = "PYTHAINLP_READ_ONLY"
    if name in os.environ or "PYTHAINLP_READ_MODE" in os.environ:
        yield
        return
    os.environ[name] = "1"
    try:
        yield
    finally:
        del os.environ[name]
