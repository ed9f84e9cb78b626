"""Prove by sympy that a Hessian is positive semidefinite everywhere, where that can be seen."""

from __future__ import annotations

import sympy

from wordlab.vision_theory.theory.expressions import Expression

PROOFS = ("second derivative", "diagonal Hessian", "constant Hessian")
"""What can be proved not negative (the Hessian: positive semidefinite)."""
_LARGEST_DEGREE = 12  # of a polynomial whose roots sympy counts


def prove_convexity(expression: Expression) -> str | None:
    """What proves that the Hessian is positive semidefinite everywhere, one of PROOFS, or None."""
    hessian = sympy.Matrix(expression.hessian_trees)
    if hessian.has(sympy.DiracDelta, sympy.sign, sympy.Abs):
        return None  # a kink: the second derivative does not decide
    if len(expression.variables) > 1:
        diagonal = [hessian[i, i] for i in range(hessian.rows)]
        if hessian.is_diagonal() and all(_never_negative(entry) for entry in diagonal):
            return "diagonal Hessian"
        if not hessian.free_symbols and hessian.is_positive_semidefinite:
            return "constant Hessian"
        return None
    return "second derivative" if _never_negative(hessian[0, 0]) else None


def _never_negative(tree: sympy.Expr) -> bool:
    """Whether `tree` is certainly at least 0 for all real values of its variables."""
    if tree.is_nonnegative:
        return True
    symbols = tuple(tree.free_symbols)
    if len(symbols) != 1 or not tree.is_polynomial(*symbols):
        return False
    polynomial = sympy.Poly(tree, *symbols)
    if polynomial.degree() > _LARGEST_DEGREE or (not polynomial.domain.is_QQ and not polynomial.domain.is_ZZ):
        return False
    if polynomial.degree() % 2 or polynomial.LC() < 0:
        return False
    # Even degree, positive at infinity: never negative if it changes its sign nowhere, that is, if all
    # factors of odd multiplicity are without real roots.
    return all(
        multiplicity % 2 == 0 or factor.count_roots() == 0
        for factor, multiplicity in polynomial.sqf_list()[1]
    )
