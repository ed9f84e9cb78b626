"""word2vec one pair after the other, as word2vec.c and gensim run it: slow, plain and comparable.

The fast path (kernels.py) draws its noise words once for a whole window and reads the sigmoid to six
digits. Here noise words are drawn for each pair (skip-gram) or each position (CBOW), every update is
seen by the next pair, and the sigmoid is looked up in word2vec.c's table. All that is random comes
from outside: the words that subsampling kept, how far each window reaches, the state of a generator
and a table of noise words. With gensim's draws (replay.py) it gives gensim's vectors.

The formulas. For an input vector x (skip-gram: that of a context word; CBOW: the mean or sum h of the
window's) and targets t_k with labels l_k, one after the other,

    g = rate (l_k - sigmoid(x . t_k))      change += g t_k      t_k += g x

and at last x += change. Negative sampling: the targets are the centre, label 1, and noise words,
label 0. Hierarchical softmax: the inner nodes on the centre's walk (huffman.py), label 1 - code.
CBOW adds the change whole to each word of the window where h is the mean, and divided by their number
where h is the sum, as word2vec.c and gensim do; the true gradient has it the other way round.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from wordlab.compiled.draws import window_bounds
from wordlab.compiled.jit import cached_njit
from wordlab.errors import ConfigError
from wordlab.training.crosscheck.blas import OWN_LOOPS, Blas, call_axpy, call_dot, call_dot_as_double
from wordlab.training.objectives.word2vec.huffman import HuffmanCodes

SATURATION_RULES = ("skip", "clip")
MAX_LOGIT = 6.0
TABLE_SIZE = 1_000
TABLE_FACTOR = 83.0  # TABLE_SIZE / MAX_LOGIT / 2 in C's whole numbers
MULTIPLIER = np.uint64(25_214_903_917)
INCREMENT = np.uint64(11)
MASK = np.uint64(2**48 - 1)
STRETCH_BITS = np.uint64(15)
FAST = {"contract", "reassoc", "nsz"}  # so that sums over the dimension run in vector registers


class Variant(NamedTuple):
    """Which model is trained and how, for `train_batch`; `variant_of` makes it."""

    cbow: bool
    hierarchical: bool
    mean: bool
    clip: bool


def variant_of(*, model: str, loss: str, cbow_mean: bool, saturation: str) -> Variant:
    """The variant of a model, a loss and a way to treat saturated pairs.

    `saturation` says what becomes of a pair whose logit is beyond -6 or 6. ``skip``: nothing, as in
    gensim. ``clip``: its sigmoid is taken as 0 or 1, as in word2vec.c; word2vec.c, too, skips under
    hierarchical softmax, so that there both are one.
    """
    if saturation not in SATURATION_RULES:
        raise ConfigError(f"saturation: expected one of {', '.join(SATURATION_RULES)}, found {saturation!r}")
    hierarchical = loss == "hierarchical"
    return Variant(model == "cbow", hierarchical, cbow_mean, saturation == "clip" and not hierarchical)


class Noise(NamedTuple):
    """A distribution of noise words; `noise_lookup` makes it.

    `cumulative` uint32 (V,): word w has the share (cumulative[w] - cumulative[w - 1]) / cumulative[-1].
    `first_words` int32 shortens the search: its entry i is the first word whose cumulative entry
    reaches i * 2**15.
    """

    cumulative: np.ndarray
    first_words: np.ndarray


def noise_lookup(cumulative: np.ndarray) -> Noise:
    """The distribution with the given cumulative table, uint32 (V,)."""
    if not len(cumulative):  # nothing will be drawn
        return Noise(cumulative, np.empty(0, np.int32))
    starts = np.arange((int(cumulative[-1]) >> int(STRETCH_BITS)) + 2, dtype=np.int64) << int(STRETCH_BITS)
    return Noise(cumulative, np.searchsorted(cumulative, starts, side="left").astype(np.int32))


class Draws(NamedTuple):
    """What is drawn for a batch of n words, or what it is drawn from.

    `reaches` int64 (n,) says how many words each word's window reaches to either side. Negative
    sampling draws `negative` words from `noise`.
    """

    reaches: np.ndarray
    negative: int
    noise: Noise


def sigmoid_table() -> np.ndarray:
    """gensim's EXP_TABLE, float32 (1000,): sigmoids of [-6, 6).

    Only i / 1000, the exponentials and the result are rounded to float32: Cython writes whole numbers
    in float expressions as C doubles, so that everything between is computed in double.
    """
    shares = (np.arange(TABLE_SIZE, dtype=np.float32) / np.float32(TABLE_SIZE)).astype(np.float64)
    exact = [math.exp(logit) for logit in ((shares * 2 - 1) * MAX_LOGIT).tolist()]  # the C library's
    exponentials = np.array(exact, dtype=np.float32).astype(np.float64)
    return (exponentials / (exponentials + 1)).astype(np.float32)


@cached_njit
def next_state(state: np.uint64) -> np.uint64:  # pragma: no cover - compiled
    """The state that follows `state` in the 48-bit generator of word2vec.c, gensim and Java."""
    return (state * MULTIPLIER + INCREMENT) & MASK


@cached_njit
def draw_word(noise: Noise, state: np.uint64) -> int:  # pragma: no cover - compiled
    """The noise word that `state` stands for: the first whose entry reaches the state's high bits."""
    sought = (state >> np.uint64(16)) % np.uint64(noise.cumulative[-1])
    stretch = sought >> STRETCH_BITS
    low = int(noise.first_words[stretch])
    high = int(noise.first_words[stretch + np.uint64(1)])
    while low < high:
        middle = (low + high) >> 1
        if noise.cumulative[middle] >= sought:
            high = middle
        else:
            low = middle + 1
    return low


