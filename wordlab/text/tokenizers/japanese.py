"""``japanese``: Japanese words in short units, as SudachiPy finds them with its small dictionary.

Words are in Unicode's composed form (NFC); tokens without any letter or digit are dropped. Needs
``pip install 'wordlab[japanese]'``. Keeps the case unless asked otherwise.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

from wordlab.extras import need
from wordlab.text.tokenizers.composing import compose
from wordlab.text.tokenizers.dictionary import DictionarySplitter


@dataclass(frozen=True)
class Japanese(DictionarySplitter):
    """Cuts Japanese text with Sudachi's small dictionary, in its split mode A."""

    made_for = "Japanese"

    def words(self, text: str) -> list[str]:
        """The words of `text` and what stands between them."""
        # Sudachi is written in Rust, whose strings hold no surrogates.
        whole = compose(text).encode("utf-8", "replace").decode("utf-8")
        return [morpheme.surface() for morpheme in _analyser().tokenize(whole)]

    def check_installed(self) -> None:
        """Raise MissingExtraError if SudachiPy or its small dictionary is missing."""
        _dictionary()


_of_thread = threading.local()


def _analyser() -> Any:
    """Sudachi's tokenizer for the calling thread, since two threads cannot share one."""
    if not hasattr(_of_thread, "analyser"):
        from sudachipy import SplitMode

        _of_thread.analyser = _dictionary().tokenizer(mode=SplitMode.A)
    return _of_thread.analyser


@cache
def _dictionary() -> Any:
    with need("sudachipy", extra="japanese"):
        import sudachidict_small  # noqa: F401 - found by its name
        from sudachipy import Dictionary
    return Dictionary(dict="small")
