import numpy as np
import pytest

from wordlab.errors import ConfigError
from wordlab.vision_theory.theory.functions import LANDSCAPES, landscape

NAMES = sorted(LANDSCAPES)


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_equal_finite_differences(name):
    """Central differences, whose error is of the order of the step squared: 1e-10 times third derivatives."""
    found = LANDSCAPES[name]
    low, high = np.array(found.domain).T
    points = np.random.default_rng(1).uniform(low, high, size=(20, len(low)))
    for i in range(len(low)):
        step = np.zeros(len(low))
        step[i] = 1e-5
        slope = (found.value(points + step) - found.value(points - step)) / 2e-5
        curvature = (found.gradient(points + step) - found.gradient(points - step)) / 2e-5
        np.testing.assert_allclose(found.gradient(points)[:, i], slope, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(found.hessian(points)[:, i], curvature, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_facts(name):
    found = LANDSCAPES[name]
    assert found.name == name
    assert len(found.domain) == len(found.start) == len(found.variables)
    assert found.about
    assert np.isfinite(found.value(np.array(found.start)))
    assert all(low <= c <= high for (low, high), c in zip(found.domain, found.start, strict=True))


@pytest.mark.parametrize("name", [name for name in NAMES if LANDSCAPES[name].minima])
def test_known_minima_are_the_lowest_points(name):
    found = LANDSCAPES[name]
    low, high = np.array(found.domain).T
    minima = np.array(found.minima)
    values = found.value(minima)
    assert ((minima >= low) & (minima <= high)).all()
    # Six decimals: the value is above the lowest by the curvature, at most 400, times 1e-13.
    np.testing.assert_allclose(values, values.min(), atol=1e-8)
    curvatures = np.linalg.eigvalsh(found.hessian(minima))
    assert (curvatures > 0).all()
    assert (np.abs(found.gradient(minima)) <= 1e-6 * curvatures.max()).all()
    points = np.random.default_rng(1).uniform(low, high, size=(100_000, len(low)))
    assert found.value(points).min() >= values.min() - 1e-8


def test_published_values():
    camel, beale = LANDSCAPES["six-hump-camel"], LANDSCAPES["beale"]
    assert camel.value(np.array(camel.minima[0])) == pytest.approx(-1.031628, abs=1e-6)  # Dixon & Szego 1978
    assert beale.value(np.array([1.0, 1.0])) == pytest.approx(1.5**2 + 2.25**2 + 2.625**2)


def test_functions_of_ones_own():
    own = landscape("x**2 + y")
    assert own.name == own.formula == "x**2 + y"
    assert own.domain == ((-3.0, 3.0), (-3.0, 3.0))
    assert own.start == pytest.approx((2.7, 2.7))
    assert landscape("x**2", domain=(0.0, 4.0)).start == (3.8,)


def test_differences_are_not_names():
    assert landscape("x-y").variables == ("x", "y")
    assert landscape("x-pi").variables == ("x",)


def test_another_domain_for_a_known_function():
    found = landscape("himmelblau", domain=(0.0, 4.0))
    assert found.domain == ((0.0, 4.0), (0.0, 4.0))
    assert found.minima == ((3.0, 2.0),)


def test_errors():
    with pytest.raises(ConfigError) as raised:
        landscape("rosenbrook")
    assert str(raised.value) == (
        f"function: expected {', '.join(LANDSCAPES)} or an expression such as x**2, found 'rosenbrook'"
    )
    with pytest.raises(
        ConfigError, match="domain: expected two ends from -1e6 to 1e6, the lower first, found 3 1"
    ):
        landscape("x**2", domain=(3.0, 1.0))
    with pytest.raises(ConfigError, match="domain: "):
        landscape("x**2", domain=(float("nan"), 1.0))
