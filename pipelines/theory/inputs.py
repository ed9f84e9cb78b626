"""Options that the commands of `wordlab theory` share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipelines import options
from wordlab.errors import ConfigError
from wordlab.vision_theory.theory.functions import LANDSCAPES

if TYPE_CHECKING:
    from wordlab.vision_theory.theory.functions import Landscape

F = TypeVar("F", bound=Callable[..., Any])

domain_option = click.option(
    "--domain", type=(float, float), default=None, metavar="LOW HIGH", show_default="the function's own",
    help="Draw and search between these ends, for all variables.",
)  # fmt: skip
overwrite_option = click.option("--overwrite", is_flag=True, help="Replace existing pictures.")


def function_option(*, required: bool = True) -> Callable[[F], F]:
    """--function, a name or an expression."""
    return click.option(
        "--function", required=required, metavar="NAME|EXPRESSION",
        help=f"A known function ({', '.join(LANDSCAPES)}), or an expression in x, y, z or x1 to x9 "
        "such as 'x**2 + x*y'.",
    )  # fmt: skip


def plot_option(what: str) -> Callable[[F], F]:
    """--plot, with what is drawn."""
    return click.option(
        "--plot", type=options.Written(), metavar="FILE", help=f"Draw {what}, as PNG, SVG or PDF."
    )


def check_drawable(landscape: Landscape, option: str) -> None:
    """Raise ConfigError for a function of three variables or more, which cannot be drawn."""
    if len(landscape.variables) > 2:
        found = ", ".join(landscape.variables)
        raise ConfigError(f"{option}: expected a function of one or two variables to draw, found {found}")


def numbers(name: str, text: str) -> tuple[float, ...]:
    """The numbers of an option, separated by commas; ConfigError if one is not a number."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise ConfigError(f"{name}: expected numbers with commas between, found {text!r}") from None
