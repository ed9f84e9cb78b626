import dataclasses
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy.special import expit
from torch.nn.functional import logsigmoid

from tests.compiled.wholes import whole
from tests.training import reference
from wordlab.compiled import draws, kernels
from wordlab.compiled.huffman import huffman_codes
from wordlab.compiled.lanes import LANES, store, totals
from wordlab.compiled.noise import noise_tables
from wordlab.text import Corpus, Tokenizer, Vocabulary, keep_probabilities
from wordlab.training import SubwordConfig, Word2VecConfig
from wordlab.training.history import History
from wordlab.training.ledger import Piece
from wordlab.training.objectives.subwords.objective import SubwordWord2Vec
from wordlab.training.objectives.word2vec.objective import Word2Vec

KEY = 0x123456789ABCDEF0

subsample = whole(draws.subsample)
logistic_gradients, skip_hits = whole(kernels.logistic_gradients), whole(kernels.skip_hits)


def random_corpus(rng, *, num_words, line_lengths):
    token_ids = (num_words * rng.random(sum(line_lengths)) ** 2).astype(np.int32)
    return token_ids, np.concatenate([[0], np.cumsum(line_lengths)]).astype(np.int64)


def begin(corpus, config):
    """An objective with random weights: every step shows, and none is so small that rounding turns it."""
    kind = SubwordWord2Vec if isinstance(config, SubwordConfig) else Word2Vec
    objective = kind.begin(corpus, config, None, History.of(None, {}))
    objective.span = 64
    rng = np.random.default_rng(4)
    for matrix in objective.weights.all:
        matrix[:, : config.dim] = rng.normal(size=(len(matrix), config.dim)) / 4
    return objective


def train_compiled(objective, starts, rates):
    """Train on spans with all the config's threads: (sum of losses, number of pairs)."""
    threads = objective.config.threads
    step, piece = objective.compiled_step(threads), Piece(0, tuple(starts))
    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(lambda thread: step(thread, piece, np.float32(rates)), range(threads)))
    assert len(set(results)) == 1  # each thread knows the sums of all
    return results[0]


def train_by_formulas(objective, starts, rates, matrices):
    """The same in plain Python, on `matrices` instead of the objective's."""
    corpus, config, weights = objective._corpus, objective.config, objective.weights
    if config.hierarchical:
        drawn_from = huffman_codes(weights.vocabulary.counts, config.ties)
    else:
        drawn_from = noise_tables(weights.counts, config.ns_exponent)
    inputs, outputs, positions = matrices
    offsets, ids = objective.members
    members = [ids[first:stop] for first, stop in pairwise(offsets)] if len(ids) else None
    spans = [
        reference.draw_windows(
            corpus.token_ids, corpus.line_offsets, *bounds, objective.text.keep, drawn_from, config, ends,
            int(objective.keys[0]),
        )
        for bounds, ends in zip(pairwise(starts), pairwise(rates), strict=True)
    ]  # fmt: skip
    results = [
        reference.train_period(
            spans[first : first + config.shards], config, inputs, outputs,
            positions if config.position_weights else None, members,
        )
        for first in range(0, len(spans), config.shards)
    ]  # fmt: skip
    return np.sum(results, axis=0)


@pytest.fixture(scope="module")
def corpus():
    token_ids, line_offsets = random_corpus(
        np.random.default_rng(1), num_words=30, line_lengths=[40, 1, 2, 300, 7]
    )
    lines = [token_ids[first:stop] for first, stop in pairwise(line_offsets)]
    texts = [" ".join(f"word{id}" for id in line) for line in lines]
    return Corpus.from_lines(texts, tokenizer=Tokenizer("whitespace"))


def config_of(options):
    kind = SubwordConfig if "buckets" in options else Word2VecConfig
    return kind(**{"dim": 20, "subsample": 0.02, "threads": 1, **options})


CBOW = {"model": "cbow"}
PLACES = {"model": "cbow", "position_weights": True}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"dim": 1, "negative": 20, "window": 3, "shrink_windows": False},
        {"loss": "hierarchical"},
        CBOW,
        {**CBOW, "cbow_mean": False},
        {**CBOW, "loss": "hierarchical"},
        PLACES,
        {**PLACES, "cbow_mean": False},
        {"buckets": 40},
        {"buckets": 40, "loss": "hierarchical", "hashes": 2},
        {**CBOW, "buckets": 40},
        {**PLACES, "buckets": 40, "cbow_mean": False, "loss": "hierarchical"},
        {"compass": True},
        {**CBOW, "compass": True},
        {"buckets": 40, "compass": True},
    ],
    ids=str,
)
@pytest.mark.parametrize(("threads", "shards"), [(1, 1), (2, 1), (1, 3), (2, 4), (3, 2), (4, 8)])
def test_kernel_follows_the_formulas(corpus, options, threads, shards):
    objective = begin(corpus, config_of({**options, "threads": threads, "shards": shards}))
    expected = [matrix.astype(float) for matrix in objective.weights.all]
    # The spans are within the line of 300, so that windows reach beyond both ends of each.
    starts, rates = [100, 164, 200, 201, 250], [0.05, 0.04, 0.02, 0.03, 0.01]
    loss, num_pairs = train_by_formulas(objective, starts, rates, expected)
    found = train_compiled(objective, starts, rates)

    assert found[1] == num_pairs > 50
    assert found[0] == pytest.approx(loss, rel=1e-5)
    for matrix, wanted in zip(objective.weights.all, expected, strict=True):
        np.testing.assert_allclose(matrix, wanted, rtol=1e-5, atol=5e-5)


