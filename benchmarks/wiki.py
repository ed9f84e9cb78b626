"""The text that the benchmarks share: wiki-17M.txt.gz, cut into lines of 1,000 words.

The file is one single line, of which gensim would read the first 10,000 words only.
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
    """The directory named by WORDLAB_DATA; ends the program with a sentence where there is none."""
    directory = os.environ.get("WORDLAB_DATA")
    if directory is None:
        sys.exit("Error: expected the environment variable WORDLAB_DATA to name the data directory")
    return Path(directory)


def write_wiki_lines(path: Path, *, max_words: int | None = None) -> int:
    """Write the text to `path` in lines of 1,000 words; returns the number of words."""
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
    """The words of a long line, piece by piece: a process that started with much memory passes it on."""
    rest = ""
    while piece := file.read(1 << 20):
        *words, rest = (rest + piece).split(" ")
        yield from filter(None, words)
    yield from rest.split()
