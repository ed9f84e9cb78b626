"""Rules by hand, and the two that torch lacks; tests/oracle compares the others."""

import dataclasses
import sys
from types import ModuleType

import numpy as np
import pytest

from wordlab.errors import ConfigError
from wordlab.vision_theory.theory import optimisers
from wordlab.vision_theory.theory.functions import landscape
from wordlab.vision_theory.theory.optimisers import (
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    Backtracking,
    GradientDescent,
    Momentum,
    Nesterov,
    Newton,
    RMSProp,
)  # fmt: skip
from wordlab.vision_theory.theory.optimisers.names import RULES as NAMED_RULES
from wordlab.vision_theory.theory.optimisers.names import NamedRule, make_rule

SQUARE = landscape("x**2")


def steps(rule, x, number, function=SQUARE):
    x = np.atleast_1d(np.array(x, dtype=float))
    for _ in range(number):
        x = rule.step(x, function)
    return x


def test_first_steps_by_hand():
    """f = x**2 at 10: the gradient is 20."""
    assert steps(GradientDescent(learning_rate=0.2), 10, 1) == pytest.approx(6.0)
    assert steps(Momentum(learning_rate=0.1, momentum=0.5), 10, 2) == pytest.approx(8 - 0.1 * (10 + 16))
    assert steps(Nesterov(learning_rate=0.1, momentum=0.5), 10, 1) == pytest.approx(10 - 0.1 * 30)
    assert steps(AdaGrad(learning_rate=0.1), 10, 2) == pytest.approx(9.9 - 0.1 * 19.8 / np.hypot(20, 19.8))
    assert steps(RMSProp(learning_rate=0.1, decay=0.9), 10, 1) == pytest.approx(10 - 0.1 / np.sqrt(0.1))
    assert steps(AdaDelta(decay=0.9, epsilon=1e-6), 10, 1) == pytest.approx(
        10 - 1e-3 * 20 / np.sqrt(40 + 1e-6)
    )
    assert steps(Adam(learning_rate=0.1), 10, 1) == pytest.approx(9.9)
    assert steps(AdamW(learning_rate=0.1, weight_decay=0.2), 10, 1) == pytest.approx(9.9 - 0.2)


def test_newton_solves_a_quadratic_in_one_step():
    assert steps(Newton(), 10, 1) == pytest.approx(0, abs=1e-12)
    assert steps(Newton(), (-5, -2), 1, landscape("ill-conditioned")) == pytest.approx([0, 0], abs=1e-12)
    assert steps(Newton(learning_rate=0.5), 10, 1) == pytest.approx(5.0)


def test_newton_climbs_where_the_curvature_is_negative():
    """The course's x cos(0.15 pi x), at -8: with the absolute value of the curvature it goes down."""
    cosine = landscape("slow-cosine")
    start = np.array([-8.0])
    slope, curvature = cosine.gradient(start)[0], cosine.hessian(start)[0, 0]
    assert curvature < 0
    assert steps(Newton(), -8, 1, cosine) == pytest.approx(-8 - slope / curvature)
    assert steps(Newton(absolute=True), -8, 1, cosine) == pytest.approx(-8 - slope / abs(curvature))
    short = {"learning_rate": 0.1}
    assert cosine.value(steps(Newton(**short), -8, 5, cosine)) > cosine.value(start)
    assert cosine.value(steps(Newton(**short, absolute=True), -8, 5, cosine)) < cosine.value(start)


def test_newton_with_no_curvature():
    flat = landscape("x**3")
    assert np.isfinite(steps(Newton(), 0.0, 3, flat)).all()
    assert np.isnan(Newton().step(np.array([-1.0]), landscape("sqrt(x)"))).all()


@pytest.mark.parametrize("name", ["quadratic", "rosenbrock", "beale", "himmelblau", "cosh"])
def test_backtracking_meets_armijos_condition_with_the_first_rate_that_does(name):
    function = landscape(name)
    rule = Backtracking(learning_rate=1.0, shrink=0.5, sufficient=0.1)
    x = np.array(function.start)
    for _ in range(10):
        gradient, here = function.gradient(x), function.value(x)
        following = rule.step(x, function)
        rates = 0.5 ** np.arange(60)
        trials = x - rates[:, None] * gradient
        met = function.value(trials) <= here - 0.1 * rates * (gradient @ gradient)
        assert following == pytest.approx(trials[met.argmax()])
        x = following


