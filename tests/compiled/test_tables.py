"""Arrays of named tuples in memory that is given."""

from typing import Any, NamedTuple

import numpy as np

from wordlab.compiled.tables import laid_out, num_bytes


class Inner(NamedTuple):
    rows: np.ndarray
    number: int


class Outer(NamedTuple):
    inner: Inner
    empty: np.ndarray
    flags: np.ndarray
    nothing: Any


TABLES = Outer(Inner(np.ones((3, 5), np.float32), 7), np.ones((4, 0)), np.ones(3, np.uint8), None)


def test_each_array_begins_at_a_cache_line():
    assert num_bytes(TABLES) == 64 + 0 + 64


def test_arrays_lie_one_after_the_other_and_the_rest_stays():
    memory = np.zeros(num_bytes(TABLES), np.uint8)
    found = laid_out(TABLES, memory)
    assert (found.inner.number, found.nothing) == (7, None)
    assert found.inner.rows.dtype == np.float32
    assert (found.inner.rows.shape, found.empty.shape, found.flags.shape) == ((3, 5), (4, 0), (3,))
    assert not found.inner.rows.any()
    found.inner.rows[:] = 1
    found.flags[:] = 2
    expected = np.zeros(128, np.uint8)
    expected[:60] = np.ones(15, np.float32).view(np.uint8)
    expected[64:67] = 2
    assert memory.tobytes() == expected.tobytes()
