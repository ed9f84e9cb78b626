"""Words from a file, one a line: connector words, stop words."""

from __future__ import annotations

import os

from wordlab.errors import FormatError
from wordlab.io.compression import open_bytes
from wordlab.io.lines import Decoder, whole_lines
from wordlab.io.urls import place_of

_LONGEST_LINE = 1 << 12  # bytes
_MOST_WORDS = 10_000


def read_words(path: str | os.PathLike[str], what: str) -> tuple[str, ...]:
    """The words in the file `path`, each once and in order; empty lines are skipped.

    `what` says what one of them is, for messages. Raises SourceError for a file that cannot be read;
    FormatError for one without words, with several on a line, or with more than anybody would list.
    """
    name, words = os.fspath(path), set()
    with open_bytes(place_of(path), name) as stream:
        pieces = whole_lines(Decoder().stream(stream), name=name, longest=_LONGEST_LINE)
        for number, line in enumerate((line for piece in pieces for line in _lines(piece)), start=1):
            found = line.split()
            if len(found) > 1:
                raise FormatError(f"{name}:{number}: expected one {what} a line, found {line!r}")
            words.update(found)
            if len(words) > _MOST_WORDS:
                raise FormatError(f"{name}: expected at most {_MOST_WORDS:,} {what}s, found more")
    if not words:
        raise FormatError(f"{name}: expected {what}s, one a line, found none")
    return tuple(sorted(words))


def _lines(piece: bytes) -> list[str]:
    return piece.decode("utf-8").removesuffix("\n").split("\n")
