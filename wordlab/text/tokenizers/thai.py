"""``thai``: Thai words by maximal matching in the dictionary of PyThaiNLP (its engine newmm).

Words are in Unicode's composed form (NFC); tokens without any letter or digit are dropped. Needs
``pip install 'wordlab[thai]'``. Keeps the case unless asked otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from wordlab.extras import need, variable
from wordlab.text.tokenizers.composing import compose
from wordlab.text.tokenizers.dictionary import DictionarySplitter


@dataclass(frozen=True)
class Thai(DictionarySplitter):
    """Cuts Thai text with the dictionary that comes with PyThaiNLP."""

    made_for = "Thai"

    def words(self, text: str) -> list[str]:
        """The words of `text` and what stands between them."""
        return _segment()(compose(text))

    def check_installed(self) -> None:
        """Raise MissingExtraError if PyThaiNLP is missing."""
        _segment()


@cache
def _segment() -> Callable[[str], list[str]]:
    # else it makes a folder for downloads in the home directory, which there may not be
    read_only = variable("PYTHAINLP_READ_ONLY", "1", unless="PYTHAINLP_READ_MODE")
    with need("pythainlp", extra="thai"), read_only:
        from pythainlp.tokenize.newmm import segment
    found: Callable[[str], list[str]] = segment
    return found
