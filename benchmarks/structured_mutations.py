"""Damage to the files of artefacts that keeps their form: JSON, .npy, Parquet and safetensors."""

from __future__ import annotations

import io
import json
import sys
from contextlib import suppress
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from mutations import HOSTILE_NUMBERS, HOSTILE_TEXT, mutate

HOSTILE_VALUES: list[Any] = [
    None, True, False, 0, -1, 1.5, float("nan"), float("inf"), 1e308, "", "x", "a\nb\x1b[1m", "\ud800",
    "../x", [], {}, [[]], [None], {"": None}, [1, 2, 3], ["a", "a"], "9" * 5_000, *HOSTILE_NUMBERS,
    10**400,
]  # fmt: skip


def changed(suffix: str, data: bytes, random: Random, others: list[bytes]) -> bytes:
    """The content of a file of this suffix, damaged in its form or in its bytes."""
    if suffix == ".json" and random.random() < 0.8:
        try:
            return _changed_json(json.loads(data), random)
        except (ValueError, RecursionError):
            return mutate(data, random, others)
    if suffix == ".npy" and random.random() < 0.7:
        return _changed_npy(data, random, others)
    if suffix == ".parquet" and random.random() < 0.7:
        return _changed_parquet(data, random)
    if suffix == ".safetensors" and random.random() < 0.6:
        size = int.from_bytes(data[:8], "little")
        try:
            header = _changed_json(json.loads(data[8 : 8 + size]), random)
        except (ValueError, RecursionError):
            header = b"{}"
        return len(header).to_bytes(8, "little") + header + data[8 + size :]
    if random.random() < 0.1:
        return random.choice([b"", b"PK\x03\x04", b"\x80\x04.", b"{}", b"null", random.choice(others)])
    return mutate(data, random, others)


def _changed_json(value: Any, random: Random) -> bytes:
    """JSON with some value in it replaced, dropped, added, or nested deep."""
    text = ""
    for _ in range(random.choice((1, 1, 2))):
        parent, key = _place(value, random)
        if parent is None:
            value = random.choice(HOSTILE_VALUES)
            continue
        action = random.random()
        if action < 0.15:
            del parent[key]
        elif action < 0.25 and isinstance(parent, dict):
            parent[random.choice(["", "x", "../x", "a\0b", "shape", "model", "manifest.json"])] = parent[key]
        elif action < 0.32 and isinstance(parent, list):
            parent[key:key] = [parent[key]] * random.choice((1, 100))
        elif action < 0.40:
            text = random.choice(("[", '{"a":')) * random.choice((50, 150, 5_000, 100_000))
            parent[key] = "DEEP"
        elif action < 0.5 and isinstance(parent[key], int | float) and abs(parent[key]) < 2**63:
            parent[key] += random.choice((1, -1, 0.5, 10**6))
        else:
            parent[key] = random.choice(HOSTILE_VALUES)
    sys.set_int_max_str_digits(0)
    written = json.dumps(value, indent=random.choice((None, 2)))
    sys.set_int_max_str_digits(4300)
    if text:
        closed = "]" if text[0] == "[" else "}"
        depth = text.count(text[0])
        written = written.replace('"DEEP"', text + "1" + closed * random.choice((0, depth)))
    return written.encode("utf-8", "surrogatepass")


def _place(value: Any, random: Random) -> tuple[Any, Any]:
    """A container in `value` and a key or position in it, by a random walk downwards."""
    parent: Any = None
    key: Any = None
    while isinstance(value, dict | list) and value and (parent is None or random.random() < 0.8):
        parent = value
        key = random.choice(list(value)) if isinstance(value, dict) else random.randrange(len(value))
        value = value[key]
    return parent, key


def _changed_npy(data: bytes, random: Random, others: list[bytes]) -> bytes:
    action = random.random()
    if action < 0.4:  # the header alone, its length kept or made to fit
        size = int.from_bytes(data[8:10], "little")
        header = mutate(data[10 : 10 + size], random, [*others, *HOSTILE_TEXT])
        length = len(header) if random.random() < 0.8 else size
        return data[:8] + (length % 65_536).to_bytes(2, "little") + header + data[10 + size :]
    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except Exception:  # damaged already
        return mutate(data, random, others)
    flat = array.reshape(-1).copy()
    if action < 0.7 and len(flat):  # numbers
        if flat.dtype.kind == "f":
            flat[random.randrange(len(flat))] = random.choice((np.nan, np.inf, -np.inf, 1e38, 0))
        elif flat.dtype.kind in "iu":
            limits = np.iinfo(flat.dtype)
            flat[random.randrange(len(flat))] = random.choice(
                (limits.min, limits.max, -1 if limits.min else 1, 0)
            )
        array = flat.reshape(array.shape)
    elif action < 0.85:  # types
        kind = random.choice(["f2", "f4", "f8", "i1", "i4", "i8", "u8", ">f4", "c8", "?", "U3"])
        with np.errstate(all="ignore"), suppress(ValueError):  # texts of an earlier change may be no numbers
            array = array.astype(kind)
    else:  # shapes
        array = random.choice([array[:-1], array[:0], array[None], array.T, np.asfortranarray(array), flat])
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def _changed_parquet(data: bytes, random: Random) -> bytes:
    try:
        table = pq.read_table(io.BytesIO(data))
        table.validate(full=True)
    except Exception:  # damaged already
        return mutate(data, random, [data])
    if not table.column_names:
        return data
    name = random.choice(table.column_names)
    column = table.column(name).combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    place = random.randrange(max(1, len(column)))
    action = random.randrange(6)
    if action == 0:
        return _parquet(table.drop_columns([name]))
    if action == 1:
        return _parquet(table.slice(0, random.choice((0, 1, place))))
    values: list[Any] = column.to_pylist()
    if action == 2 and values:
        values[place] = None
    elif action == 3 and values:  # bytes that are not UTF-8
        blobs = [value.encode() if isinstance(value, str) else b"\xff" for value in values]
        blobs[place] = random.choice((b"\xff", b"\xed\xa0\x80", b"a\xc3"))
        binary = pa.array(blobs, pa.binary())
        wanted = column.type if column.type in (pa.string(), pa.large_string()) else pa.string()
        broken = pa.Array.from_buffers(pa.string(), len(binary), binary.buffers())
        return _parquet(table.set_column(0, name, broken if wanted == pa.string() else broken.cast(wanted)))
    elif action == 4 and values:
        values[place] = random.choice((2**62, -1, 0)) if isinstance(values[place], int) else values[0]
    else:
        kind = random.choice((pa.string(), pa.large_string(), pa.float64(), pa.int32(), pa.binary()))
        try:
            return _parquet(table.set_column(0, name, column.cast(kind)))
        except pa.ArrowException:
            return _parquet(table.append_column("x", column))
    return _parquet(table.set_column(table.column_names.index(name), name, pa.array(values, column.type)))


def _parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()
