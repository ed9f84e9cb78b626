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

from tests.training import reference
from wordlab.compiled import draws, kernels
from wordlab.compiled.barrier import new_barrier
from wordlab.compiled.lanes import LANES, store, totals
from wordlab.compiled.steps import Members, Rows
from wordlab.text import keep_probabilities
from wordlab.training import Word2VecConfig
from wordlab.training.objectives.word2vec import kernel as word2vec
from wordlab.training.objectives.word2vec.huffman import huffman_codes
from wordlab.training.objectives.word2vec.targets import noise_targets, num_targets, path_targets

KEY = 0x123456789ABCDEF0


def random_corpus(rng, *, num_words, line_lengths):
    token_ids = (num_words * rng.random(sum(line_lengths)) ** 2).astype(np.int32)
    return token_ids, np.concatenate([[0], np.cumsum(line_lengths)]).astype(np.int64)


def train_compiled(
    token_ids, line_offsets, span, keep, targets, config, rates, inputs, outputs, round_length,
    members=None, stretch=0, positions=None,
):  # fmt: skip
    """Train on one span with all the config's threads: (sum of losses, number of pairs)."""
    train_spans = word2vec.compile_rounds(
        dim=inputs.shape[1],
        num_targets=num_targets(config),
        cbow=config.model == "cbow",
        mean=config.cbow_mean,
        shrink=config.shrink_windows,
        hierarchical=config.loss == "hierarchical",
        composed=members is not None,
        positioned=positions is not None,
    )
    barrier, length = new_barrier(), span[1] - span[0]
    text = draws.Text(token_ids, line_offsets, keep, config.window)
    windows = word2vec.empty_windows(1, length, config)
    shared = word2vec.empty_rounds(
        round_length, config, targets, 0 if members is None else stretch + 2 * config.window
    )
    if members is None:
        members = Members(np.zeros(1, np.int64), np.empty(0, np.uint32))

    def work(thread):
        return train_spans(
            word2vec.Team(thread, config.threads, barrier), text, np.array(span),
            np.array(rates, np.float32), np.uint64(KEY), targets,
            Rows(inputs, outputs, inputs[:0] if positions is None else positions), members, windows,
            shared, word2vec.empty_scratch(config),
        )  # fmt: skip

    with ThreadPoolExecutor(config.threads) as pool:
        results = list(pool.map(work, range(config.threads)))
    assert len(set(results)) == 1  # each thread knows the sums of all
    return results[0]


