import pytest

from wordlab.errors import ConfigError
from wordlab.vision_theory.theory.schedules import Constant, Cosine, Exponential, Polynomial, Steps, WarmUp


def test_by_hand():
    assert [Constant(learning_rate=0.3)(step) for step in (0, 9)] == [0.3, 0.3]
    assert [Steps(learning_rate=1, every=2, factor=0.5)(step) for step in range(5)] == [1, 1, 0.5, 0.5, 0.25]
    assert [Exponential(learning_rate=1, factor=0.5)(step) for step in range(3)] == [1, 0.5, 0.25]
    assert Polynomial(learning_rate=1)(3) == 0.5
    assert Polynomial(learning_rate=1, slope=0.1, power=1)(10) == 0.5
    cosine = Cosine(learning_rate=1, num_steps=4)
    assert [cosine(step) for step in (0, 2, 4, 9)] == pytest.approx([1, 0.5, 0, 0])


def test_warm_up_rises_to_the_schedule_and_shifts_it():
    rates = [WarmUp(then=Exponential(learning_rate=1, factor=0.5), num_steps=3)(step) for step in range(6)]
    assert rates == pytest.approx([0.25, 0.5, 0.75, 1, 0.5, 0.25])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Steps(learning_rate=1, every=0),
         "every: expected a whole number from 1 to 1000000000000, found 0"),
        (lambda: Exponential(learning_rate=1, factor=2),
         "factor: expected a number from 0.0 to 1.0, found 2"),
        (lambda: Cosine(learning_rate=-1, num_steps=1),
         "learning_rate: expected a number from 0.0 to 1000000.0, found -1"),
    ],
)  # fmt: skip
def test_errors(make, message):
    with pytest.raises(ConfigError) as raised:
        make()
    assert str(raised.value) == message
