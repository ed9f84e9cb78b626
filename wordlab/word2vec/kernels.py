"""The compiled inner loop of word2vec: the formulas of a window, on blocks of 16 floats.

A window has rows x_j (the input vectors of its context words, or for CBOW the one vector h that is
their mean or sum) and targets t_k (the output vectors of the centre word, k = 0, and of the noise
words). With label s_k = +1 for the centre and -1 for noise, the loss of a window is (Mikolov et al.
2013b, equation 4, negated)

    sum over j, k of  -log sigmoid(s_k x_j . t_k)

and a step of size eta has two halves. The first, `find_steps`, only reads:

    g_jk = eta s_k sigmoid(-s_k x_j . t_k)

and the second, `update`, needs nothing but these numbers and the rows, column by column:

    x_j += sum over k of g_jk t_k        t_k += sum over j of g_jk x_j

`rounds.py` says when threads do which half.

The noise words are drawn once per window and shared by its rows, as in pWord2Vec (Ji et al. 2016):
three small matrix products instead of many vector products, at equal quality. Under hierarchical
softmax (2013b, section 2.1) the targets are the nodes of the centre's Huffman path, some at a time,
with s_k = +1 where the code is 0 and -1 where it is 1.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from wordlab.word2vec.lanes import (
    LANES,
    add,
    load,
    multiply_add,
    prefetch,
    prefetch_to_write,
    splat,
    store,
    total,
)

FAST = {"contract", "reassoc", "nsz", "arcp"}  # reorder sums, but keep NaN and infinity meaningful


@njit(inline="always")
def prefetch_row(matrix, row, low, high, writing):
    """Ask for the cache lines that hold the columns [low, high) of a row."""
    for column in range(low, high, LANES):
        if writing:
            prefetch_to_write(matrix, row, column)
        else:
            prefetch(matrix, row, column)


@njit(inline="always")
def prefetch_rows(matrix, row_ids, num_rows, low, high, writing):
    """Ask for several rows."""
    for k in range(num_rows):
        prefetch_row(matrix, row_ids[k], low, high, writing)


@njit(inline="always")
def prefetch_targets(matrix, word, drawn, targets, num_targets, hierarchical, low, high, writing):
    """Ask for the rows of a window's targets: the words `drawn`, or all nodes on the path of `word`."""
    if hierarchical:
        for part in range(targets.path_offsets[word], targets.path_offsets[word + 1]):
            prefetch_rows(matrix, targets.path_nodes[part], num_targets, low, high, writing)
    else:
        prefetch_rows(matrix, drawn, num_targets, low, high, writing)


@njit(inline="always")
def words_around(kept, centre, low, high, context):
    """Write the words of [low, high) but for the centre into `context`; returns their number."""
    m = 0
    for j in range(low, high):
        if j != centre:
            context[m] = kept[j]
            m += 1
    return m


@njit(inline="always")
def dot_products(rows, row_ids, num_rows, outputs, targets, num_targets, dim, sums, logits):
    """logits[j * num_targets + k] = rows[row_ids[j]] . outputs[targets[k]]."""
    for j in range(num_rows):
        for k in range(num_targets):
            store(sums, k, 0, splat(np.float32(0)))
        for d in range(0, dim, LANES):
            x = load(rows, row_ids[j], d)
            for k in range(num_targets):
                t = load(outputs, targets[k], d)
                store(sums, k, 0, multiply_add(x, t, load(sums, k, 0)))
        for k in range(num_targets):
            logits[j * num_targets + k] = total(load(sums, k, 0))


