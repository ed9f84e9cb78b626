"""`wordlab sentiment`: train classifiers of texts on word vectors, judge them, use them."""

from __future__ import annotations

import click

from pipelines import options

COMMANDS = {
    "train": "pipelines.sentiment.train:train",
    "evaluate": "pipelines.sentiment.evaluate:evaluate",
    "predict": "pipelines.sentiment.predict:predict",
    "compare": "pipelines.sentiment.compare:compare",
    "card": "pipelines.sentiment.card:card",
    "quantise": "pipelines.sentiment.quantise:quantise",
    "export": "pipelines.sentiment.convert:export_model",
    "import": "pipelines.sentiment.convert:import_model",
    "push": "pipelines.sentiment.push:push",
}


@click.group(cls=options.Group, elsewhere=COMMANDS)
def sentiment() -> None:
    """Train, judge and use text classifiers."""
