"""The vocabulary of the kernel: blocks of 16 floats as values, arrays on the stack, prefetching.

numba cannot express these. With them the kernel says what stays in vector registers instead of
hoping that LLVM's loop vectoriser sees it; on a processor with narrower registers LLVM splits each
block. Blocks are added, subtracted, multiplied and divided like numbers, and combined with numbers;
rows must be whole blocks long.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, ClassVar

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.imputils import lower_builtin
from numba.core.typing import signature as make_signature
from numba.core.typing.templates import ConcreteTemplate, infer_global
from numba.extending import intrinsic, models, register_model
from numba.np.arrayobj import populate_array

LANES = 16  # floats in a block: one 512-bit register, one cache line

_VECTOR = ir.VectorType(ir.FloatType(), LANES)
_BYTE_POINTER = ir.IntType(8).as_pointer()
_INT32 = ir.IntType(32)
_INTEGERS = ir.VectorType(_INT32, LANES)


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


def _splat(builder: Any, number: Any) -> Any:
    kind = ir.VectorType(number.type, LANES)
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), number, _INT32(0))
    return builder.shuffle_vector(first, ir.Constant(kind, ir.Undefined), ir.Constant(_INTEGERS, [0] * LANES))


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
def item(typing_context: Any, array: Any, index: Any) -> Any:
    """array[index], for an index that is not negative: numba asks each time, to count others from the end."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_address(context, builder, signature.args[0], arguments[0], arguments[1:]))

    return array.dtype(array, types.intp), generate


@intrinsic
def spread(typing_context: Any, matrix: Any, row: Any, column: Any) -> Any:
    """A block with matrix[row, column] in every lane."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, signature.args[0], arguments[0], arguments[1:])
        return _splat(builder, builder.load(address))

    return block(matrix, types.intp, types.intp), generate


@intrinsic
def splat(typing_context: Any, number: Any) -> Any:
    """A block with `number` in every lane."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _splat(builder, *arguments)

    return block(types.float32), generate


def _define(operation: Any, instruction: str) -> None:
    """Let `operation` work on two blocks, or on a block and a number; a * b + c is fused where it can be."""
    operands = [(block, block), (block, types.float32), (types.float32, block)]

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        blocks = [
            value if kind == block else _splat(builder, value)
            for kind, value in zip(signature.args, arguments, strict=True)
        ]
        return getattr(builder, instruction)(*blocks, flags=["contract", "nsz", "arcp"])

    for pair in operands:
        lower_builtin(operation, *pair)(generate)

    @infer_global(operation)
    class Template(ConcreteTemplate):
        cases: ClassVar = [make_signature(block, *pair) for pair in operands]


_define(operator.add, "fadd")
_define(operator.sub, "fsub")
_define(operator.mul, "fmul")
_define(operator.truediv, "fdiv")


@intrinsic
def where_greater(typing_context: Any, a: Any, b: Any, then: Any, otherwise: Any) -> Any:
    """Lane by lane `then` where a > b, and `otherwise` elsewhere (also where one is NaN)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        a, b, then, otherwise = arguments
        return builder.select(builder.fcmp_ordered(">", a, b), then, otherwise)

    return block(block, block, block, block), generate


@intrinsic
def first_lanes(typing_context: Any, a: Any, number: Any, otherwise: Any) -> Any:
    """The first `number` lanes of `a`, and the number `otherwise` in those after them."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        a, number, otherwise = arguments
        limit = _splat(builder, builder.trunc(number, _INT32))
        within = builder.icmp_signed("<", ir.Constant(_INTEGERS, list(range(LANES))), limit)
        return builder.select(within, a, _splat(builder, otherwise))

    return block(block, types.intp, types.float32), generate


@intrinsic
def either(typing_context: Any, condition: Any, a: Any, b: Any) -> Any:
    """`a` if `condition` holds, else `b`, without a branch: for what no processor can foresee.

    LLVM makes a branch of what Python writes as a choice, once a part of it has to be loaded.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        chosen = builder.select(*arguments)
        chosen.set_metadata("unpredictable", builder.module.add_metadata([]))
        return chosen

    return types.int64(types.boolean, types.int64, types.int64), generate


@intrinsic
def times_power_of_two(typing_context: Any, a: Any, shifted: Any) -> Any:
    """Each lane of `a` times 2 ** n, for a whole n that `shifted` has in its lowest bits: 1.5 * 2 ** 23 + n.

    NaN stays NaN where `shifted` has come of it as well.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        a, shifted = (builder.bitcast(argument, _INTEGERS) for argument in arguments)
        exponent = builder.shl(shifted, ir.Constant(_INTEGERS, [23] * LANES))
        return builder.bitcast(builder.add(a, exponent), _VECTOR)

    return block(block, block), generate