@pytest.mark.parametrize(
    "options",
    [{}, {"loss": "hierarchical"}, PLACES, {**CBOW, "buckets": 40}, {"compass": True}],
    ids=str,
)
def test_a_period_leaves_nothing_behind(corpus, options):
    """Training that stops after any period and goes on with new buffers ends with the same bytes.

    Here a span is a token, so that in many of them subsampling leaves none.
    """
    starts = np.arange(100, 251)
    rates = np.linspace(0.05, 0.01, len(starts))
    whole, stopped = (begin(corpus, config_of({**options, "shards": 3})) for _ in range(2))
    train_compiled(whole, starts, rates)
    for first in range(0, 150, 3):
        train_compiled(stopped, starts[first : first + 4], rates[first : first + 4])
    for matrix, other in zip(whole.weights.all, stopped.weights.all, strict=True):
        assert matrix.tobytes() == other.tobytes()


@pytest.mark.parametrize("mean", [True, False])
def test_the_gradient_of_position_weights_is_that_of_torch(mean):
    """One window, "0 [1] 2" with the noise word 3: equation 4 of Mikolov et al. (2013b), by autograd."""
    config = config_of({**PLACES, "window": 1, "cbow_mean": mean, "subsample": 0.0})
    vocabulary = Vocabulary("abcd", [1, 1, 1, 1])
    corpus = Corpus(np.array([0, 1, 2]), np.array([0, 3]), vocabulary, Tokenizer("whitespace"))
    objective = begin(corpus, config)
    noise = np.array([0, 0, 0, 1])  # draws word 3 and no other
    objective.weights = dataclasses.replace(objective.weights, counts=noise)
    matrices = [matrix[:, : config.dim] for matrix in objective.weights.all]
    before = [matrix.copy() for matrix in matrices]
    x, t, d = tensors = [torch.tensor(matrix, requires_grad=True) for matrix in before]
    hidden = (d[0] * x[0] + d[1] * x[2]) / (2 if mean else 1)
    loss = -(logsigmoid(hidden @ t[1]) + config.negative * logsigmoid(-(hidden @ t[3])))
    loss.backward()

    found, num_pairs = train_compiled(objective, [1, 2], [0.1, 0.1])
    assert (found, num_pairs) == (pytest.approx(loss.item(), rel=1e-5), 1)
    # As in word2vec.c the words of a mean take the whole gradient, and those of a sum a share of it.
    scales = (2 if mean else 1 / 2, 1, 1)
    for matrix, old, tensor, scale in zip(matrices, before, tensors, scales, strict=True):
        np.testing.assert_allclose(matrix - old, -0.1 * scale * tensor.grad.numpy(), rtol=1e-4, atol=1e-6)


@settings(max_examples=60)
@given(
    line_lengths=st.lists(st.integers(1, 30), min_size=1, max_size=12),
    cuts=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    window=st.integers(1, 6),
    threshold=st.sampled_from([0.0, 0.3, 0.01]),
    line_end=st.sampled_from([-1, 9, 4]),
)
def test_windows_do_not_depend_on_how_the_corpus_is_cut(line_lengths, cuts, window, threshold, line_end):
    """Each position has the same window in any span, and no window crosses a line; nor do line ends."""
    token_ids, line_offsets = random_corpus(np.random.default_rng(3), num_words=9, line_lengths=line_lengths)
    counts = np.bincount([*token_ids, *(len(line_lengths) * [line_end] if line_end >= 0 else [])])
    keep = keep_probabilities(counts, threshold).astype(np.float32)
    first, stop = sorted(int(cut * (len(token_ids) - 1)) for cut in cuts)
    stop += 1
    size = (stop - first) * (1 + (line_end >= 0)) + 2 * window + 2
    kept = np.empty(size, np.uint32)
    left, right = np.empty((2, size), np.int32)
    text = draws.Text(token_ids, line_offsets, keep, window, line_end)
    begin, end = subsample(text, first, stop, np.uint64(KEY), kept, left, right)
    found = []
    for i in range(begin, end):
        low, high = max(left[i], i - window), min(right[i], i + window + 1)
        found.append((kept[low:i].tolist(), int(kept[i]), kept[i + 1 : high].tolist()))

    expected = []
    for number, (start, line_stop) in enumerate(pairwise(line_offsets)):
        line = reference.survivors(range(start, line_stop), token_ids, keep, KEY)
        words = [int(token_ids[position]) for position in line]
        if line_end >= 0 and reference.survivors([-1 - number], {-1 - number: line_end}, keep, KEY):
            line, words = [*line, line_stop - 1], [*words, line_end]  # it belongs to the last token's span
        for i, position in enumerate(line):
            if first <= position < stop:
                expected.append((words[max(0, i - window) : i], words[i], words[i + 1 : i + 1 + window]))
    assert found == expected