@cached_njit
def noise_targets(
    center: int, draws: Draws, state: np.uint64, targets: np.ndarray, labels: np.ndarray
) -> tuple[int, np.uint64]:  # pragma: no cover - compiled
    """Fill in the centre and noise words; returns their number and the generator's next state."""
    targets[0], labels[0] = center, 1
    n = 1
    for _ in range(draws.negative):
        word = draw_word(draws.noise, state)
        state = next_state(state)
        if word == center:
            continue
        targets[n], labels[n] = word, 0
        n += 1
    return n, state


@cached_njit
def tree_targets(
    center: int, tree: HuffmanCodes, targets: np.ndarray, labels: np.ndarray
) -> int:  # pragma: no cover - compiled
    """Fill in the inner nodes on the walk to the centre; returns their number."""
    begin = tree.offsets[center]
    n = int(tree.offsets[center + 1] - begin)
    for k in range(n):
        targets[k] = tree.points[begin + k]
        labels[k] = 1 - tree.codes[begin + k]
    return n


@cached_njit
def longest_walk(tree: HuffmanCodes) -> int:  # pragma: no cover - compiled
    """The largest number of targets that a word has in the tree."""
    longest = 0
    for word in range(len(tree.offsets) - 1):
        longest = max(longest, int(tree.offsets[word + 1] - tree.offsets[word]))
    return longest


@cached_njit(fastmath=FAST)
def dot(x: np.ndarray, y: np.ndarray, blas: Blas) -> Any:  # pragma: no cover - compiled
    """The sum of products of two rows."""
    if blas.dot:
        return call_dot_as_double(blas.dot, x, y) if blas.reads_double else call_dot(blas.dot, x, y)
    total = np.float32(0)
    for d in range(len(x)):
        total += x[d] * y[d]
    return total


@cached_njit(fastmath=FAST)
def add_scaled(
    y: np.ndarray, factor: np.float32, x: np.ndarray, blas: Blas
) -> None:  # pragma: no cover - compiled
    """y += factor * x."""
    if blas.axpy:
        call_axpy(blas.axpy, factor, x, y)
        return
    for d in range(len(x)):
        y[d] += factor * x[d]


@cached_njit
def scale(x: np.ndarray, factor: np.float32) -> None:  # pragma: no cover - compiled
    """x *= factor."""
    for d in range(len(x)):
        x[d] *= factor


@cached_njit
def clear(x: np.ndarray) -> None:  # pragma: no cover - compiled
    """x = 0. A loop, as those above: numba takes seconds to compile numpy's array expressions."""
    for d in range(len(x)):
        x[d] = 0


