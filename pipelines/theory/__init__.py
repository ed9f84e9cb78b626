"""`wordlab theory`: descents, landscapes, convexity, mini-batches and vanishing gradients."""

from __future__ import annotations

import click

from pipelines import options

COMMANDS = {
    "descent": "pipelines.theory.descent:descent",
    "landscape": "pipelines.theory.landscape:landscape",
    "convexity": "pipelines.theory.convexity:convexity",
    "batches": "pipelines.theory.batches:batches",
    "vanishing": "pipelines.theory.vanishing:vanishing",
}


@click.group(cls=options.Group, elsewhere=COMMANDS)
def theory() -> None:
    """See how optimisation works, on small functions and networks."""
