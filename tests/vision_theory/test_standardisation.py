"""Our lines against StandardScaler, and what they do for gradient descent."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler

from wordlab.errors import ConfigError, TrainingError
from wordlab.vision_theory.vision.standardisation import Standardisation, fit_by_descent


@pytest.fixture
def features():
    rng = np.random.default_rng(3)
    return rng.normal(size=(50, 3)) * (1, 1_000, 1e-3) + (0, 5_000, 7)


def test_equal_to_scikit_learn(features):
    features = np.column_stack((features, np.full(50, 0.1), np.zeros(50)))  # constants, one not exact
    theirs, ours = StandardScaler().fit(features), Standardisation.fit(features)
    assert ours.mean == pytest.approx(theirs.mean_, rel=1e-12)
    assert ours.std == pytest.approx(theirs.scale_, rel=1e-12)
    assert ours.apply(features) == pytest.approx(theirs.transform(features), abs=1e-9)
    assert ours.invert(ours.apply(features)) == pytest.approx(features, rel=1e-9)


def test_by_hand():
    found = Standardisation.fit(np.array([[1.0], [3.0], [5.0]]))
    assert found.mean == pytest.approx([3.0])
    assert found.std == pytest.approx([np.sqrt(8 / 3)])  # the biased variance


@pytest.mark.parametrize("shape", [(3,), (0, 2)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="expected shape"):
        Standardisation.fit(np.zeros(shape))


def test_descent_on_badly_scaled_inputs(features):
    """The largest rate that does not diverge leaves the raw loss where it was; standardised it is solved."""
    targets = features @ (2, 0.001, 500) + 1
    best = LinearRegression().fit(features, targets)
    noise = float(np.mean((best.predict(features) - targets) ** 2) / 2)
    with pytest.raises(TrainingError, match=r"diverged at step .*; a smaller learning_rate than 0.1"):
        fit_by_descent(features, targets, learning_rate=0.1, steps=200)
    raw = fit_by_descent(features, targets, learning_rate=5e-8, steps=200)
    standardised = fit_by_descent(
        Standardisation.fit(features).apply(features), targets, learning_rate=0.1, steps=200
    )
    assert raw[-1] > 2  # stands still once the one large feature is fitted
    assert standardised[-1] - noise < 1e-6


def test_descent_of_a_logistic_model(features):
    targets = (features[:, 0] + features[:, 1] / 1_000 > 5).astype(float)
    standardised = Standardisation.fit(features).apply(features)
    assert fit_by_descent(features, targets, model="logistic", learning_rate=1e-7, steps=300)[-1] > 0.6
    assert fit_by_descent(standardised, targets, model="logistic", learning_rate=1.0, steps=300)[-1] < 0.1
    assert fit_by_descent(standardised, targets, model="logistic", learning_rate=1.0, steps=0)[
        0
    ] == pytest.approx(np.log(2))


def test_unknown_model():
    with pytest.raises(ConfigError, match="model: expected one of linear, logistic, found 'cubic'"):
        fit_by_descent(np.zeros((2, 1)), np.zeros(2), model="cubic", learning_rate=1.0, steps=1)
