"""Functions to descend, known ones and the user's own: formula, domain, start and minima."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from wordlab.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

    from wordlab.vision_theory.theory.expressions import Expression

Point = tuple[float, ...]
_NAME = re.compile(r"[a-z]{3,}(-[a-z]{3,})*", re.IGNORECASE)  # no expression looks like this, not even x-y
_OWN_DOMAIN = (-3.0, 3.0)
_OWN_START = 0.9  # of the way from the middle of the domain to its upper end


@dataclass(frozen=True, kw_only=True)
class Landscape:
    """A function to descend: its formula, where to look at it, and what is known about it."""

    name: str
    """Its name; for a user's own function the formula."""
    formula: str
    """As `parsing.parse` reads it. The derivatives follow from it and are written nowhere else."""
    domain: tuple[tuple[float, float], ...]
    """The interval of each variable that is drawn and searched."""
    start: Point
    """Where descents begin by default."""
    minima: tuple[Point, ...] = ()
    """The known global minima, to six decimals; empty where they are unknown or do not exist."""
    about: str = ""
    """What it shows, and where it comes from."""

    @cached_property
    def expression(self) -> Expression:
        """The formula, read."""
        from wordlab.vision_theory.theory.parsing import parse

        return parse(self.formula)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables, in the order of coordinates."""
        return self.expression.variables

    def value(self, points: np.ndarray) -> np.ndarray:
        """The values (...,) at points (..., num_variables)."""
        return self.expression.value(points)

    def gradient(self, points: np.ndarray) -> np.ndarray:
        """The gradients (..., num_variables) at points (..., num_variables)."""
        return self.expression.gradient(points)

    def hessian(self, points: np.ndarray) -> np.ndarray:
        """The second derivatives (..., num_variables, num_variables) at points (..., num_variables)."""
        return self.expression.hessian(points)


_LANDSCAPES = (
    Landscape(
        name="quadratic", formula="x**2", domain=((-11.0, 11.0),), start=(10.0,), minima=((0.0,),),
        about="the smallest example of gradient descent",
    ),
    Landscape(
        name="bowl", formula="x**2 + 2*y**2", domain=((-5.5, 1.5), (-3.0, 1.5)), start=(-5.0, -2.0),
        minima=((0.0, 0.0),), about="gradient descent in the plane",
    ),
    Landscape(
        name="ill-conditioned", formula="0.1*x**2 + 2*y**2", domain=((-5.5, 1.5), (-3.0, 3.0)),
        start=(-5.0, -2.0), minima=((0.0, 0.0),),
        about="a flat and a steep direction, 20 to 1: what momentum is for",
    ),
    Landscape(
        name="cosine", formula="x*cos(pi*x)", domain=((-1.0, 2.0),), start=(0.4,),
        minima=((1.090408,),), about="a local minimum beside a deeper one",
    ),
    Landscape(
        name="slow-cosine", formula="x*cos(0.15*pi*x)", domain=((-11.0, 11.0),), start=(10.0,),
        minima=((7.269388,),), about="where a learning rate of 2 gets stuck in a local minimum",
    ),
    Landscape(
        name="cubic", formula="x**3", domain=((-2.0, 2.0),), start=(1.5,),
        about="slope 0 at 0 without being a minimum",
    ),
    Landscape(
        name="cosh", formula="cosh(0.5*x)", domain=((-11.0, 11.0),), start=(10.0,), minima=((0.0,),),
        about="convex and steep: Newton's method at its best",
    ),
    Landscape(
        name="tanh", formula="tanh(x)", domain=((-2.0, 5.0),), start=(4.0,),
        about="a gradient that vanishes to the right",
    ),
    Landscape(
        name="saddle", formula="x**2 - y**2", domain=((-1.0, 1.0), (-1.0, 1.0)), start=(0.9, 0.001),
        about="down one way, up the other, and no minimum",
    ),
    Landscape(
        name="monkey-saddle", formula="x**3 - 3*x*y**2", domain=((-1.0, 1.0), (-1.0, 1.0)),
        start=(0.9, 0.1), about="a saddle of which the Hessian, being 0, says nothing",
    ),
    Landscape(
        name="rosenbrock", formula="(1 - x)**2 + 100*(y - x**2)**2", domain=((-2.0, 2.0), (-1.0, 3.0)),
        start=(-1.2, 1.0), minima=((1.0, 1.0),), about="a bent narrow valley (Rosenbrock 1960)",
    ),
    Landscape(
        name="beale", formula="(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
        domain=((-4.5, 4.5), (-4.5, 4.5)), start=(1.0, 1.0), minima=((3.0, 0.5),),
        about="flat in the middle, steep in the corners (Beale 1958)",
    ),
    Landscape(
        name="himmelblau", formula="(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
        domain=((-5.0, 5.0), (-5.0, 5.0)), start=(0.0, 0.0),
        minima=((3.0, 2.0), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)),
        about="four equal minima (Himmelblau 1972)",
    ),
    Landscape(
        name="six-hump-camel", formula="(4 - 2.1*x**2 + x**4/3)*x**2 + x*y + (4*y**2 - 4)*y**2",
        domain=((-2.0, 2.0), (-1.1, 1.1)), start=(-1.9, 1.0),
        minima=((0.089842, -0.712656), (-0.089842, 0.712656)),
        about="six minima, two of them deepest (Dixon and Szegö 1978)",
    ),
    Landscape(
        name="rastrigin", formula="20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)",
        domain=((-2.5, 2.5), (-2.5, 2.5)), start=(1.8, -1.3), minima=((0.0, 0.0),),
        about="a grid of local minima (Rastrigin 1974)",
    ),
)  # fmt: skip
LANDSCAPES = {landscape.name: landscape for landscape in _LANDSCAPES}
"""The functions that have a name."""


def landscape(function: str, *, domain: tuple[float, float] | None = None) -> Landscape:
    """The landscape of that name, or of that formula; `domain` replaces the ends for all variables.

    Raises ConfigError where `function` is neither, or where the domain is empty or the function has
    no finite value at the point to start from.
    """
    if function in LANDSCAPES:
        found = LANDSCAPES[function]
        if domain is None:
            return found
        own = _with_domain(function, found.formula, len(found.domain), domain)
        inside = tuple(p for p in found.minima if all(domain[0] <= c <= domain[1] for c in p))
        return Landscape(
            name=function, formula=own.formula, domain=own.domain, start=own.start, minima=inside
        )
    from wordlab.vision_theory.theory.parsing import parse

    if _NAME.fullmatch(function):
        raise ConfigError(
            f"function: expected {', '.join(LANDSCAPES)} or an expression such as x**2, found {function!r}"
        )
    expression = parse(function)
    return _with_domain(expression.text, expression.text, len(expression.variables), domain or _OWN_DOMAIN)


def _with_domain(name: str, formula: str, num_variables: int, domain: tuple[float, float]) -> Landscape:
    low, high = domain
    if not -1e6 <= low < high <= 1e6:
        raise ConfigError(
            f"domain: expected two ends from -1e6 to 1e6, the lower first, found {low:g} {high:g}"
        )
    start = (low + high) / 2 + _OWN_START * (high - low) / 2
    return Landscape(
        name=name, formula=formula, domain=(domain,) * num_variables, start=(start,) * num_variables
    )
