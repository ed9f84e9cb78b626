import itertools

import numpy as np
import pytest
from gensim.models import KeyedVectors
from gensim.models.word2vec import _assign_binary_codes
from hypothesis import given
from hypothesis import strategies as st

from wordlab.compiled.huffman import huffman_codes


def gensim_codes(counts):
    """(points, code) of each word, as gensim builds them."""
    vectors = KeyedVectors(1)
    vectors.index_to_key = [str(number) for number in range(len(counts))]
    vectors.key_to_index = {word: number for number, word in enumerate(vectors.index_to_key)}
    for word, count in zip(vectors.index_to_key, counts, strict=True):
        vectors.set_vecattr(word, "count", count)
    _assign_binary_codes(vectors)
    words = vectors.index_to_key
    return [(list(vectors.get_vecattr(w, "point")), list(vectors.get_vecattr(w, "code"))) for w in words]


def walks(counts):
    points, codes, offsets = huffman_codes(np.array(counts))
    return [(points[a:b].tolist(), codes[a:b].tolist()) for a, b in itertools.pairwise(offsets)]


@given(st.lists(st.integers(1, 6), min_size=2, max_size=300), st.booleans())
def test_equal_to_gensim_where_counts_are_equal(counts, in_order):
    counts = sorted(counts, reverse=True) if in_order else counts
    assert walks(counts) == gensim_codes(counts)


@given(st.lists(st.integers(1, 10**12), min_size=2, max_size=60))
def test_equal_to_gensim_for_any_counts(counts):
    assert walks(counts) == gensim_codes(counts)


def test_equal_to_gensim_beyond_2500_words():
    """From there on CPython builds its heap in another order, which must not matter."""
    counts = np.sort(np.random.default_rng(1).zipf(1.3, 6_000).clip(max=10**6))[::-1]
    assert walks(counts) == gensim_codes(counts.tolist())


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=100))
def test_codes_are_an_optimal_prefix_code(counts):
    codes = [tuple(code) for _, code in walks(counts)]
    assert sum(2.0 ** -len(code) for code in codes) == 1.0  # Kraft: every branch ends in a word
    for shorter, longer in itertools.pairwise(sorted(codes)):
        assert longer[: len(shorter)] != shorter
    entropy = -sum(c / sum(counts) * np.log2(c / sum(counts)) for c in counts)
    mean = sum(c * len(code) for c, code in zip(counts, codes, strict=True)) / sum(counts)
    assert entropy - 1e-9 <= mean < entropy + 1


def test_a_single_word_has_an_empty_walk():
    assert walks([7]) == [([], [])]


def test_a_million_words():
    counts = np.sort(np.random.default_rng(1).zipf(1.2, 1_000_000).clip(max=10**7))[::-1]
    points, codes, offsets = huffman_codes(counts)
    assert (points.dtype, codes.dtype, offsets.dtype) == (np.int32, np.uint8, np.int64)
    assert points[offsets[:-1]].min() == len(counts) - 2  # every walk begins at the root
    assert points.min() == 0


@pytest.mark.parametrize("counts", [np.ones((2, 2)), np.array([])])
def test_wrong_shapes(counts):
    with pytest.raises(ValueError, match="counts: expected one number a word"):
        huffman_codes(counts)
