"""The two BLAS routines of gensim's inner loop, called from compiled code by their addresses.

Float rounding sometimes decides which entry of the sigmoid table a logit falls on, and such a
difference grows as training continues. To show that nothing but rounding differs, the sequential
path can be made to round as gensim does: with the very routines that gensim calls, those of SciPy.
"""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

_INT = ir.IntType(32)
_FLOAT = ir.FloatType()


class Blas(NamedTuple):
    """Addresses of sdot and saxpy, or 0 for compiled loops of our own; how sdot's result is read.

    sdot returns a float. gensim finds out when it is imported whether that comes back as a double
    and with some builds of OpenBLAS is misled: the upper half of the register still holds the double
    that was rounded. It then reads a double whose lower half is the float's bits, right to some six
    digits. `reads_double` does the same.
    """

    dot: int
    axpy: int
    reads_double: bool


OWN_LOOPS = Blas(0, 0, False)


def scipy_blas(*, reads_double: bool) -> Blas:
    """The routines of SciPy's BLAS that gensim calls."""
    from scipy.linalg import blas

    return Blas(_address(blas.sdot._cpointer), _address(blas.saxpy._cpointer), reads_double)


def _address(capsule: Any) -> int:
    name = ctypes.pythonapi.PyCapsule_GetName
    name.restype, name.argtypes = ctypes.c_char_p, [ctypes.py_object]
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return int(pointer(capsule, name(capsule)))


def _on_stack(builder: Any, value: Any) -> Any:
    slot = cgutils.alloca_once(builder, value.type)
    builder.store(value, slot)
    return slot


def _row(context: Any, builder: Any, array_type: Any, array: Any) -> tuple[Any, Any]:
    """The length of a contiguous row, as Fortran's integer, and its data."""
    view = context.make_array(array_type)(context, builder, array)
    length = builder.trunc(builder.extract_value(view.shape, 0), _INT)
    return _on_stack(builder, length), view.data


def _call_dot(context: Any, builder: Any, signature: Any, arguments: Any, returned: Any) -> Any:
    address, x, y = arguments
    n, x_data = _row(context, builder, signature.args[1], x)
    _, y_data = _row(context, builder, signature.args[2], y)
    one = _on_stack(builder, _INT(1))
    operands = [n, x_data, one, y_data, one]
    routine = ir.FunctionType(returned, [operand.type for operand in operands])
    return builder.call(builder.inttoptr(address, routine.as_pointer()), operands)


@intrinsic
def call_dot(typing_context: Any, address: Any, x: Any, y: Any) -> Any:
    """The result of sdot for two contiguous float32 rows."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _call_dot(context, builder, signature, arguments, _FLOAT)

    return types.float32(types.intp, x, y), generate


@intrinsic
def call_dot_as_double(typing_context: Any, address: Any, x: Any, y: Any) -> Any:
    """What gensim makes of sdot's result where it takes it for a double."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        result = _call_dot(context, builder, signature, arguments, ir.DoubleType())
        return builder.fptrunc(result, _FLOAT)

    return types.float32(types.intp, x, y), generate


@intrinsic
def call_axpy(typing_context: Any, address: Any, factor: Any, x: Any, y: Any) -> Any:
    """y += factor * x by saxpy, for contiguous float32 rows."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address, factor, x, y = arguments
        n, x_data = _row(context, builder, signature.args[2], x)
        _, y_data = _row(context, builder, signature.args[3], y)
        one = _on_stack(builder, _INT(1))
        operands = [n, _on_stack(builder, factor), x_data, one, y_data, one]
        routine = ir.FunctionType(ir.VoidType(), [operand.type for operand in operands])
        builder.call(builder.inttoptr(address, routine.as_pointer()), operands)
        return context.get_dummy_value()

    return types.void(types.intp, types.float32, x, y), generate
