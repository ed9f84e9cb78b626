"""The text that the benchmarks share: wiki-17M.txt.gz, cut into lines of 1,000 words.

The file is a single line, of which gensim would read only the first 10,000 words.
"""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

WORDS_PER_LINE = 1_000


def data_directory() -> Path:
    """The directory named by WORDLAB_DATA; exits with a message if the variable is not set."""
    directory = os.environ.get("WORDLAB_DATA")
    if directory is None:
        sys.exit("Error: expected the environment variable WORDLAB_DATA to name the data directory")
    return Path(directory)


def write_wiki_lines(path: Path, *, max_words: int | None = None) -> int:
    """The number of words of the text, once it is written to `path` in lines of 1,000 words."""
    num_words = 0
    with (
        gzip.open(data_directory() / "wiki-17M.txt.gz", "rt", encoding="utf-8") as source,
        path.open("w", encoding="utf-8") as target,
    ):
        words = islice(_words(source), max_words)
        while line := list(islice(words, WORDS_PER_LINE)):
            target.write(" ".join(line) + "\n")
            num_words += len(line)
    return num_words


def _words(file: TextIO) -> Iterator[str]:
    """The words of a long line, read in pieces, because child processes inherit the peak of memory."""
    rest = ""
    while piece := file.read(1 << 20):
        *words, rest = (rest + piece).split(" ")
        yield from filter(None, words)
    yield from rest.split()
