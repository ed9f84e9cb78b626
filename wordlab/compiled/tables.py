"""Arrays of named tuples, one after the other in memory that is given: that which processes share, say."""

from __future__ import annotations

from typing import Any

import numpy as np

_LINE = 64  # bytes of a cache line, at which each array begins


def num_bytes(tables: Any) -> int:
    """Bytes that all arrays of a named tuple take, those of the named tuples in it included."""
    if isinstance(tables, np.ndarray):
        return -(-tables.nbytes // _LINE) * _LINE
    return sum(map(num_bytes, tables)) if isinstance(tables, tuple) else 0


def laid_out(tables: Any, memory: np.ndarray) -> Any:
    """Arrays of the same shapes as in `tables`, a named tuple, in `memory`, uint8; what else it has stays."""
    if isinstance(tables, np.ndarray):
        return memory[: tables.nbytes].view(tables.dtype).reshape(tables.shape)
    if not isinstance(tables, tuple):
        return tables
    found = []
    for part in tables:
        found.append(laid_out(part, memory))
        memory = memory[num_bytes(part) :]
    return type(tables)(*found)
