"""The compiled training step: the mean of a text's rows, its logits, and the change of all of them.

A text has rows x_j, j = 1 .. n, and the outputs have vectors w_k. With h the mean of the rows and
z_k = h . w_k, a step of size eta on a text with the labels y_k is (Joulin et al. 2017, and Model::update of
fastText)

    g_k = eta (y_k - p_k)        w_k += g_k h        x_j += 1/n sum over k of g_k w_k

where p is the softmax of all z; or the sigmoid of each, both for one-against-rest and for the nodes on a
class's path in a Huffman tree.

Texts come in rounds of one long text, or some short ones. Within a round the rows stay as they are while the
outputs move from text to text: as h_r . w_k changes by g_sk h_r . h_s with each text s before r, all logits
of a round follow from two tables of products, h . w and h . h. So the threads, each with some columns of all
matrices, meet once a round to add these tables up; and as the columns are cut into groups whose sums are
added in a fixed order, any number of threads gives the same bytes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from wordlab.compiled.barrier import wait_for_all
from wordlab.compiled.draws import GOLDEN, mix, uniform
from wordlab.compiled.jit import SEPARATE, cached_njit
from wordlab.compiled.kernels import ONE, ZERO
from wordlab.compiled.lanes import LANES, load, splat, stack_blocks, store, total
from wordlab.compiled.rows import padded_zeros

SOFTMAX, ONE_AGAINST_REST, TREE = 0, 1, 2
MAX_TEXTS = 16
"""Texts of a round at most: no more than a text waits for others where fastText runs on many threads."""
ROWS_PER_ROUND = 256
"""A round ends with the text that brings it to so many rows."""
MAX_GROUPS = 8
"""Groups of columns, and so threads that have something to do, at most."""


class Examples(NamedTuple):
    """Texts as rows, and the classes of each: any number in one-against-rest, else one."""

    rows: np.ndarray
    """uint32 (num_members,)"""
    offsets: np.ndarray
    """int64 (num_texts + 1,): text i has ``rows[offsets[i]:offsets[i + 1]]``"""
    classes: np.ndarray
    """int32 (num_labels,): text i has ``classes[bounds[i]:bounds[i + 1]]``, ascending"""
    bounds: np.ndarray
    """int64 (num_texts + 1,)"""


class Targets(NamedTuple):
    """What the outputs of each class are to be."""

    kind: int
    """SOFTMAX, ONE_AGAINST_REST or TREE"""
    points: np.ndarray
    """int32: the outputs of class c are ``points[offsets[c]:offsets[c + 1]]`` in a tree; else it has all"""
    labels: np.ndarray
    """float32: what they should be, 0 or 1"""
    offsets: np.ndarray
    """int64 (num_classes + 1,)"""
    weights: np.ndarray
    """float32 (num_classes,): of the classes, by which steps are multiplied"""


class Weights(NamedTuple):
    """What is learnt."""

    inputs: np.ndarray
    """float32 (num_rows, padded dim)"""
    outputs: np.ndarray
    """float32 (num_outputs, padded dim)"""


class Room(NamedTuple):
    """What threads write down in a round, all of them in the same place."""

    hidden: np.ndarray
    """float32 (MAX_TEXTS, padded dim): the means,"""
    changes: np.ndarray
    """and by how much each of their rows is to change."""
    logits: np.ndarray
    """float32 (2, num_groups, MAX_TEXTS, longest): what each group of columns adds to h . w; the first index
    alternates from round to round, as some threads still read when others write again"""
    products: np.ndarray
    """float32 (2, num_groups, MAX_TEXTS, MAX_TEXTS): the same for h . h"""
    steps: np.ndarray
    """float32 (num_threads, MAX_TEXTS, longest): each thread's g"""
    result: np.ndarray
    """float64 (2,): the sum of losses, and the number of texts whose class had the largest logit"""


