"""Hints: what a sample of a text shows that its tokenizer will get wrong, and the option that helps.

The rules are fixed and look at shares of the text, so that a few foreign words or tags say nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from wordlab.text.tokenizers import TOKENIZERS, Tokenizer
from wordlab.text.tokenizers.markup import ENTITY, TAG, WIKI
from wordlab.text.tokenizers.own import OwnTokenizer
from wordlab.text.tokenizers.pieces import PieceSplitter
from wordlab.visible import clipped

_SAMPLE = 1 << 14  # bytes of a block, characters of a text
_NUM_TEXTS = 1_000
_MIN_SHARE = 0.1  # of the text in a script without spaces
_MARKS_IN_WORDS = 0.005  # tags and entities per word
_DOTLESS = 0.005  # of the text in Turkish


@dataclass(frozen=True)
class _Script:
    """Runs of a script without spaces; longer on average than `longest_word`, they are several words.

    The average is over letters, so that exclamations of a letter or two count for little. It is 2 to 3 in
    Chinese and Japanese with spaces between words, else 8 and more, and 4 to 7 in such Thai, else 15.
    """

    run: re.Pattern[str]
    longest_word: float


_KANA = re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_HAN_AND_KANA = (
    "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]+"
)
_SCRIPTS = {
    "Chinese": _Script(re.compile(_HAN_AND_KANA), 3.5),
    "Thai": _Script(re.compile("[\u0e00-\u0e7f]+"), 8),
    "Lao": _Script(re.compile("[\u0e80-\u0eff]+"), 8),
    "Burmese": _Script(re.compile("[\u1000-\u109f]+"), 8),
    "Khmer": _Script(re.compile("[\u1780-\u17ff]+"), 8),
}


@dataclass
class Sample:
    """What a sample of a text holds, counted; two samples are added up."""

    num_characters: int = 0
    num_words: int = 0
    num_kana: int = 0
    letters: Counter[str] = field(default_factory=Counter)
    """Those in runs of a script,"""
    squares: Counter[str] = field(default_factory=Counter)
    """and the squares of the runs' lengths."""
    marks: Counter[str] = field(default_factory=Counter)
    of_turkish: Counter[str] = field(default_factory=Counter)

    def count(self, text: str, *, marks: bool = True) -> None:
        """Count what `text` holds, and the marks of a markup in it unless they will be stripped."""
        words = text.split()
        self.num_words += len(words)
        self.num_characters += sum(map(len, words))
        if marks:
            self.marks.update(TAG.findall(text) + ENTITY.findall(text) + WIKI.findall(text))
        if text.isascii():
            self.of_turkish["I"] += text.count("I")
            return
        self.of_turkish.update({letter: text.count(letter) for letter in "Iİıə"})
        self.num_kana += len(_KANA.findall(text))
        for language, script in _SCRIPTS.items():
            lengths = [len(run) for run in script.run.findall(text)]
            self.letters[language] += sum(lengths)
            self.squares[language] += sum(length * length for length in lengths)

    def add(self, other: Sample) -> None:
        """Add the counts of another sample."""
        for each in fields(self):
            total: Any = getattr(self, each.name)
            total += getattr(other, each.name)
            setattr(self, each.name, total)


class Hints:
    """Looks at a sample of a text; `notes` are the sentences about it, none if all is well.

    >>> hints = Hints(Tokenizer("word"))
    >>> hints.add("Great film.<br /><br />I loved it &amp; you&#39;ll too.")
    >>> hints.notes()
    ['the text holds markup, as in <br /> and &amp;: --markup strip removes it']
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.sample = Sample()

    def add(self, text: str) -> None:
        """Count what `text` holds."""
        self.sample.count(text, marks=self._tokenizer.markup == "keep")

    def watch(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The blocks of UTF-8 as they are, with the beginning of each counted."""
        for block in blocks:
            self.add(block[:_SAMPLE].decode("utf-8", "ignore"))
            yield block

    def notes(self) -> list[str]:
        """A sentence for each thing that the tokenizer will get wrong; of a function nothing is known."""
        if isinstance(self._tokenizer, OwnTokenizer):
            return []
        found = (self._about_spaces(), self._about_markup(), self._about_case())
        return [note for note in found if note is not None]

    def _about_spaces(self) -> str | None:
        if issubclass(TOKENIZERS[self._tokenizer.name], PieceSplitter):
            return None
        sample = self.sample
        script = max(_SCRIPTS, key=lambda name: sample.letters[name])
        letters, made_for = sample.letters[script], TOKENIZERS[self._tokenizer.name].made_for
        if letters < max(1, _MIN_SHARE * sample.num_characters):
            return None
        is_japanese = script == "Chinese" and sample.num_kana > _MIN_SHARE * letters
        language = "Japanese" if is_japanese else script
        if language == made_for or sample.squares[script] / letters <= _SCRIPTS[script].longest_word:
            return None
        share = f"{letters / sample.num_characters:.0%} of the text is {language}"
        other = next((name for name, kind in TOKENIZERS.items() if kind.made_for == language), None)
        if made_for is not None:
            problem = f"{share}, and --tokenizer {self._tokenizer.name} is for {made_for}"
        else:
            problem = (
                f"{share}, which has no spaces between words: --tokenizer {self._tokenizer.name} "
                "takes whole clauses as words"
            )
        if other is None:
            return f"{problem}; put spaces between the words first, and use --tokenizer whitespace"
        return f"{problem}; --tokenizer {other} finds the words"

    def _about_markup(self) -> str | None:
        sample = self.sample
        number = sample.marks.total()
        if number < 3 or number < _MARKS_IN_WORDS * sample.num_words:
            return None
        kinds: dict[str, str] = {}  # the most frequent of each kind, tags, entities, marks of a wiki
        for mark, _ in sample.marks.most_common():
            kinds.setdefault(mark[0] if mark[0] in "<&" else "", mark)
        shown = " and ".join(clipped(mark, 20) for mark in kinds.values())
        return f"the text holds markup, as in {shown}: --markup strip removes it"

    def _about_case(self) -> str | None:
        sample, tokenizer = self.sample, self._tokenizer
        letters = sample.of_turkish
        if not tokenizer.lowercase or tokenizer.language is not None or not letters["I"] + letters["İ"]:
            return None
        if letters["ı"] + letters["İ"] < max(1, _DOTLESS * sample.num_characters):
            return None
        is_turkish = letters["ə"] < _DOTLESS * sample.num_characters
        name, code = ("Turkish", "tr") if is_turkish else ("Azerbaijani", "az")
        return f"the text looks {name}, where I is the capital of ı: --language {code} lower-cases it so"


def text_notes(texts: Sequence[str], tokenizer: Tokenizer) -> list[str]:
    """The notes on texts in memory, of which up to a thousand, evenly spread, are looked at."""
    hints = Hints(tokenizer)
    for text in texts[:: max(1, len(texts) // _NUM_TEXTS)]:
        hints.add(text[:_SAMPLE])
    return hints.notes()
