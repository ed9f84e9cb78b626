"""Values of sympy expressions by numpy, without generated code.

`sympy.lambdify` would write Python source and execute it. The expressions here use a dozen kinds of
nodes, and walking them costs little beside numpy's work on arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from functools import reduce
from typing import Any

import numpy as np
import sympy

_FUNCTIONS = {
    sympy.sin: np.sin, sympy.cos: np.cos, sympy.tan: np.tan, sympy.atan: np.arctan,
    sympy.sinh: np.sinh, sympy.cosh: np.cosh, sympy.tanh: np.tanh,
    sympy.exp: np.exp, sympy.log: np.log, sympy.Abs: np.abs, sympy.sign: np.sign,
}  # fmt: skip


def evaluate(
    tree: sympy.Basic, columns: Mapping[sympy.Symbol, np.ndarray], known: MutableMapping[sympy.Basic, Any]
) -> Any:
    """The value of `tree` where its symbols have the values `columns`, float64.

    Parts that occur several times, in this tree or in earlier ones, are computed once: `known` keeps them.
    The result is not finite where the function has no real value.
    """
    with np.errstate(all="ignore"):
        return _walk(tree, columns, known)


def _walk(tree: sympy.Basic, columns: Mapping[sympy.Symbol, np.ndarray], known: MutableMapping) -> Any:
    if tree not in known:
        known[tree] = _compute(tree, columns, known)
    return known[tree]


def _compute(tree: sympy.Basic, columns: Mapping[sympy.Symbol, np.ndarray], known: MutableMapping) -> Any:
    if tree.is_Symbol:
        return columns[tree]
    if tree.is_Rational or tree.is_NumberSymbol:
        return np.float64(float(tree))
    parts = [_walk(part, columns, known) for part in tree.args]
    if tree.is_Add:
        return reduce(np.add, parts)
    if tree.is_Mul:
        return reduce(np.multiply, parts)
    if tree.is_Pow:
        return np.sqrt(parts[0]) if tree.exp == sympy.S.Half else np.power(parts[0], parts[1])
    if isinstance(tree, sympy.DiracDelta):  # the second derivative of |u|, at a kink
        return np.where(parts[0] == 0, np.nan, 0.0)
    if tree.func in _FUNCTIONS:
        return _FUNCTIONS[tree.func](parts[0])
    raise NotImplementedError(f"no rule for {tree.func}")
