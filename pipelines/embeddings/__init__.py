"""`wordlab embeddings`: train word vectors, judge them, ask them, export and import them."""

from __future__ import annotations

import click

from pipelines import options

COMMANDS = {
    "train": "pipelines.embeddings.train:train",
    "crosscheck": "pipelines.embeddings.crosscheck:crosscheck",
    "evaluate": "pipelines.embeddings.evaluate:evaluate",
    "compare": "pipelines.embeddings.compare:compare",
    "bias": "pipelines.embeddings.bias:bias",
    "align": "pipelines.embeddings.align:align",
    "shift": "pipelines.embeddings.align:shift",
    "stability": "pipelines.embeddings.stability:stability",
    "diagnose": "pipelines.embeddings.diagnose:diagnose",
    "nearest": "pipelines.embeddings.ask:nearest",
    "analogy": "pipelines.embeddings.ask:analogy",
    "odd-one-out": "pipelines.embeddings.ask:odd_one_out",
    "similarity": "pipelines.embeddings.ask:similarity",
    "encode": "pipelines.embeddings.documents:encode",
    "search": "pipelines.embeddings.documents:search",
    "sts": "pipelines.embeddings.documents:sts",
    "plot": "pipelines.embeddings.draw:plot",
    "explore": "pipelines.embeddings.explore:explore",
    "postprocess": "pipelines.embeddings.postprocess:postprocess",
    "card": "pipelines.embeddings.card:card",
    "quantise": "pipelines.embeddings.quantise:quantise",
    "export": "pipelines.embeddings.convert:export_vectors",
    "import": "pipelines.embeddings.convert:import_vectors",
    "push": "pipelines.embeddings.push:push",
    "list": "pipelines.embeddings.catalogue:list_sets",
}


@click.group(cls=options.Group, elsewhere=COMMANDS)
def embeddings() -> None:
    """Train, judge, ask and convert word vectors."""
