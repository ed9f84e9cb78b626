import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from wordlab.errors import CorpusError
from wordlab.sentiment.judging.metrics import mcnemar, score, wilson_interval


def one_hot(predicted, classes):
    return np.array([[float(name == label) for name in classes] for label in predicted])


def test_by_hand():
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7], [0.8, 0.2]])
    scores = score(["neg", "neg", "pos", "pos"], probabilities, ("neg", "pos"))
    assert scores.accuracy == 0.5
    assert scores.confusion == ((1, 1), (1, 1))
    assert scores.macro_f1 == 0.5
    assert scores.auc == 0.75  # of the four pairs (neg, pos) one is in the wrong order
    # Wilson: centre 0.5, half width 1.96 sqrt(1/16 + 1.96**2/64) / (1 + 1.96**2/4)
    assert scores.interval == pytest.approx((0.1500, 0.8500), abs=1e-4)


def test_several_classes_against_scikit_learn():
    rng = np.random.default_rng(1)
    classes = ("a", "b", "c")
    targets = rng.integers(3, size=300)
    probabilities = softmax(rng.normal(size=(300, 3)) + np.eye(3)[targets], axis=1)
    scores = score([classes[place] for place in targets], probabilities, classes)
    predicted = probabilities.argmax(axis=1)
    assert scores.accuracy == accuracy_score(targets, predicted)
    assert scores.macro_f1 == pytest.approx(f1_score(targets, predicted, average="macro"))
    assert scores.auc == pytest.approx(
        roc_auc_score(targets, probabilities, multi_class="ovr", average="macro")
    )
    assert np.trace(scores.confusion) == scores.accuracy * 300
    assert np.sum(scores.confusion) == 300


def test_a_class_without_texts():
    scores = score(["neg", "neg"], one_hot(["neg", "neg"], ("neg", "pos")), ("neg", "pos"))
    assert (scores.accuracy, scores.macro_f1, scores.auc) == (1.0, 1.0, None)
    assert scores.confusion == ((2, 0), (0, 0))
    assert scores.confusion_shares == ((1.0, 0.0), (0.0, 0.0))


def test_probabilities_need_not_sum_to_1():
    # as those of one class against the rest may, if all of them are next to 0
    probabilities = np.array([[0.2, 0.1, 0.0], [0.1, 0.2, 0.0], [0.0, 0.0, 0.0]])
    assert score(["a", "b", "c"], probabilities, ("a", "b", "c")).auc == pytest.approx((1 + 1 + 0.5) / 3)


def test_unknown_labels():
    with pytest.raises(CorpusError, match=r"labels that the classifier knows \(neg, pos\), found x, y"):
        score(["y", "neg", "x"], np.ones((3, 2)) / 2, ("neg", "pos"))
    with pytest.raises(CorpusError, match=r"found 0, 1, 2, 3, 4 and 2 more$"):
        score(list("0123456"), np.ones((7, 2)) / 2, ("neg", "pos"))
    with pytest.raises(CorpusError, match="expected labelled texts to evaluate, found none"):
        score([], np.ones((0, 2)), ("neg", "pos"))
    with pytest.raises(ValueError, match=r"expected probabilities of shape \(1, 2\), found \(2, 2\)"):
        score(["neg"], np.ones((2, 2)), ("neg", "pos"))


def test_wilson_by_the_formula():
    z, n, k = 1.959963984540054, 1821, 1500
    p = k / n
    centre, half = (p + z * z / (2 * n)), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    expected = ((centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n))
    assert wilson_interval(k, n) == pytest.approx(expected, abs=1e-12)
    low, high = wilson_interval(10, 10)
    assert (low, high) == (pytest.approx(0.7225, abs=1e-4), 1.0)


def test_mcnemar_by_hand():
    right = np.array([True] * 8 + [False] * 2 + [True] * 5)
    other = np.array([False] * 8 + [True] * 2 + [True] * 5)
    # two-sided binomial test of 2 out of 10: 2 * (1 + 10 + 45) / 1024
    result = mcnemar(right, other)
    assert (result.only_first, result.only_second, result.p_value) == (8, 2, pytest.approx(112 / 1024))
    assert mcnemar(other, right).p_value == pytest.approx(112 / 1024)
    assert mcnemar(right, right).p_value == 1.0
    assert not result.is_significant
    assert mcnemar(right, np.zeros(15, bool)).is_significant  # 13 against 0
