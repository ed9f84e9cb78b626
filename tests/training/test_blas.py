import numpy as np
import pytest
from scipy.linalg import blas as scipy_routines

from wordlab.training.crosscheck.blas import OWN_LOOPS, scipy_blas
from wordlab.training.crosscheck.row_arithmetic import add_scaled, dot


@pytest.mark.parametrize("dim", [1, 2, 31, 32, 100, 129])
def test_scipys_routines_called_by_address(dim):
    x, y = np.random.default_rng(dim).normal(size=(2, dim)).astype(np.float32)
    routines = scipy_blas(reads_double=False)
    assert dot(x, y, routines) == scipy_routines.sdot(x, y)
    expected = scipy_routines.saxpy(x, y.copy(), a=0.3)
    add_scaled(y, np.float32(0.3), x, routines)
    assert np.array_equal(y, expected)


@pytest.mark.parametrize("dim", [1, 2, 31, 32, 100, 129])
def test_our_own_loops(dim):
    x, y = np.random.default_rng(dim).normal(size=(2, dim)).astype(np.float32)
    assert dot(x, y, OWN_LOOPS) == pytest.approx(float(x.astype(float) @ y), abs=1e-5)
    expected = y + 0.3 * x.astype(float)
    add_scaled(y, np.float32(0.3), x, OWN_LOOPS)
    np.testing.assert_allclose(y, expected, atol=1e-6)
