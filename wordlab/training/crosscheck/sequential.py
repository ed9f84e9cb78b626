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

Words made of subwords are groups of rows, their own and those of their n-grams. Then x is the mean of one
word's rows, or h the mean or sum of all rows of the window, and each row takes the whole change. gensim's
FastText differs in two ways, for which there are switches: its skip-gram predicts each context word from
the centre, and divides the sum of a word's rows by the number of its n-grams alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordlab.compiled.draws import window_bounds
from wordlab.compiled.huffman import HuffmanCodes
from wordlab.compiled.jit import cached_njit
from wordlab.compiled.members import Members
from wordlab.errors import ConfigError
from wordlab.training.crosscheck.blas import OWN_LOOPS, Blas
from wordlab.training.crosscheck.noise import Noise, draw_word, next_state
from wordlab.training.crosscheck.row_arithmetic import add_scaled, clear, dot, scale
from wordlab.training.crosscheck.sigmoid import Sigmoid, look_up

SATURATION_RULES = ("skip", "clip")


class Variant(NamedTuple):
    """Which model is trained and how, for `train_batch`; `variant_of` makes it."""

    cbow: bool
    hierarchical: bool
    mean: bool
    clip: bool
    from_center: bool
    counts_own: bool


def variant_of(*, model: str, loss: str, cbow_mean: bool, saturation: str, subwords: bool = False) -> Variant:
    """The variant of a model, a loss and a way to treat saturated pairs.

    `saturation` says what becomes of a pair whose logit is beyond the sigmoid's table. ``skip``: nothing, as
    in gensim. ``clip``: its sigmoid is taken as 0 or 1, as in word2vec.c; word2vec.c, too, skips under
    hierarchical softmax, so that there both are one.

    With `subwords` it follows gensim's FastText, in skip-gram as described above; its CBOW always clips.
    """
    if saturation not in SATURATION_RULES:
        raise ConfigError(f"saturation: expected one of {', '.join(SATURATION_RULES)}, found {saturation!r}")
    cbow, hierarchical = model == "cbow", loss == "hierarchical"
    clips = saturation == "clip" or (subwords and cbow)
    return Variant(
        cbow=cbow,
        hierarchical=hierarchical,
        mean=cbow_mean or not cbow,
        clip=clips and not hierarchical,
        from_center=subwords,
        counts_own=not subwords or cbow,
    )


class Draws(NamedTuple):
    """What is drawn for a batch of n words, or what it is drawn from.

    `reaches` int64 (n,) says how many words each word's window reaches to either side. Negative
    sampling draws `negative` words from `noise`.
    """

    reaches: np.ndarray
    negative: int
    noise: Noise


class Weights(NamedTuple):
    """What is trained, all float32 with `dim` columns."""

    inputs: np.ndarray
    """A row for each word, and with subwords more rows for n-grams."""
    outputs: np.ndarray
    """A row for each word or inner node."""
    members: Members
    """The rows of `inputs` that each word is made of."""


def whole_words(num_words: int) -> Members:
    """The members of words without subwords: each the one row of its id."""
    return Members(np.arange(num_words + 1), np.arange(num_words, dtype=np.uint32))


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


@cached_njit
def learn(
    x: np.ndarray,
    outputs: np.ndarray,
    targets: np.ndarray,
    labels: np.ndarray,
    n: int,
    rate: np.float32,
    clip: bool,
    sigmoid: Sigmoid,
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
        if not clip and (logit <= -sigmoid.limit or logit >= sigmoid.limit):
            continue
        step = (labels[k] - look_up(logit, sigmoid)) * rate
        add_scaled(change, step, target, blas)
        add_scaled(target, step, x, blas)


@cached_njit
def combine(
    weights: Weights, words: np.ndarray, first: int, stop: int, left_out: int, variant: Variant,
    hidden: np.ndarray,
) -> np.float32:  # pragma: no cover - compiled # fmt: skip
    """Set `hidden` to the mean or sum of the rows of a group of words; returns 1 / their number.

    The group is ``words[first:stop]`` without the one at `left_out`.
    """
    clear(hidden)
    num_rows = 0 if variant.counts_own else -1
    for j in range(first, stop):
        if j == left_out:
            continue
        for m in range(weights.members.offsets[words[j]], weights.members.offsets[words[j] + 1]):
            add_scaled(hidden, np.float32(1), weights.inputs[weights.members.ids[m]], OWN_LOOPS)
            num_rows += 1
    share = np.float32(1) / np.float32(max(1, num_rows))
    if variant.mean:
        scale(hidden, share)
    return share


@cached_njit
def add_to_group(
    weights: Weights, words: np.ndarray, first: int, stop: int, left_out: int, change: np.ndarray
) -> None:  # pragma: no cover - compiled
    """Add `change` to each row of each word of a group, as often as it is there."""
    for j in range(first, stop):
        if j == left_out:
            continue
        for m in range(weights.members.offsets[words[j]], weights.members.offsets[words[j] + 1]):
            add_scaled(weights.inputs[weights.members.ids[m]], np.float32(1), change, OWN_LOOPS)


@cached_njit(nogil=True)
def train_batch(
    words: np.ndarray,
    line_offsets: np.ndarray,
    rate: np.float32,
    variant: Variant,
    draws: Draws,
    tree: HuffmanCodes,
    state: np.uint64,
    sigmoid: Sigmoid,
    weights: Weights,
    blas: Blas,
) -> np.uint64:  # pragma: no cover - compiled
    """Train on the lines of `words`; returns the generator's state after the last draw.

    `weights` are updated. Hierarchical softmax reads `tree`, negative sampling `draws.noise`; the other
    may be empty.
    """
    longest = longest_walk(tree) if variant.hierarchical else draws.negative + 1
    targets = np.empty(longest, np.int64)
    labels = np.empty(longest, np.float32)
    hidden = np.empty(weights.inputs.shape[1], np.float32)
    change = np.empty(weights.inputs.shape[1], np.float32)
    n = 0
    for line in range(len(line_offsets) - 1):
        for i in range(line_offsets[line], line_offsets[line + 1]):
            low, high = window_bounds(i, draws.reaches[i], line_offsets[line], line_offsets[line + 1])
            # CBOW predicts once for a window. A line of one word, too, draws noise, although nothing comes of
            # it: as in gensim.
            begin, end = (i, i + 1) if variant.cbow else (low, high)
            for j in range(begin, end):
                first, stop, left_out, target = low, high, i, i
                if not variant.cbow:
                    if j == i:
                        continue
                    source, target = (i, j) if variant.from_center else (j, i)
                    first, stop, left_out = source, source + 1, -1
                if variant.hierarchical:
                    n = tree_targets(words[target], tree, targets, labels)
                else:
                    n, state = noise_targets(words[target], draws, state, targets, labels)
                share = combine(weights, words, first, stop, left_out, variant, hidden)
                learn(
                    hidden, weights.outputs, targets, labels, n, rate, variant.clip, sigmoid, change, blas
                )  # fmt: skip
                if not variant.mean:
                    scale(change, share)
                add_to_group(weights, words, first, stop, left_out, change)
    return state
