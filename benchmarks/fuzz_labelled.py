"""Damaged and hostile labelled texts in every format: `fuzz_formats.py` for `sentiment train`.

    python benchmarks/fuzz_labelled.py --inputs 100000
    python benchmarks/fuzz_labelled.py --formats parquet --first 4711 --inputs 1 --show

Each input is a small file, or a file in a folder of its class, with one to three mutations, read with
options drawn at random and inspected as before training. The outcome must be texts with labels, or an
error of wordlab's own of one line, within 20 seconds and 256 MB. Of texts without compression each must
occur in the file, and each label be one line. An input depends only on the seed, the format and its number.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import fuzzing
import pyarrow as pa
import pyarrow.parquet as pq
from mutations import COMPRESSED, mutate

from wordlab.sentiment import LabelledTexts, inspect, read_labelled

FORMATS = ("tsv", "csv", "jsonl", "parquet", "lines", "fasttext", "folders")
SUFFIXES = {"lines": "txt", "fasttext": "txt", "folders": "txt"}
TEXTS = ["a good film", 'it is "bad", he said', "so-so", "很好", "naïve; déjà vu", "x" * 300, "", "1", "nan"]
LABELS = (["pos", "neg"], ["0", "1", "2"], ["y", "n"], ["label", "text"])
ENCODINGS = ("latin-1", "utf-16", "utf-16-le", "shift_jis", "utf-7", "cp1252", "hz", "rot13")


@cache
def samples(format: str) -> list[bytes]:
    """Small files in `format`, of several sizes and sets of labels."""
    made = []
    for names in LABELS:
        for number in (1, 2, 9, 60):
            pairs = [(TEXTS[n % len(TEXTS)], names[n % len(names)]) for n in range(number)]
            made.append(_write(pairs, format))
    return made


def _write(pairs: list[tuple[str, str]], format: str) -> bytes:
    texts, labels = zip(*pairs, strict=True)
    if format == "parquet":
        return _write_parquet(list(texts), list(labels))
    if format == "csv":
        stream = io.StringIO()
        csv.writer(stream).writerows([("id", "text", "label"), *((n, *pair) for n, pair in enumerate(pairs))])
        return stream.getvalue().encode()
    forms = {
        "tsv": "{label}\t{text}\n",
        "lines": "{label} {text}\n",
        "fasttext": "__label__{label} {text}\n",
        "folders": "{text}\n",
    }
    if format == "jsonl":
        records = [
            {"text": text, "label": _value(label), "inner": {"text": text, "kind": label}}
            for text, label in pairs
        ]
        if len(pairs) % 2 == 0:
            return json.dumps(records, indent=len(pairs) % 4 or None).encode()
        return "".join(json.dumps(record) + "\n" for record in records).encode()
    return "".join(forms[format].format(text=text, label=label) for text, label in pairs).encode()


def _value(label: str) -> Any:
    return int(label) if label.isdecimal() else label


def _write_parquet(texts: list[str], labels: list[str]) -> bytes:
    """A table with columns of many types beside the texts and labels."""
    number = len(texts)
    stream = io.BytesIO()
    table = {
        "text": texts,
        "label": [_value(label) for label in labels],
        "share": [0.5 * n for n in range(number)],
        "time": pa.array(range(number), pa.timestamp("ns", "Europe/Paris")),
        "bytes": [text.encode() for text in texts],
        "list": [[n] for n in range(number)],
        "kind": pa.array(labels).dictionary_encode(),
        "inner": [{"text": text, "kind": label} for text, label in zip(texts, labels, strict=True)],
    }
    feature = {"names": ["bad", "fair", "good"], "_type": "ClassLabel"}
    metadata = {"huggingface": json.dumps({"info": {"features": {"label": feature}}})}
    pq.write_table(
        pa.table(table).replace_schema_metadata(metadata), stream, compression="none", row_group_size=20
    )
    return stream.getvalue()


@cache
def everything() -> list[bytes]:
    """The data of all samples in all formats, to splice from."""
    return [sample for format in FORMATS for sample in samples(format)]


def make_input(format: str, seed: int, number: int) -> tuple[bytes, dict[str, Any]]:
    """Input `number`: the damaged data, and the options to read it with."""
    random = Random(f"{seed}/{format}/{number}")  # noqa: S311 - not for secrets
    data = mutate(random.choice(samples(format)), random, everything())
    encoding = random.choice(ENCODINGS) if random.random() < 0.2 else "utf-8"
    options: dict[str, Any] = {"encoding": encoding, "max_record": 1}
    columns = ("text", "label", "0", "1", "time", "bytes", "list", "kind", "share", "", "99999999999", "²",
               "inner.text", "inner.kind", "inner.none")  # fmt: skip
    if format in ("tsv", "csv", "jsonl", "parquet"):
        if random.random() < 0.2:
            options["text_column"] = random.choice(columns)
        if random.random() < 0.2:
            options["label_column"] = random.choice(columns)
    if format in ("tsv", "csv"):
        options["header"] = random.choice((None, None, True, False))
        if random.random() < 0.2:
            options["delimiter"] = random.choice((",", ";", "\t", "\\t", "ab", '"'))
    if random.random() < 0.1 and format != "folders":
        options["input_format"] = random.choice(FORMATS[:-1])
    return data, options


def check(format: str, seed: int, number: int, folder: Path) -> tuple[str, Callable[[], str | None]]:
    """The input, and what reads it; see `fuzzing.Check`."""
    data, options = make_input(format, seed, number)
    path = _place(folder, format, data)

    def read() -> str | None:
        found = read_labelled(path, **options)
        problem = _wrong_texts(found, data, options)
        inspect(found)
        return problem

    return f"{json.dumps(options)} {data!r}", read


def _place(folder: Path, format: str, data: bytes) -> Path:
    """Where the data is, written as a file, or as one of the files of a class."""
    if format != "folders":
        path = folder / f"x.{SUFFIXES.get(format, format)}"
        path.write_bytes(data)
        return path
    root = folder / "train"
    for label, content in (("pos", data), ("neg", b"a bad film")):
        (root / label).mkdir(parents=True, exist_ok=True)
        (root / label / "1.txt").write_bytes(content)
    return root


def _wrong_texts(found: LabelledTexts, data: bytes, options: dict[str, Any]) -> str | None:
    if not all(label.strip() and len(label.splitlines()) == 1 for label in found.classes):
        return "a label that is empty or several lines"
    format = options.get("input_format") or Path(found.source).suffix
    if options["encoding"] != "utf-8" or format not in ("tsv", "lines", "fasttext", ".tsv", ".txt"):
        return None
    if data.startswith((*COMPRESSED, b"\xff\xfe", b"\xfe\xff")):
        return None  # compressed, or UTF-16 by its mark
    whole = data.decode("utf-8", "replace")
    for text, label in zip(found.texts, found.labels, strict=True):
        if text not in whole or label not in whole:
            return f"a pair that is not in the file: {text!r}, {label!r}"
    return None


if __name__ == "__main__":
    fuzzing.main(__doc__, FORMATS, check)
