"""Damaged and hostile texts in every format, compression and archive: `fuzz_formats.py` for `corpus build`.

    python benchmarks/fuzz_sources.py --inputs 100000
    python benchmarks/fuzz_sources.py --formats parquet --first 4711 --inputs 1 --show

Each input is a small file with one to three mutations, read with options drawn at random, its beginning
first. The outcome must be blocks of UTF-8, or an error of wordlab's own of one line, within 20 seconds and
256 MB. Plain text, TSV and JSON lines are read once more in the plainest way and must be the same. An input
depends only on the seed, the format and its number.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import fuzzing
import pyarrow as pa
import pyarrow.parquet as pq
from mutations import COMPRESS, COMPRESSED, mutate

from wordlab.text.reader import BlockReader
from wordlab.text.sources import find_sources

FORMATS = (
    "text",
    "csv",
    "tsv",
    "jsonl",
    "parquet",
    "gzip",
    "bzip2",
    "xz",
    "zstandard",
    "zip",
    "tar",
    "tar.gz",
)
SUFFIXES = {"text": "txt"}
TEXTS = [
    "a good film",
    'it is "bad", he said',
    "so; so",
    "很好",
    "naïve déjà vu",
    "x" * 300,
    "",
    "1",
    "\u2028",
]
ENCODINGS = ("cp1252", "utf-16", "utf-16-le", "shift_jis", "utf-7", "gb18030", "hz", "iso2022_jp", "rot13")


@cache
def samples(format: str) -> list[bytes]:
    """Small files in `format`, of several sizes."""
    return [_write([TEXTS[n % len(TEXTS)] for n in range(number)], format) for number in (1, 2, 9, 60)]


def _write(texts: list[str], format: str) -> bytes:
    if format == "text":
        return "\n".join(texts).encode()
    if format == "csv":
        stream = io.StringIO()
        rows = csv.writer(stream, delimiter=",;"[len(texts) % 2])
        rows.writerows([("id", "text"), *enumerate(texts)])
        return stream.getvalue().encode()
    if format == "tsv":
        return "".join(f"{text}\tx\n" for text in ["text", *texts]).encode()
    if format == "jsonl":
        return "".join(json.dumps({"id": 1.5, "text": text, "x": [None]}) + "\n" for text in texts).encode()
    if format == "parquet":
        return _write_parquet(texts)
    if format in COMPRESS:
        return COMPRESS[format]("\n".join(texts).encode())
    return _write_archive(texts, format)


def _write_parquet(texts: list[str]) -> bytes:
    """A table with columns of other types beside the texts."""
    number = len(texts)
    stream = io.BytesIO()
    table = {
        "text": texts,
        "kind": pa.array(texts).dictionary_encode(),
        "time": pa.array(range(number), pa.timestamp("ns", "Europe/Paris")),
        "bytes": [text.encode() for text in texts],
        "list": [[n] for n in range(number)],
    }
    codec = ("none", "snappy", "zstd")[number % 3]
    pq.write_table(pa.table(table), stream, compression=codec, row_group_size=20)
    return stream.getvalue()


def _write_archive(texts: list[str], format: str) -> bytes:
    files = {
        "a.txt": _write(texts, "text"), "sub/b.csv": _write(texts, "csv"),
        "c.jsonl.gz": gzip.compress(b'{"text": "x"}', mtime=0), "d.log": b"left out",
        "e" * 120 + ".txt": b"a long name",
    }  # fmt: skip
    stream = io.BytesIO()
    if format == "zip":
        method = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA)[len(texts) % 3]
        with zipfile.ZipFile(stream, "w", method) as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name), content, method)
        return stream.getvalue()
    with tarfile.open(fileobj=stream, mode="w", format=len(texts) % 2 + 1) as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return gzip.compress(stream.getvalue(), mtime=0) if format == "tar.gz" else stream.getvalue()


@cache
def everything() -> list[bytes]:
    """The data of all samples in all formats, to splice from."""
    return [sample for format in FORMATS for sample in samples(format)]


def make_input(format: str, seed: int, number: int) -> tuple[bytes, dict[str, Any]]:
    """Input `number`: the damaged data, and the options to read it with."""
    random = Random(f"{seed}/{format}/{number}")  # noqa: S311 - not for secrets
    data = mutate(random.choice(samples(format)), random, everything())
    options: dict[str, Any] = {"max_record": 1}
    if random.random() < 0.2:
        options["encoding"] = random.choice(ENCODINGS)
    if random.random() < 0.2:
        options["encoding_errors"] = "replace"
    if random.random() < 0.1:
        options["text_column"] = random.choice(("0", "1", "kind", "time", "bytes", "", "9" * 5000, "²"))
    if random.random() < 0.1:
        options["header"] = False
    if random.random() < 0.1:
        options["delimiter"] = random.choice((",", ";", "\t", "\\t", "ab", '"', " "))
    if random.random() < 0.05:
        options["input_format"] = random.choice(FORMATS[:5])
    return data, options


def check(format: str, seed: int, number: int, folder: Path) -> tuple[str, Callable[[], str | None]]:
    """The input, and what reads it; see `fuzzing.Check`."""
    data, options = make_input(format, seed, number)
    path = folder / f"x.{SUFFIXES.get(format, format)}"
    path.write_bytes(data)

    def read() -> str | None:
        sources = find_sources([path], options.get("input_format"))
        reader = BlockReader([*sources, *sources], **options)
        reader.check_beginnings()
        found = b"".join(reader)
        first, second = found[: len(found) // 2], found[len(found) // 2 :]
        if first != second:
            return "two readings of one file that differ"
        if found and not found.endswith(b"\n"):
            return "a source whose last line does not end"
        expected = _plainly(sources[0].format, data, options, first)
        return None if expected in (None, first) else f"expected {expected!r}, found {first!r}"

    return f"{json.dumps(options)} {data!r}", read


def _plainly(format: str, data: bytes, options: dict[str, Any], found: bytes) -> bytes | None:
    """The text as the plainest code reads it; None where there is none."""
    if format not in ("text", "jsonl", "tsv") or options.keys() & {
        "encoding",
        "encoding_errors",
        "text_column",
        "header",
        "delimiter",
    }:
        return None
    if data.startswith((*COMPRESSED, b"\xff\xfe", b"\xfe\xff", b"PK", b"\0\0")):
        return None
    if data[257:262] == b"ustar":
        return None
    text = data.removeprefix(b"\xef\xbb\xbf").decode()
    lines = text.removesuffix("\n").split("\n")
    if format == "text":
        found_lines = lines if text else []
    elif format == "jsonl":
        found_lines = [json.loads(line)["text"] for line in lines if line.strip()]
    else:
        rows = [line.rstrip("\r").split("\t") for line in lines if line.rstrip("\r")]
        found_lines = [row[rows[0].index("text")] for row in rows[1:]] if rows else []
    return "".join(f"{line}\n" for line in found_lines).encode()


if __name__ == "__main__":
    fuzzing.main(__doc__, FORMATS, check)
