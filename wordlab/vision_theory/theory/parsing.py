"""Parse functions written as text, without ever running the text.

The text becomes Python's syntax tree, of which only numbers, variables, arithmetic and a list of named
functions go into a sympy expression; everything else is an error. sympy's own reader is not used, as it
calls `eval`.
"""

from __future__ import annotations

import ast
import itertools
import re
import warnings

import sympy

from wordlab.errors import ConfigError
from wordlab.vision_theory.theory.expression_values import evaluate
from wordlab.vision_theory.theory.expressions import Expression

MAX_LENGTH = 300
"""Characters of an expression."""
MAX_DEPTH = 20
"""Levels of nested functions, powers and brackets."""
MAX_EXPONENT = 64
"""The largest number in an exponent, so that 9**9**9**9 ends at once."""
MAX_CONSTANT = 1e15
"""The largest part without variables, for the same reason."""
_MAX_BITS = 512  # of an exact fraction's numerator and denominator

FUNCTIONS = {
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "atan": sympy.atan,
    "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh,
    "exp": sympy.exp, "log": sympy.log, "sqrt": sympy.sqrt, "abs": sympy.Abs,
}  # fmt: skip
"""The functions that an expression may use; angles are in radians, `log` is the natural logarithm."""
_NOT_REAL = (sympy.zoo, sympy.oo, -sympy.oo, sympy.nan, sympy.I)
CONSTANTS = {"pi": sympy.pi, "e": sympy.E}
_VARIABLE = re.compile(r"[xyz]|x[1-9]")
_VARIABLES = "the variables x, y, z or x1 to x9"
_PRODUCTS = "a product is written with *, as in x*cos(pi*x)"
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}


def parse(text: str) -> Expression:
    """The function that `text` writes, of the variables among x, y, z (or x1 to x9) that occur in it.

    Raises ConfigError where the text is not such a function.

    >>> import numpy as np
    >>> bowl = parse("0.1*x**2 + 2*y**2")
    >>> bowl.variables, bowl.value(np.array([1.0, 2.0])).item(), bowl.gradient(np.array([1.0, 2.0])).tolist()
    (('x', 'y'), 8.1, [0.2, 8.0])
    """
    text = " ".join(text.split())
    tree = _TreeBuilder(text).build(_syntax(text), 0)
    variables = tuple(
        sorted((symbol.name for symbol in tree.free_symbols), key=lambda name: (len(name), name))
    )
    if not variables:
        raise _error(f"a function of {_VARIABLES}", f"the constant {text!r}")
    if len({len(name) for name in variables}) > 1:
        raise _error("variables x, y, z or x1 to x9, not both kinds", ", ".join(variables))
    expression = Expression(text, variables, tree)
    derivatives = [*expression.gradient_trees, *itertools.chain(*expression.hessian_trees)]
    if any(tree.has(*_NOT_REAL) for tree in derivatives):
        raise _error("a function with derivatives", repr(text))
    return expression


def _error(expected: str, found: str) -> ConfigError:
    return ConfigError(f"function: expected {expected}, found {found}")


def _syntax(text: str) -> ast.expr:
    if not text:
        raise _error("an expression such as x**2", "nothing")
    if len(text) > MAX_LENGTH:
        raise _error(f"an expression of at most {MAX_LENGTH} characters", f"{len(text)}")
    if "#" in text:
        raise _error("an expression without remarks", repr(text))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's warnings on style
            return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise _error("an expression such as x**2", f"{text!r}; {_PRODUCTS}") from None


