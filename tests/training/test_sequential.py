import itertools

import numpy as np
import pytest

from tests.training import reference, sequential_reference
from wordlab.compiled.huffman import huffman_codes
from wordlab.compiled.members import Members
from wordlab.errors import ConfigError
from wordlab.training import Word2VecConfig
from wordlab.training.crosscheck.blas import OWN_LOOPS
from wordlab.training.crosscheck.gensim_draws import noise_table
from wordlab.training.crosscheck.noise import draw_word, next_state, noise_lookup
from wordlab.training.crosscheck.sequential import Draws, Weights, train_batch, variant_of, whole_words
from wordlab.training.crosscheck.sigmoid import look_up, sigmoid_table

TABLE = sigmoid_table(1_000, 6)
COUNTS = np.array([9, 7, 4, 4, 2, 1])
LINES = [[0, 1, 2, 0, 3], [4], [5, 1, 1, 0, 2, 3, 0]]
STATE = 123_456_789_012


def run(model, loss, mean, saturation, scale, lines=LINES, negative=3):
    """The matrices after training by the kernel and by the reference, and facts about the latter."""
    rng = np.random.default_rng(5)
    inputs, outputs = (rng.normal(size=(2, 6, 5)) * scale).astype(np.float32)
    noise, tree = noise_table(COUNTS, 0.75), huffman_codes(COUNTS)
    bounds = np.cumsum([0, *map(len, lines)])
    reaches = rng.integers(1, 4, bounds[-1])
    walks = [
        (tree.points[a:b].tolist(), tree.codes[a:b].tolist()) for a, b in itertools.pairwise(tree.offsets)
    ]
    expected = inputs.copy(), outputs.copy()
    state, num_saturated = sequential_reference.train(
        lines, np.split(reaches, bounds[1:-1]), *expected, rate=0.1, model=model, mean=mean,
        saturation=saturation, negative=negative, noise=noise, state=STATE,
        walks=walks if loss == "hierarchical" else None,
    )  # fmt: skip
    ids = np.array(list(itertools.chain(*lines)), np.int32)
    variant = variant_of(model=model, loss=loss, cbow_mean=mean, saturation=saturation)
    draws = Draws(reaches, negative, noise_lookup(noise))
    found_state = train_batch(
        ids, bounds, np.float32(0.1), variant, draws, tree, np.uint64(STATE),
        TABLE, Weights(inputs, outputs, whole_words(6)), OWN_LOOPS,
    )  # fmt: skip
    return (inputs, outputs), expected, int(found_state) == state, num_saturated


@pytest.mark.parametrize("saturation", ["skip", "clip"])
@pytest.mark.parametrize("loss", ["negative", "hierarchical"])
@pytest.mark.parametrize(("model", "mean"), [("skipgram", True), ("cbow", True), ("cbow", False)])
def test_equal_to_plain_python(model, mean, loss, saturation):
    found, expected, same_state, num_saturated = run(model, loss, mean, saturation, scale=2.5)
    assert num_saturated > 5  # the rule has something to say
    np.testing.assert_allclose(found[0], expected[0], rtol=0, atol=3e-6)
    np.testing.assert_allclose(found[1], expected[1], rtol=0, atol=3e-6)
    assert same_state


def test_the_saturation_rules_differ_under_negative_sampling_only():
    skipped, clipped = (run("skipgram", "negative", True, rule, scale=2.5)[0][0] for rule in ("skip", "clip"))
    assert np.abs(skipped - clipped).max() > 0.01
    skipped, clipped = (
        run("skipgram", "hierarchical", True, rule, scale=2.5)[0][0] for rule in ("skip", "clip")
    )
    assert np.array_equal(skipped, clipped)


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_a_line_of_one_word_changes_nothing(model):
    found, _, _, _ = run(model, "negative", True, "skip", scale=0.5, lines=[[3]])
    unchanged = (np.random.default_rng(5).normal(size=(2, 6, 5)) * 0.5).astype(np.float32)
    assert np.array_equal(found, unchanged)


def test_an_unknown_saturation_rule():
    with pytest.raises(ConfigError, match="saturation: expected one of skip, clip, found 'cut'"):
        variant_of(model="cbow", loss="negative", cbow_mean=True, saturation="cut")


def test_the_sigmoid_table():
    table = TABLE.table
    assert (table.dtype, table.shape) == (np.float32, (1000,))
    assert table[0] == np.float32(1 / (1 + np.exp(6)))
    assert table[500] == 0.5
    exact = 1 / (1 + np.exp(-(np.arange(1000) / 1000 * 12 - 6)))
    np.testing.assert_allclose(table, exact, rtol=1e-5)


