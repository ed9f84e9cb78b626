"""The text that the benchmarks share: wiki-17M.txt.gz, cut into lines of 1,000 words.

The file is one single line, of which gensim would read the first 10,000 words only.
"""

from __future__ import annotations

import gzip
import os
import platform
import sys
from pathlib import Path

WORDS_PER_LINE = 1_000


def data_directory() -> Path:
    """The directory named by WORDLAB_DATA; ends the program with a sentence where there is none."""
    directory = os.environ.get("WORDLAB_DATA")
    if directory is None:
        sys.exit("Error: expected the environment variable WORDLAB_DATA to name the data directory")
    return Path(directory)


def write_wiki_lines(path: Path, *, max_words: int | None = None) -> int:
    """Write the text to `path` in lines of 1,000 words; returns the number of words."""
    with gzip.open(data_directory() / "wiki-17M.txt.gz", "rt", encoding="utf-8") as file:
        words = file.read().split()[:max_words]
    with path.open("w", encoding="utf-8") as file:
        for start in range(0, len(words), WORDS_PER_LINE):
            file.write(" ".join(words[start : start + WORDS_PER_LINE]) + "\n")
    return len(words)


def machine() -> str:
    """One line about the machine, to stand beside every figure."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.partition(":")[2].strip()
            for line in cpuinfo.read_text().splitlines()
            if "model name" in line
        ]
        model = names[0] if names else model
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{model}, {os.cpu_count()} cores, load {load}, Python {platform.python_version()}"
