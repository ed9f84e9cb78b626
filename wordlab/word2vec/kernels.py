"""The compiled inner loop of word2vec.

One function, `train_span`, is specialised for a configuration by `compile_kernel`: the dimension,
the number of targets and the model become constants, which lets LLVM unroll every inner loop.

The formulas. A window has rows x_j (the input vectors of its context words, or for CBOW the one
vector h that is their mean or sum) and targets t_k (the output vectors of the centre word, k = 0,
and of the noise words). With label s_k = +1 for the centre and -1 for noise, the loss of a window
is (Mikolov et al. 2013b, equation 4, negated)

    sum over j, k of  -log sigmoid(s_k x_j . t_k)

and a step of size eta with g_jk = eta s_k sigmoid(-s_k x_j . t_k) is

    x_j += sum over k of g_jk t_k        t_k += sum over j of g_jk x_j

The noise words are drawn once per window and shared by its rows, as in pWord2Vec (Ji et al. 2016):
three small matrix products instead of many vector products, at equal quality. Under hierarchical
softmax (2013b, section 2.1) the targets are the nodes of the centre's Huffman path, some at a time,
with s_k = +1 where the code is 0 and -1 where it is 1.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import carray, njit

from wordlab.word2vec.lanes import LANES, add, load, multiply_add, prefetch, splat, stack_floats, store, total

LOOKAHEAD = 2  # windows between asking for rows and using them: longer than a trip to main memory
FAST = {"contract", "reassoc", "nsz", "arcp"}  # reorder sums, but keep NaN and infinity meaningful

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@njit(inline="always")
def mix(state):
    """64 well-mixed bits from a counter (splitmix64, Steele et al. 2014)."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


@njit(inline="always")
def uniform(bits):
    """A float32 in [0, 1) made of the low 24 of 64 bits."""
    return np.float32(bits & np.uint64(0xFFFFFF)) * np.float32(2.0**-24)


@njit(inline="always")
def below(bits, limit):
    """A whole number in [0, limit) made of the high 32 of 64 bits."""
    return np.int64(((bits >> np.uint64(32)) * np.uint64(limit)) >> np.uint64(32))


@njit(inline="always")
def survives(position, id, keep, epoch_key):
    """Whether the token at `position` outlives subsampling in the epoch that `epoch_key` stands for.

    A pure function of the position, so that a window reaching beyond its span sees there exactly
    the tokens that the neighbouring span sees.
    """
    return uniform(mix(epoch_key + np.uint64(position) * GOLDEN)) < keep[id]


@njit(inline="always")
def subsample(token_ids, line_offsets, first, stop, window, keep, epoch_key, kept, left, right):
    """Fill `kept` with the ids that survive in [first, stop) and `window` more on either side.

    left[i] and right[i] bound the line of kept[i] within `kept`. Returns the range of `kept` that
    belongs to the span itself.
    """
    line = np.searchsorted(line_offsets, first, side="right") - 1
    last_line_stop = line_offsets[np.searchsorted(line_offsets, stop - 1, side="right")]
    low, before = first, 0
    while low > line_offsets[line] and before < window:
        low -= 1
        before += survives(low, token_ids[low], keep, epoch_key)
    high, after = stop, 0
    while high < last_line_stop and after < window:
        after += survives(high, token_ids[high], keep, epoch_key)
        high += 1
    n, position = 0, low
    while position < high:
        begin = n
        line_stop = min(line_offsets[line + 1], high)
        while position < line_stop:
            kept[n] = token_ids[position]
            n += survives(position, kept[n], keep, epoch_key)  # overwritten next time if it does not
            position += 1
        left[begin:n] = begin
        right[begin:n] = n
        line += 1
    return before, n - after


@njit(inline="always")
def draw(kept, begin, end, noise_accept, noise_alias, window, shrink, state, targets, reach):
    """Draw targets[i] = (centre, noise words) and the reach of the window for each kept position."""
    for i in range(begin, end):
        state += GOLDEN
        reach[i] = 1 + below(mix(state), window) if shrink else window
        targets[i, 0] = kept[i]
        for k in range(1, targets.shape[1] if len(noise_alias) else 1):
            state += GOLDEN
            bits = mix(state)
            slot = below(bits, len(noise_alias))  # Walker's alias method: exact, one look-up
            targets[i, k] = slot if uniform(bits) < noise_accept[slot] else noise_alias[slot]


@njit(inline="always")
def prefetch_row(matrix, row):
    """Ask for all cache lines of a row."""
    for column in range(0, matrix.shape[1], LANES):
        prefetch(matrix, row, column)


@njit(inline="always")
def prefetch_rows(matrix, row_ids, num_rows):
    """Ask for several rows."""
    for k in range(num_rows):
        prefetch_row(matrix, row_ids[k])


