"""Blocks of text encoded by compiled code, which lets go of the interpreter's lock.

It reads the lines that it can be sure of. The few others are split by the tokenizer as it splits any line,
and put back as words with spaces between them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from wordlab.text.tokenizers.splitter import EncodedBlock

if TYPE_CHECKING:
    from wordlab.text.tokenizers.code_points import CodePoints

_LEAST, _LEAST_AT_FIRST = 1 << 16, 1 << 19  # bytes: below, loading the code takes longer than splitting
_MOST_UNSURE = 0.1  # of a text: with more, processes are faster than threads


def is_worth_it(data: bytes) -> bool:
    """Whether compiled code is faster on `data`; results are equal either way."""
    return len(data) >= (_LEAST if "numba" in sys.modules else _LEAST_AT_FIRST)


def is_mostly_sure(data: bytes, points: CodePoints) -> bool:
    """Whether nearly all of `data`, lines of UTF-8, can be read by compiled code."""
    if data.isascii():
        return True
    starts, unsure = _check(data, points)
    return bool(np.diff(starts)[unsure].sum() <= _MOST_UNSURE * len(data))


def encode(
    data: bytes, points: CodePoints, split: Callable[[str], Sequence[str]], *, most_joiners: int
) -> EncodedBlock:
    """The tokens of `data`, lines of UTF-8; those of each line are those that `split` finds.

    Raises UnicodeDecodeError.
    """
    from wordlab.compiled.tokens import find_words
    from wordlab.text.tokenizers.packed import PackedWords

    ready = np.zeros(0, bool)
    if not data.isascii():
        starts, ready = _check(data, points)
        data = _with_split_lines(data, starts, np.flatnonzero(ready), split)
    num_line_ends = data.count(b"\n")
    ids, line_ends, *words = find_words(
        np.frombuffer(data, np.uint8), points.pages, ready, most_joiners, num_line_ends
    )
    return EncodedBlock(PackedWords(*words), ids, line_ends)


def _check(data: bytes, points: CodePoints) -> tuple[np.ndarray, np.ndarray]:
    """Where lines begin, int64 (num_lines + 1,), and which are not sure, bool (num_lines,).

    Makes the pages that they need.
    """
    from wordlab.compiled.tokens import DONE, MALFORMED, check_lines

    num_lines = data.count(b"\n") + (not data.endswith(b"\n"))
    starts, unsure = np.zeros(num_lines + 1, np.int64), np.zeros(num_lines, bool)
    found, line = check_lines(np.frombuffer(data, np.uint8), 0, points.pages, starts, unsure)
    while found != DONE:
        if found == MALFORMED:
            data.decode("utf-8")
            raise RuntimeError("expected bytes that are not UTF-8")
        points.add(found)
        found, line = check_lines(np.frombuffer(data, np.uint8), line, points.pages, starts, unsure)
    return starts, unsure


def _with_split_lines(
    data: bytes, starts: np.ndarray, lines: np.ndarray, split: Callable[[str], Sequence[str]]
) -> bytes:
    """`data` with some of its `lines`, in ascending order, replaced by their tokens with spaces between."""
    pieces, done = [], 0
    for line in lines.tolist():
        start, stop = int(starts[line]), int(starts[line + 1]) - 1
        text = data[start:stop].decode("utf-8")
        pieces += [data[done:start], " ".join(split(text)).encode("utf-8", "surrogatepass")]
        done = stop
    return b"".join([*pieces, data[done:]])
