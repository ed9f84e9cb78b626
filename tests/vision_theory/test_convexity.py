"""Each check against functions with a known answer; each witness computed again."""

import numpy as np
import pytest

from wordlab.errors import ConfigError
from wordlab.vision_theory.theory.convex_sets import Segment, check_set
from wordlab.vision_theory.theory.convexity import check_convexity, jensen_gap
from wordlab.vision_theory.theory.functions import landscape
from wordlab.vision_theory.theory.point_sets import (
    SETS,
    Annulus,
    Ball,
    Box,
    HalfSpace,
    Intersection,
    Union,
)  # fmt: skip

PROVEN = [
    "x**2", "quadratic", "bowl", "ill-conditioned", "cosh", "exp(0.5*x)", "5*x + 1", "x**4",
    "x**4 - x**3 + x**2", "x**2 + x*y + y**2", "x**2 + y**4", "(x - y)**2", "x1**2 + x2**2 + x3**2",
]  # fmt: skip
SAMPLED = ["abs(x)", "-log(x)", "log(1 + exp(x))", "sqrt(x**2 + y**2)"]
# Which of Jensen's inequality, below sets, local minima and the second-order condition hold.
OTHERS = {
    "cubic": (False, True, True, False),
    "tanh": (False, True, True, False),
    "log(x)": (False, True, True, False),
    "sqrt(abs(x))": (False, True, True, False),
    "cosine": (False, False, False, False),
    "cos(pi*x)": (False, False, True, False),
    "(x - 1)**2*(x + 1)": (False, False, False, False),
    "saddle": (False, False, True, False),
    "himmelblau": (False, False, True, False),
    "rosenbrock": (False, False, True, False),
    "rastrigin": (False, False, False, False),
    "x**4 - 0.1*x**2": (False, False, True, False),
    "x**4 - x**2": (False, False, True, False),
    "1/x": (False, False, True, False),
}


@pytest.mark.parametrize("function", PROVEN + SAMPLED)
def test_convex_functions(function):
    checks = check_convexity(landscape(function))
    assert all(check.holds and check.witness is None for check in checks), checks
    assert checks[3].proven == (function in PROVEN)
    assert not any(check.proven for check in checks[:3])


@pytest.mark.parametrize("function", OTHERS)
@pytest.mark.parametrize("seed", [1, 2])
def test_other_functions(function, seed):
    found = landscape(function)
    checks = check_convexity(found, seed=seed)
    assert tuple(check.holds for check in checks) == OTHERS[function]
    for check in checks:
        assert check.holds != check.proven or (check.holds and not check.proven)
        assert (check.witness is None) == check.holds
    jensen, below, minima, second = checks
    if not jensen.holds:
        between, ends, weight = at_witness(found, jensen.witness)
        assert not between <= weight * ends[0] + (1 - weight) * ends[1]
    if not below.holds:
        between, ends, _ = at_witness(found, below.witness)
        assert not between <= ends.max()
    if not minima.holds:
        assert np.abs(found.gradient(np.array(minima.witness.point))).max() < 1e-6
    point = np.array(second.witness.point)
    assert np.linalg.eigvalsh(found.hessian(point))[0] == pytest.approx(second.witness.eigenvalue)
    assert second.witness.eigenvalue < 0


def at_witness(found, witness):
    """Value between, values at the ends, weight."""
    assert isinstance(witness, Segment)
    assert 0 < witness.weight < 1
    ends = found.value(np.array([witness.a, witness.b]))
    return float(found.value(np.array(witness.between))), ends, witness.weight


def test_a_hole_in_the_domain_is_a_witness():
    jensen = check_convexity(landscape("sqrt(x**2 - 1)"))[0]
    assert not jensen.holds
    assert jensen.excess == np.inf


def test_jensens_gap_by_hand():
    """E X**2 - (E X)**2 is the variance of X: 6**2 / 12 for the uniform distribution on -3 to 3."""
    found = jensen_gap(landscape("x**2"))
    # Seeds 1 to 10: 2.97 to 3.03.
    assert found.gap == pytest.approx(3.0, abs=0.08)
    assert jensen_gap(landscape("5*x + 1")).gap == pytest.approx(0, abs=1e-12)
    assert jensen_gap(landscape("log(x)")).gap < 0


def test_equal_seeds_give_equal_witnesses():
    assert check_convexity(landscape("beale"), seed=4) == check_convexity(landscape("beale"), seed=4)
    assert check_convexity(landscape("beale"), seed=4) != check_convexity(landscape("beale"), seed=5)


def test_a_function_without_values():
    with pytest.raises(ConfigError) as raised:
        check_convexity(landscape("log(x - 5)"))
    assert str(raised.value) == "function: expected finite values in the domain, found 0 in 40,000 points"


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sets(name, seed):
    found = check_set(SETS[name], seed=seed)
    assert found.holds == (name not in ("annulus", "two-balls"))
    if found.witness is not None:
        points = np.array([found.witness.a, found.witness.b, found.witness.between])
        assert SETS[name].contains(points).tolist() == [True, True, False]


def test_sets_by_hand():
    inside = np.array([[0.0, 0.0], [0.5, 0.5], [1.0, 1.0]])
    assert Ball((0.0, 0.0), 1.0).contains(inside).tolist() == [True, True, False]
    assert Box((0.0, 0.2), (0.6, 0.6)).contains(inside).tolist() == [False, True, False]
    assert HalfSpace((1.0, 1.0), 1.0, ((0, 1), (0, 1))).contains(inside).tolist() == [True, True, False]
    assert Annulus((0.0, 0.0), 0.5, 1.0).contains(inside).tolist() == [False, True, False]
    both = (Ball((0.0, 0.0), 1.0), Box((0.2, 0.2), (2.0, 2.0)))
    assert Intersection(both).contains(inside).tolist() == [False, True, False]
    assert Intersection(both).window == ((0.2, 1.0), (0.2, 1.0))
    assert Union(both).contains(inside).tolist() == [True, True, True]
    assert Union(both).window == ((-1.0, 2.0), (-1.0, 2.0))


def test_a_set_in_three_dimensions():
    assert check_set(Ball((0.0, 0.0, 0.0), 1.0)).holds
    assert not check_set(Annulus((0.0, 0.0, 0.0), 0.9, 1.0)).holds


def test_set_errors():
    with pytest.raises(ConfigError, match="radius: expected a positive number, found 0"):
        Ball((0.0,), 0)
    with pytest.raises(ConfigError, match=r"inner: expected a number between 0 and 1\.0, found 2\.0"):
        Annulus((0.0,), 2.0, 1.0)
    with pytest.raises(ConfigError, match=r"high: expected a number above each of \(0.0,\), found \(0.0,\)"):
        Box((0.0,), (0.0,))
    apart = Intersection((Ball((0.0, 0.0), 1.0), Ball((1.99, 0.0), 1.0)))
    with pytest.raises(ConfigError, match="set: expected one that fills part of its window"):
        check_set(Intersection((apart, HalfSpace((0.0, 1.0), -0.2, ((-1, 1), (-1, 1))))))
