r"""Tokenizers: a line of text to its tokens, by name, so that an artefact can record which was used.

``whitespace``
    ``str.split()``, exactly: whatever stands between white space (as Unicode defines it) is a token.

``word``
    The words of running text, as a linguist would count them, lower-cased unless asked otherwise:

    * A word is a run of letters, combining marks and digits of any script that begins with a letter
      or a digit. Everything else separates; the underscore is no letter.
    * Words are in Unicode's composed form (NFC), so that both spellings of "é" are one word. Soft
      hyphens and the selectors that choose an emoji's look are removed first.
    * An apostrophe inside a word belongs to it (*don't*, *l'homme*); at either end it is a quote.
      U+2019, U+02BC and U+FF07 become "'".
    * A hyphen inside a word belongs to it (*mother-in-law*); ``hyphens="split"`` makes three words
      of it. U+2010 and U+2011 become "-". Two hyphens in a row, and dashes, never join.
    * "." and "," between two digits belong to the number: *3.14*, *1,000*.
    * The joiners U+200C and U+200D inside a word belong to it (Persian and Indic scripts need them).

``jieba``
    Chinese words as the package jieba finds them; tokens without any letter or digit are dropped.
    Needs ``pip install 'wordlab[chinese]'``. Keeps the case unless asked otherwise.

>>> Tokenizer("word")("“Don’t!” said the mother-in-law -- 3.14 times; 'twas her co\u00adoperative_mood.")
["don't", 'said', 'the', 'mother-in-law', '3.14', 'times', 'twas', 'her', 'cooperative', 'mood']
>>> Tokenizer("word", lowercase=False, hyphens="split")("L’État-nation, 1,000 habitants")
["L'État", 'nation', '1,000', 'habitants']
>>> Tokenizer("whitespace")("“Don’t!”  said she.")
['“Don’t!”', 'said', 'she.']
"""

from __future__ import annotations

import logging
import re
import unicodedata
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from wordlab.errors import ConfigError, MissingExtraError

TokenizerName = Literal["whitespace", "word", "jieba"]
Hyphens = Literal["keep", "split"]
TOKENIZERS: tuple[str, ...] = get_args(TokenizerName)


@dataclass(frozen=True)
class Tokenizer:
    """A tokenizer's name and options; call it with a line to get its tokens.

    `lowercase` None stands for the tokenizer's own default (true for ``word`` only) and is replaced
    by it. Raises ConfigError for an unknown name, or an option that the tokenizer does not have.

    >>> Tokenizer("word").lowercase, Tokenizer("whitespace").lowercase
    (True, False)
    """

    name: TokenizerName = "word"
    lowercase: bool | None = None
    hyphens: Hyphens = "keep"

    def __post_init__(self) -> None:
        if self.name not in TOKENIZERS:
            raise ConfigError(f"tokenizer: expected one of {', '.join(TOKENIZERS)}, found {self.name!r}")
        if self.lowercase is not None and not isinstance(self.lowercase, bool):
            raise ConfigError(f"lowercase: expected true, false or nothing, found {self.lowercase!r}")
        if self.hyphens not in get_args(Hyphens):
            raise ConfigError(f"hyphens: expected keep or split, found {self.hyphens!r}")
        if self.hyphens != "keep" and self.name != "word":
            raise ConfigError(
                f"hyphens: expected the tokenizer 'word' with hyphens={self.hyphens!r}, found {self.name!r}"
            )
        if self.lowercase is None:
            object.__setattr__(self, "lowercase", self.name == "word")

    def __call__(self, line: str) -> list[str]:
        """The tokens of `line`, in order."""
        if self.name == "word":
            text = self._normalise(line)
            found: list[str] = _word_pattern(text.isascii(), self.hyphens == "keep").findall(text)
            return found
        tokens = _cut_chinese(line) if self.name == "jieba" else line.split()
        return [token.lower() for token in tokens] if self.lowercase else tokens

    def _normalise(self, text: str) -> str:
        """`text` as the pattern of ``word`` expects it.

        Lower-casing comes before NFC because it can leave a letter and a mark that compose.
        """
        if text.isascii():
            return text.lower() if self.lowercase else text
        for old, new in _REPLACED:
            if old in text:
                text = text.replace(old, new)
        return unicodedata.normalize("NFC", text.lower() if self.lowercase else text)

    def check_installed(self) -> None:
        """Raise MissingExtraError now if a package that this tokenizer needs is missing."""
        if self.name == "jieba":
            _jieba_cut()

    def to_dict(self) -> dict[str, Any]:
        """Name and options as a manifest records them."""
        options: dict[str, Any] = {"name": self.name, "lowercase": self.lowercase}
        if self.name == "word":
            options["hyphens"] = self.hyphens
        return options

    @classmethod
    def from_dict(cls, options: Mapping[str, Any]) -> Tokenizer:
        """The tokenizer that `to_dict` described; ConfigError if it is none."""
        unknown = options.keys() - {"name", "lowercase", "hyphens"}
        if unknown or "name" not in options:
            raise ConfigError(f"tokenizer: expected name, lowercase and hyphens, found {', '.join(options)}")
        return cls(**options)


# Removed: the soft hyphen and the variation selectors for emoji, which are marks and no letters.
_REPLACED = (
    ("\u00ad", ""), ("\ufe0e", ""), ("\ufe0f", ""),
    ("\u2019", "'"), ("\u02bc", "'"), ("\uff07", "'"),
    ("\u2010", "-"), ("\u2011", "-"),
)  # fmt: skip


@cache
def _word_pattern(ascii_only: bool, keep_hyphens: bool) -> Any:
    """The pattern of a word: runs of word characters joined by single joiners.

    For text in ASCII the standard library's engine with plain ranges matches the same and is faster.
    """
    start, inner, digit = ("[A-Za-z0-9]", "[A-Za-z0-9]", "[0-9]") if ascii_only else (
        r"[\p{L}\p{N}]", r"[\p{L}\p{M}\p{N}]", r"\p{Nd}"
    )  # fmt: skip
    joiners = "'" + ("" if ascii_only else "\u200c\u200d") + ("\\-" if keep_hyphens else "")
    word = rf"{start}{inner}*+(?:(?:[{joiners}]|(?<={digit})[.,](?={digit})){start}{inner}*+)*+"
    if ascii_only:
        return re.compile(word)
    import regex

    return regex.compile(word, regex.V1)


@cache
def _has_letter_or_number() -> Callable[[str], Any]:
    import regex

    search: Callable[[str], Any] = regex.compile(r"[\p{L}\p{N}]").search
    return search


@cache
def _jieba_cut() -> Callable[[str], list[str]]:
    try:
        with warnings.catch_warnings():  # its source has escapes that newer Pythons warn about
            warnings.simplefilter("ignore")
            import jieba
    except ImportError as error:
        raise MissingExtraError(
            "the tokenizer 'jieba' needs the package jieba: pip install 'wordlab[chinese]'"
        ) from error
    jieba.setLogLevel(logging.CRITICAL)
    cut: Callable[[str], list[str]] = jieba.lcut
    return cut


def _cut_chinese(line: str) -> list[str]:
    has_letter = _has_letter_or_number()
    return [token for token in _jieba_cut()(line) if has_letter(token)]
