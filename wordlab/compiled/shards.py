"""Rows that several shards train at the same time: each on copies of its own, merged afterwards.

Shards train side by side, each on a span of the corpus, from the same matrices and without a look at each
other. As all draws are known before, so are the rows that each will touch: what only one of them touches
is changed in place, and of the others each shard gets copies, which lie behind the matrix's own rows. So
the shards can run on any number of threads, at any speed, and the result is the same to the bit.

Where two shards change a row by a and b, the merged change is

    a (1 - a.b / 2 a.a) + b (1 - a.b / 2 b.b)

which is the sum of changes in unrelated directions and the mean of equal ones (Maleki et al. 2021,
"Scaling Distributed Training with Adaptive Summation", section 3). More than two are merged pair by pair,
in a tree whose shape depends on their number only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordlab.compiled.bitmaps import bit_of, bitmap_size, count_bits, lowest_bit, word_of
from wordlab.compiled.jit import SEPARATE, cached_njit
from wordlab.compiled.kernels import ONE, ZERO, prefetch_row
from wordlab.compiled.lanes import LANES, either, load, splat, store, total
from wordlab.compiled.parts import called, exact, inlined

_AHEAD = 8  # rows


class Shared(NamedTuple):
    """A matrix that shards change, with room for their copies; bitmaps of its rows, one a shard."""

    matrix: np.ndarray
    """float32 (num_rows + num_shards * num_copies, dim)."""
    num_rows: int
    """Rows of its own."""
    num_copies: int
    """Rows that each shard can have copies of."""
    touched: np.ndarray
    """uint64 (num_shards, bitmap_size): the rows that a shard touches; empty where nobody asks."""
    copied: np.ndarray
    """uint64 (num_shards, bitmap_size): those that others touch as well, of which it has copies; empty where
    all is changed in place."""
    ranks: np.ndarray
    """int32 (num_shards, bitmap_size): how many copies it has of rows before those of a word there."""
    copies: np.ndarray
    """uint32 (num_shards, num_copies): where the matrix has these rows."""
    listed: np.ndarray
    """uint64 (bitmap_size,): the rows that any shard touches, if the matrix holds these only, in their order;
    else empty, as every row has its place."""
    listed_ranks: np.ndarray
    """int32 (bitmap_size,): how many of them are before those of a word of the bitmap."""


def shared_matrix(
    matrix: np.ndarray, num_rows: int, num_shards: int, *, apart: bool, num_listed: int = 0
) -> Shared:
    """`matrix` has `num_rows` rows of its own; the rest is for copies of the shards, if they train `apart`.

    With `num_listed` it holds what the shards touch out of so many rows.
    """
    size = bitmap_size(num_listed or num_rows)
    num_copies = (len(matrix) - num_rows) // num_shards
    return Shared(
        matrix,
        num_rows,
        num_copies,
        touched=np.zeros((num_shards, size if apart or num_listed else 0), np.uint64),
        copied=np.zeros((num_shards, size if apart else 0), np.uint64),
        ranks=np.zeros((num_shards, size if apart else 0), np.int32),
        copies=np.zeros((num_shards, num_copies), np.uint32),
        listed=np.zeros(size if num_listed else 0, np.uint64),
        listed_ranks=np.zeros(size if num_listed else 0, np.int32),
    )


@inlined
def touch(shared, shard, row):
    """Note that a shard touches `row`."""
    shared.touched[shard, word_of(row)] |= bit_of(row)


@inlined
def touch_nothing(shared, shard):
    """Note that a shard touches no row any more."""
    for word in range(shared.touched.shape[1]):
        shared.touched[shard, word] = 0


@called
def list_touched(shared, num_shards, rows):
    """Give each row that any shard touches a place, in their order; writes them into `rows`.

    Returns their number.
    """
    num_listed = 0
    for word in range(len(shared.listed)):
        bits = np.uint64(0)
        for shard in range(num_shards):
            bits |= shared.touched[shard, word]
        shared.listed[word], shared.listed_ranks[word] = bits, num_listed
        while bits:
            rows[num_listed] = 64 * word + lowest_bit(bits)
            bits &= bits - np.uint64(1)
            num_listed += 1
    return num_listed


@inlined
def own_place(shared, row):
    """Where the matrix has a row."""
    if len(shared.listed) == 0:
        return np.int64(row)
    word = word_of(row)
    before = shared.listed[word] & (bit_of(row) - np.uint64(1))
    return np.int64(shared.listed_ranks[word] + count_bits(before))


@inlined
def place_of(shared, shard, row):
    """Where a shard finds a row: in its own place, or in that of the shard's copy."""
    if shared.copied.shape[1] == 0:
        return own_place(shared, row)
    word, bit = word_of(row), bit_of(row)
    copy = copy_place(shared, shard, word, bit)
    return either(shared.copied[shard, word] & bit != 0, copy, own_place(shared, row))


@inlined
def copy_place(shared, shard, word, bit):
    """Where a shard's copy of the row is that a bit of a word stands for, if it has one."""
    rank = shared.ranks[shard, word] + count_bits(shared.copied[shard, word] & (bit - np.uint64(1)))
    return shared.num_rows + shard * shared.num_copies + rank


@called
def copy_common_rows(shared, shard, num_shards, dim):
    """Give a shard copies of the rows that others touch as well, once all have touched theirs."""
    touched = shared.touched
    for word in range(touched.shape[1]):
        others = np.uint64(0)
        for other in range(num_shards):
            if other != shard:
                others |= touched[other, word]
        shared.copied[shard, word] = others & touched[shard, word]
    copy_rows(shared, shard, dim)


