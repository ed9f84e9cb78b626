"""A barrier for compiled threads: none continues before all have arrived. Counters for processes.

Threads wait for each other several times in a few milliseconds of compiled code, which does not call the
interpreter, and cannot use its locks. Processes that share memory wait for numbers there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from wordlab.compiled.jit import SEPARATE, cached_njit
from wordlab.compiled.parts import inlined

_INT64 = ir.IntType(64)
_ARRIVED, _PASSED = 0, 8  # indices into a barrier's array, on cache lines of their own
_SPINS = 256  # looks before the processor is offered to another thread


def new_barrier() -> np.ndarray:
    """The state of a barrier, int64, to be handed to all threads that are to meet."""
    return np.zeros(16, np.int64)


@inlined
def wait_for_all(barrier, num_threads):
    """Return when `num_threads` threads have called this with the same `barrier`."""
    if num_threads == 1:
        return
    passed = _read(barrier, _PASSED)
    if _add_one(barrier, _ARRIVED) == num_threads - 1:
        barrier[_ARRIVED] = 0
        _add_one(barrier, _PASSED)
        return
    spins = 0
    while _read(barrier, _PASSED) == passed:
        spins += 1
        if spins % _SPINS == 0:  # as many threads as cores seldom get here, more threads often
            _yield_processor()


@inlined
def take_next(counters, index):
    """counters[index], int64, which is then one more: each thread that asks gets another number."""
    return _add_one(counters, index)


@cached_njit(**SEPARATE)
def announce(counter, number):
    """Set counter[0], int64, so that whoever sees it sees all that was written before, too."""
    _write(counter, 0, number)


@cached_njit(**SEPARATE)
def is_announced(counter, number, looks):
    """Whether counter[0], int64, reaches `number` while it is looked at `looks` times."""
    for look in range(looks):
        if _read(counter, 0) >= number:
            return True
        if (look + 1) % _SPINS == 0:
            _yield_processor()
    return False


@intrinsic
def _add_one(typing_context: Any, array: Any, index: Any) -> Any:
    """Add 1 to array[index] as one indivisible step; returns what it was before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.atomic_rmw("add", _place(context, builder, signature, arguments), _INT64(1), "seq_cst")

    return types.int64(array, types.intp), generate


@intrinsic
def _read(typing_context: Any, array: Any, index: Any) -> Any:
    """array[index] as another thread has last written it."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, signature, arguments)
        return builder.load_atomic(place, "seq_cst", align=8, typ=_INT64)

    return types.int64(array, types.intp), generate


@intrinsic
def _write(typing_context: Any, array: Any, index: Any, value: Any) -> Any:
    """Set array[index] after all that this thread has written before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, signature, arguments)
        builder.store_atomic(arguments[2], place, "seq_cst", align=8)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.int64), generate


@intrinsic
def _yield_processor(typing_context: Any) -> Any:
    """Let another thread run, if one is waiting (POSIX)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(ir.IntType(32), []), "sched_yield"
        )
        builder.call(function, [])
        return context.get_dummy_value()

    return types.void(), generate


def _place(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array_type = signature.args[0]
    view = context.make_array(array_type)(context, builder, arguments[0])
    return cgutils.get_item_pointer(context, builder, array_type, view, [arguments[1]])
