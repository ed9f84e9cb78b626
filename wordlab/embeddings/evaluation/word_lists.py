"""Lists of words, one a line."""

from __future__ import annotations

import os

from wordlab.embeddings.evaluation.lines import read_lines
from wordlab.errors import FormatError


def read_word_list(path: str | os.PathLike[str], *, encoding: str = "utf-8") -> list[str]:
    """The words of a file, one a line, without the spaces around them; empty lines are skipped.

    Raises SourceError, and FormatError for a file without words.
    """
    words = [line.strip() for _, line in read_lines(path, encoding)]
    words = [word for word in words if word]
    if not words:
        raise FormatError(f"{path}: expected words, one a line, found none")
    return words
