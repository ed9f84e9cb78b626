"""The compiled training of GloVe: block by block of the table, in strata whose blocks share no vector.

A pair with count x, its word w and context c, their biases b and b', costs (Pennington et al. 2014, equation
8)

    f(x) d^2 / 2,    d = w.c + b + b' - ln x,    f(x) = min(1, (x / x_max) ^ alpha)

and each number v of the four changes by AdaGrad (Duchi et al. 2011), as in Stanford's program: with its
gradient g, within +-100 and times the learning rate for vectors, as it is for biases,

    v <- v - g / sqrt(G),    G <- G + g^2

All lies side by side: a row is the vector, two numbers more, and then the sums of squares of all these. Of a
word the two numbers are its bias and 1, of a context 1 and its bias. So w.c adds both biases, too, and the
step of a bias is that of any other number, but for its learning rate; that of the 1 is zero.

Words are dealt to P groups, pairs to P x P blocks. The P blocks of a stratum, groups p and p + s modulo P,
have no row in common (Gemulla et al. 2011, section 4): any number of threads can take them in any order, and
gives the same bytes. The rows of a block fit into the second cache.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from wordlab.compiled.barrier import take_next, wait_for_all
from wordlab.compiled.jit import FAST, cached_njit
from wordlab.compiled.kernels import ZERO, prefetch_row
from wordlab.compiled.lanes import LANES, load, splat, square_root, store, total, where_greater

_AHEAD = 3  # pairs whose rows are asked for


class Team(NamedTuple):
    """The threads that train together, as one of them sees it."""

    thread: int
    num_threads: int
    barrier: np.ndarray
    taken: np.ndarray
    """int64 (num_groups,): how many blocks of each stratum at work were taken; zero between two pieces."""
    losses: np.ndarray
    """float64 (num_groups, num_groups): the sum of the losses of each block of these strata."""


class Pairs(NamedTuple):
    """All pairs, block by block: that of groups p and p + s is number s P + p, from starts[s P + p] on."""

    starts: np.ndarray
    """int64 (num_groups ** 2 + 1,)"""
    word_places: np.ndarray
    """uint16 (num_pairs,): place i of group p is row i P + p."""
    context_places: np.ndarray
    """The same of the contexts."""
    logs: np.ndarray
    """float32 (num_pairs,): ln x."""


class Rates(NamedTuple):
    """The learning rates and the limits of gradients, one a column, float32 (2, width): words, contexts."""

    steps: np.ndarray
    limits: np.ndarray


class Weighting(NamedTuple):
    """f(x) = exp(min(0, alpha (ln x - log_x_max)))."""

    log_x_max: np.float32
    alpha: np.float32


@cache
def compile_training(*, width: int) -> Any:
    """The kernel for rows of 2 `width` numbers.

    It trains the strata of these numbers, one after the other, and returns (sum of losses, number of pairs)
    on thread 0, zeros on the others.
    """

    @cached_njit(nogil=True, fastmath=FAST, error_model="numpy", _nrt=False)
    def train_strata(team, strata, num_groups, pairs, words, contexts, rates, weighting):
        for k in range(len(strata)):
            p = take_next(team.taken, k)
            while p < num_groups:
                block = strata[k] * num_groups + p
                team.losses[k, p] = train_block(
                    pairs, block, p, (p + strata[k]) % num_groups, num_groups, width, words, contexts, rates,
                    weighting,
                )  # fmt: skip
                p = take_next(team.taken, k)
            wait_for_all(team.barrier, team.num_threads)
        loss, num_pairs = 0.0, 0
        if team.thread == 0:  # the others are past the last barrier
            for k in range(len(strata)):
                team.taken[k] = 0
                first = strata[k] * num_groups
                num_pairs += pairs.starts[first + num_groups] - pairs.starts[first]
                for p in range(num_groups):
                    loss += team.losses[k, p]
        return loss, num_pairs

    return train_strata


@njit(inline="always")
def train_block(pairs, block, p, q, num_groups, width, words, contexts, rates, weighting):
    """Train the pairs of one block, in their order; returns the sum of their losses."""
    loss, stop = 0.0, pairs.starts[block + 1]
    for pair in range(pairs.starts[block], stop):
        if pair + _AHEAD < stop:
            ahead = pair + _AHEAD
            prefetch_row(words, pairs.word_places[ahead] * num_groups + p, 2 * width, True)
            prefetch_row(contexts, pairs.context_places[ahead] * num_groups + q, 2 * width, True)
        row = pairs.word_places[pair] * num_groups + p
        context = pairs.context_places[pair] * num_groups + q
        loss += train_pair(row, context, pairs.logs[pair], width, words, contexts, rates, weighting)
    return loss


@njit(inline="always")
def train_pair(row, context, log, width, words, contexts, rates, weighting):
    """Change both rows of a pair; returns its loss before."""
    products = splat(ZERO)
    for d in range(0, width, LANES):
        products = products + load(words, row, d) * load(contexts, context, d)
    difference = total(products) - log
    weight = np.float32(1)
    if log < weighting.log_x_max:
        weight = np.exp(weighting.alpha * (log - weighting.log_x_max))
    weighted = weight * difference
    for d in range(0, width, LANES):
        w, c = load(words, row, d), load(contexts, context, d)
        step(words, row, d, width, w, weighted * c, rates, 0)
        step(contexts, context, d, width, c, weighted * w, rates, 1)
    return 0.5 * np.float64(weighted) * np.float64(difference)


@njit(inline="always")
def step(rows, row, d, width, before, gradient, rates, role):
    """Change one block of a row by its gradient, and the sums of squares with it."""
    limit = load(rates.limits, role, d)
    gradient = where_greater(gradient, limit, limit, gradient)
    limit = splat(ZERO) - limit
    gradient = where_greater(limit, gradient, limit, gradient)
    change = load(rates.steps, role, d) * gradient
    squares = load(rows, row, width + d)
    store(rows, row, d, before - change / square_root(squares))
    store(rows, row, width + d, squares + change * change)


@cached_njit(nogil=True, error_model="numpy", _nrt=False)
def count_blocks(row_offsets, rows, context_ids, first_pair, group, num_groups, counts):
    """Add to `counts` how many pairs some rows of one group have in each block.

    `rows` are a first one and one after the last; context_ids[0] is pair number `first_pair`.
    """
    first = rows[0] + (group - rows[0]) % num_groups
    for row in range(first, rows[1], num_groups):
        for pair in range(row_offsets[row] - first_pair, row_offsets[row + 1] - first_pair):
            counts[block_of(group, context_ids[pair], num_groups)] += 1


@cached_njit(nogil=True, error_model="numpy", _nrt=False)
def place_pairs(row_offsets, rows, context_ids, values, first_pair, group, num_groups, places, pairs):
    """Write these pairs where their blocks continue: block b at places[b], which moves on."""
    first = rows[0] + (group - rows[0]) % num_groups
    for row in range(first, rows[1], num_groups):
        for pair in range(row_offsets[row] - first_pair, row_offsets[row + 1] - first_pair):
            context = np.int64(context_ids[pair])
            block = block_of(group, context, num_groups)
            place = places[block]
            places[block] += 1
            pairs.word_places[place] = row // num_groups
            pairs.context_places[place] = context // num_groups
            pairs.logs[place] = np.log(np.float64(values[pair]))


@njit(inline="always")
def block_of(group, context, num_groups):
    """The number of the block of a pair whose word is of this group."""
    stratum = (np.int64(context) - group) % num_groups
    return stratum * num_groups + group