def num_groups(dim: int) -> int:
    """Into how many groups the columns are cut; `dim` is padded."""
    return min(MAX_GROUPS, -(-dim // (2 * LANES)))


def empty_room(dim: int, longest: int, num_threads: int) -> Room:
    """Room for classes with at most `longest` outputs."""
    groups = num_groups(dim)
    return Room(
        hidden=padded_zeros(MAX_TEXTS, dim),
        changes=padded_zeros(MAX_TEXTS, dim),
        logits=np.zeros((2, groups, MAX_TEXTS, longest), np.float32),
        products=np.zeros((2, groups, MAX_TEXTS, MAX_TEXTS), np.float32),
        steps=np.zeros((num_threads, MAX_TEXTS, longest), np.float32),
        result=np.zeros(2),
    )


@cached_njit(**SEPARATE)
def train_texts(
    thread, num_threads, barrier, order, examples, targets, weights, rate, slope, room
):  # fmt: skip
    """Train on the texts `order`, int64; one of `num_threads` that call this with the same arguments.

    The step size begins at `rate` and falls by `slope` with each row that is read. Adds to ``room.result``.
    """
    dim = weights.inputs.shape[1]
    groups = room.logits.shape[1]
    blocks = dim // LANES
    low, high = thread * groups // num_threads, (thread + 1) * groups // num_threads
    begin, end = LANES * (low * blocks // groups), LANES * (high * blocks // groups)
    steps = room.steps[thread]
    first, turn = 0, 0
    while first < len(order):
        size, num_rows = 0, 0
        while first + size < len(order) and size < MAX_TEXTS and num_rows < ROWS_PER_ROUND:
            text = order[first + size]
            _gather(examples, text, begin, end, weights.inputs, room.hidden, size)
            num_rows += examples.offsets[text + 1] - examples.offsets[text]
            size += 1
        for group in range(low, high):
            from_, to = LANES * (group * blocks // groups), LANES * ((group + 1) * blocks // groups)
            _multiply(order, first, size, from_, to, examples, targets, weights.outputs, room, turn, group)
        wait_for_all(barrier, num_threads)
        for r in range(size):
            text = order[first + r]
            _find_steps(order, first, r, examples, targets, rate, room, turn, steps, thread == 0)
            _move_outputs(r, text, begin, end, examples, targets, weights.outputs, steps, room)
            rate -= slope * np.float32(examples.offsets[text + 1] - examples.offsets[text])
        for r in range(size):
            _scatter(examples, order[first + r], begin, end, weights.inputs, room.changes, r)
        first += size
        turn = 1 - turn


@njit(inline="always")
def _class_of(examples, text):
    """The first class of a text; 0, of which nothing depends then, if it has none."""
    first = examples.bounds[text]
    return examples.classes[first] if first < examples.bounds[text + 1] else np.int32(0)


@njit(inline="always")
def _outputs_of(targets, label, num_outputs):
    """Where the outputs of a class begin, and how many there are."""
    if targets.kind == TREE:
        return targets.offsets[label], targets.offsets[label + 1] - targets.offsets[label]
    return np.int64(0), np.int64(num_outputs)


@njit(inline="always")
def _output(targets, first, k):
    return np.int64(targets.points[first + k]) if targets.kind == TREE else np.int64(k)


@njit(inline="always")
def _gather(examples, text, begin, end, inputs, hidden, place):
    """hidden[place] = the mean of a text's rows, in the columns from `begin` to `end`."""
    first, last = examples.offsets[text], examples.offsets[text + 1]
    scale = ONE / np.float32(max(1, last - first))
    d = begin
    while d + 4 * LANES <= end:  # so many blocks at once as registers can hold
        _add_up(examples.rows, first, last, d, 4, scale, inputs, hidden, place)
        d += 4 * LANES
    while d + 2 * LANES <= end:
        _add_up(examples.rows, first, last, d, 2, scale, inputs, hidden, place)
        d += 2 * LANES
    if d < end:
        _add_up(examples.rows, first, last, d, 1, scale, inputs, hidden, place)


@njit(inline="always")
def _add_up(rows, first, last, d, num_blocks, scale, inputs, hidden, place):
    sums = stack_blocks(num_blocks)
    for b in range(num_blocks):
        store(sums, b, 0, splat(ZERO))
    for member in range(first, last):
        for b in range(num_blocks):
            store(sums, b, 0, load(sums, b, 0) + load(inputs, rows[member], d + b * LANES))
    for b in range(num_blocks):
        store(hidden, place, d + b * LANES, scale * load(sums, b, 0))


@njit(inline="always")
def _scatter(examples, text, begin, end, inputs, changes, place):
    """Add changes[place] to each row of a text, in the columns from `begin` to `end`."""
    first, last = examples.offsets[text], examples.offsets[text + 1]
    d = begin
    while d + 4 * LANES <= end:
        _add_to(examples.rows, first, last, d, 4, inputs, changes, place)
        d += 4 * LANES
    while d + 2 * LANES <= end:
        _add_to(examples.rows, first, last, d, 2, inputs, changes, place)
        d += 2 * LANES
    if d < end:
        _add_to(examples.rows, first, last, d, 1, inputs, changes, place)


@njit(inline="always")
def _add_to(rows, first, last, d, num_blocks, inputs, changes, place):
    change = stack_blocks(num_blocks)
    for b in range(num_blocks):
        store(change, b, 0, load(changes, place, d + b * LANES))
    for member in range(first, last):
        for b in range(num_blocks):
            row, column = rows[member], d + b * LANES
            store(inputs, row, column, load(inputs, row, column) + load(change, b, 0))


@njit(inline="always")
def _multiply(order, first, size, begin, end, examples, targets, outputs, room, turn, group):
    """The products of a round in a group of columns: h . w, and h . h with the texts before."""
    for r in range(size):
        label = _class_of(examples, order[first + r])
        start, number = _outputs_of(targets, label, len(outputs))
        for k in range(number):
            w = _output(targets, start, k)
            room.logits[turn, group, r, k] = _product(room.hidden, r, outputs, w, begin, end)
        for s in range(r):
            room.products[turn, group, r, s] = _product(room.hidden, r, room.hidden, s, begin, end)


@njit(inline="always")
def _product(a, i, b, j, begin, end):
    summed = splat(ZERO)
    for d in range(begin, end, LANES):
        summed = summed + load(a, i, d) * load(b, j, d)
    return total(summed)


@njit(inline="always")
def _find_steps(order, first, r, examples, targets, rate, room, turn, steps, counts):
    """steps[r] = g of text r of a round, whose texts before have theirs; adds its loss if it `counts`."""
    text = order[first + r]
    label = _class_of(examples, text)
    start, number = _outputs_of(targets, label, room.logits.shape[3])
    for k in range(number):
        logit = ZERO
        for group in range(room.logits.shape[1]):
            logit += room.logits[turn, group, r, k]
        steps[r, k] = logit
    for s in range(r):
        product = ZERO
        for group in range(room.logits.shape[1]):
            product += room.products[turn, group, r, s]
        other, others = _outputs_of(targets, _class_of(examples, order[first + s]), room.logits.shape[3])
        for k in range(min(number, others)):
            if targets.kind == TREE and targets.points[start + k] != targets.points[other + k]:
                break  # paths to two classes part once and for all
            steps[r, k] += steps[s, k] * product
    loss, right = _errors(examples, text, targets, start, number, steps, r)
    for k in range(number):
        steps[r, k] *= rate * targets.weights[label]
    if counts:
        room.result[0] += loss
        room.result[1] += right


@njit(inline="always")
def _errors(examples, text, targets, start, number, steps, r):
    """Replace the logits steps[r] by y - p; returns the loss, and whether the classes are found."""
    right, loss = True, 0.0
    label = _class_of(examples, text)
    if targets.kind == SOFTMAX:
        largest = steps[r, 0]
        for k in range(1, number):
            largest = max(largest, steps[r, k])
        right = steps[r, label] == largest
        summed = ZERO
        target = steps[r, label]
        for k in range(number):
            steps[r, k] = np.exp(steps[r, k] - largest)
            summed += steps[r, k]
        loss = np.log(np.float64(summed)) - (target - largest)
        for k in range(number):
            steps[r, k] = (ONE if k == label else ZERO) - steps[r, k] / summed
        return loss, right
    place, end = examples.bounds[text], examples.bounds[text + 1]
    for k in range(number):
        y = ZERO
        if targets.kind == TREE:
            y = targets.labels[start + k]
        elif place < end and examples.classes[place] == k:
            y = ONE
            place += 1
        z = steps[r, k]
        wrong = -z if y > ZERO else z
        right = right and not wrong > ZERO
        e = np.exp(-abs(wrong))
        loss += max(np.float64(wrong), 0.0) + np.log1p(np.float64(e))
        p = (ONE if wrong > ZERO else e) / (ONE + e)  # the probability of the wrong label
        steps[r, k] = p if y > ZERO else -p
    return loss, right


@njit(inline="always")
def _move_outputs(r, text, begin, end, examples, targets, outputs, steps, room):
    """Move the outputs of text r of a round, and find the change of each of its rows."""
    start, number = _outputs_of(targets, _class_of(examples, text), len(outputs))
    scale = ONE / np.float32(max(1, examples.offsets[text + 1] - examples.offsets[text]))
    for d in range(begin, end, LANES):
        hidden, change = load(room.hidden, r, d), splat(ZERO)
        for k in range(number):
            w, g = _output(targets, start, k), splat(steps[r, k])
            output = load(outputs, w, d)
            change = change + g * output
            store(outputs, w, d, output + g * hidden)
        store(room.changes, r, d, scale * change)


@cached_njit(**SEPARATE)
def draw_rows(begin, end, numbers, dim, key, inputs):
    """Fill inputs[i], i from `begin` to `end`, with draws from U(-1/dim, 1/dim) by `key` and numbers[i]."""
    scale = np.float32(1 / dim)
    for i in range(begin, end):
        state = key + np.uint64(numbers[i]) * np.uint64(dim) * GOLDEN
        for d in range(dim):
            state += GOLDEN
            inputs[i, d] = (np.float32(2) * uniform(mix(state)) - ONE) * scale
