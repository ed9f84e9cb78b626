"""The vocabulary of the kernel: blocks of 16 floats as values, arrays on the stack, prefetching.

numba has no words for these. With them the kernel says what stays in vector registers instead of
hoping that LLVM's loop vectoriser sees it; on a processor with narrower registers LLVM splits each
block. Rows must be whole blocks long.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

LANES = 16  # floats in a block: one 512-bit register, one cache line

_VECTOR = ir.VectorType(ir.FloatType(), LANES)
_BYTE_POINTER = ir.IntType(8).as_pointer()
_INT32 = ir.IntType(32)


class BlockType(types.Type):
    """The numba type of 16 float32 held as one vector."""

    def __init__(self) -> None:
        super().__init__(name="Block")


block = BlockType()


@register_model(BlockType)
class BlockModel(models.PrimitiveModel):
    """A block is an LLVM vector, in memory as in registers."""

    def __init__(self, data_model_manager: Any, numba_type: Any) -> None:
        super().__init__(data_model_manager, numba_type, _VECTOR)


def _address(context: Any, builder: Any, array_type: Any, array: Any, indices: Any) -> Any:
    view = context.make_array(array_type)(context, builder, array)
    return cgutils.get_item_pointer(context, builder, array_type, view, list(indices))


@intrinsic
def load(typing_context: Any, matrix: Any, row: Any, column: Any) -> Any:
    """The block matrix[row, column : column + LANES]."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, signature.args[0], arguments[0], arguments[1:])
        return builder.load(builder.bitcast(address, _VECTOR.as_pointer()), align=4, typ=_VECTOR)

    return block(matrix, types.intp, types.intp), generate


@intrinsic
def store(typing_context: Any, matrix: Any, row: Any, column: Any, value: Any) -> Any:
    """Set matrix[row, column : column + LANES] to the block `value`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, signature.args[0], arguments[0], arguments[1:3])
        builder.store(arguments[3], builder.bitcast(address, _VECTOR.as_pointer()), align=4)
        return context.get_dummy_value()

    return types.void(matrix, types.intp, types.intp, block), generate


@intrinsic
def splat(typing_context: Any, number: Any) -> Any:
    """A block with `number` in every lane."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        first = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), arguments[0], _INT32(0))
        mask = ir.Constant(ir.VectorType(_INT32, LANES), [0] * LANES)
        return builder.shuffle_vector(first, ir.Constant(_VECTOR, ir.Undefined), mask)

    return block(types.float32), generate


@intrinsic
def multiply_add(typing_context: Any, a: Any, b: Any, c: Any) -> Any:
    """The block a * b + c, fused where the processor can."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(_VECTOR, [_VECTOR] * 3), f"llvm.fmuladd.v{LANES}f32"
        )
        return builder.call(function, arguments)

    return block(block, block, block), generate


@intrinsic
def add(typing_context: Any, a: Any, b: Any) -> Any:
    """The block a + b."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fadd(*arguments)

    return block(block, block), generate


@intrinsic
def total(typing_context: Any, a: Any) -> Any:
    """The sum of a block's lanes, in whatever order is fastest."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.FloatType(), [ir.FloatType(), _VECTOR]),
            f"llvm.vector.reduce.fadd.v{LANES}f32",
        )
        return builder.call(function, [ir.Constant(ir.FloatType(), -0.0), *arguments], fastmath=["reassoc"])

    return types.float32(block), generate


@intrinsic(prefer_literal=True)
def stack_floats(typing_context: Any, size: Any) -> Any:
    """Pointer to `size` uninitialised float32 on the stack; `size` must be a compile-time constant.

    Wrapped with ``numba.carray(stack_floats(n), shape)`` it is an array into which, as LLVM can
    see, nothing else points: its blocks can live in registers.
    """
    if not isinstance(size, types.IntegerLiteral):
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = cgutils.alloca_once(builder, ir.ArrayType(ir.FloatType(), size.literal_value))
        array.align = 4 * LANES
        return builder.bitcast(array, ir.FloatType().as_pointer())

    return types.CPointer(types.float32)(size), generate


def _prefetch(writing: bool) -> Any:
    def typed(typing_context: Any, matrix: Any, row: Any, column: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            address = _address(context, builder, signature.args[0], arguments[0], arguments[1:])
            function = cgutils.get_or_insert_function(
                builder.module,
                ir.FunctionType(ir.VoidType(), [_BYTE_POINTER, _INT32, _INT32, _INT32]),
                "llvm.prefetch.p0",
            )
            # The flags say: for writing or not, keep in all levels of cache, data rather than instructions.
            flags = (_INT32(int(writing)), _INT32(3), _INT32(1))
            builder.call(function, [builder.bitcast(address, _BYTE_POINTER), *flags])
            return context.get_dummy_value()

        return types.void(matrix, types.intp, types.intp), generate

    return intrinsic(typed)


prefetch = _prefetch(writing=False)
"""prefetch(matrix, row, column) asks for the cache line that holds matrix[row, column]."""

prefetch_to_write = _prefetch(writing=True)
"""The same, and takes the line away from the other cores."""
