"""``word``: the words of running text, as a linguist would count them, lower-cased unless asked otherwise.

* A word is a run of letters, combining marks and digits of any script that begins with a letter or a
  digit. Everything else separates; the underscore is not a letter.
* Words are in Unicode's composed form (NFC), so that both spellings of "é" are one word. Soft hyphens
  and the selectors that choose an emoji's look are removed first.
* An apostrophe inside a word belongs to it (*don't*, *l'homme*); at either end it is a quote. U+2019,
  U+02BC and U+FF07 become "'".
* A hyphen inside a word belongs to it (*mother-in-law*); ``hyphens="split"`` makes three words of it.
  U+2010 and U+2011 become "-". Two hyphens in a row, and dashes, never join.
* "." and "," between two digits belong to the number: *3.14*, *1,000*.
* The joiners U+200C and U+200D inside a word belong to it (Persian and Indic scripts need them).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

from wordlab.text.casing import deciding_marks
from wordlab.text.tokenizers.compiled_splitter import CompiledSplitter
from wordlab.text.tokenizers.composing import compose
from wordlab.text.tokenizers.splitter import Rules

if TYPE_CHECKING:
    from wordlab.text.tokenizers.code_points import CodePoints

Hyphens = Literal["keep", "split"]
HYPHENS: tuple[str, ...] = get_args(Hyphens)

# Removed: the soft hyphen, and the variation selectors for emoji, which are marks but part of no word.
_REPLACED = (
    ("\u00ad", ""), ("\ufe0e", ""), ("\ufe0f", ""),
    ("\u2019", "'"), ("\u02bc", "'"), ("\uff07", "'"),
    ("\u2010", "-"), ("\u2011", "-"),
)  # fmt: skip
_MAX_JOINERS = 1_000  # in one word; the next one separates


@dataclass(frozen=True)
class Word(CompiledSplitter):
    """Finds words by a pattern, or in large blocks by compiled code that finds the same.

    `hyphens` says whether they are kept inside words or split them.
    """

    most_joiners = _MAX_JOINERS

    lowercase: bool = True
    hyphens: Hyphens = "keep"

    def split(self, line: str) -> list[str]:
        """The tokens of `line`, in order."""
        text = self.normalise(line)
        find = _pattern(text.isascii(), self.hyphens == "keep").findall
        tokens: list[str] = find(text)
        return tokens

    def rules(self) -> Rules:
        """The pattern of a word, and what is replaced before it is looked for."""
        return Rules(word_expression(False, self.hyphens == "keep"), _REPLACED, composes=True)

    def make_code_points(self) -> CodePoints:
        """What characters are: the classes of the pattern."""
        import regex

        from wordlab.compiled import tokens
        from wordlab.text.tokenizers.code_points import CodePoints

        classes = {
            r"[\p{L}\p{N}]": tokens.LETTER, r"\p{Nd}": tokens.DIGIT, r"\p{M}": tokens.MARK,
            "[.,]": tokens.POINT, f"[{_joiners(False, self.hyphens == 'keep')}]": tokens.JOINER,
        }  # fmt: skip

        def kinds(text: str) -> list[int]:
            found = dict.fromkeys(text, tokens.OTHER)
            for expression, kind in classes.items():
                found.update(dict.fromkeys(regex.findall(expression, text), kind))
            return [found[character] for character in text]

        return CodePoints(self.normalise, kinds, composes=True, marks=deciding_marks(self.language))

    def normalise(self, text: str) -> str:
        """`text` as the pattern expects it.

        Lower-casing comes before NFC because it can leave a letter and a mark that compose.
        """
        if text.isascii():
            return self.lower(text)
        for old, new in _REPLACED:
            if old in text:
                text = text.replace(old, new)
        return compose(self.lower(text))


@cache
def _pattern(ascii_only: bool, keep_hyphens: bool) -> Any:
    """The compiled pattern of a word.

    On ASCII text the standard library's engine with plain ranges matches the same and is faster.
    """
    expression = word_expression(ascii_only, keep_hyphens)
    if ascii_only:
        return re.compile(expression)
    import regex

    return regex.compile(expression, regex.V1)


def word_expression(ascii_only: bool, keep_hyphens: bool) -> str:
    """The regular expression of a word: runs of word characters joined by single joiners.

    No character of a run can join, so that there is nothing to backtrack into. Still, it is not possessive:
    `re` of early Python 3.11 never returns from a possessive group. Memory grows with the joiners of a word
    instead, whose limit bounds it.
    """
    start, inner, digit = ("[A-Za-z0-9]", "[A-Za-z0-9]", "[0-9]") if ascii_only else (
        r"[\p{L}\p{N}]", r"[\p{L}\p{M}\p{N}]", r"\p{Nd}"
    )  # fmt: skip
    joiners = _joiners(ascii_only, keep_hyphens)
    run = f"{start}{inner}*"
    return rf"{run}(?:(?:[{joiners}]|(?<={digit})[.,](?={digit})){run}){{0,{_MAX_JOINERS}}}"


def _joiners(ascii_only: bool, keep_hyphens: bool) -> str:
    """The characters that join runs to a word, as they stand in a class of a pattern."""
    return "'" + ("" if ascii_only else "\u200c\u200d") + ("\\-" if keep_hyphens else "")
