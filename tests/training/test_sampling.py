import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordlab.compiled.huffman import huffman_codes
from wordlab.compiled.noise import noise_tables
from wordlab.training.objectives.word2vec.targets import huffman_paths


def probabilities(accept, alias):
    """What a uniform slot and a coin make of the tables."""
    result = accept.astype(float)
    np.add.at(result, alias, 1 - accept.astype(float))
    return result / len(accept)


@given(
    counts=st.lists(st.integers(1, 10**9), min_size=1, max_size=50),
    exponent=st.sampled_from([0.75, 0.0, 1.0, -0.5]),
)
def test_tables_hold_the_distribution_exactly(counts, exponent):
    counts = np.array(sorted(counts, reverse=True))
    weights = counts.astype(float) ** exponent
    found = probabilities(*noise_tables(counts, exponent))
    np.testing.assert_allclose(found, weights / weights.sum(), rtol=1e-5, atol=1e-9)


def test_every_word_with_a_positive_count_can_be_drawn():
    counts = np.concatenate([[10**9], np.ones(3_000_000, dtype=np.int64)])
    accept, alias = noise_tables(counts, 0.75)
    assert accept.min() > 2.0**-24  # the finest step of the kernel's coin
    assert accept.dtype == np.float32
    assert alias.dtype == np.int32


@pytest.mark.parametrize("exponent", [10.0, -10.0])
def test_extreme_exponents_stay_finite(exponent):
    accept, _ = noise_tables(np.array([10**12, 10**6, 1]), exponent)
    assert np.isfinite(accept).all()


@given(counts=st.lists(st.integers(1, 100), min_size=2, max_size=40))
def test_groups_hold_the_whole_path_and_the_rest_is_skipped(counts):
    counts = np.array(sorted(counts, reverse=True))
    codes, paths = huffman_codes(counts), huffman_paths(counts)
    for word in range(len(counts)):
        path = slice(codes.offsets[word], codes.offsets[word + 1])
        groups = slice(paths.offsets[word], paths.offsets[word + 1])
        nodes, signs, length = (
            paths.nodes[groups].ravel(),
            paths.signs[groups].ravel(),
            path.stop - path.start,
        )
        assert nodes[:length].tolist() == codes.points[path].tolist()
        assert signs[:length].tolist() == [1 - 2 * int(code) for code in codes.codes[path]]
        padding = nodes[length:]
        assert len(padding) < paths.nodes.shape[1]
        assert (padding == paths.nodes[groups][-1, 0]).all()  # the kernel skips repeats of the first target
        assert (signs[length:] == -1).all()