@intrinsic
def square_root(typing_context: Any, a: Any) -> Any:
    """The square root of each lane, correctly rounded."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(_VECTOR, [_VECTOR]), f"llvm.sqrt.v{LANES}f32"
        )
        return builder.call(function, arguments)

    return block(block), generate


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


@intrinsic
def totals(typing_context: Any, matrix: Any, first: Any) -> Any:
    """A block whose lane i is the sum of the lanes of matrix[first + i, :LANES].

    Blocks are folded into each other: 15 additions of two shuffled blocks for 16 sums, where `total`
    needs four for each.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, start = arguments
        rows = [builder.add(start, ir.Constant(start.type, i)) for i in range(LANES)]
        column = ir.Constant(start.type, 0)
        blocks = []
        for row in rows:
            address = _address(context, builder, signature.args[0], array, [row, column])
            blocks.append(builder.load(builder.bitcast(address, _VECTOR.as_pointer()), align=4, typ=_VECTOR))
        # At first neighbours within each quarter of a block are added, then quarters.
        for even in (_EVEN_LANES, _EVEN_LANES, _EVEN_QUARTERS, _EVEN_QUARTERS):
            odd = [lane + (1 if even is _EVEN_LANES else LANES // 4) for lane in even]
            blocks = [
                builder.fadd(_shuffle(builder, a, b, even), _shuffle(builder, a, b, odd))
                for a, b in zip(blocks[::2], blocks[1::2], strict=True)
            ]
        return blocks[0]

    return block(matrix, types.intp), generate


# Lanes of two blocks laid end to end. A quarter of a register is what its shuffles are quick within.
_EVEN_LANES = [quarter + lane for quarter in range(0, LANES, 4) for lane in (0, 2, LANES, LANES + 2)]
_EVEN_QUARTERS = [quarter + lane for quarter in range(0, 2 * LANES, 8) for lane in range(4)]


def _shuffle(builder: Any, a: Any, b: Any, lanes: list[int]) -> Any:
    return builder.shuffle_vector(a, b, ir.Constant(_INTEGERS, lanes))


def _stack(dtype: Any, element: Any, shape_for: Callable[[int], tuple[int, ...]]) -> Any:
    width = dtype.bitwidth // 8

    def typed(typing_context: Any, size: Any) -> Any:
        if not isinstance(size, types.IntegerLiteral):
            return None
        shape = shape_for(size.literal_value)
        strides = [width * math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
        array_type = types.Array(dtype, len(shape), "C")

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            memory = cgutils.alloca_once(builder, ir.ArrayType(element, math.prod(shape)))
            memory.align = 4 * LANES
            array = context.make_array(array_type)(context, builder)
            populate_array(
                array,
                data=builder.bitcast(memory, element.as_pointer()),
                shape=[context.get_constant(types.intp, n) for n in shape],
                strides=[context.get_constant(types.intp, n) for n in strides],
                itemsize=context.get_constant(types.intp, width),
                meminfo=None,
            )
            return array._getvalue()

        return array_type(size), generate

    return intrinsic(prefer_literal=True)(typed)


def _whole(rows: int) -> tuple[int, int]:
    return -(-rows // LANES) * LANES, LANES


stack_blocks = _stack(types.float32, ir.FloatType(), _whole)
"""stack_blocks(size) is an array float32 of `size` blocks or more on the stack, uninitialised: (rows, LANES).

`size` must be a compile-time constant; rows are a multiple of LANES, which is what `totals` takes.
As LLVM can see, nothing else points into the array: its blocks can live in registers.
"""

stack_pairs = _stack(types.float32, ir.FloatType(), lambda size: _whole(2 * size))
"""The same, with room for twice as many."""

stack_ids = _stack(types.intp, ir.IntType(64), lambda size: (size,))
"""The same for the numbers of rows: int64 (size,)."""


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
