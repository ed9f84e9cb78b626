"""Ways to spell the words of a test set as a vocabulary may have them.

Tried only where most words of the set have no vector as written, and always reported.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from wordlab.text.casing import LANGUAGES, lower
from wordlab.text.vocabulary import Vocabulary

_PART_OF_SPEECH = re.compile(
    r"(?<=.)[-_/.|#](n|v|j|a|r|s|nn[ps]{0,2}|vb[dgnpz]?|jj[rs]?|rb[rs]?|noun|propn|verb|adj|adv)\Z",
    re.IGNORECASE,
)
_ANY_PREFIX = re.compile(r"/[a-z]{1,3}/[a-z]{2,3}/|[a-z]{2,3}[:/|]")  # /c/en/ of ConceptNet, en:
_NUM_SAMPLED = 200_000  # words, spread over all of a large vocabulary
_COMMON = 0.01  # the share of the words that an affix must have to be tried


@dataclass(frozen=True)
class Spelling:
    """A way to spell words; its `name` follows "words are read"."""

    name: str
    spell: Callable[[str], str]


AS_WRITTEN = Spelling("as written", lambda word: word)


def spellings(vocabulary: Vocabulary) -> Iterator[Spelling]:
    """The ways other than as written, the likelier of equally good ones first."""
    yield Spelling("without their parts of speech (sun-n as sun)", without_part_of_speech)
    for language in LANGUAGES:
        yield Spelling(f"lower-cased by --language {language}", partial(lower, language=language))
    yield Spelling("capitalised", str.capitalize)
    yield Spelling("upper-cased", str.upper)
    sample = vocabulary.words[:: max(1, len(vocabulary) // _NUM_SAMPLED)]
    prefixes = (found[0] for word in sample if (found := _ANY_PREFIX.match(word)))
    for prefix in _common(prefixes, len(sample)):
        yield Spelling(f"with the prefix {prefix}", _Affixed(prefix, ""))
    suffixes = (word[at:] for word in sample if (at := _part_of_speech_at(word)))
    for suffix in _common(suffixes, len(sample)):
        yield Spelling(f"with {suffix} at the end", _Affixed("", suffix))


def without_part_of_speech(word: str) -> str:
    """`word` without a mark of its part of speech at the end.

    >>> without_part_of_speech("sun-n"), without_part_of_speech("bank_NOUN"), without_part_of_speech("x-ray")
    ('sun', 'bank', 'x-ray')
    """
    at = _part_of_speech_at(word)
    return word[:at] if at else word


def _part_of_speech_at(word: str) -> int:
    """Where the mark of a part of speech begins; 0 if there is none."""
    found = _PART_OF_SPEECH.search(word)
    return found.start() if found else 0


def _common(affixes: Iterable[str], num_words: int) -> list[str]:
    return [affix for affix, count in Counter(affixes).most_common() if count >= _COMMON * num_words]


@dataclass(frozen=True)
class _Affixed:
    prefix: str
    suffix: str

    def __call__(self, word: str) -> str:
        return f"{self.prefix}{word.replace(' ', '_') if self.prefix else word}{self.suffix}"
