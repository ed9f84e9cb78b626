"""Words without their accents, so that café and cafe are one word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, get_args

from wordlab.text.tokenizers.composing import compose, normal_form
from wordlab.text.tokenizers.splitter import EncodedBlock

Accents = Literal["keep", "fold"]
ACCENTS: tuple[str, ...] = get_args(Accents)

# Unicode's blocks of combining diacritical marks: those of Latin, Greek and Cyrillic. The marks of other
# scripts stand for vowels and consonants, without which words would be others.
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")


def fold_accents(word: str) -> str:
    """`word` without accents, umlauts, cedillas and the like; letters that do not decompose stay.

    >>> fold_accents("Çà et là Ångström"), fold_accents("Straße, søt, हिन्दी")
    ('Ca et la Angstrom', 'Straße, søt, हिन्दी')
    """
    return word if word.isascii() else compose(_MARKS.sub("", normal_form(word, "NFD")))


def fold_tokens(tokens: Sequence[str]) -> list[str]:
    """The tokens without their accents; one that is nothing but accents is dropped."""
    return [folded for token in tokens if (folded := fold_accents(token))]


def fold_block(block: EncodedBlock) -> EncodedBlock:
    """The same of a block, where each word is looked at once."""
    import numpy as np

    from wordlab.text.tokenizers.packed import PackedWords

    if isinstance(block.words, PackedWords) and (block.words.data < 0x80).all():
        return block
    index: dict[str, int] = {}
    folded = map(fold_accents, block.words)
    numbers = [index.setdefault(word, len(index)) if word else -1 for word in folded]
    ids = np.array(numbers, dtype=np.int32)[block.ids] if numbers else block.ids
    if -1 not in numbers:
        return EncodedBlock(list(index), ids, block.line_ends)
    kept_before = np.append(0, np.cumsum(ids >= 0))
    return EncodedBlock(list(index), ids[ids >= 0], kept_before[block.line_ends])
