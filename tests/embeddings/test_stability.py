"""Stability: the overlap of neighbours over trainings, by hand and by frequency."""

import json
from itertools import combinations

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.stability import neighbour_stability
from wordlab.errors import ConfigError
from wordlab.text import Vocabulary

WORDS = [f"w{number}" for number in range(120)]


def trainings(number, noise, words=WORDS):
    """Vectors of `words` as so many seeds would give them; rare ones have more noise."""
    rng = np.random.default_rng(7)
    matrix = rng.normal(size=(len(words), 8))
    spread = noise * np.linspace(0.2, 2, len(words))[:, None]
    vocabulary = Vocabulary(words, range(len(words), 0, -1))
    return [WordVectors(vocabulary, matrix + spread * rng.normal(size=matrix.shape)) for _ in range(number)]


def test_overlaps_by_hand():
    sets = trainings(3, 0.5)
    found = neighbour_stability(sets, k=4)
    for id, word in enumerate(WORDS):
        near = [{each.word for each in vectors.nearest(word, k=4)} for vectors in sets]
        shares = [len(one & two) / 4 for one, two in combinations(near, 2)]
        assert found.overlaps[id] == pytest.approx(np.mean(shares))
    assert (found.num_sets, found.k, found.words) == (3, 4, tuple(WORDS))


def test_bands_and_the_least_stable():
    found = neighbour_stability(trainings(2, 0.8), k=5)
    first, second = found.bands
    assert (first.first, first.last, first.counts) == (1, 100, (120, 21))
    assert (second.first, second.last, second.counts) == (101, 120, (20, 1))
    assert first.mean == pytest.approx(found.overlaps[:100].mean())
    assert second.low <= second.mean <= second.high
    assert first.mean > second.mean
    least = found.least(3, among=50)
    assert [value for _, value in least] == sorted(found.overlaps[:50])[:3]
    json.dumps(found.to_dict(), allow_nan=False)


def test_only_frequent_words_count():
    sets = trainings(2, 0.5)
    found = neighbour_stability(sets, k=3, num_words=30)
    cut = [WordVectors(Vocabulary(WORDS[:30], range(30, 0, -1)), each.matrix[:30]) for each in sets]
    assert (found.overlaps == neighbour_stability(cut, k=3).overlaps).all()


def test_equal_sets_are_stable():
    (one,) = trainings(1, 0.5)
    assert (neighbour_stability([one, one, one]).overlaps == 1).all()
    pair = WordVectors(Vocabulary(["a", "b"], [2, 1]), [[1, 0], [0, 1]])
    assert neighbour_stability([pair, pair]).overlaps.tolist() == [1, 1]  # with one neighbour each


@pytest.mark.parametrize(
    ("sets", "options", "message"),
    [
        (trainings(1, 0.5), {}, "expected two trainings or more, found 1"),
        ([*trainings(1, 0.5), *trainings(1, 0.5, WORDS[::-1])], {}, "found sets of different words"),
        (trainings(2, 0.5), {"k": 0}, "expected k of 1 or more"),
        (trainings(2, 0.5), {"num_words": 1}, "num_words of 2 or more"),
        (trainings(2, 0.5, ["alone"]), {}, "expected two words or more, found one"),
    ],
)
def test_what_cannot_be_compared(sets, options, message):
    with pytest.raises(ConfigError, match=message):
        neighbour_stability(sets, **options)