def test_the_generator_is_javas():
    """The first numbers of ``new java.util.Random(42).nextInt()``."""
    state, numbers = np.uint64(42 ^ 25_214_903_917), []
    for _ in range(3):
        state = np.uint64(next_state(state))
        numbers.append(int(np.int32(np.uint32(int(state) >> 16))))
    assert numbers == [-1170105035, 234785527, -1360544799]


def test_draw_word_takes_the_first_entry_that_reaches_the_high_bits():
    noise = noise_lookup(np.array([10, 10, 30], np.uint32))
    words = [draw_word(noise, np.uint64(high << 16)) for high in (0, 10, 11, 29, 30, 41)]
    assert words == [0, 0, 2, 2, 0, 2]  # modulo 30; the empty share of word 1 is never hit


def test_draw_word_is_a_search_of_the_whole_table():
    rng = np.random.default_rng(1)
    for counts in (rng.zipf(1.3, 5_000).clip(max=10**6), [10**9, 1, 1, 1], [1], np.ones(3)):
        cumulative = noise_table(np.sort(counts)[::-1], 0.75)
        noise = noise_lookup(cumulative)
        edges = np.concatenate([cumulative[:50], cumulative[-50:], [0, 2**15 - 1, 2**15, 2**31 - 1]])
        sought = np.concatenate([rng.integers(0, 2**32, 500), edges, np.maximum(edges.astype(int) - 1, 0)])
        found = [draw_word(noise, np.uint64(int(high) << 16)) for high in sought]
        expected = np.searchsorted(cumulative, sought % int(cumulative[-1]))
        assert found == expected.tolist()


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_words_of_subwords_move_as_in_the_kernel(model):
    """By fastText's mean, k n-grams and the word over k + 1, step by step equal to the kernel's reference.

    They meet where neither shares draws nor steps: no noise words, windows of one pair for skip-gram, one
    window a period, and a table fine enough for an exact sigmoid.
    """
    lines = [[0, 1], [2, 0], [3, 1]] if model == "skipgram" else LINES[:2]
    ids, bounds = np.array(list(itertools.chain(*lines)), np.int32), np.cumsum([0, *map(len, lines)])
    of_word = [[0, 6, 7, 8], [1, 7, 9], [2], [3, 8, 6], [4, 6], [5]]
    members = Members(np.cumsum([0, *map(len, of_word)]), np.uint32(np.concatenate(of_word)))
    rng = np.random.default_rng(5)
    inputs, outputs = (rng.normal(size=(n, 5)).astype(np.float32) for n in (10, 6))
    expected = inputs.astype(float), outputs.astype(float)
    config = Word2VecConfig(model=model, loss="hierarchical", dim=5, window=2, shrink_windows=False)
    for line in range(len(lines)):
        span = bounds[line], bounds[line + 1]
        for first in range(*span):
            reference.train_span(
                ids, bounds, first, first + 1, np.ones(6), huffman_codes(COUNTS), config, (0.1, 0.1), 1,
                *expected, members=of_word,
            )  # fmt: skip
    variant = variant_of(model=model, loss="hierarchical", cbow_mean=True, saturation="skip")
    draws = Draws(np.full(len(ids), 2), 0, noise_lookup(np.empty(0, np.uint32)))
    train_batch(
        ids, bounds, np.float32(0.1), variant, draws, huffman_codes(COUNTS), np.uint64(1),
        sigmoid_table(8_000_000, 8), Weights(inputs, outputs, members), OWN_LOOPS,
    )  # fmt: skip
    np.testing.assert_allclose(inputs, expected[0], rtol=0, atol=5e-6)
    np.testing.assert_allclose(outputs, expected[1], rtol=0, atol=5e-6)


@pytest.mark.parametrize("saturation", ["skip", "clip"])
def test_what_is_not_a_number_is_never_an_index(saturation):
    assert look_up(np.float32("nan"), TABLE) == 0
    inputs = np.full((2, 3), np.nan, np.float32)
    outputs = np.ones((2, 3), np.float32)
    draws = Draws(np.array([1, 1]), 1, noise_lookup(np.array([1, 2], np.uint32)))
    train_batch(
        np.array([0, 1], np.int32), np.array([0, 2]), np.float32(0.1),
        variant_of(model="skipgram", loss="negative", cbow_mean=True, saturation=saturation),
        draws, huffman_codes(np.array([2, 1])), np.uint64(1), TABLE,
        Weights(inputs, outputs, whole_words(2)), OWN_LOOPS,
    )  # fmt: skip
    assert np.isnan(outputs).any()