@called
def copy_touched_rows(shared, shard, dim):
    """Give a shard copies of all rows that it touches, as if all others touched them, too."""
    for word in range(shared.copied.shape[1]):
        shared.copied[shard, word] = shared.touched[shard, word]
    copy_rows(shared, shard, dim)


@cached_njit(**SEPARATE)
def accept_copies(shared, shard, rows):
    """Note that a shard that trains elsewhere has touched `rows`, ascending; its copies are yet to come."""
    touch_nothing(shared, shard)
    for row in rows:
        touch(shared, shard, row)
    num_copied = 0
    for word in range(shared.copied.shape[1]):
        bits = shared.touched[shard, word]
        shared.copied[shard, word], shared.ranks[shard, word] = bits, num_copied
        num_copied += count_bits(bits)


@cached_njit(**SEPARATE)
def rows_touched(shared, shard, rows):
    """Write the rows that a shard touches into `rows`, ascending; returns their number."""
    num_touched = 0
    for word in range(shared.touched.shape[1]):
        bits = shared.touched[shard, word]
        while bits:
            rows[num_touched] = 64 * word + lowest_bit(bits)
            bits &= bits - np.uint64(1)
            num_touched += 1
    return num_touched


@inlined
def copy_rows(shared, shard, dim):
    """Find places for the copies that a shard has, in the order of their rows, and make them."""
    matrix, rows = shared.matrix, shared.copies[shard]
    first, num_copied = shared.num_rows + shard * shared.num_copies, 0
    for word in range(shared.copied.shape[1]):
        bits = shared.copied[shard, word]
        shared.ranks[shard, word] = num_copied
        while bits:
            rows[num_copied] = own_place(shared, 64 * word + lowest_bit(bits))
            bits &= bits - np.uint64(1)
            num_copied += 1
    for i in range(min(_AHEAD, num_copied)):
        prefetch_row(matrix, rows[i], dim, False)
    for i in range(num_copied):
        if i + _AHEAD < num_copied:
            prefetch_row(matrix, rows[i + _AHEAD], dim, False)
        for d in range(0, dim, LANES):
            store(matrix, first + i, d, load(matrix, rows[i], d))


@called
def merge(shared, num_shards, thread, num_threads, dim, places):
    """Merge a thread's part of the rows that have copies; `places` int64 (num_shards,) is for its notes."""
    size = shared.copied.shape[1]
    for word in range(thread, size, num_threads):
        common = np.uint64(0)
        for shard in range(num_shards):
            common |= shared.copied[shard, word]
        while common:
            row = 64 * word + lowest_bit(common)
            bit = common & (~common + np.uint64(1))
            common ^= bit
            num_copies = np.int64(0)  # and not the constant 0, for which numba would compile again
            for shard in range(num_shards):
                if shared.copied[shard, word] & bit:
                    places[num_copies] = copy_place(shared, shard, word, bit)
                    num_copies += 1
            if num_copies == 1:  # of a shard that trains elsewhere
                for d in range(0, dim, LANES):
                    store(shared.matrix, own_place(shared, row), d, load(shared.matrix, places[0], d))
            elif num_copies == 2:
                merge_two(shared.matrix, own_place(shared, row), places[0], places[1], dim)
            else:
                merge_more(shared.matrix, own_place(shared, row), places, num_copies, dim)


@inlined
def merge_two(matrix, row, a, b, dim):
    """Add to a row the adaptive sum of what its copies at `a` and `b` have changed."""
    aa, ab, bb = splat(ZERO), splat(ZERO), splat(ZERO)
    for d in range(0, dim, LANES):
        before = load(matrix, row, d)
        x, y = load(matrix, a, d) - before, load(matrix, b, d) - before
        aa, ab, bb = aa + x * x, ab + x * y, bb + y * y
    scale_a, scale_b = adaptive_scales(total(aa), total(ab), total(bb))
    for d in range(0, dim, LANES):
        before = load(matrix, row, d)
        x, y = load(matrix, a, d) - before, load(matrix, b, d) - before
        store(matrix, row, d, before + scale_a * x + scale_b * y)


@exact
def adaptive_scales(aa, ab, bb):
    """The factors of two changes in their sum, given their products; a change of zero has none."""
    half = np.float32(0.5) * ab
    return ONE - half / aa if aa > ZERO else ONE, ONE - half / bb if bb > ZERO else ONE


@inlined
def merge_more(matrix, row, places, num_copies, dim):
    """The same for any number of copies at `places`, which are destroyed."""
    for copy in range(num_copies):
        for d in range(0, dim, LANES):
            store(matrix, places[copy], d, load(matrix, places[copy], d) - load(matrix, row, d))
    step = 1
    while step < num_copies:
        for left in range(0, num_copies - step, 2 * step):
            a, b = places[left], places[left + step]
            aa, ab, bb = splat(ZERO), splat(ZERO), splat(ZERO)
            for d in range(0, dim, LANES):
                x, y = load(matrix, a, d), load(matrix, b, d)
                aa, ab, bb = aa + x * x, ab + x * y, bb + y * y
            scale_a, scale_b = adaptive_scales(total(aa), total(ab), total(bb))
            for d in range(0, dim, LANES):
                store(matrix, a, d, scale_a * load(matrix, a, d) + scale_b * load(matrix, b, d))
        step *= 2
    for d in range(0, dim, LANES):
        store(matrix, row, d, load(matrix, row, d) + load(matrix, places[0], d))