class _TreeBuilder:
    """Walks the syntax tree and builds the sympy expression, checking each part before it is built."""

    def __init__(self, text: str) -> None:
        self._text = text

    def build(self, node: ast.expr, depth: int) -> sympy.Expr:
        """The sympy expression of `node`, which stands `depth` levels deep."""
        if depth > MAX_DEPTH:
            raise _error(f"at most {MAX_DEPTH} levels within each other", "more")
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                tree = self._number(number, self._source(node))
            case ast.Name():
                tree = self._name(node.id)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                inner = self.build(node.operand, depth + 1)
                tree = -inner if isinstance(node.op, ast.USub) else inner
            case ast.BinOp(op=ast.Pow()):
                tree = self._power(self.build(node.left, depth + 1), self.build(node.right, depth + 1))
            case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
                # A long sum is deep on its left in the syntax tree, but not to the reader.
                tree = self._arithmetic(
                    node.op, self.build(node.left, depth), self.build(node.right, depth + 1)
                )
            case ast.Call():
                tree = self._call(node, depth)
            case _:
                raise self._not_allowed(node)
        return self._checked(tree, node)

    def _number(self, number: float, shown: str) -> sympy.Expr:
        if number != 0 and not 1e-15 <= abs(number) <= MAX_CONSTANT:
            raise _error(f"numbers from 1e-15 to {MAX_CONSTANT:g}", shown)
        return sympy.Rational(str(number))  # exact: 0.1 is 1/10

    def _name(self, name: str) -> sympy.Expr:
        if name in CONSTANTS:
            return CONSTANTS[name]
        if _VARIABLE.fullmatch(name):
            return sympy.Symbol(name, real=True)
        if name in FUNCTIONS:
            raise _error(f"an argument in brackets, as in {name}(x)", repr(name))
        raise _error(f"{_VARIABLES}, or the constants pi and e", repr(name))

    def _arithmetic(self, operator: ast.operator, left: sympy.Expr, right: sympy.Expr) -> sympy.Expr:
        match operator:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
        return left / right

    def _power(self, base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
        if exponent.is_number and abs(float(evaluate(exponent, {}, {}))) > MAX_EXPONENT:
            raise _error(f"exponents from -{MAX_EXPONENT} to {MAX_EXPONENT}", f"one in {self._text!r}")
        if base.is_Rational and exponent.is_Rational and _bits(base) * abs(exponent) > _MAX_BITS:
            raise self._too_large()
        return base**exponent

    def _call(self, node: ast.Call, depth: int) -> sympy.Expr:
        name = self._source(node.func)
        if name not in FUNCTIONS:
            if _VARIABLE.fullmatch(name) or name in CONSTANTS or not isinstance(node.func, ast.Name):
                raise _error("the name of a function before a bracket", f"{name!r}; {_PRODUCTS}")
            raise _error(f"one of the functions {', '.join(FUNCTIONS)}", repr(name))
        if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
            raise _error(f"one argument of {name}", repr(self._source(node)))
        argument = self.build(node.args[0], depth + 1)
        if name == "abs" and not argument.is_real:
            return sympy.sqrt(argument**2)  # sympy would differentiate |u| through Re u and Im u
        return FUNCTIONS[name](argument)

    def _checked(self, tree: sympy.Expr, node: ast.expr) -> sympy.Expr:
        """`tree`, if its constants are real, finite and of a size that arithmetic takes."""
        if tree.has(*_NOT_REAL):
            raise _error("real numbers", f"none for {self._source(node)!r}")
        if tree.is_Rational and _bits(tree) > _MAX_BITS:
            raise self._too_large()
        if tree.is_number:
            value = float(evaluate(tree, {}, {}))
            if not abs(value) <= MAX_CONSTANT:
                raise self._too_large() if abs(value) > 0 else _error(
                    "real numbers", f"none for {self._source(node)!r}"
                )  # fmt: skip
        if tree.is_Pow and tree.exp.is_number and abs(float(evaluate(tree.exp, {}, {}))) > MAX_EXPONENT:
            raise _error(f"exponents from -{MAX_EXPONENT} to {MAX_EXPONENT}", f"one in {self._text!r}")
        return tree

    def _too_large(self) -> ConfigError:
        return _error(f"constants up to {MAX_CONSTANT:g}, of moderate length", f"others in {self._text!r}")

    def _not_allowed(self, node: ast.expr) -> ConfigError:
        allowed = f"numbers, variables, {' '.join(_OPERATORS.values())} and functions"
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
            return _error("a power written with **, as in x**2", "^")
        return _error(allowed, repr(self._source(node)))

    def _source(self, node: ast.expr) -> str:
        return ast.get_source_segment(self._text, node) or self._text


def _bits(number: sympy.Rational) -> int:
    return max(int(number.p).bit_length(), int(number.q).bit_length())