@njit(inline="always")
def prefetch_path(matrix, path_nodes, path_offsets, word, num_targets):
    """Ask for the rows of all nodes on a word's Huffman path."""
    for part in range(path_offsets[word], path_offsets[word + 1]):
        prefetch_rows(matrix, path_nodes[part], num_targets)


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
def update(rows, gradients, row_ids, num_rows, outputs, targets, num_targets, dim, t, dt, steps):
    """gradients[j] += sum_k g_jk t_k, then t_k += sum_j g_jk rows[j]; for skip-gram gradients is rows.

    Block by block of columns, so that the block's targets and their changes stay in registers. A word
    that is twice in a window is updated twice, one after the other.
    """
    for d in range(0, dim, LANES):
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
def combine(rows, row_ids, num_rows, scale, dim, result):
    """result[0] = scale * sum_j rows[row_ids[j]]."""
    factor = splat(scale)
    for d in range(0, dim, LANES):
        combined = splat(np.float32(0))
        for j in range(num_rows):
            combined = multiply_add(factor, load(rows, row_ids[j], d), combined)
        store(result, 0, d, combined)


@njit(inline="always")
def add_to_all(rows, row_ids, num_rows, scale, dim, change):
    """rows[row_ids[j]] += scale * change[0] for each j."""
    factor = splat(scale)
    for j in range(num_rows):
        for d in range(0, dim, LANES):
            row = load(rows, row_ids[j], d)
            store(rows, row_ids[j], d, multiply_add(factor, load(change, 0, d), row))


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
def step(rows, gradients, row_ids, num_rows, outputs, targets, num_targets, dim, t, dt, signs, logits, rate):
    """One step of gradient descent on all pairs of rows and targets; returns the sum of their losses."""
    dot_products(rows, row_ids, num_rows, outputs, targets, num_targets, dim, t, logits)
    skip_hits(targets, num_rows, num_targets, logits)
    loss = logistic_gradients(logits, signs, num_rows * num_targets, rate)
    update(rows, gradients, row_ids, num_rows, outputs, targets, num_targets, dim, t, dt, logits)
    return loss


@cache
def compile_kernel(
    dim: int, num_targets: int, cbow: bool, mean: bool, shrink: bool, hierarchical: bool
) -> Any:
    """The `train_span` for rows of `dim` floats (a multiple of LANES) and 1 + negative targets."""
    block_size = num_targets * LANES

    @njit(nogil=True, fastmath=FAST, error_model="numpy", cache=True)
    def train_span(
        token_ids, line_offsets, first, stop, keep, noise_accept, noise_alias,
        path_nodes, path_signs, path_offsets, window, rate, rate_stop, epoch_key, inputs, outputs,
    ):  # fmt: skip
        """Train on the tokens [first, stop); returns (sum of losses, number of pairs).

        The learning rate falls linearly from `rate` to `rate_stop`.
        """
        capacity = stop - first + 2 * window + 1
        kept = np.empty(capacity, np.uint32)
        left, right, reach = np.empty((3, capacity), np.int32)
        targets = np.empty((capacity, num_targets), np.uint32)
        begin, end = subsample(
            token_ids, line_offsets, first, stop, window, keep, epoch_key, kept, left, right
        )
        state = mix(epoch_key ^ mix(np.uint64(first)))
        draw(kept, begin, end, noise_accept, noise_alias, window, shrink, state, targets, reach)

        context = np.empty(2 * window, np.uint32)
        logits = np.empty(2 * window * num_targets, np.float32)
        signs = np.full(2 * window * num_targets, -1, np.float32)
        signs[::num_targets] = 1
        t = carray(stack_floats(block_size), (num_targets, LANES))
        dt = carray(stack_floats(block_size), (num_targets, LANES))
        hidden = carray(stack_floats(dim), (1, dim))
        hidden_change = carray(stack_floats(dim), (1, dim))
        hidden_id = np.zeros(1, np.uint32)

        loss, num_pairs = 0.0, 0
        slope = (rate_stop - rate) / np.float32(max(1, end - begin))
        for i in range(begin, end):
            if i + LOOKAHEAD < end:
                if hierarchical:
                    prefetch_path(outputs, path_nodes, path_offsets, kept[i + LOOKAHEAD], num_targets)
                else:
                    prefetch_rows(outputs, targets[i + LOOKAHEAD], num_targets)
            if i + LOOKAHEAD + window < end:
                prefetch_row(inputs, kept[i + LOOKAHEAD + window])
            m = words_around(kept, i, max(left[i], i - reach[i]), min(right[i], i + reach[i] + 1), context)
            if m == 0:
                continue
            if cbow:
                combine(inputs, context, m, np.float32(1 / m) if mean else np.float32(1), dim, hidden)
                combine(inputs, context, 0, np.float32(0), dim, hidden_change)
                rows, gradients, row_ids, n = hidden, hidden_change, hidden_id, 1
            else:
                rows, gradients, row_ids, n = inputs, inputs, context, m
            eta = rate + slope * np.float32(i - begin)
            if hierarchical:
                for part in range(path_offsets[kept[i]], path_offsets[kept[i] + 1]):
                    repeat(path_signs[part], n, num_targets, signs)
                    loss += step(
                        rows, gradients, row_ids, n, outputs, path_nodes[part], num_targets, dim, t, dt,
                        signs, logits, eta,
                    )  # fmt: skip
            else:
                loss += step(
                    rows, gradients, row_ids, n, outputs, targets[i], num_targets, dim, t, dt,
                    signs, logits, eta,
                )  # fmt: skip
            if cbow:  # the mean's own factor 1 / m is left out, the sum gets one, as in gensim
                share = np.float32(1) if mean else np.float32(1 / m)
                add_to_all(inputs, context, m, share, dim, hidden_change)
            num_pairs += n
        return loss, num_pairs

    return train_span