@njit(inline="always", fastmath=FAST)
def logistic_gradients(logits, signs, n, rate):
    """Replace each logit z by rate * s * sigmoid(-s z); returns the sum of -log sigmoid(s z).

    With e = exp(-|z|): sigmoid(-z) is e / (1 + e) or 1 / (1 + e), and -log sigmoid(z) is
    max(-z, 0) + log(1 + e). Only +, * and / are used, so that the loop runs in vector registers;
    both functions are good to 1e-6.
    """
    loss = np.float32(0)
    for i in range(n):
        z = signs[i] * logits[i]
        # exp(-|z|) = exp(-|z| / 64) ** 64, the inner one by its Taylor series.
        y = np.float32(-1 / 64) * min(abs(z), np.float32(32))
        e = np.float32(1 / 24) + y * (np.float32(1 / 120) + y * np.float32(1 / 720))
        e = np.float32(1) + y * (np.float32(1) + y * (np.float32(1 / 2) + y * (np.float32(1 / 6) + y * e)))
        for _ in range(6):
            e *= e
        logits[i] = rate * signs[i] * (e if z > 0 else np.float32(1)) / (np.float32(1) + e)
        # log(1 + e) = 2 artanh(e / (2 + e)), by its series.
        u = e / (np.float32(2) + e)
        v = u * u
        series = np.float32(1 / 7) + v * (np.float32(1 / 9) + v * np.float32(1 / 11))
        series = np.float32(1) + v * (np.float32(1 / 3) + v * (np.float32(1 / 5) + v * series))
        loss += max(-z, np.float32(0)) + np.float32(2) * u * series
    return np.float64(loss)


@njit(inline="always")
def update(rows, gradients, row_ids, num_rows, outputs, targets, num_targets, low, high, t, dt, steps):
    """gradients[j] += sum_k g_jk t_k, then t_k += sum_j g_jk rows[j], in the columns [low, high).

    For skip-gram gradients is rows. Block by block of columns, so that the block's targets and their
    changes stay in registers. A word that is twice in a window is updated twice, one after the other.
    """
    for d in range(low, high, LANES):
        for k in range(num_targets):
            store(t, k, 0, load(outputs, targets[k], d))
            store(dt, k, 0, splat(np.float32(0)))
        for j in range(num_rows):
            x = load(rows, row_ids[j], d)
            change = load(gradients, row_ids[j], d)
            for k in range(num_targets):
                g = splat(steps[j * num_targets + k])
                change = multiply_add(g, load(t, k, 0), change)
                store(dt, k, 0, multiply_add(g, x, load(dt, k, 0)))
            store(gradients, row_ids[j], d, change)
        for k in range(num_targets):
            store(outputs, targets[k], d, add(load(outputs, targets[k], d), load(dt, k, 0)))


@njit(inline="always")
def combine(rows, row_ids, num_rows, scale, dim, result, place):
    """result[place] = scale * sum_j rows[row_ids[j]]."""
    factor = splat(scale)
    for d in range(0, dim, LANES):
        combined = splat(np.float32(0))
        for j in range(num_rows):
            combined = multiply_add(factor, load(rows, row_ids[j], d), combined)
        store(result, place, d, combined)


@njit(inline="always")
def add_to_all(rows, row_ids, num_rows, scale, low, high, changes, place):
    """rows[row_ids[j]] += scale * changes[place] for each j, in the columns [low, high)."""
    factor = splat(scale)
    for j in range(num_rows):
        for d in range(low, high, LANES):
            row = load(rows, row_ids[j], d)
            store(rows, row_ids[j], d, multiply_add(factor, load(changes, place, d), row))


@njit(inline="always")
def skip_hits(targets, num_rows, num_targets, logits):
    """Make the pairs vanish whose noise word is the centre word, as word2vec.c and gensim do.

    A logit of minus infinity is a noise word perfectly told apart: no loss, no step.
    """
    for k in range(1, num_targets):
        if targets[k] == targets[0]:
            for j in range(num_rows):
                logits[j * num_targets + k] = -np.inf


@njit(inline="always")
def repeat(path_signs, num_rows, num_targets, signs):
    """Give every row the signs of a part of a path."""
    for j in range(num_rows):
        for k in range(num_targets):
            signs[j * num_targets + k] = path_signs[k]


@njit(inline="always")
def find_steps(rows, row_ids, num_rows, outputs, targets, num_targets, dim, signs, rate, sums, steps):
    """steps[j * num_targets + k] = g_jk for all pairs; returns the sum of their losses."""
    dot_products(rows, row_ids, num_rows, outputs, targets, num_targets, dim, sums, steps)
    skip_hits(targets, num_rows, num_targets, steps)
    return logistic_gradients(steps, signs, num_rows * num_targets, rate)
