import numpy as np
import pytest

from wordlab.vision_theory.theory.critical_points import (
    CriticalPoint,
    critical_points,
    nearest_critical_point,
)
from wordlab.vision_theory.theory.functions import landscape


def kinds(function, **options):
    return [found.kind for found in critical_points(landscape(function, **options))]


def test_kinds_by_eigenvalues():
    def kind(*eigenvalues):
        return CriticalPoint((0.0,) * len(eigenvalues), 0.0, eigenvalues).kind

    assert kind(1.0, 2.0) == "minimum"
    assert kind(-2.0, -1.0) == "maximum"
    assert kind(-1.0, 0.0, 1.0) == "saddle point"
    assert kind(0.0, 1.0) == "degenerate"
    assert kind(-1.0, 0.0) == "degenerate"
    assert kind(0.0) == "degenerate"
    assert kind(1e-9, 1.0) == "degenerate"


def test_of_known_functions():
    assert kinds("quadratic") == ["minimum"]
    assert kinds("saddle") == ["saddle point"]
    assert kinds("cubic") == ["degenerate"]
    assert kinds("monkey-saddle") == ["degenerate"]
    assert kinds("tanh") == []
    assert kinds("cosine") == ["minimum", "minimum", "maximum"]
    assert sorted(kinds("himmelblau")) == ["maximum"] + 4 * ["minimum"] + 4 * ["saddle point"]
    assert sorted(kinds("six-hump-camel")) == 2 * ["maximum"] + 6 * ["minimum"] + 7 * ["saddle point"]
    # In each direction 5 minima and 4 maxima.
    assert sorted(kinds("rastrigin")) == 16 * ["maximum"] + 25 * ["minimum"] + 40 * ["saddle point"]


def test_himmelblaus_maximum():
    """The values that textbooks give: f(-0.270845, -0.923039) = 181.617."""
    highest = critical_points(landscape("himmelblau"))[-1]
    assert highest.point == pytest.approx((-0.270845, -0.923039), abs=1e-6)
    assert highest.value == pytest.approx(181.617, abs=1e-3)


def test_in_three_variables():
    found = critical_points(landscape("x**2 + y**2 + z**4 - z**2"))
    assert [point.kind for point in found] == ["minimum", "minimum", "saddle point"]
    assert found[0].point == pytest.approx((0, 0, -(0.5**0.5)))
    assert found[0].eigenvalues == pytest.approx((2, 2, 4))


def test_only_where_the_function_is_defined():
    (found,) = critical_points(landscape("x*log(x)"))
    assert found.point == pytest.approx((np.exp(-1),))
    assert kinds("abs(x)") == []
    assert kinds("sqrt(x - 10)") == []


def test_a_valley_of_critical_points_ends():
    found = critical_points(landscape("(x - y)**2"))
    assert 1 < len(found) <= 200
    assert {point.kind for point in found} == {"degenerate"}


def test_nearest():
    found = nearest_critical_point(landscape("cosine"), np.array([-0.2]))
    assert found.point == pytest.approx((-0.273853,), abs=1e-6)
    assert nearest_critical_point(landscape("5*x"), np.array([2.0])) is None
