"""Damaged and hostile directories of vectors: `fuzz_formats.py` for formats of several files.

    python benchmarks/fuzz_directories.py --inputs 100000
    python benchmarks/fuzz_directories.py --formats projector --first 4711 --inputs 1

One or two files of a valid directory are mutated. The outcome must be finite vectors or an error of
wordlab's own of one line, within 20 seconds and 256 MB. spaCy must be installed for its format.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import fuzzing
import numpy as np
from fuzz_formats import WORDS, unsound
from mutations import mutate

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.formats import DUPLICATE_POLICIES
from wordlab.text import Vocabulary

FORMATS = ("projector", "spacy")
# the files that hold the vectors, as opposed to hints for the other program
DAMAGED = {"projector": ("vectors.tsv", "metadata.tsv"), "spacy": ("vectors", "key2row", "strings.json")}


@cache
def samples(format: str) -> list[dict[str, bytes]]:
    """The files of small directories, by name."""
    made = []
    rng = np.random.default_rng(7)
    for num_words, dim in ((1, 1), (12, 4), (60, 3)):
        words = [*WORDS, *(f"w{i}" for i in range(60))][:num_words]
        counts = list(range(num_words, 0, -1)) if num_words == 12 else [0] * num_words
        vectors = WordVectors(Vocabulary(words, counts), rng.normal(size=(num_words, dim)))
        with tempfile.TemporaryDirectory() as folder:
            directory = Path(folder) / "v"
            if format == "projector":
                write_vectors(vectors, directory, format=format)
            else:
                _write_spacy(vectors, directory)
            made.append({path.name: path.read_bytes() for path in sorted(directory.iterdir())})
    return made


def _write_spacy(vectors: WordVectors, directory: Path) -> None:
    from spacy.strings import StringStore
    from spacy.vectors import Vectors

    words = list(vectors.vocabulary.words)
    Vectors(strings=StringStore(words), data=np.array(vectors.matrix), keys=words).to_disk(directory)


def make_input(format: str, seed: int, number: int) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Input `number`: the files, and the options to read them with."""
    random = Random(f"{seed}/{format}/{number}")  # noqa: S311 - not for secrets
    files = dict(random.choice(samples(format)))
    others = list(files.values())
    for name in random.sample(DAMAGED[format], random.choice((1, 1, 2))):
        files[name] = mutate(files[name], random, others)
    options: dict[str, Any] = {
        "format": random.choice((format, None)),
        "lenient": random.random() < 0.5,
        "duplicates": random.choice(DUPLICATE_POLICIES),
    }
    if random.random() < 0.2:
        options["only"] = ["king", "w7"]
    return files, options


def check(format: str, seed: int, number: int, folder: Path) -> tuple[str, Callable[[], str | None]]:
    """The input, and what reads it; see `fuzzing.Check`."""
    files, options = make_input(format, seed, number)
    for name, data in files.items():
        (folder / name).write_bytes(data)

    def read() -> str | None:
        return unsound(read_vectors(folder, **options))

    return f"{json.dumps(options)} {files!r}", read


if __name__ == "__main__":
    fuzzing.main(__doc__, FORMATS, check)
