"""Damage to files of vectors, as networks, editors, other programs and malice cause it."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
from collections.abc import Callable, Sequence
from random import Random

import pyarrow as pa

HOSTILE_TEXT = [
    b"", b"0", b"-1", b"1", b"+2", b"00", b"1.", b".5", b"1e5", b"1e39", b"1e-400", b"1e999", b"nan", b"inf",
    b"-Infinity", b"0x10", b"1_0", b"2147483647", b"2147483648", b"4294967296", b"9223372036854775807",
    b"18446744073709551616", b"99999999999999999999999", b"1" * 400, "\u0661".encode(), b"\xff", b"\0",
]  # fmt: skip
HOSTILE_NUMBERS = [
    0,
    1,
    2,
    7,
    255,
    2**15,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**40,
    2**62,
    2**63 - 1,
    -1,
    -2,
    -(2**31),
]
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstandard": lambda data: bytes(pa.compress(data, codec="zstd", asbytes=True)),
}
COMPRESSED = (b"\x1f\x8b", b"BZ", b"\xfd7", b"\x28\xb5")
"""How what these make begins."""
_SPECIAL = b" \n\r\t\0\x7f\x80\xc3\xe2\xef\xbb\xbf\xff0123456789+-.eE\"'#,:{}[]"
_NUMBER = re.compile(rb"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")

Mutation = Callable[[bytearray, Random, Sequence[bytes]], bytes | bytearray]


def _truncate(data: bytearray, random: Random, _: Sequence[bytes]) -> bytearray:
    return data[: random.randint(0, len(data))]


def _flip(data: bytearray, random: Random, _: Sequence[bytes]) -> bytearray:
    for _time in range(random.choice((1, 1, 2, 8))):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return data


def _set_special(data: bytearray, random: Random, _: Sequence[bytes]) -> bytearray:
    for _time in range(random.choice((1, 1, 2, 4))):
        data[random.randrange(len(data))] = random.choice(_SPECIAL)
    return data


def _splice(data: bytearray, random: Random, others: Sequence[bytes]) -> bytearray:
    other = random.choice(others)
    start, stop = sorted((random.randint(0, len(other)), random.randint(0, len(other))))
    place = random.randint(0, len(data))
    over = random.choice((0, stop - start))  # insert, or overwrite
    return data[:place] + other[start:stop] + data[place + over :]


def _edit_number(data: bytearray, random: Random, _: Sequence[bytes]) -> bytearray:
    within = data[: random.choice((16, 64, len(data)))]  # numbers matter most in headers
    found = list(_NUMBER.finditer(within))
    if not found:
        return data
    match = random.choice(found)
    return data[: match.start()] + random.choice(HOSTILE_TEXT) + data[match.end() :]


def _edit_length(data: bytearray, random: Random, _: Sequence[bytes]) -> bytearray:
    size = random.choice((1, 2, 4, 8))
    number = random.choice(HOSTILE_NUMBERS) % 2 ** (8 * size)
    place = random.randrange(random.choice((16, 64, 256, len(data))))
    data[place : place + size] = number.to_bytes(size, random.choice(("little", "little", "big")))
    return data


def _chunk(data: bytearray, random: Random) -> tuple[int, int]:
    start = random.randrange(len(data))
    return start, start + min(random.choice((1, 4, 30, 300)), len(data) - start)


def _duplicate(data: bytearray, random: Random, _: Sequence[bytes]) -> bytearray:
    start, stop = _chunk(data, random)
    place = random.choice((stop, random.randint(0, len(data))))
    return data[:place] + data[start:stop] * random.choice((1, 1, 2, 50)) + data[place:]


def _delete(data: bytearray, random: Random, _: Sequence[bytes]) -> bytearray:
    start, stop = _chunk(data, random)
    return data[:start] + data[stop:]


def _append(data: bytearray, random: Random, _: Sequence[bytes]) -> bytearray:
    return data + random.choice((b"\n", b" ", b"\0", b"x", b"\r\n", random.randbytes(random.randrange(40))))


def _swap_lines(data: bytearray, random: Random, _: Sequence[bytes]) -> bytearray:
    lines = bytes(data).split(b"\n")
    first, second = random.randrange(len(lines)), random.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return bytearray(random.choice((b"\n", b"\n", b"\r\n", b"\n\n")).join(lines))


def _compress_and_damage(data: bytearray, random: Random, others: Sequence[bytes]) -> bytearray:
    compressed = random.choice(list(COMPRESS.values()))(bytes(data))
    damage = random.choice((_truncate, _flip, _edit_length, _append, _delete))
    return damage(bytearray(compressed), random, others)


MUTATIONS: dict[str, Mutation] = {
    "truncation": _truncate,
    "byte flips": _flip,
    "special bytes": _set_special,
    "splices": _splice,
    "numbers": _edit_number,
    "length fields": _edit_length,
    "duplicated chunks": _duplicate,
    "deleted chunks": _delete,
    "appended bytes": _append,
    "moved lines": _swap_lines,
    "damaged compression": _compress_and_damage,
}


def mutate(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """The data with one to three mutations."""
    mutated = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        if mutated:
            kind = random.choice(list(MUTATIONS))
            mutated = bytearray(MUTATIONS[kind](mutated, random, others))
    return bytes(mutated)
