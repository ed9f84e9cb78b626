"""WEAT: by hand, by the formula as WEFE publishes it, and on GloVe where it is known."""

import json
import math
from itertools import combinations

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import association_test
from wordlab.errors import ConfigError
from wordlab.text import Vocabulary

WORDS = [f"w{number}" for number in range(40)]
X, Y, A, B = (WORDS[start : start + 6] for start in (0, 6, 12, 20))


@pytest.fixture
def vectors():
    return WordVectors(Vocabulary(WORDS, range(40, 0, -1)), np.random.default_rng(1).normal(size=(40, 7)))


def wefe(vectors, x, y, a, b):
    """The effect size and statistic, word by word."""

    def cosine(one, other):
        one, other = vectors[one].astype(float), vectors[other].astype(float)
        return one @ other / (np.linalg.norm(one) * np.linalg.norm(other))

    def s(word):
        return np.mean([cosine(word, other) for other in a]) - np.mean([cosine(word, other) for other in b])

    first, second = [s(word) for word in x], [s(word) for word in y]
    effect = (np.mean(first) - np.mean(second)) / np.std([*first, *second])
    return effect, sum(first) - sum(second), [*first, *second]


def test_the_formula(vectors):
    found = association_test(vectors, (X, Y), (A, B))
    effect, statistic, s = wefe(vectors, X, Y, A, B)
    assert found.effect_size == pytest.approx(effect, abs=1e-6)
    assert found.statistic == pytest.approx(statistic, abs=1e-6)
    assert list(found.associations.values()) == pytest.approx(s, abs=1e-6)
    sample = association_test(vectors, (X, Y), (A, B), ddof=1)
    assert sample.effect_size == pytest.approx(effect * np.sqrt(11 / 12), abs=1e-6)
    json.dumps(found.to_dict(), allow_nan=False)


def test_every_partition_is_tried_once(vectors):
    found = association_test(vectors, (X[:4], Y[:3]), (A, B))
    _, statistic, s = wefe(vectors, X[:4], Y[:3], A, B)
    others = [
        sum(s[i] for i in half) - sum(s[i] for i in range(7) if i not in half)
        for half in combinations(range(7), 4)
    ]
    assert found.exact
    assert found.num_partitions == len(others) == 35
    assert found.p_value == pytest.approx(np.mean([each >= statistic - 1e-7 for each in others]))


def test_drawn_partitions_come_near_all(vectors):
    exact = association_test(vectors, (X, Y), (A, B))
    assert exact.exact
    assert exact.num_partitions == math.comb(12, 6)
    drawn = [association_test(vectors, (X, Y), (A, B), max_partitions=900, seed=seed) for seed in range(20)]
    assert not any(each.exact for each in drawn)
    # 20 times 900 draws: a standard error of 0.0037 at most
    assert np.mean([each.p_value for each in drawn]) == pytest.approx(exact.p_value, abs=0.015)
    assert drawn[0] == association_test(vectors, (X, Y), (A, B), max_partitions=900, seed=0)


def test_a_planted_bias_is_found(vectors):
    matrix = vectors.matrix.copy()
    for words, sign in ((X + A, 2), (Y + B, -2)):
        for word in words:
            matrix[WORDS.index(word), 0] += 2 * sign
    biased = WordVectors(vectors.vocabulary, matrix)
    found = association_test(biased, (X, Y), (A, B))
    assert found.effect_size > 1.5
    assert found.p_value == pytest.approx(1 / math.comb(12, 6))
    turned = association_test(biased, (Y, X), (A, B))
    assert turned.effect_size == pytest.approx(-found.effect_size)
    assert turned.p_value == 1


def test_lost_words_are_told_and_repeated_ones_count_once(vectors):
    found = association_test(vectors, ([*X, "unknown", X[0]], Y), (A, [*B, "other"]))
    assert found.lost == (("unknown",), (), (), ("other",))
    assert found.num_targets == (6, 6)
    assert found.effect_size == association_test(vectors, (X, Y), (A, B)).effect_size


@pytest.mark.parametrize(
    ("targets", "attributes", "options", "message"),
    [
        ((X, [*Y, X[2]]), (A, B), {}, "targets: expected different words in both lists, found w2 in both"),
        ((X, ["no", "w7"]), (A, B), {}, "targets Y: expected 2 words with a vector or more, found 1 of 2"),
        ((X, Y), (A, []), {}, "attributes B: expected 2 words with a vector or more, found 0 of 0"),
        ((X, Y), (A, A), {}, "targets: expected words of different associations, found all equal"),
        ((X, Y), (A, B), {"ddof": 2}, "expected a ddof of 0 or 1"),
        ((X, Y), (A, B), {"seed": -1}, "seed: expected"),
    ],
)
def test_what_cannot_be_tested(vectors, targets, attributes, options, message):
    with pytest.raises(ConfigError, match=message):
        association_test(vectors, targets, attributes, **options)
