import numpy as np
import pytest
from scipy.special import expit, softmax

from wordlab.errors import CorpusError
from wordlab.sentiment.judging.reliability import reliability
from wordlab.sentiment.judging.temperature import fit_temperature, scale


def two_classes(chances):
    return np.column_stack([1 - np.array(chances), chances])


def test_reliability_by_hand():
    # four bins; confidences 0.6 (right), 0.7 (wrong), 0.9 (right), 1.0 (right)
    curve = reliability(np.array([1, 0, 0, 1]), two_classes([0.6, 0.7, 0.1, 1.0]), num_bins=4)
    assert curve.edges == ((0.5, 0.75), (0.75, 1.0))
    assert curve.counts == (2, 2)
    assert curve.shares == (0.5, 0.5)
    assert curve.confidence == pytest.approx((0.65, 0.95))
    assert curve.accuracy == (0.5, 1.0)
    assert curve.error == pytest.approx((0.15 + 0.05) / 2)


def test_a_bin_holds_its_upper_edge():
    curve = reliability(np.array([1, 1]), two_classes([0.5, 0.75]), num_bins=4)
    assert curve.edges == ((0.25, 0.5), (0.5, 0.75))


def test_true_probabilities_have_little_error():
    rng = np.random.default_rng(1)
    chances = rng.uniform(size=20_000)
    targets = (rng.uniform(size=20_000) < chances).astype(int)
    # over seeds 1 to 5 the error is 0.005 to 0.010, and 0.11 once the logits are doubled
    assert reliability(targets, two_classes(chances)).error < 0.02
    assert reliability(targets, scale(two_classes(chances), 0.5)).error > 0.05


def test_an_applied_temperature_is_found():
    rng = np.random.default_rng(2)
    logits = rng.normal(scale=2, size=(20_000, 3))
    true = softmax(logits, axis=1)
    targets = np.array([rng.choice(3, p=row) for row in true])
    # over seeds 1 to 5 the relative error is below 0.02
    for temperature in (0.5, 1.0, 3.0):
        over_sure = softmax(logits * temperature, axis=1)
        assert fit_temperature(targets, over_sure) == pytest.approx(temperature, rel=0.05)
        assert reliability(targets, scale(over_sure, temperature)).error < 0.02


def test_scale_divides_logits():
    logits = np.array([-3.0, 0.0, 1.5])
    scaled = scale(two_classes(expit(logits)), 2.5)
    assert scaled[:, 1] == pytest.approx(expit(logits / 2.5))
    assert np.isfinite(scale(np.array([[0.0, 1.0]]), 0.1)).all()


def test_wrong_use():
    with pytest.raises(ValueError, match="temperature above 0, found 0"):
        scale(np.ones((1, 2)) / 2, 0)
    with pytest.raises(CorpusError, match="labelled texts to calibrate with, found none"):
        fit_temperature(np.zeros(0, int), np.zeros((0, 2)))