def test_backtracking_stays_where_nothing_gains():
    rule = Backtracking(most_trials=3)
    assert rule.step(np.array([0.0]), landscape("x**2 + x")) == pytest.approx(-0.5)
    assert rule.step(np.array([50.0]), landscape("x**4")) == 50.0


def test_momentum_helps_where_gradient_descent_crawls():
    """The course's 0.1 x**2 + 2 y**2, from (-5, -2), 20 steps: 0.6 is too much without momentum."""
    valley = landscape("ill-conditioned")
    plain = steps(GradientDescent(learning_rate=0.6), (-5, -2), 20, valley)
    with_momentum = steps(Momentum(learning_rate=0.6, momentum=0.5), (-5, -2), 20, valley)
    assert abs(plain[1]) > 1_000
    assert np.abs(with_momentum).max() < 0.01


def test_the_point_is_left_unchanged():
    for rule in (Momentum(learning_rate=0.1), Adam(learning_rate=0.1), Newton(), Backtracking(), AdaDelta()):
        x = np.array([3.0])
        rule.step(x, SQUARE)
        assert x == 3.0


RULES = ["AdaDelta", "AdaGrad", "Adam", "AdamW", "Backtracking", "GradientDescent", "Momentum", "Nesterov",
         "Newton", "RMSProp"]  # fmt: skip


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf"), "fast", True])
def test_invalid_learning_rates(name, rate):
    with pytest.raises(
        ConfigError, match=r"^learning_rate: expected a number from 1e-12 to 1000000\.0, found "
    ):
        getattr(optimisers, name)(learning_rate=rate)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Momentum(learning_rate=1, momentum=1.5),
            "momentum: expected a number from 0.0 to 1.0, found 1.5",
        ),
        (lambda: Adam(learning_rate=1, beta1=1), "beta1: expected a number from 0.0 to 0.999999, found 1"),
        (lambda: RMSProp(learning_rate=1, decay=-1), "decay: expected a number from 0.0 to 1.0, found -1"),
        (lambda: Backtracking(shrink=1), "shrink: expected a number from 0.01 to 0.99, found 1"),
    ],
)
def test_invalid_options(make, message):
    with pytest.raises(ConfigError) as raised:
        make()
    assert str(raised.value) == message


@pytest.mark.parametrize("name", NAMED_RULES)
def test_rules_by_name(name):
    entry = NAMED_RULES[name]
    rule = make_rule(name)
    assert type(rule).__name__ == entry.rule
    defaults = {field.name: field.default for field in dataclasses.fields(rule)}
    assert defaults["learning_rate"] in (dataclasses.MISSING, entry.learning_rate)
    assert make_rule(name, learning_rate=0.25).learning_rate == 0.25
    assert make_rule(name) is not rule  # what a rule remembers serves one descent
    if entry.takes_momentum:
        assert make_rule(name, momentum=0.5).momentum == 0.5
    else:
        with pytest.raises(
            ConfigError, match=f"^momentum: expected the optimiser momentum or nesterov, found {name}$"
        ):
            make_rule(name, momentum=0.5)


def test_names_of_rules():
    assert make_rule("newton-absolute").absolute
    assert not make_rule("newton").absolute
    assert {entry.rule for entry in NAMED_RULES.values()} == set(RULES)
    with pytest.raises(ConfigError, match=r"^optimiser: expected one of sgd, momentum, .*, found 'rprop'$"):
        make_rule("rprop")


def test_a_new_rule_is_a_file_and_a_line(monkeypatch):
    file = ModuleType("sign_descent")
    file.SignDescent = GradientDescent
    monkeypatch.setitem(sys.modules, "wordlab.vision_theory.theory.optimisers.sign_descent", file)
    monkeypatch.setitem(NAMED_RULES, "sign", NamedRule("sign_descent", "SignDescent", learning_rate=0.5))
    assert make_rule("sign") == GradientDescent(learning_rate=0.5)
