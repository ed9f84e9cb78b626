"""An ONNX graph under construction, to which each network adds its own nodes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from wordlab.extras import need

with need("onnx"):
    from onnx import helper, numpy_helper


class Graph:
    """A graph under construction: nodes and constants, each with its own name."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def tensor(self, value: Any) -> str:
        """The name of a constant with the numbers of `value`, an array or a tensor."""
        array = value.detach().numpy() if hasattr(value, "detach") else np.asarray(value)
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def cast(self, value: str, dtype: DTypeLike) -> str:
        """The name of `value` as numbers of type `dtype`."""
        return self.node("Cast", [value], to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def node(self, operator: str, inputs: list[str], *, output: str | None = None, **attributes: Any) -> str:
        """The name of what `operator` makes of its inputs, each the name of a value."""
        name = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def masked(self, values: str, limits: str, *, axis: int) -> str:
        """The name of `values`, of three axes, with minus infinity from `limits` (batch,) on along `axis`."""
        shape = self.node("Shape", [values])
        size = self.node("Gather", [shape, self.tensor(np.int64(axis))])
        zero, one = self.tensor(np.int64(0)), self.tensor(np.int64(1))
        places = self.node("Range", [zero, size, one])
        if axis == 1:
            places = self.node("Unsqueeze", [places, self.tensor(np.array([1], dtype=np.int64))])
        limits = self.node("Unsqueeze", [limits, self.tensor(np.array([1, 2], dtype=np.int64))])
        beyond = self.node("GreaterOrEqual", [places, limits])
        return self.node("Where", [beyond, self.tensor(np.float32(-np.inf)), values])
