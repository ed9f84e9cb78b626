"""Rows that several shards change, each on copies of its own: where they are, and how they are merged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from tests.compiled.wholes import whole
from wordlab.compiled import members, shards
from wordlab.compiled.bitmaps import bitmap_size
from wordlab.compiled.lanes import LANES
from wordlab.compiled.members import Members
from wordlab.compiled.rows import padded_zeros

NUM_ROWS = 150  # two whole words of a bitmap and a part of one
TOUCHED = st.lists(st.sets(st.integers(0, NUM_ROWS - 1), max_size=40), min_size=1, max_size=5)


@njit
def touch_all(shared, shard, rows):
    shards.touch_nothing(shared, shard)
    for row in rows:
        shards.touch(shared, shard, row)


@njit
def copy_all(shared, num_shards, dim):
    for shard in range(num_shards):
        shards.copy_common_rows(shared, shard, num_shards, dim)


list_touched, place_of, merge = (whole(part) for part in (shards.list_touched, shards.place_of, shards.merge))
compose, decompose = whole(members.compose), whole(members.decompose)


def shared_by(touched, num_rows=NUM_ROWS, num_listed=0):
    """Rows of random numbers, LANES wide, and as many copies for each shard."""
    matrix = padded_zeros(num_rows * (1 + len(touched)), LANES)
    matrix[:num_rows] = np.random.default_rng(3).normal(size=(num_rows, LANES))
    shared = shards.shared_matrix(matrix, num_rows, len(touched), apart=True, num_listed=num_listed)
    for shard, rows in enumerate(touched):
        touch_all(shared, shard, np.array([NUM_ROWS - 1]))  # which is forgotten
        touch_all(shared, shard, np.array(sorted(rows), np.int64))
    return shared


def common_rows(touched, shard):
    return touched[shard] & set().union(*(rows for other, rows in enumerate(touched) if other != shard))


@pytest.mark.parametrize(("num_rows", "size"), [(0, 0), (1, 1), (64, 1), (65, 2), (NUM_ROWS, 3)])
def test_a_bitmap_has_a_bit_for_each_row(num_rows, size):
    assert bitmap_size(num_rows) == size


@given(TOUCHED)
def test_rows_of_one_shard_stay_and_others_have_copies(touched):
    shared = shared_by(touched)
    copy_all(shared, len(touched), LANES)
    for shard, rows in enumerate(touched):
        first = NUM_ROWS * (1 + shard)
        common = sorted(common_rows(touched, shard))
        expected = {row: row for row in rows} | {row: first + rank for rank, row in enumerate(common)}
        assert {row: place_of(shared, shard, row) for row in rows} == expected
        copies = shared.matrix[first : first + len(common)]
        assert copies.tobytes() == shared.matrix[common].tobytes()


@given(TOUCHED)
def test_rows_that_are_touched_are_listed_in_their_order(touched):
    most = len(set().union(*touched))
    shared = shared_by(touched, num_rows=most, num_listed=NUM_ROWS)
    rows = np.zeros(most, np.uint32)
    assert list_touched(shared, len(touched), rows) == most
    assert rows.tolist() == sorted(set().union(*touched))
    copy_all(shared, len(touched), LANES)
    for shard, own in enumerate(touched):
        common = sorted(common_rows(touched, shard))
        for row in own:
            expected = most * (1 + shard) + common.index(row) if row in common else rows.tolist().index(row)
            assert place_of(shared, shard, row) == expected


def merged(changes, *, num_threads=1):
    """What float32 (num_shards, LANES) changes of a row come to."""
    touched = [{70}] * len(changes)
    shared = shared_by(touched)
    before = shared.matrix[70].copy()
    copy_all(shared, len(touched), LANES)
    for shard, change in enumerate(changes):
        shared.matrix[place_of(shared, shard, 70)] += np.float32(change)
    for thread in range(num_threads):
        merge(shared, len(touched), thread, num_threads, LANES, np.empty(len(touched), np.int64))
    return shared.matrix[70] - before


def adaptive_sum(a, b):
    return a * (1 - a @ b / (2 * a @ a)) + b * (1 - a @ b / (2 * b @ b))


@pytest.mark.parametrize("num_threads", [1, 3])
@pytest.mark.parametrize("num_copies", [2, 3, 4, 5, 8])
def test_changes_are_merged_in_a_tree(num_copies, num_threads):
    changes = np.random.default_rng(num_copies).normal(size=(num_copies, LANES)) + 0.5
    expected = list(changes)
    while len(expected) > 1:
        odd = expected[-1:] if len(expected) % 2 else []
        expected = [*map(adaptive_sum, expected[:-1:2], expected[1::2]), *odd]
    np.testing.assert_allclose(merged(changes, num_threads=num_threads), expected[0], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("num_copies", [2, 4, 8])
def test_equal_changes_give_their_mean_and_orthogonal_ones_their_sum(num_copies):
    change = np.arange(LANES) - 3.0
    np.testing.assert_allclose(merged([change] * num_copies), change, rtol=1e-5, atol=1e-6)
    apart = np.diag(change)[:num_copies]
    np.testing.assert_allclose(merged(apart), apart.sum(axis=0), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("num_copies", [2, 3, 4])
def test_a_change_of_zero_counts_for_nothing(num_copies):
    nothing, change = np.zeros(LANES), np.arange(LANES) - 3.0
    others = [nothing] * (num_copies - 1)
    assert not merged([nothing, *others]).any()
    for changes in ([change, *others], [*others, change]):
        np.testing.assert_allclose(merged(changes), change, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("num_blocks", range(1, 9))
@pytest.mark.parametrize("num_threads", [1, 3])
def test_words_are_the_mean_of_their_members_and_give_each_their_change(num_blocks, num_threads):
    dim, rng = num_blocks * LANES, np.random.default_rng(num_blocks)
    offsets = np.array([0, 1, 4, 9, 12])
    ids = np.uint32([0, 1, 6, 7, 2, 7, 5, 6, 6, 3, 5, 5])  # word 2 has one twice
    inputs, changes = (rng.normal(size=(n, dim)).astype(np.float32) for n in (8, 3))
    used = np.array([0, 2, 3], np.uint32)
    members = [ids[offsets[word] : offsets[word + 1]] for word in used]
    expected = inputs.astype(float)
    words, before = (np.full((3, dim), np.nan, np.float32) for _ in range(2))
    for thread in range(num_threads):
        compose(used, 3, thread, num_threads, dim, Members(offsets, ids), inputs, words, before)
    np.testing.assert_allclose(words, [inputs[rows].mean(axis=0) for rows in members], rtol=1e-5, atol=1e-6)
    assert before.tobytes() == words.tobytes()
    words += changes
    for thread in range(num_threads):
        decompose(used, 3, thread, num_threads, dim, Members(offsets, ids), inputs, words, before)
    for rows, change in zip(members, changes, strict=True):
        np.add.at(expected, rows, change)
    np.testing.assert_allclose(inputs, expected, rtol=1e-5, atol=1e-5)
