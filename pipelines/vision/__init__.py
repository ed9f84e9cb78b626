"""`wordlab vision`: train image classifiers, evaluate them, and study what makes deep ones trainable."""

from __future__ import annotations

import click

from pipelines import options
from pipelines.vision import compare, evaluate, train


@click.group(cls=options.Group)
def vision() -> None:
    """Train image classifiers; study depth and batch normalisation."""


vision.add_command(train.train)
vision.add_command(evaluate.evaluate)
vision.add_command(compare.compare)
