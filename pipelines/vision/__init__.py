"""`wordlab vision`: train image classifiers, evaluate them, and study what makes deep ones trainable."""

from __future__ import annotations

import click

from pipelines import options

COMMANDS = {
    "train": "pipelines.vision.train:train",
    "evaluate": "pipelines.vision.evaluate:evaluate",
    "compare": "pipelines.vision.compare:compare",
}


@click.group(cls=options.Group, elsewhere=COMMANDS)
def vision() -> None:
    """Train image classifiers; study depth and batch normalisation."""
