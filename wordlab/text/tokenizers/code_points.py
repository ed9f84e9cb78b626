"""What each code point is to a tokenizer, in pages that are made when a text first needs them.

They are made by the very functions and patterns that split a line, so that there is no table to keep, and
none that another version of Unicode could make wrong.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from wordlab.compiled import tokens
from wordlab.compiled.tokens import Pages

PAGE = 256
_NUM_PAGES = 0x110000 // PAGE
_SURROGATES = range(0xD800, 0xE000)
_SIGMA, _SMALL_SIGMA = "\u03a3", "\u03c3"
# Vowels and final consonants, which compose with what is before them by rule and not by table.
_HANGUL = (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))
_LAST_THAT_COMPOSES = 0x20000  # beyond are ideographs and tags


class CodePoints:
    """The pages of a tokenizer.

    `normalise` is what it does to a text before it looks for tokens, in which no character may depend on
    others but a sigma in lower case, capitals before one of `marks` and, if it `composes` as Unicode's form
    NFC does, those that compose.
    `kinds` says what each of several normalised characters is, as `wordlab.compiled.tokens` names it.
    """

    def __init__(
        self,
        normalise: Callable[[str], str],
        kinds: Callable[[str], Sequence[int]],
        *,
        composes: bool,
        marks: frozenset[str],
    ) -> None:
        self._normalise, self._kinds, self._composes = normalise, kinds, composes
        self._decides = marks | _composing() if composes else marks
        self._lock = threading.Lock()
        nothing = np.zeros(0, np.int32)
        self.pages = Pages(np.full(_NUM_PAGES, -1, np.int16), nothing.astype(np.uint8), nothing)
        self.add(0)

    def add(self, number: int) -> None:
        """Make page `number`; pages that others are reading stay as they are."""
        with self._lock:
            numbers, kinds, mapped = self.pages
            if numbers[number] >= 0:
                return
            numbers = numbers.copy()
            numbers[number] = len(kinds) // PAGE
            of_page, becomes = self._page(_characters(number))
            self.pages = Pages(
                numbers,
                np.append(kinds, np.array(of_page, np.uint8)),
                np.append(mapped, np.array(becomes, np.int32)),
            )

    def _page(self, characters: Sequence[str]) -> tuple[list[int], list[int]]:
        """The kind of each of the characters, and the code point that it becomes."""
        texts = self._all_normalised(characters)
        before_sigma = self._all_normalised([f"a{character}{_SIGMA}" for character in characters])
        kinds = self._kinds("".join(text[:1] or "\0" for text in texts))
        found = [self._kind(*each) for each in zip(characters, texts, before_sigma, kinds, strict=True)]
        return found, [ord(text[:1] or "\0") for text in texts]

    def _all_normalised(self, texts: Sequence[str]) -> list[str]:
        """Each of `texts`, normalised as lines of one text, which takes a quarter of the time."""
        if any("\n" in text for text in texts):
            return [self._normalise(text) for text in texts]
        return self._normalise("\n".join(texts)).split("\n")

    def _kind(self, character: str, text: str, before_sigma: str, kind: int) -> int:
        if not text:
            return tokens.REMOVED
        if len(text) > 1 or text in self._decides:
            return tokens.UNSURE
        if character == _SIGMA and text != _SIGMA:
            kind = tokens.SIGMA
        if self._composes and unicodedata.combining(text):
            kind |= tokens.COMBINES
        if before_sigma.endswith(_SMALL_SIGMA):
            kind |= tokens.BLOCKS
        return kind


def _characters(number: int) -> list[str]:
    """The characters of a page; in the place of surrogates, which UTF-8 cannot hold, one that is none."""
    codes = range(PAGE * number, PAGE * (number + 1))
    return ["\uffff" if code in _SURROGATES else chr(code) for code in codes]


@cache
def _composing() -> frozenset[str]:
    """The characters that may compose with one before them, in Unicode's form NFC."""
    pairs = (unicodedata.decomposition(chr(code)).split() for code in range(_LAST_THAT_COMPOSES))
    second = (int(pair[1], 16) for pair in pairs if len(pair) == 2 and not pair[0].startswith("<"))
    return frozenset(map(chr, (*second, *_HANGUL)))
