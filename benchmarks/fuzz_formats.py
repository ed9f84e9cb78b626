"""Damaged and hostile files for every reader, which must give vectors or one clear line.

    python benchmarks/fuzz_formats.py --inputs 100000 --processes 2
    python benchmarks/fuzz_formats.py --formats glove --first 4711 --inputs 1 --show

Each input is a small file made by the format's own writer, with one to three mutations; or a file of
fastText's that is not written here, quantised or of 2016. It is read
strictly or leniently, under any policy for duplicates, sometimes for a few words only, by the name of
its format or by detection, sometimes by another encoding, with other separators or in a zip archive. It
fails if

- the reader raises anything but an error of wordlab, or the message is not one line;
- vectors are not finite, or the reader takes longer than 20 s or 256 MB more memory;
- a row before the first damage is changed, or dropped by strict reading;
- text is read differently from the plain Python parser below.

An input depends only on the seed, the format and its number. Exit code 1 if any input fails.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import fasttext_files
import fuzzing
import numpy as np
from mutations import COMPRESSED, mutate

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.formats import DETECTED_FORMATS, DUPLICATE_POLICIES
from wordlab.embeddings.formats.names import BYTE_ORDERS
from wordlab.embeddings.subwords import Subwords
from wordlab.text import Vocabulary

TEXT_FORMATS = ("word2vec", "glove")
ENCODED_FORMATS = ("word2vec", "glove", "word2vec-binary")
BINARY_FORMATS = ("fasttext", "safetensors", "numpy")  # which hold counts and subwords
READ_ONLY = {"fasttext-quantised": "fasttext", "fasttext-2016": "fasttext"}
"""Shapes of files that are read and not written, each with its format."""
FORMATS = (*DETECTED_FORMATS, *READ_ONLY)
WORDS = ["the", "king", "naïve", "42", "1/2\u00a0cup", "東京", ",", '"', "#", "e", "-1.5", "x" * 40]


@dataclass(frozen=True)
class Sample:
    """A valid file, its vectors, and where each row ends (empty if rows are not in order)."""

    data: bytes
    vectors: WordVectors
    row_ends: list[int]


@cache
def samples(format: str) -> list[Sample]:
    """Small files in `format`, with few rows and many, one dimension and several."""
    made = []
    rng = np.random.default_rng(7)
    for num_words, dim in ((1, 1), (3, 2), (12, 1), (12, 4), (12, 25), (200, 3)):
        words = [*WORDS, *(f"w{i}" for i in range(200))][:num_words]
        matrix = rng.normal(size=(num_words, dim)).astype(np.float32)
        matrix[0] = np.round(matrix[0])  # whole numbers, perhaps zero
        counted = READ_ONLY.get(format, format) in BINARY_FORMATS
        counts = range(num_words, 0, -1) if counted else [0] * num_words
        vectors = WordVectors(Vocabulary(words, list(counts)), matrix)
        if format == "floret":
            table = rng.normal(size=(num_words, dim)).astype(np.float32)
            vectors = WordVectors(vectors.vocabulary, matrix, subwords=Subwords(2, 4, table, num_hashes=2))
        if counted and num_words > 3:
            vectors = _with_subwords(vectors, rng, is_trained=dim > 1)
        for data in _files(format, vectors, rng):
            made.append(Sample(data, vectors, _row_ends(data, format, vectors)))
    return made


def _with_subwords(vectors: WordVectors, rng: np.random.Generator, *, is_trained: bool) -> WordVectors:
    """The vectors with subwords of all buckets, or with all that training leaves: some, own rows, outputs."""
    vocabulary, matrix = vectors.vocabulary, vectors.matrix
    rows = rng.normal(size=(20, vectors.dim)).astype(np.float32)
    if not is_trained:
        return WordVectors(vocabulary, matrix, subwords=Subwords(2, 4, rows))
    buckets = np.arange(0, 40, 2)[:-1]
    rows[-1] = 0
    subwords = Subwords(2, 4, rows, buckets=buckets, num_buckets=40, own=matrix)
    means = subwords.compose(vocabulary.words, matrix)
    return WordVectors(vocabulary, means, subwords=subwords, outputs=matrix[::-1])


def _files(format: str, vectors: WordVectors, rng: np.random.Generator) -> list[bytes]:
    """The vectors as files in `format`; of those that are read only in several shapes."""
    if format not in READ_ONLY:
        stream = io.BytesIO()
        write_vectors(vectors, stream, format=format)
        return [stream.getvalue()]
    parts = fasttext_files.take_apart(vectors)
    if format == "fasttext-2016":
        none_pruned = fasttext_files.versioned(parts, version=11, num_pruned=0)
        return [fasttext_files.unversioned(parts), none_pruned]
    num_buckets = len(parts.vectors) - len(vectors)
    left = np.stack([rng.permutation(num_buckets), np.arange(num_buckets)], axis=1)[: num_buckets // 2]
    left[:, 1] = rng.permutation(len(left))
    return [
        fasttext_files.quantised(parts, rng),
        fasttext_files.quantised(parts, rng, size=3, has_norms=True, has_quantised_outputs=True),
        fasttext_files.quantised(parts, rng, has_norms=True, pruned=left),
    ]


def _row_ends(data: bytes, format: str, vectors: WordVectors) -> list[int]:
    if format in TEXT_FORMATS:
        ends = [place + 1 for place, byte in enumerate(data) if byte == 10]
        return ends[1:] if format == "word2vec" else ends
    if format == "word2vec-binary":
        sizes = [len(word.encode()) + 1 + 4 * vectors.dim for word in vectors.vocabulary.words]
        return (data.index(b"\n") + 1 + np.cumsum(sizes)).tolist()
    return []


@cache
def everything() -> list[bytes]:
    """The data of all samples in all formats, to splice from."""
    return [sample.data for format in FORMATS for sample in samples(format)]


def make_input(format: str, seed: int, number: int) -> tuple[Sample, bytes, dict[str, Any]]:
    """Input `number`: its sample, the damaged data, and the options to read it with."""
    random = Random(f"{seed}/{format}/{number}")  # noqa: S311 - not for secrets
    sample = random.choice(samples(format))
    data = mutate(sample.data, random, everything())
    options: dict[str, Any] = {
        "format": random.choice((READ_ONLY.get(format, format),) * 2 + (None,)),
        "lenient": random.random() < 0.5,
        "duplicates": random.choice(DUPLICATE_POLICIES),
    }
    if random.random() < (0.9 if format == "floret" else 0.2):  # its tables hold no words
        options["only"] = random.sample([*sample.vectors.vocabulary.words, "", "no such word"], 2)
    if random.random() < 0.2:
        data = random.choice(DISGUISES)(data, random)
    if random.random() < 0.1:
        options["prefix"] = random.choice(("w", "t", "\u0131"))
    if random.random() < 0.2 and format in ENCODED_FORMATS and options["format"]:
        options["encoding"] = random.choice(("latin-1", "utf-16-le", "utf-16", "shift_jis", "gb18030"))
    if random.random() < 0.2 and options["format"] == "word2vec-binary":
        options["byte_order"] = random.choice(BYTE_ORDERS)
    return sample, data, options


def _separated(data: bytes, random: Random) -> bytes:
    """The data with other separators, in brackets, with decimal commas and the like."""
    old, new = random.choice(
        (
            (b" ", b"\t"),
            (b" ", b"  "),
            (b" ", b","),
            (b" ", b";"),
            (b".", b","),
            (b"\n", b"]\n"),
            (b" ", b" 1:"),
        )
    )
    return data.replace(old, new, random.choice((-1, -1, 1, 20)))


def _zipped(data: bytes, random: Random) -> bytes:
    """The data in a zip archive, sometimes a damaged one."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        archive.writestr("v.txt", data)
    return random.choice((stream.getvalue(), mutate(stream.getvalue(), random, everything())))


