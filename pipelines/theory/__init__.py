"""`wordlab theory`: descents, landscapes, convexity, mini-batches and vanishing gradients."""

from __future__ import annotations

import click

from pipelines import options
from pipelines.theory import batches, convexity, descent, landscape, vanishing


@click.group(cls=options.Group)
def theory() -> None:
    """See how optimisation works, on small functions and networks."""


theory.add_command(descent.descent)
theory.add_command(landscape.landscape)
theory.add_command(convexity.convexity)
theory.add_command(batches.batches)
theory.add_command(vanishing.vanishing)
