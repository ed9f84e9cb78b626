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
    load,
    prefetch,
    prefetch_to_write,
    splat,
    stack_blocks,
    store,
    total,
    totals,
    where_greater,
)
from wordlab.compiled.parts import inlined, settled

ZERO, ONE = np.float32(0), np.float32(1)


@inlined
def prefetch_row(matrix, row, dim, writing):
    """Ask for the cache lines that hold a row."""
    for column in range(0, dim, LANES):
        if writing:
            prefetch_to_write(matrix, row, column)
        else:
            prefetch(matrix, row, column)


@inlined
def prefetch_rows(matrix, row_ids, num_rows, dim, writing):
    """Ask for several rows."""
    for k in range(num_rows):
        prefetch_row(matrix, row_ids[k], dim, writing)


@settled
def dot_products(rows, row_ids, num_rows, outputs, targets, num_targets, dim, logits, offset):
    """logits[0, offset + j * num_targets + k] = rows[row_ids[j]] . outputs[targets[k]].

    Up to 15 floats after the last are overwritten, too.
    """
    x_sums, y_sums = stack_blocks(num_targets), stack_blocks(num_targets)
    for k in range(len(x_sums)):  # also those beyond num_targets, which `totals` takes along
        store(x_sums, k, 0, splat(ZERO))
        store(y_sums, k, 0, splat(ZERO))
    even = num_rows // 2 * 2
    for j in range(0, even, 2):  # two rows at once: each block of a target that is loaded serves both
        for k in range(num_targets):
            store(x_sums, k, 0, splat(ZERO))
            store(y_sums, k, 0, splat(ZERO))
        for d in range(0, dim, LANES):
            x, y = load(rows, row_ids[j], d), load(rows, row_ids[j + 1], d)
            for k in range(num_targets):
                t = load(outputs, targets[k], d)
                store(x_sums, k, 0, load(x_sums, k, 0) + x * t)
                store(y_sums, k, 0, load(y_sums, k, 0) + y * t)
        for k in range(0, num_targets, LANES):
            store(logits, 0, offset + j * num_targets + k, totals(x_sums, k))
        for k in range(0, num_targets, LANES):
            store(logits, 0, offset + (j + 1) * num_targets + k, totals(y_sums, k))
    if even < num_rows:
        for k in range(num_targets):
            store(x_sums, k, 0, splat(ZERO))
        for d in range(0, dim, LANES):
            x = load(rows, row_ids[even], d)
            for k in range(num_targets):
                store(x_sums, k, 0, load(x_sums, k, 0) + x * load(outputs, targets[k], d))
        for k in range(0, num_targets, LANES):
            store(logits, 0, offset + even * num_targets + k, totals(x_sums, k))


@inlined
def logistic_gradients(logits, offset, signs, n, rate):
    """Replace the n logits z from logits[0, offset] on by rate * s * sigmoid(-s z).

    Returns the sum of -log sigmoid(s z). With e = exp(-|z|): sigmoid(-z) is e / (1 + e) or 1 / (1 + e),
    and -log sigmoid(z) is max(-z, 0) + log(1 + e). Both are good to 1e-6, and a NaN stays NaN. The last
    block is padded with logits that have no loss, provided that the padding of `signs` is not zero, and
    overwritten to its end.
    """
    store(logits, 0, offset + n, np.float32(np.inf) * load(signs, 0, n))
    loss = splat(ZERO)
    for i in range(0, n, LANES):
        s = load(signs, 0, i)
        z = s * load(logits, 0, offset + i)
        # exp(-|z|) = exp(-|z| / 64) ** 64, the inner one by its Taylor series.
        size = where_greater(z, splat(ZERO), z, ZERO - z)
        y = np.float32(-1 / 64) * where_greater(size, splat(np.float32(32)), splat(np.float32(32)), size)
        e = np.float32(1 / 24) + y * (np.float32(1 / 120) + y * np.float32(1 / 720))
        e = ONE + y * (ONE + y * (np.float32(1 / 2) + y * (np.float32(1 / 6) + y * e)))
        for _ in range(6):
            e = e * e
        sigmoid = where_greater(z, splat(ZERO), e, splat(ONE)) / (ONE + e)
        store(logits, 0, offset + i, rate * s * sigmoid)
        # log(1 + e) = 2 artanh(e / (2 + e)), by its series.
        u = e / (np.float32(2) + e)
        v = u * u
        series = np.float32(1 / 7) + v * (np.float32(1 / 9) + v * np.float32(1 / 11))
        series = ONE + v * (np.float32(1 / 3) + v * (np.float32(1 / 5) + v * series))
        loss = loss + where_greater(splat(ZERO), z, ZERO - z, splat(ZERO)) + np.float32(2) * u * series
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
    changes stay in registers. A word that is twice in a window is updated twice, one after the other.
    """
    t, dt = stack_blocks(num_targets), stack_blocks(num_targets)
    for d in range(0, dim, LANES):
        for k in range(num_targets):
            store(t, k, 0, load(outputs, targets[k], d))
            store(dt, k, 0, splat(ZERO))
        for j in range(num_rows):
            x, change = load(rows, row_ids[j], d), load(gradients, row_ids[j], d)
            for k in range(num_targets):
                g = splat(steps[0, offset + j * num_targets + k])
                change = change + g * load(t, k, 0)
                store(dt, k, 0, load(dt, k, 0) + g * x)
            store(gradients, row_ids[j], d, change)
        for k in range(num_targets):
            store(outputs, targets[k], d, load(outputs, targets[k], d) + load(dt, k, 0))


@inlined
def pull(gradients, row_ids, num_rows, outputs, targets, num_targets, dim, steps, offset):
    """gradients[j] += sum_k g_jk t_k, while the targets stay as they are."""
    t = stack_blocks(num_targets)
    for d in range(0, dim, LANES):
        for k in range(num_targets):
            store(t, k, 0, load(outputs, targets[k], d))
        for j in range(num_rows):
            change = load(gradients, row_ids[j], d)
            for k in range(num_targets):
                change = change + splat(steps[0, offset + j * num_targets + k]) * load(t, k, 0)
            store(gradients, row_ids[j], d, change)


@inlined
def combine(rows, row_ids, num_rows, scale, dim, result, place):
    """result[place] = scale * sum_j rows[row_ids[j]]."""
    for d in range(0, dim, LANES):
        combined = splat(ZERO)
        for j in range(num_rows):
            combined = combined + load(rows, row_ids[j], d)
        store(result, place, d, scale * combined)


@inlined
def add_to_all(rows, row_ids, num_rows, scale, dim, changes, place):
    """rows[row_ids[j]] += scale * changes[place] for each j."""
    for d in range(0, dim, LANES):
        change = scale * load(changes, place, d)
        for j in range(num_rows):
            store(rows, row_ids[j], d, load(rows, row_ids[j], d) + change)


@inlined
def clear(rows, row, dim):
    """rows[row] = 0."""
    for d in range(0, dim, LANES):
        store(rows, row, d, splat(ZERO))