def _in_utf16(data: bytes, random: Random) -> bytes:
    return data.decode("latin-1").encode(random.choice(("utf-16", "utf-16-be")))


DISGUISES = (_separated, _separated, _zipped, _in_utf16)


def check(format: str, seed: int, number: int, _folder: Path) -> tuple[str, Callable[[], str | None]]:
    """The input, and what reads it; see `fuzzing.Check`."""
    sample, data, options = make_input(format, seed, number)

    def read() -> str | None:
        return _wrong_vectors(read_vectors(io.BytesIO(data), **options), sample, data, options)

    return f"{json.dumps(options, ensure_ascii=False)} {data!r}", read


def unsound(vectors: WordVectors) -> str | None:
    """What is wrong with vectors whatever they were read from, if anything."""
    if not np.isfinite(vectors.matrix).all() or len(vectors) != len(set(vectors.vocabulary.words)):
        return "vectors that are not finite, or words that are not unique"
    if vectors.subwords is not None:
        vectors.subwords.vectors(["king", "", "no such word", "東京都"])  # may be huge, or raise
    return None


def _wrong_vectors(found: WordVectors, sample: Sample, data: bytes, options: dict[str, Any]) -> str | None:
    if problem := unsound(found):
        return problem
    is_unusual = any(name in found.details for name in ("separator", "encoding", "prefix", "byte_order"))
    if options["duplicates"] == "last" or found.details["format"] != options["format"] or is_unusual:
        return None  # rows before the damage may legitimately change
    prefix = _first_difference(sample.data, data)
    num_whole = sum(end <= prefix for end in sample.row_ends)
    if found.dim == sample.vectors.dim:
        for word, vector in zip(
            sample.vectors.vocabulary.words[:num_whole], sample.vectors.matrix, strict=False
        ):
            wanted = word in options.get("only", [word])
            if wanted and word in found and found[word].tobytes() != vector.tobytes():
                return f"{word!r}, which precedes the damage, has another vector"
            if wanted and word not in found and not options["lenient"]:
                return f"{word!r}, which precedes the damage, is missing"
    if found.details["format"] in TEXT_FORMATS and not options["lenient"]:
        return _other_than_plain(found, data, options)
    return None


def _first_difference(left: bytes, right: bytes) -> int:
    length = min(len(left), len(right))
    same = np.frombuffer(left, np.uint8, length) == np.frombuffer(right, np.uint8, length)
    return length if same.all() else int(np.argmin(same))


def _other_than_plain(found: WordVectors, data: bytes, options: dict[str, Any]) -> str | None:
    """What differs from text parsed in the plainest way, if anything."""
    if data.startswith((*COMPRESSED, b"PK")):
        return None
    lines = data.removeprefix(b"\xef\xbb\xbf").removesuffix(b"\n").split(b"\n")
    expected: dict[str, bytes] = {}
    for line in lines[found.details["format"] == "word2vec" :]:
        fields = line.removesuffix(b"\r").removesuffix(b" ").rsplit(b" ", found.dim)
        name = fields[0].rstrip(b" ").decode("utf-8", "replace")
        if name in options.get("only", [name]):
            numbers = np.array([float(number) for number in fields[1:]]).astype(np.float32)
            expected.setdefault(name, numbers.tobytes())
    rows = {word: row.tobytes() for word, row in zip(found.vocabulary.words, found.matrix, strict=True)}
    return None if rows == expected else "vectors other than those of the plain parser"


if __name__ == "__main__":
    fuzzing.main(__doc__, FORMATS, check)
