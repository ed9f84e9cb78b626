"""Words that are left-overs rather than words, each kind by a test of the word alone.

A new kind is a line in `WORD_CHECKS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from wordlab.embeddings.diagnosis.characters import is_broken, is_misread, is_mostly_marks
from wordlab.embeddings.diagnosis.findings import SHOWN, Finding, Verdict

_SPECIAL = re.compile(r"</?s>|<(unk|pad|mask|eos|bos|cls|sep)>|\[(UNK|PAD|CLS|SEP|MASK)\]", re.IGNORECASE)
_MARKUP = re.compile(r"</?[A-Za-z]|[A-Za-z\"']>|/>|\w=[\"']|\{\{|\}\}|\[\[|\]\]|^(href|https?|nbsp)=")
_ENTITY = re.compile(r"&#?\w{2,8};|^&#?\w{2,8}$|^(nbsp|[lr][sd]quo|[nm]dash|hellip|quot)$")
_ADDRESS = re.compile(r"https?:/|^www\.|\w@\w+\.\w|^\w[\w-]*(\.[\w-]+)*\.(com|org|net|edu|gov)\b")
_NUMBER = re.compile(r"[-+$€£#]?\d[\d.,:/–-]*(st|nd|rd|th|s|k|m|%)?")
_PIECE = re.compile(r"##.|[▁Ġ].|.+(@@|</w>)$")
_CLEAN = "corpus build --markup strip takes tags and entities out"


@dataclass(frozen=True)
class WordCheck:
    """A kind of word: what it is called in the plural, how it is told, and up to which share it is usual.

    Above that share the verdict is `worst`. Words of ASCII letters alone are tried only by a check
    `of_letters`.
    """

    noun: str
    is_one: Callable[[str], object]
    advice: str
    usual: float = 0.0
    worst: Verdict = "look"
    of_letters: bool = False


WORD_CHECKS: dict[str, WordCheck] = {
    "broken characters": WordCheck(
        "words with control, replacement or invisible characters", is_broken,
        "decode the text as what it is: corpus build --encoding", worst="fault",
    ),
    "misread encoding": WordCheck(
        "words that are UTF-8 read as Latin-1", is_misread,
        "read the text as UTF-8, or repair it before corpus build", worst="fault",
    ),
    "markup": WordCheck("left-overs of markup", _MARKUP.search, _CLEAN, usual=0.0005),
    "entities": WordCheck(
        "names of HTML entities", _ENTITY.search, _CLEAN, usual=0.0001, of_letters=True
    ),
    "addresses": WordCheck(
        "addresses", _ADDRESS.search, "corpus build --min-count leaves rare ones out", usual=0.02
    ),
    "pieces": WordCheck(
        "pieces of words, as transformers' tokenizers make them", _PIECE.match,
        "use such vectors with their own tokenizer; words of several pieces have no vector", usual=0.001,
    ),
    "punctuation": WordCheck(
        "words that are mostly punctuation", is_mostly_marks,
        "corpus build --tokenizer word leaves punctuation out", usual=0.01,
    ),
    "numbers": WordCheck(
        "numbers", _NUMBER.fullmatch, "corpus build --min-count leaves rare ones out", usual=0.15
    ),
    "single letters": WordCheck(
        "single letters of an alphabet", lambda word: len(word) == 1 and word.lower() != word.upper(),
        "they are parts of abbreviations and contractions, which corpus build --tokenizer word keeps whole",
        usual=0.01, of_letters=True,
    ),
}  # fmt: skip
"""The kinds by their names."""


def find_left_overs(words: Sequence[str]) -> Iterator[Finding]:
    """A line for each kind of which there are words, with the most frequent ones as examples."""
    found: dict[str, list[str]] = {name: [] for name in WORD_CHECKS}
    of_letters = [(name, check) for name, check in WORD_CHECKS.items() if check.of_letters]
    for word in words:
        plain = word.isascii() and word.isalpha()
        if not plain and _SPECIAL.fullmatch(word):
            continue
        for name, check in of_letters if plain else WORD_CHECKS.items():
            if check.is_one(word):
                found[name].append(word)
    for name, ones in found.items():
        if ones:
            check = WORD_CHECKS[name]
            usual = len(ones) <= check.usual * len(words)
            yield Finding(
                name, check.noun, "usual" if usual else check.worst, "" if usual else check.advice,
                len(ones), tuple(ones[:SHOWN]),
            )  # fmt: skip
