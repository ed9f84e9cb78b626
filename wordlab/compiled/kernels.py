"""The compiled inner loop of word2vec: the formulas of a window, on blocks of 16 floats.

A window has rows x_j (the input vectors of its context words, or for CBOW the one vector h that is
their mean or sum) and targets t_k (the output vectors of the centre word, k = 0, and of the noise
words). With label s_k = +1 for the centre and -1 for noise, the loss of a window is (Mikolov et al.
2013b, equation 4, negated)

    sum over j, k of  -log sigmoid(s_k x_j . t_k)

and a step of size eta has two halves. The first, `find_steps`, only reads:

    g_jk = eta s_k sigmoid(-s_k x_j . t_k)

and the second, `update`, needs nothing but these numbers and the rows, block by block:

    x_j += sum over k of g_jk t_k        t_k += sum over j of g_jk x_j

or the first of them alone, `pull`, where the targets are given.

The noise words are drawn once per window and shared by its rows, as in pWord2Vec (Ji et al. 2016):
three small matrix products instead of many vector products, at equal quality. Under hierarchical
softmax (2013b, section 2.1) the targets are the nodes of the centre's Huffman path, some at a time,
with s_k = +1 where the code is 0 and -1 where it is 1.
"""

from __future__ import annotations

import numpy as np

from wordlab.compiled.lanes import (
    LANES,
    first_lanes,
    item,
    load,
    prefetch,
    prefetch_to_write,
    splat,
    spread,
    stack_blocks,
    stack_ids,
    stack_pairs,
    store,
    times_power_of_two,
    total,
    totals,
    where_greater,
)
from wordlab.compiled.parts import inlined, settled

ZERO, ONE = np.float32(0), np.float32(1)

SHIFT = np.float32(1.5 * 2**23)
"""A number so large that adding it rounds to whole numbers, which then are in the lowest bits."""

LOG2_E = np.float32(1.4426950408889634)

# Polynomials of the least greatest error, by Lawson's iteration: 1 + f P1 + f^2 P2 ... is 2 ** f to 2e-7 of
# it, for f from -1/2 to 1/2, and e (Q0 + e Q1 ...) is log(1 + e) to 2e-7, for e from 0 to 1.
P1, P2, P3, P4, P5 = map(np.float32, (0.69314694, 0.2402212, 0.05550713, 0.0096755419, 0.0013276473))
Q0, Q1, Q2, Q3 = map(np.float32, (0.99998146, -0.49947727, 0.3282735, -0.22598319))
Q4, Q5, Q6 = map(np.float32, (0.13479438, -0.055229414, 0.010787891))


@inlined
def prefetch_row(matrix, row, dim, writing):
    """Ask for the cache lines that hold a row."""
    for column in range(0, dim, LANES):
        if writing:
            prefetch_to_write(matrix, row, column)
        else:
            prefetch(matrix, row, column)


@settled
def dot_products(rows, row_ids, num_rows, outputs, targets, num_targets, dim, logits, offset):
    """logits[0, offset + j * num_targets + k] = rows[row_ids[j]] . outputs[targets[k]].

    Up to 15 floats after the last are overwritten, too.
    """
    sums = stack_pairs(num_targets)
    for k in range(len(sums)):  # also those beyond the targets, which `totals` takes along
        store(sums, k, 0, splat(ZERO))
    even = num_rows // 2 * 2
    for j in range(0, even, 2):  # two rows at once: each block of a target that is loaded serves both
        for k in range(2 * num_targets):
            store(sums, k, 0, splat(ZERO))
        for d in range(0, dim, LANES):
            x, y = load(rows, item(row_ids, j), d), load(rows, item(row_ids, j + 1), d)
            for k in range(num_targets):
                t = load(outputs, targets[k], d)
                store(sums, k, 0, load(sums, k, 0) + x * t)
                store(sums, num_targets + k, 0, load(sums, num_targets + k, 0) + y * t)
        for k in range(0, 2 * num_targets, LANES):
            store(logits, 0, offset + j * num_targets + k, totals(sums, k))
    if even < num_rows:
        for k in range(2 * num_targets):
            store(sums, k, 0, splat(ZERO))
        for d in range(0, dim, LANES):
            x = load(rows, item(row_ids, even), d)
            for k in range(num_targets):
                store(sums, k, 0, load(sums, k, 0) + x * load(outputs, targets[k], d))
        for k in range(0, num_targets, LANES):
            store(logits, 0, offset + even * num_targets + k, totals(sums, k))


@inlined
def logistic_gradients(logits, offset, signs, n, rate):
    """Replace the n logits z from logits[0, offset] on by rate * s * sigmoid(-s z).

    Returns the sum of -log sigmoid(s z). With e = exp(-|z|): sigmoid(-z) is e / (1 + e) or 1 / (1 + e),
    and -log sigmoid(z) is max(-z, 0) + log(1 + e). Both are good to 1e-6, and a NaN stays NaN. What
    follows the logits in the last block is overwritten.
    """
    loss = splat(ZERO)
    for i in range(0, n, LANES):
        s = load(signs, 0, i)
        z = first_lanes(s * load(logits, 0, offset + i), n - i, np.float32(np.inf))  # which has no loss
        size = where_greater(z, splat(ZERO), z, ZERO - z)
        power = -LOG2_E * where_greater(size, splat(np.float32(64)), splat(np.float32(64)), size)
        shifted = SHIFT + power
        f = power - (shifted - SHIFT)  # from -1/2 to 1/2
        ff = f * f
        e = times_power_of_two(ONE + f * P1 + ff * (P2 + f * P3 + ff * (P4 + f * P5)), shifted)
        sigmoid = where_greater(z, splat(ZERO), e, splat(ONE)) / (ONE + e)
        store(logits, 0, offset + i, rate * s * sigmoid)
        series = Q0 + e * (Q1 + e * (Q2 + e * (Q3 + e * (Q4 + e * (Q5 + e * Q6)))))
        loss = loss + where_greater(splat(ZERO), z, ZERO - z, splat(ZERO)) + e * series
    return np.float64(total(loss))


