"""What constants rule out is not compiled."""

from dataclasses import dataclass

import pytest
from numba import njit

from wordlab.compiled.constants import Constants
from wordlab.compiled.parts import called, inlined


@dataclass(frozen=True)
class Choice(Constants):
    double: bool

    @property
    def plain(self) -> bool:
        return not self.double


@inlined
def twice(x):
    return 2 * x


@inlined
def text_of(x):
    return x.no_such_attribute  # no number has it: this cannot be compiled


@njit(inline="always")
def chosen_within(x, choice):
    return twice(x) if choice.double else text_of(x)


@called
def chosen(x, choice):
    if choice.plain:
        return text_of(x)
    return chosen_within(x, choice)


@pytest.mark.parametrize("double", [True, False])
def test_only_the_branch_that_is_chosen_is_compiled(double):
    choice = Choice(double)

    @njit
    def whole(x):
        return chosen(x, choice)

    if double:
        assert whole(4) == 8
    else:
        with pytest.raises(Exception, match="no_such_attribute"):
            whole(4)


def test_values_are_told_apart():
    @called
    def number(choice):
        return 2 if choice.double else 1

    double, single = Choice(True), Choice(False)

    @njit
    def both():
        return number(double), number(single), number(double)

    assert both() == (2, 1, 2)
    assert len(number.overloads) == 2
