"""Every rule against torch.optim, step by step, and every schedule that torch has."""

import itertools

import numpy as np
import pytest

from wordlab.vision_theory.theory.functions import LANDSCAPES
from wordlab.vision_theory.theory.optimisers import (
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    GradientDescent,
    Momentum,
    Nesterov,
    RMSProp,
)  # fmt: skip
from wordlab.vision_theory.theory.schedules import Constant, Cosine, Exponential, Polynomial, Steps, WarmUp

torch = pytest.importorskip("torch")
NUM_STEPS = 100

TORCH_FORMULAS = {
    "quadratic": lambda x: x[0] ** 2,
    "ill-conditioned": lambda x: 0.1 * x[0] ** 2 + 2 * x[1] ** 2,
    "slow-cosine": lambda x: x[0] * torch.cos(0.15 * torch.pi * x[0]),
    "rosenbrock": lambda x: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2,
    "beale": lambda x: (
        (1.5 - x[0] + x[0] * x[1]) ** 2
        + (2.25 - x[0] + x[0] * x[1] ** 2) ** 2
        + (2.625 - x[0] + x[0] * x[1] ** 3) ** 2
    ),
    "himmelblau": lambda x: (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2,
}

# Our rule, torch's, and the options of each by name; rates small enough for Rosenbrock's valley.
CASES = {
    "gradient descent": (GradientDescent(learning_rate=1e-3), torch.optim.SGD, {"lr": 1e-3}),
    "momentum": (
        Momentum(learning_rate=1e-4, momentum=0.9), torch.optim.SGD, {"lr": 1e-4, "momentum": 0.9}
    ),
    "momentum, dampened": (
        Momentum(learning_rate=5e-4, momentum=0.5, dampening=0.3),
        torch.optim.SGD, {"lr": 5e-4, "momentum": 0.5, "dampening": 0.3},
    ),
    "nesterov": (
        Nesterov(learning_rate=1e-4, momentum=0.8), torch.optim.SGD,
        {"lr": 1e-4, "momentum": 0.8, "nesterov": True},
    ),
    "adagrad": (AdaGrad(learning_rate=0.4), torch.optim.Adagrad, {"lr": 0.4}),
    "adagrad, all options": (
        AdaGrad(learning_rate=0.4, learning_rate_decay=0.02, initial_sum=0.1, epsilon=1e-3),
        torch.optim.Adagrad,
        {"lr": 0.4, "lr_decay": 0.02, "initial_accumulator_value": 0.1, "eps": 1e-3},
    ),
    "rmsprop": (RMSProp(learning_rate=0.01), torch.optim.RMSprop, {"lr": 0.01}),
    "rmsprop, all options": (
        RMSProp(learning_rate=0.01, decay=0.9, epsilon=1e-2, momentum=0.3, centered=True),
        torch.optim.RMSprop,
        {"lr": 0.01, "alpha": 0.9, "eps": 1e-2, "momentum": 0.3, "centered": True},
    ),
    "adadelta": (AdaDelta(), torch.optim.Adadelta, {}),
    "adadelta, all options": (
        AdaDelta(learning_rate=0.5, decay=0.7, epsilon=1e-3),
        torch.optim.Adadelta, {"lr": 0.5, "rho": 0.7, "eps": 1e-3},
    ),
    "adam": (Adam(learning_rate=0.05), torch.optim.Adam, {"lr": 0.05}),
    "adam, all options": (
        Adam(learning_rate=0.2, beta1=0.5, beta2=0.9, epsilon=1e-2),
        torch.optim.Adam, {"lr": 0.2, "betas": (0.5, 0.9), "eps": 1e-2},
    ),
    "adamw": (
        AdamW(learning_rate=0.05, weight_decay=0.1), torch.optim.AdamW, {"lr": 0.05, "weight_decay": 0.1}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", [*TORCH_FORMULAS, "saddle"])
@pytest.mark.parametrize("case", CASES)
def test_equal_step_by_step(case, name):
    """Torch is given the gradients of our path, so that nothing is compared but the rule."""
    pattern, theirs, options = CASES[case]
    ours = fresh(pattern)
    landscape = LANDSCAPES[name]
    x = np.array(landscape.start)
    tensor = torch.tensor(landscape.start, dtype=torch.float64)
    optimiser = theirs([tensor], **options)
    for step in range(NUM_STEPS):
        tensor.grad = torch.from_numpy(landscape.gradient(x))
        optimiser.step()
        x = ours.step(x, landscape)
        if not np.abs(x).max() < 1e6:  # the monkey saddle goes down for ever
            break
        np.testing.assert_allclose(x, tensor.numpy(), rtol=1e-10, atol=1e-10, err_msg=f"step {step}")
    assert step > 10
    assert np.abs(x - landscape.start).max() > 1e-6  # something happened


# Centred RMSProp divides by a difference that may be near zero, and Adam at a rate of 0.2 swings: there
# the last bit of a gradient grows to 1e-3 within 200 steps, whoever computes it.
STEADY = [case for case in CASES if case not in ("rmsprop, all options", "adam, all options")]


@pytest.mark.parametrize("name", TORCH_FORMULAS)
@pytest.mark.parametrize("case", STEADY)
def test_equal_descents(case, name):
    """Each side computes its own gradients: ours from sympy's derivative, torch's by autograd."""
    pattern, theirs, options = CASES[case]
    ours = fresh(pattern)
    landscape = LANDSCAPES[name]
    x = np.array(landscape.start)
    tensor = torch.tensor(landscape.start, dtype=torch.float64, requires_grad=True)
    optimiser = theirs([tensor], **options)
    for step in range(NUM_STEPS):
        optimiser.zero_grad()
        TORCH_FORMULAS[name](tensor).backward()
        optimiser.step()
        x = ours.step(x, landscape)
        np.testing.assert_allclose(x, tensor.detach().numpy(), rtol=1e-10, atol=1e-10, err_msg=f"step {step}")


def fresh(rule):
    """A rule with the same options that has not stepped yet."""
    options = {name: value for name, value in vars(rule).items() if not name.startswith("_")}
    return type(rule)(**options)


SCHEDULES = {
    "constant": (Constant(learning_rate=0.3), lambda o: torch.optim.lr_scheduler.ConstantLR(o, factor=1.0)),
    "steps": (
        Steps(learning_rate=0.3, every=7, factor=0.5),
        lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=7, gamma=0.5),
    ),
    "exponential": (
        Exponential(learning_rate=0.3, factor=0.93),
        lambda o: torch.optim.lr_scheduler.ExponentialLR(o, gamma=0.93),
    ),
    "polynomial": (  # torch's own PolynomialLR is another formula
        Polynomial(learning_rate=0.3, slope=0.1, power=0.5),
        lambda o: torch.optim.lr_scheduler.LambdaLR(o, lambda step: (1 + 0.1 * step) ** -0.5),
    ),
    "cosine": (
        Cosine(learning_rate=0.3, num_steps=50, last=0.01),
        lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=50, eta_min=0.01),
    ),
    "warm-up": (
        WarmUp(then=Exponential(learning_rate=0.3, factor=0.9), num_steps=4),
        lambda o: torch.optim.lr_scheduler.SequentialLR(
            o,
            [
                torch.optim.lr_scheduler.LinearLR(o, start_factor=1 / 5, end_factor=1.0, total_iters=4),
                torch.optim.lr_scheduler.ExponentialLR(o, gamma=0.9),
            ],
            milestones=[4],
        ),
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.filterwarnings("ignore:The epoch parameter")  # torch's SequentialLR calls itself so
def test_schedules_equal_torchs(name):
    ours, theirs = SCHEDULES[name]
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    schedule = theirs(optimiser)
    for step in range(51):
        assert ours(step) == pytest.approx(optimiser.param_groups[0]["lr"], rel=1e-12), step
        optimiser.step()
        schedule.step()


@pytest.mark.parametrize(("name", "order"), itertools.product(LANDSCAPES, (1, 2)))
def test_derivatives_equal_autograd(name, order):
    """The formulas of all landscapes, evaluated by torch, differentiated by torch."""
    landscape = LANDSCAPES[name]
    rng = np.random.default_rng(3)
    low, high = np.array(landscape.domain).T
    for point in rng.uniform(low, high, size=(5, len(low))):
        tensor = torch.tensor(point, requires_grad=True)

        def formula(x, names=landscape.variables, text=landscape.formula):
            known = dict(zip(names, x, strict=True))
            functions = {"cos": torch.cos, "cosh": torch.cosh, "tanh": torch.tanh, "pi": torch.pi}
            return eval(text, {"__builtins__": {}}, known | functions)  # noqa: S307 - our own formulas

        if order == 1:
            expected = torch.autograd.functional.jacobian(formula, tensor)
            found = landscape.gradient(point)
        else:
            expected = torch.autograd.functional.hessian(formula, tensor)
            found = landscape.hessian(point)
        np.testing.assert_allclose(found, expected.numpy(), rtol=1e-12, atol=1e-12)