@inlined
def find_steps(
    rows, row_ids, num_rows, outputs, targets, num_targets, dim, signs, rate, steps, offset
):  # fmt: skip
    """steps[0, offset + j * num_targets + k] = g_jk for all pairs; returns the sum of their losses."""
    dot_products(rows, row_ids, num_rows, outputs, targets, num_targets, dim, steps, offset)
    skip_hits(targets, num_rows, num_targets, steps, offset)
    return logistic_gradients(steps, offset, signs, num_rows * num_targets, rate)


@inlined
def skip_hits(targets, num_rows, num_targets, logits, offset):
    """Remove the pairs whose noise word is the centre word, as word2vec.c and gensim do.

    A noise word with a logit of minus infinity is perfectly recognised: no loss, no step.
    """
    for k in range(1, num_targets):
        if targets[k] == targets[0]:
            for j in range(num_rows):
                logits[0, offset + j * num_targets + k] = -np.inf


@inlined
def update(
    rows, gradients, row_ids, num_rows, outputs, targets, num_targets, dim, steps, offset
):  # fmt: skip
    """gradients[j] += sum_k g_jk t_k, then t_k += sum_j g_jk rows[j].

    For skip-gram gradients is rows. Block by block of columns, so that the block's targets and their
    changes stay in registers, and two rows at once, whose sums do not wait for each other. A word that is
    twice in a window is updated twice, one after the other.
    """
    ids = stack_ids(num_targets)  # or LLVM loads them again after each store, which might have changed them
    for k in range(num_targets):
        ids[k] = targets[k]
    t, dt = stack_blocks(num_targets), stack_blocks(num_targets)
    even = num_rows // 2 * 2
    for d in range(0, dim, LANES):
        for k in range(num_targets):
            store(t, k, 0, load(outputs, ids[k], d))
            store(dt, k, 0, splat(ZERO))
        for j in range(0, even, 2):
            first, second = offset + j * num_targets, offset + (j + 1) * num_targets
            dx, dy = splat(ZERO), splat(ZERO)
            for k in range(num_targets):
                dx = dx + spread(steps, 0, first + k) * load(t, k, 0)
                dy = dy + spread(steps, 0, second + k) * load(t, k, 0)
            x = load(rows, item(row_ids, j), d)
            store(gradients, item(row_ids, j), d, load(gradients, item(row_ids, j), d) + dx)
            y = load(rows, item(row_ids, j + 1), d)  # which may be the same row
            store(gradients, item(row_ids, j + 1), d, load(gradients, item(row_ids, j + 1), d) + dy)
            for k in range(num_targets):
                change = load(dt, k, 0) + spread(steps, 0, first + k) * x
                store(dt, k, 0, change + spread(steps, 0, second + k) * y)
        if even < num_rows:
            last = offset + even * num_targets
            x, change = load(rows, item(row_ids, even), d), load(gradients, item(row_ids, even), d)
            for k in range(num_targets):
                change = change + spread(steps, 0, last + k) * load(t, k, 0)
                store(dt, k, 0, load(dt, k, 0) + spread(steps, 0, last + k) * x)
            store(gradients, item(row_ids, even), d, change)
        for k in range(num_targets):
            store(outputs, ids[k], d, load(outputs, ids[k], d) + load(dt, k, 0))


@inlined
def pull(gradients, row_ids, num_rows, outputs, targets, num_targets, dim, steps, offset):
    """gradients[j] += sum_k g_jk t_k, while the targets stay as they are."""
    t = stack_blocks(num_targets)
    for d in range(0, dim, LANES):
        for k in range(num_targets):
            store(t, k, 0, load(outputs, targets[k], d))
        for j in range(num_rows):
            change = load(gradients, item(row_ids, j), d)
            for k in range(num_targets):
                change = change + spread(steps, 0, offset + j * num_targets + k) * load(t, k, 0)
            store(gradients, item(row_ids, j), d, change)


@inlined
def combine(rows, row_ids, num_rows, scale, dim, result, place):
    """result[place] = scale * sum_j rows[row_ids[j]]."""
    for d in range(0, dim, LANES):
        combined = splat(ZERO)
        for j in range(num_rows):
            combined = combined + load(rows, item(row_ids, j), d)
        store(result, place, d, scale * combined)


@inlined
def add_to_all(rows, row_ids, num_rows, scale, dim, changes, place):
    """rows[row_ids[j]] += scale * changes[place] for each j."""
    for d in range(0, dim, LANES):
        change = scale * load(changes, place, d)
        for j in range(num_rows):
            store(rows, item(row_ids, j), d, load(rows, item(row_ids, j), d) + change)


@inlined
def clear(rows, row, dim):
    """rows[row] = 0."""
    for d in range(0, dim, LANES):
        store(rows, row, d, splat(ZERO))
