"""Words that other words of the vocabulary make suspicious: tokens cut in the wrong places, or twice there.

A new kind is a function, and a line in `VOCABULARY_CHECKS`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from wordlab.embeddings.diagnosis.findings import SHOWN, Finding, Verdict

_OUTER = re.compile(r"^[^\w\s]+|[^\w\s]+$")
_INNER = re.compile(r"([^\W\d_]{2,})[.,;:!?()…]+([^\W\d_]{2,})")
_CAMEL = re.compile(r"([^\W\d_]*[a-z]{3,})([A-Z][a-z]{2,})")
_DOMAINS = frozenset(("com", "org", "net", "co", "edu", "gov", "uk", "de", "us", "tv"))
_NEGATED = ("doesn", "didn", "isn", "wasn", "couldn", "wouldn", "hasn", "aren", "weren", "haven")
_GLUE = 20  # of the most frequent words, which get glued together
_RARE = 5_000  # ranks from which two of them are not a word of its own, as `into` is
_SHORTEST = 5  # letters of two words: shorter ones are names

Ranks = Mapping[str, int]
"""The rank of each word, from 0."""


@dataclass(frozen=True)
class VocabularyCheck:
    """A kind of word: what it is called in the plural, who is of it, and up to which share that is usual.

    `find` gives examples, the most frequent first: a word, or several in one string.
    """

    noun: str
    find: Callable[[Sequence[str], Ranks], Iterator[str]]
    advice: str
    usual: float = 0.0
    worst: Verdict = "look"


def _split_contractions(words: Sequence[str], ranks: Ranks) -> Iterator[str]:
    """Halves such as `doesn` in a vocabulary that has `t`, and neither `doesn't` nor `n't`."""
    if "t" in ranks and "n't" not in ranks:
        for half in ("don", *_NEGATED):
            if half in ranks and not {f"{half}'t", f"{half}’t"} & ranks.keys():
                yield half


def _without_apostrophes(words: Sequence[str], ranks: Ranks) -> Iterator[str]:
    """Words such as `doesnt` in a vocabulary without `doesn't`."""
    for half in _NEGATED:
        if f"{half}t" in ranks and not {f"{half}'t", f"{half}’t", "n't", "t"} & ranks.keys():
            yield f"{half}t"


def _two_apostrophes(words: Sequence[str], ranks: Ranks) -> Iterator[str]:
    for word in words:
        if "’" in word and word.replace("’", "'") in ranks:
            yield word


def _with_punctuation(words: Sequence[str], ranks: Ranks) -> Iterator[str]:
    for word in words:
        if not word.isalnum():
            bare = _OUTER.sub("", word)
            if bare != word and len(bare) > 1 and bare.isalpha() and bare in ranks:
                yield word


def _glued(words: Sequence[str], ranks: Ranks) -> Iterator[str]:
    """Two words of the vocabulary with a mark, a capital, or nothing between them."""
    frequent = {word for word in words[:_GLUE] if len(word) > 1 and word.isalpha()}
    lengths, known = sorted(set(map(len, frequent))), ranks.keys()
    for rank, word in enumerate(words):
        if word.isalpha():
            found = _CAMEL.fullmatch(word) if not word.islower() else None
            halves = (
                rank >= _RARE
                and len(word) >= _SHORTEST
                and any(word[:length] in frequent and word[length:] in frequent for length in lengths)
            )
            if halves or (found and {found[1].lower(), found[2].lower()} <= known):
                yield word
        elif (found := _INNER.fullmatch(word)) and found[2] not in _DOMAINS and {*found.groups()} <= known:
            yield word


def _cased(words: Sequence[str], ranks: Ranks) -> Iterator[str]:
    for word in words:
        if not word.islower() and (lowered := word.lower()) != word and lowered in ranks:
            yield word


def _decomposed(words: Sequence[str], ranks: Ranks) -> Iterator[str]:
    for word in words:
        composed = word if word.isascii() else unicodedata.normalize("NFC", word)
        if composed != word and composed in ranks:
            yield word


VOCABULARY_CHECKS: dict[str, VocabularyCheck] = {
    "split contractions": VocabularyCheck(
        "halves of contractions, whose other half is t", _split_contractions,
        "the text had its apostrophes cut: corpus build --tokenizer word keeps don't whole; cut texts you "
        "ask about in the same way",
    ),
    "lost apostrophes": VocabularyCheck(
        "contractions without their apostrophe", _without_apostrophes,
        "the text lost its apostrophes; texts you ask about must lose them as well",
    ),
    "two apostrophes": VocabularyCheck(
        "words with a curly apostrophe that are there with a straight one", _two_apostrophes,
        "make them one before corpus build", usual=0.0001,
    ),
    "attached punctuation": VocabularyCheck(
        "words with punctuation at an end that are there without it", _with_punctuation,
        "corpus build --tokenizer word separates them", usual=0.01,
    ),
    "glued words": VocabularyCheck(
        "two words in one", _glued,
        "line ends or tags were taken out without a space in their place; corpus build --min-count leaves "
        "rare ones out", usual=0.002,
    ),
    "upper case": VocabularyCheck(
        "words with capitals that are there in lower case as well", _cased,
        "corpus build --lowercase makes them one, if names need not be told from words", usual=0.02,
    ),
    "two normal forms": VocabularyCheck(
        "words with combining marks that are there with composed letters", _decomposed,
        "normalise the text to NFC before corpus build", worst="fault",
    ),
}  # fmt: skip
"""The kinds by their names."""


def find_suspicious(words: Sequence[str]) -> Iterator[Finding]:
    """A line for each kind of which there are words, and one on words in alphabetical order."""
    ranks = {word: rank for rank, word in enumerate(words)}
    for name, check in VOCABULARY_CHECKS.items():
        ones = list(check.find(words, ranks))
        if ones:
            usual = len(ones) <= check.usual * len(words)
            yield Finding(
                name, check.noun, "usual" if usual else check.worst, "" if usual else check.advice,
                len(ones), tuple(ones[:SHOWN]),
            )  # fmt: skip
    if len(words) > 100 and all(map(str.__le__, words, words[1:])):
        yield Finding(
            "order",
            "the words are in alphabetical order",
            "look",
            "what is said of frequency means nothing here, and commands that look at the most frequent words "
            "look at the first letters; give counts, or order the file by frequency",
        )