def test_subsampling_keeps_the_share_it_says():
    keep = np.array([0.1, 0.5, 1.0], np.float32)
    token_ids = np.repeat(np.arange(3, dtype=np.int32), 30_000)
    line_offsets = np.array([0, len(token_ids)], np.int64)
    kept = np.empty(len(token_ids) + 11, np.uint32)
    left, right = np.empty((2, len(kept)), np.int32)
    text = draws.Text(token_ids, line_offsets, keep, 5)
    begin, end = subsample(text, 0, len(token_ids), np.uint64(KEY), kept, left, right)
    shares = np.bincount(kept[begin:end]) / 30_000
    # Three standard deviations of a share of 30,000 draws are at most 0.009.
    np.testing.assert_allclose(shares, keep, atol=0.009)
    assert shares[2] == 1


@pytest.mark.parametrize("n", [1, 15, 16, 17, 4_001])
def test_logistic_gradients_are_exact_to_six_digits(n):
    logits = np.linspace(-60, 60, n, dtype=np.float32)
    for sign in (1, -1):
        steps = np.full((1, 3 + n + LANES), np.nan, np.float32)
        steps[0, 3 : 3 + n] = logits
        signs = np.full((1, n + LANES), sign, np.float32)
        loss = logistic_gradients(steps, 3, signs, n, np.float32(0.5))
        expected_loss = np.logaddexp(0, -sign * logits.astype(float)).sum()
        assert loss == pytest.approx(expected_loss, rel=1e-5, abs=1e-12)
        np.testing.assert_allclose(
            steps[0, 3 : 3 + n], 0.5 * sign * expit(-sign * logits.astype(float)), rtol=2e-5, atol=1e-12
        )
        assert np.isnan(steps[0, :3]).all()


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_logit_that_is_not_a_number_shows_in_the_loss(broken):
    logits, signs = np.zeros((1, 2 * LANES), np.float32), np.full((1, 2 * LANES), -1, np.float32)
    logits[0, 1] = broken
    assert not np.isfinite(logistic_gradients(logits, 0, signs, 3, np.float32(1)))


@pytest.mark.parametrize("n", [1, 3, 15, 16, 17])
def test_what_follows_the_logits_counts_for_nothing(n):
    logits, signs = np.full((1, 3 * LANES), np.nan, np.float32), np.zeros((1, 3 * LANES), np.float32)
    logits[0, :n], signs[0, :n] = 0, 1
    loss = logistic_gradients(logits, 0, signs, n, np.float32(1))
    assert loss == pytest.approx(n * np.log(2), rel=1e-6)


def test_a_pair_that_is_skipped_has_no_loss_and_no_step():
    logits, signs = np.zeros((1, 2 * LANES), np.float32), np.full((1, 2 * LANES), -1, np.float32)
    logits[0, 0], signs[0, 0] = 0.3, 1
    skip_hits(np.array([7, 7, 8], np.uint32), 1, 3, logits, 0)
    loss = logistic_gradients(logits, 0, signs, 3, np.float32(1))
    assert loss == pytest.approx(np.logaddexp(0, -0.3) + np.log(2), rel=1e-6)
    assert abs(logits[0, 1]) < 1e-12
    assert logits[0, 2] == pytest.approx(-0.5)


def test_blocks_are_added_up_lane_by_lane():
    """`totals` folds sixteen blocks into one; each lane is the sum of its own block."""
    rows = np.random.default_rng(5).normal(size=(20, LANES)).astype(np.float32)
    found = np.zeros((1, LANES), np.float32)

    @njit
    def add_up(rows, first, found):
        store(found, 0, 0, totals(rows, first))

    add_up(rows, 3, found)
    np.testing.assert_allclose(found[0], rows[3:19].sum(axis=1), atol=1e-5)
