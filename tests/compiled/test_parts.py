"""Parts of compiled functions: only their callers can use them, and they cost no machine code."""

import numpy as np
import pytest
from numba import njit

from tests.compiled.wholes import whole
from wordlab.compiled.parts import called, exact, inlined, settled

KINDS = [inlined, exact, settled, called]


def sum_of_products(a, b, c, d):
    return a * b + c * d


def llvm_of(kind):
    """The code of a function with a part of this kind."""
    call = whole(kind(sum_of_products))
    assert call(2.0, 3.0, 4.0, 5.0) == 26
    (code,) = call.inspect_llvm().values()
    return code


@pytest.mark.parametrize("kind", KINDS)
def test_python_cannot_call_a_part(kind):
    part = kind(sum_of_products)
    for _ in range(2):  # whether or not it has been compiled
        with pytest.raises(TypeError, match="sum_of_products is a part of compiled functions"):
            part(2.0, 3.0, 4.0, 5.0)
        assert whole(part)(2.0, 3.0, 4.0, 5.0) == 26


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_called_stays_a_function(kind):
    calls = [line for line in llvm_of(kind).splitlines() if "call " in line and "sum_of_products" in line]
    assert bool(calls) == (kind is called)


@pytest.mark.parametrize("kind", KINDS)
def test_products_and_sums_may_become_one_unless_exact(kind):
    assert ("contract" in llvm_of(kind)) == (kind is not exact)


def test_parts_call_parts_with_arrays():
    @inlined
    def double(row, i):
        row[i] *= 2

    @called
    def double_all(row):
        for i in range(len(row)):
            double(row, i)

    @njit
    def double_rows(matrix):
        for i in range(len(matrix)):
            double_all(matrix[i])

    matrix = np.arange(6.0).reshape(2, 3)
    double_rows(matrix)
    assert matrix.tolist() == [[0, 2, 4], [6, 8, 10]]


def test_a_part_has_no_entry_for_python_and_no_machine_code():
    part = inlined(sum_of_products)
    whole(part)(2.0, 3.0, 4.0, 5.0)
    (compiled,) = part.overloads.values()
    names = [function.name for function in compiled.library.get_defined_functions()]
    assert len(names) == 1
    assert compiled.library.get_pointer_to_function(names[0]) == 0