@pytest.mark.parametrize(
    "options",
    [
        {"model": "skipgram"},
        {"model": "skipgram", "shrink_windows": False, "window": 3},
        {"model": "skipgram", "dim": 1, "negative": 1},
        {"model": "skipgram", "dim": 33, "negative": 20},
        {"model": "cbow"},
        {"model": "cbow", "cbow_mean": False, "shrink_windows": False},
        {"model": "skipgram", "loss": "hierarchical"},
        {"model": "cbow", "loss": "hierarchical"},
    ],
    ids=str,
)
@pytest.mark.parametrize(("threads", "round_length"), [(1, 1), (1, 7), (2, 6), (3, 5), (8, 7)])
def test_kernel_follows_the_formulas(options, threads, round_length):
    config = Word2VecConfig(**{"dim": 20, "subsample": 0.02, "threads": threads, **options})
    rng = np.random.default_rng(1)
    token_ids, line_offsets = random_corpus(rng, num_words=30, line_lengths=[40, 1, 2, 300, 7])
    counts = np.bincount(token_ids, minlength=30)
    keep = keep_probabilities(counts, config.subsample).astype(np.float32)
    if config.loss == "hierarchical":
        targets, drawn_from = path_targets(counts), huffman_codes(counts)
    else:
        targets = noise_targets(counts, config.ns_exponent)
        drawn_from = (targets.noise_accept, targets.noise_alias)
    padded = -(-config.dim // LANES) * LANES
    inputs, outputs = np.zeros((2, 30, padded), np.float32)
    inputs[:, : config.dim] = rng.normal(size=(30, config.dim))
    outputs[:, : config.dim] = rng.normal(size=(30, config.dim))
    expected_inputs, expected_outputs = inputs.astype(float), outputs.astype(float)

    # The span starts and ends within the line of 300, so that windows reach beyond both ends.
    span = (100, 250)
    expected = reference.train_span(
        token_ids, line_offsets, *span, keep, drawn_from, config, (0.05, 0.01), KEY,
        expected_inputs, expected_outputs, round_length,
    )  # fmt: skip
    loss, num_pairs = train_compiled(
        token_ids, line_offsets, span, keep, targets, config, (0.05, 0.01), inputs, outputs, round_length
    )

    assert num_pairs == expected[1] > 50
    assert loss == pytest.approx(expected[0], rel=1e-5)
    np.testing.assert_allclose(inputs, expected_inputs, rtol=1e-5, atol=2e-5)
    np.testing.assert_allclose(outputs, expected_outputs, rtol=1e-5, atol=2e-5)


@pytest.mark.parametrize(
    "options",
    [
        {"model": "skipgram"},
        {"model": "skipgram", "loss": "hierarchical", "dim": 100},
        {"model": "cbow"},
        {"model": "cbow", "position_weights": True},
        {"model": "cbow", "position_weights": True, "cbow_mean": False, "loss": "hierarchical"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("threads", "round_length", "stretch"), [(1, 1, 64), (1, 7, 14), (2, 6, 20), (3, 5, 5)]
)
@pytest.mark.parametrize("composed", [True, False], ids=["subwords", "words"])
def test_words_made_of_members_and_position_weights(options, threads, round_length, stretch, composed):
    if not composed and "position_weights" not in options:
        pytest.skip("tested above")
    config = Word2VecConfig(**{"dim": 20, "subsample": 0.02, "threads": threads, **options})
    rng = np.random.default_rng(1)
    token_ids, line_offsets = random_corpus(rng, num_words=30, line_lengths=[40, 1, 2, 300, 7])
    counts = np.bincount(token_ids, minlength=30)
    keep = keep_probabilities(counts, config.subsample).astype(np.float32)
    if config.loss == "hierarchical":
        targets, drawn_from = path_targets(counts), huffman_codes(counts)
    else:
        targets = noise_targets(counts, config.ns_exponent)
        drawn_from = (targets.noise_accept, targets.noise_alias)
    of_word = [[word, *(30 + rng.choice(40, rng.integers(0, 9), replace=False))] for word in range(30)]
    members = Members(
        np.concatenate([[0], np.cumsum([len(ids) for ids in of_word])]), np.uint32(np.concatenate(of_word))
    )
    padded = -(-config.dim // LANES) * LANES
    inputs, outputs, positions = (np.zeros((n, padded), np.float32) for n in (70, 30, 2 * config.window))
    for matrix in (inputs, outputs, positions):
        matrix[:, : config.dim] = rng.normal(size=(len(matrix), config.dim)) / 2
    if not config.position_weights:
        positions = None
    expected = [None if matrix is None else matrix.astype(float) for matrix in (inputs, outputs, positions)]

    span = (100, 250)
    loss, num_pairs = reference.train_span(
        token_ids, line_offsets, *span, keep, drawn_from, config, (0.05, 0.01), KEY, *expected[:2],
        round_length, members=of_word if composed else None, stretch=stretch if composed else None,
        positions=expected[2],
    )  # fmt: skip
    found = train_compiled(
        token_ids, line_offsets, span, keep, targets, config, (0.05, 0.01), inputs, outputs, round_length,
        members if composed else None, stretch, positions,
    )  # fmt: skip

    assert found[1] == num_pairs > 50
    assert found[0] == pytest.approx(loss, rel=1e-5)
    for matrix, wanted in zip((inputs, outputs, positions), expected, strict=True):
        if matrix is not None:
            np.testing.assert_allclose(matrix, wanted, rtol=1e-5, atol=5e-5)


@pytest.mark.parametrize("mean", [True, False])
def test_the_gradient_of_position_weights_is_that_of_torch(mean):
    """One window, "0 [1] 2" with the noise word 3: equation 4 of Mikolov et al. (2013b), by autograd."""
    config = Word2VecConfig(
        model="cbow", dim=16, window=2, negative=1, shrink_windows=False, cbow_mean=mean, threads=1
    )
    noise = noise_targets(np.array([0, 0, 0, 1]), 1.0)  # draws word 3 and no other
    rng = np.random.default_rng(4)
    inputs, outputs, positions = (rng.normal(size=(4, 16)).astype(np.float32) for _ in range(3))
    tensors = [torch.tensor(matrix, requires_grad=True) for matrix in (inputs, outputs, positions)]
    x, t, d = tensors
    hidden = (d[1] * x[0] + d[2] * x[2]) / (2 if mean else 1)
    loss = -(logsigmoid(hidden @ t[1]) + logsigmoid(-(hidden @ t[3])))
    loss.backward()

    before = [matrix.copy() for matrix in (inputs, outputs, positions)]
    found, num_pairs = train_compiled(
        np.array([0, 1, 2], np.int32), np.array([0, 3]), (1, 2), np.ones(4, np.float32), noise, config,
        (0.1, 0.1), inputs, outputs, 1, positions=positions,
    )  # fmt: skip
    assert (found, num_pairs) == (pytest.approx(loss.item(), rel=1e-5), 1)
    # As in word2vec.c the words of a mean take the whole gradient, and those of a sum a share of it.
    scales = (2 if mean else 1 / 2, 1, 1)
    for matrix, old, tensor, scale in zip((inputs, outputs, positions), before, tensors, scales, strict=True):
        np.testing.assert_allclose(matrix - old, -0.1 * scale * tensor.grad.numpy(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "options",
    [{}, {"model": "cbow"}, {"loss": "hierarchical"}, {"model": "cbow", "loss": "hierarchical"}],
    ids=str,
)
def test_threads_change_no_byte(options):
    rng = np.random.default_rng(2)
    token_ids, line_offsets = random_corpus(rng, num_words=500, line_lengths=[3_000, 40, 960])
    counts = np.bincount(token_ids, minlength=500)
    start = rng.normal(size=(2, 500, 112)).astype(np.float32) / 10
    found = set()
    for threads in (1, 2, 4, 8):
        config = Word2VecConfig(dim=112, threads=threads, subsample=0.0, **options)
        keep = keep_probabilities(counts, config.subsample).astype(np.float32)
        noise = config.loss == "negative"
        targets = noise_targets(counts, config.ns_exponent) if noise else path_targets(counts)
        inputs, outputs = start.copy()
        loss, num_pairs = train_compiled(
            token_ids, line_offsets, (0, 4_000), keep, targets, config, (0.05, 0.01), inputs, outputs, 16
        )
        found.add((loss, num_pairs, inputs.tobytes(), outputs.tobytes()))
    assert len(found) == 1


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
    begin, end = draws.subsample(text, first, stop, np.uint64(KEY), kept, left, right)
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
    begin, end = draws.subsample(text, 0, len(token_ids), np.uint64(KEY), kept, left, right)
    shares = np.bincount(kept[begin:end]) / 30_000
    # Three standard deviations of a share of 30,000 draws are at most 0.009.
    np.testing.assert_allclose(shares, keep, atol=0.009)
    assert shares[2] == 1


@pytest.mark.parametrize("n", [1, 15, 16, 17, 4_001])
def test_logistic_gradients_are_exact_to_six_digits(n):
    logits = np.linspace(-60, 60, n, dtype=np.float32)
    for sign in (1, -1):
        steps = np.full((2, 3 + n + LANES), np.nan, np.float32)
        steps[1, 3 : 3 + n] = logits
        signs = np.full((1, n + LANES), sign, np.float32)
        loss = kernels.logistic_gradients(steps, 1, 3, signs, n, np.float32(0.5))
        expected_loss = np.logaddexp(0, -sign * logits.astype(float)).sum()
        assert loss == pytest.approx(expected_loss, rel=1e-5, abs=1e-12)
        np.testing.assert_allclose(
            steps[1, 3 : 3 + n], 0.5 * sign * expit(-sign * logits.astype(float)), rtol=2e-5, atol=1e-12
        )
        assert np.isnan(steps[1, :3]).all()


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_logit_that_is_not_a_number_shows_in_the_loss(broken):
    logits, signs = np.zeros((1, 2 * LANES), np.float32), np.full((1, 2 * LANES), -1, np.float32)
    logits[0, 1] = broken
    assert not np.isfinite(kernels.logistic_gradients(logits, 0, 0, signs, 3, np.float32(1)))


@pytest.mark.parametrize("options", [{}, {"negative": 15}, {"window": 1}, {"model": "cbow"}], ids=str)
@pytest.mark.parametrize("loss", ["negative", "hierarchical"])
def test_signs_are_never_zero(options, loss):
    """Not even in the padding, which is multiplied by infinity: see Scratch.signs."""
    config = Word2VecConfig(loss=loss, **options)
    signs = word2vec.empty_scratch(config).signs
    num_pairs = (1 if config.cbow else 2 * config.window) * num_targets(config)
    assert signs.shape[1] >= num_pairs + LANES
    assert (abs(signs) == 1).all()


@pytest.mark.parametrize("n", [1, 3, 15, 16])
def test_a_zero_in_the_padding_of_signs_would_be_seen(n):
    logits, signs = np.zeros((1, 3 * LANES), np.float32), np.ones((1, 2 * LANES), np.float32)
    assert kernels.logistic_gradients(logits.copy(), 0, 0, signs, n, np.float32(1)) == pytest.approx(
        n * np.log(2), rel=1e-6
    )
    signs[0, n:] = 0
    loss = kernels.logistic_gradients(logits.copy(), 0, 0, signs, n, np.float32(1))
    assert np.isnan(loss) == (n % LANES != 0)


def test_a_pair_that_is_skipped_has_no_loss_and_no_step():
    logits, signs = np.zeros((1, 2 * LANES), np.float32), np.full((1, 2 * LANES), -1, np.float32)
    logits[0, 0], signs[0, 0] = 0.3, 1
    kernels.skip_hits(np.array([7, 7, 8], np.uint32), 1, 3, logits, 0, 0)
    loss = kernels.logistic_gradients(logits, 0, 0, signs, 3, np.float32(1))
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
