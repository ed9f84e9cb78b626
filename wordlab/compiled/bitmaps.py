"""Sets of row numbers as bitmaps, uint64 (num_words,): row r is bit r % 64 of word r // 64.

A bit a row fits into the nearest cache where a number a row would not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from wordlab.compiled.parts import inlined

_ONE = np.uint64(1)
_LOW = np.uint64(63)
_SHIFT = np.uint64(6)


def bitmap_size(num_rows: int) -> int:
    """Words of a bitmap for so many rows."""
    return -(-num_rows // 64)


@inlined
def word_of(row):
    """The word of a bitmap that holds the bit of `row`."""
    return np.int64(np.uint64(row) >> _SHIFT)


@inlined
def bit_of(row):
    """That word with the bit of `row` only."""
    return _ONE << (np.uint64(row) & _LOW)


@intrinsic
def count_bits(typing_context: Any, bits: Any) -> Any:
    """How many bits of a uint64 are set."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


@intrinsic
def lowest_bit(typing_context: Any, bits: Any) -> Any:
    """The number of the lowest bit that is set in a uint64, which must not be zero."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, True))

    return types.int64(types.uint64), generate
