"""Words that were broken at the end of a line, as in text from PDF files, joined again.

Only the text shows whether a hyphen belongs to a word, so the rule is simple. Lines are shown by a slash:

* A hyphen between two letters, neither a capital, goes: ``exam-/ple`` is *example*.
* It stays if one of the parts has another hyphen: ``mother-in-/law`` is *mother-in-law*.
* A soft hyphen between letters goes.
* Nothing else is joined: ``Smith-/Jones``, ``1990-/1995``.

The line then ends after the word. The hyphen of a word that has no other, as in ``well-/known``, is lost.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from wordlab.io.lines import whole_lines

_SOFT = "\u00ad"
_HARD = "-\u2010"
_HYPHENS = tuple(_HARD + _SOFT)
_LONGEST = 100  # characters of a word that is joined


def join_broken_words(text: str) -> str:
    r"""`text` with the words that its line ends break joined.

    >>> join_broken_words("an exam-\nple of my mother-in-\nlaw\n")
    'an example\nof my mother-in-law\n'
    """
    if not any(hyphen in text for hyphen in _HYPHENS):
        return text
    lines: list[str] = []
    for line in text.split("\n"):
        joined = _joined(lines[-1], line) if lines else None
        if joined is None:
            lines.append(line)
        else:
            lines[-1], rest = joined
            lines += [rest] if rest else []
    ends_line = text.endswith("\n") and lines[-1] != ""  # what ended the text was joined to the line before
    return "\n".join(lines) + "\n" * ends_line


def join_pieces(pieces: Iterable[bytes], *, name: str, longest: int) -> Iterator[bytes]:
    """The same of UTF-8 in pieces of any size; FormatError for a line of more than `longest` bytes."""
    waiting = ""
    for piece in whole_lines(pieces, name=name, longest=longest, hint="; --max-record allows more"):
        text = join_broken_words(waiting + piece.decode("utf-8"))
        start = text.rfind("\n", 0, len(text) - 1) + 1
        is_open = text[start:].rstrip("\r\n").endswith(_HYPHENS)
        text, waiting = (text[:start], text[start:]) if is_open else (text, "")
        yield text.encode("utf-8")
    yield waiting.encode("utf-8")


def _joined(line: str, following: str) -> tuple[str, str] | None:
    """A line with its last word joined to the first of the `following`, and what that has left; or None."""
    line, words = line.rstrip("\r"), following.split(None, 1)
    if not line.endswith(_HYPHENS) or not words or line[-2:-1].isspace() or len(line) == 1:
        return None
    head, first = line[-_LONGEST:-1].split()[-1], words[0]
    if len(head) >= _LONGEST - 1:
        return None
    last = unicodedata.normalize("NFC", head)[-1]
    if line[-1] == _SOFT:
        kept = "" if last.isalpha() and first[0].isalpha() else None
    elif _is_small(last) and _is_small(first[0]):
        has_another = any(hyphen in head or hyphen in first.rstrip(_HARD) for hyphen in _HARD)
        kept = line[-1] if has_another else ""
    else:
        kept = None
    return None if kept is None else (line[:-1] + kept + first, "".join(words[1:]))


def _is_small(character: str) -> bool:
    """Whether it is a letter and no capital; many scripts have none."""
    return character.isalpha() and not character.isupper() and not character.istitle()
