"""Verdicts on descents, the course's own among them."""

import numpy as np
import pytest

from wordlab.errors import ConfigError
from wordlab.vision_theory.theory.descent import descend
from wordlab.vision_theory.theory.functions import LANDSCAPES, landscape
from wordlab.vision_theory.theory.optimisers import Adam, GradientDescent, Momentum, Newton
from wordlab.vision_theory.theory.schedules import Polynomial
from wordlab.vision_theory.theory.stochastic import NoisyGradient
from wordlab.vision_theory.theory.verdicts import OUTCOMES


def gradient_descent(function, rate, steps, **options):
    return descend(landscape(function), GradientDescent(learning_rate=rate), num_steps=steps, **options)


@pytest.mark.parametrize(
    ("rate", "outcome", "end"),
    [
        (0.05, "too slow", 10 * 0.9**10),
        (0.2, "converged", 10 * 0.6**10),
        (0.9, "oscillating", 10 * 0.8**10),
        (1.0, "oscillating", 10.0),
        (1.1, "diverging", 10 * 1.2**10),
    ],
)
def test_the_courses_learning_rates(rate, outcome, end):
    """x**2 from 10 in 10 steps: each step multiplies x by 1 - 2 * rate."""
    found = gradient_descent("quadratic", rate, 10)
    assert found.outcome == outcome
    assert abs(found.points[-1, 0]) == pytest.approx(end)
    assert found.num_steps == 10


def test_stuck_in_a_local_minimum():
    """x cos(0.15 pi x) from 10 at a rate of 2, as in the course."""
    found = gradient_descent("slow-cosine", 2.0, 10)
    assert found.outcome == "local minimum"
    assert found.verdict.critical_point.value == pytest.approx(-1.191, abs=5e-4)
    assert found.verdict.lowest == pytest.approx(-6.978, abs=5e-4)
    assert gradient_descent("slow-cosine", 0.2, 30).outcome == "converged"


def test_divergence_stops_early():
    found = gradient_descent("quadratic", 1.1, 1_000)
    assert found.outcome == "diverging"
    assert found.verdict.stopped
    assert not gradient_descent("quadratic", 1.1, 10).verdict.stopped
    assert found.num_steps == 14


@pytest.mark.parametrize("name", LANDSCAPES)
@pytest.mark.parametrize("rate", [1e-3, 0.3, 10.0, 1e6])
def test_paths_are_always_finite(name, rate):
    for rule in (GradientDescent(learning_rate=rate), Adam(learning_rate=rate), Newton(learning_rate=rate)):
        found = descend(LANDSCAPES[name], rule, num_steps=30)
        assert np.isfinite(found.points).all()
        assert np.isfinite(found.values).all()
        assert len(found.points) == len(found.values) == found.num_steps + 1
        assert found.outcome in OUTCOMES


def test_other_ends():
    assert gradient_descent("saddle", 0.1, 100, start=(0.9, 0.0)).outcome == "saddle point"
    leaving = gradient_descent("saddle", 0.1, 200)
    assert leaving.outcome == "leaving"
    assert (leaving.num_steps, leaving.values[-1]) == (51, pytest.approx(-119.3, abs=0.05))
    undefined = gradient_descent("log(x)", 0.1, 50)
    assert undefined.outcome == "undefined"
    assert undefined.verdict.stopped
    assert undefined.num_steps == 37
    assert gradient_descent("tanh", 0.1, 100).outcome == "too slow"
    climbing = descend(landscape("slow-cosine"), Newton(), num_steps=10)
    assert climbing.outcome == "maximum"
    flat = gradient_descent("x**4", 0.03, 5_000)
    assert (flat.outcome, flat.verdict.critical_point.kind) == ("converged", "degenerate")


def test_a_valley_is_slow_and_not_oscillating():
    """0.1 x**2 + 2 y**2: y turns at each step, but what is left to go is along x."""
    assert gradient_descent("ill-conditioned", 0.4, 20).outcome == "too slow"
    assert gradient_descent("ill-conditioned", 0.6, 20).outcome == "diverging"
    momentum = descend(landscape("ill-conditioned"), Momentum(learning_rate=0.6, momentum=0.5), num_steps=20)
    assert momentum.outcome == "converged"


def test_noise_keeps_hovering_and_a_schedule_calms_it():
    """Late losses, seeds 1 to 10: 0.051 to 0.074 at a constant rate, 0.004 to 0.011 at a falling one."""
    bowl = landscape("bowl")

    def late_loss(schedule, seed):
        noisy = NoisyGradient(function=bowl, noise=1.0, seed=seed)
        rule = GradientDescent(learning_rate=0.1)
        found = descend(bowl, rule, num_steps=500, estimate=noisy, schedule=schedule)
        assert found.outcome == "hovering"
        return found.values[-100:].mean()

    constant = [late_loss(None, seed) for seed in range(1, 6)]
    falling = [late_loss(Polynomial(learning_rate=0.1, slope=0.1, power=0.5), seed) for seed in range(1, 6)]
    assert max(falling) < min(constant)


def test_errors():
    with pytest.raises(ConfigError) as raised:
        gradient_descent("bowl", 0.1, 10, start=(1.0,))
    assert str(raised.value) == "start: expected 2 numbers (x,y), found 1"
    with pytest.raises(ConfigError) as raised:
        gradient_descent("log(x)", 0.1, 10, start=(-1.0,))
    assert str(raised.value) == "start: expected a point where the function has a value and a slope, found -1"
    for steps in (0, 100_001, 1.5, True):
        with pytest.raises(ConfigError, match="steps: expected a whole number from 1 to 100000, found "):
            gradient_descent("bowl", 0.1, steps)
