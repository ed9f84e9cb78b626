"""Expression: a function with its exact derivatives, by sympy, and their values, by numpy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from wordlab.vision_theory.theory.expression_values import evaluate


@dataclass(frozen=True)
class Expression:
    """A real function of one or more variables, with exact derivatives; made by `parsing.parse`."""

    text: str
    variables: tuple[str, ...]
    tree: sympy.Expr

    @cached_property
    def symbols(self) -> tuple[sympy.Symbol, ...]:
        """The variables as sympy knows them: real numbers."""
        return tuple(sympy.Symbol(name, real=True) for name in self.variables)

    @cached_property
    def gradient_trees(self) -> list[sympy.Expr]:
        """The first derivatives, one for each variable."""
        return [self.tree.diff(symbol) for symbol in self.symbols]

    @cached_property
    def hessian_trees(self) -> list[list[sympy.Expr]]:
        """The second derivatives, row by row."""
        return [[first.diff(symbol) for symbol in self.symbols] for first in self.gradient_trees]

    def value(self, points: np.ndarray) -> np.ndarray:
        """The values (...,) at points (..., num_variables); NaN where there is none."""
        return self._at([self.tree], points)[..., 0]  # (...,)

    def gradient(self, points: np.ndarray) -> np.ndarray:
        """The gradients (..., num_variables) at points (..., num_variables)."""
        return self._at(self.gradient_trees, points)  # (..., num_variables)

    def hessian(self, points: np.ndarray) -> np.ndarray:
        """The matrices of second derivatives (..., num_variables, num_variables)."""
        points = np.asarray(points, dtype=np.float64)
        rows = [self._at(row, points) for row in self.hessian_trees]
        return np.stack(rows, axis=-2)  # (..., num_variables, num_variables)

    def _at(self, trees: list[sympy.Expr], points: np.ndarray) -> np.ndarray:
        points = np.asarray(points, dtype=np.float64)
        if points.ndim == 0 or points.shape[-1] != len(self.variables):
            raise ValueError(f"points: expected shape (..., {len(self.variables)}), found {points.shape}")
        columns = {symbol: points[..., i] for i, symbol in enumerate(self.symbols)}
        known: dict[sympy.Basic, Any] = {}
        values = [np.broadcast_to(evaluate(tree, columns, known), points.shape[:-1]) for tree in trees]
        return np.stack(values, axis=-1)  # (..., num_trees)