@cached_njit
def look_up(logit: np.float32, table: np.ndarray) -> Any:  # pragma: no cover - compiled
    """The sigmoid by the table; 0 and 1 beyond its ends."""
    if -MAX_LOGIT <= logit <= MAX_LOGIT:  # a NaN must not become an index
        return table[int((np.float64(logit) + MAX_LOGIT) * TABLE_FACTOR)]
    return np.float32(logit > 0)


@cached_njit
def learn(
    x: np.ndarray,
    outputs: np.ndarray,
    targets: np.ndarray,
    labels: np.ndarray,
    n: int,
    rate: np.float32,
    clip: bool,
    table: np.ndarray,
    change: np.ndarray,
    blas: Blas,
) -> None:  # pragma: no cover - compiled
    """Update the outputs of `n` targets one by one and gather the change due to `x`.

    A logit beyond the table's ends means no update, or, with `clip`, one as if the sigmoid were 0 or 1.
    """
    clear(change)
    for k in range(n):
        target = outputs[targets[k]]
        logit = dot(x, target, blas)
        if not clip and (logit <= -MAX_LOGIT or logit >= MAX_LOGIT):
            continue
        step = (labels[k] - look_up(logit, table)) * rate
        add_scaled(change, step, target, blas)
        add_scaled(target, step, x, blas)


@cached_njit
def combine(
    inputs: np.ndarray, words: np.ndarray, first: int, stop: int, center: int, mean: bool, hidden: np.ndarray
) -> np.float32:  # pragma: no cover - compiled
    """Set `hidden` to the mean or sum of the window's input vectors; returns 1 / their number."""
    clear(hidden)
    for j in range(first, stop):
        if j != center:
            add_scaled(hidden, np.float32(1), inputs[words[j]], OWN_LOOPS)
    share = np.float32(1) / np.float32(max(1, stop - first - 1))
    if mean:
        scale(hidden, share)
    return share


@cached_njit
def add_to_window(
    inputs: np.ndarray, words: np.ndarray, first: int, stop: int, center: int, change: np.ndarray
) -> None:  # pragma: no cover - compiled
    """Add `change` to the input vector of each word of the window, as often as it is there."""
    for j in range(first, stop):
        if j != center:
            add_scaled(inputs[words[j]], np.float32(1), change, OWN_LOOPS)


@cached_njit(nogil=True)
def train_batch(
    words: np.ndarray,
    line_offsets: np.ndarray,
    rate: np.float32,
    variant: Variant,
    draws: Draws,
    tree: HuffmanCodes,
    state: np.uint64,
    table: np.ndarray,
    inputs: np.ndarray,
    outputs: np.ndarray,
    blas: Blas,
) -> np.uint64:  # pragma: no cover - compiled
    """Train on the lines of `words`; returns the generator's state after the last draw.

    `inputs` and `outputs`, float32 (V, dim), are updated; `table` is `sigmoid_table()`. Hierarchical
    softmax reads `tree`, negative sampling `draws.noise`; the other may be empty.
    """
    longest = longest_walk(tree) if variant.hierarchical else draws.negative + 1
    targets = np.empty(longest, np.int64)
    labels = np.empty(longest, np.float32)
    hidden = np.empty(inputs.shape[1], np.float32)
    change = np.empty(inputs.shape[1], np.float32)
    n = 0
    for line in range(len(line_offsets) - 1):
        for i in range(line_offsets[line], line_offsets[line + 1]):
            first, stop = window_bounds(i, draws.reaches[i], line_offsets[line], line_offsets[line + 1])
            if variant.hierarchical:
                n = tree_targets(words[i], tree, targets, labels)
            if variant.cbow:
                # A line of one word, too, draws noise, although nothing comes of it: as in gensim.
                if not variant.hierarchical:
                    n, state = noise_targets(words[i], draws, state, targets, labels)
                share = combine(inputs, words, first, stop, i, variant.mean, hidden)
                learn(hidden, outputs, targets, labels, n, rate, variant.clip, table, change, blas)
                if not variant.mean:
                    scale(change, share)
                add_to_window(inputs, words, first, stop, i, change)
                continue
            for j in range(first, stop):
                if j == i:
                    continue
                if not variant.hierarchical:
                    n, state = noise_targets(words[i], draws, state, targets, labels)
                x = inputs[words[j]]
                learn(x, outputs, targets, labels, n, rate, variant.clip, table, change, blas)
                add_scaled(x, np.float32(1), change, OWN_LOOPS)
    return state
