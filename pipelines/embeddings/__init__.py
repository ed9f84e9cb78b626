"""`wordlab embeddings`: train word vectors, judge them, ask them, export and import them."""

from __future__ import annotations

import click

from pipelines import options
from pipelines.embeddings import (
    align,
    ask,
    bias,
    card,
    catalogue,
    compare,
    convert,
    crosscheck,
    diagnose,
    documents,
    draw,
    evaluate,
    explore,
    postprocess,
    push,
    quantise,
    stability,
    train,
)


@click.group(cls=options.Group)
def embeddings() -> None:
    """Train, judge, ask and convert word vectors."""


embeddings.add_command(train.train)
embeddings.add_command(crosscheck.crosscheck)
embeddings.add_command(evaluate.evaluate)
embeddings.add_command(compare.compare)
embeddings.add_command(bias.bias)
embeddings.add_command(align.align)
embeddings.add_command(align.shift)
embeddings.add_command(stability.stability)
embeddings.add_command(diagnose.diagnose)
embeddings.add_command(ask.nearest)
embeddings.add_command(ask.analogy)
embeddings.add_command(ask.odd_one_out)
embeddings.add_command(ask.similarity)
embeddings.add_command(documents.encode)
embeddings.add_command(documents.search)
embeddings.add_command(documents.sts)
embeddings.add_command(draw.plot)
embeddings.add_command(explore.explore)
embeddings.add_command(postprocess.postprocess)
embeddings.add_command(card.card)
embeddings.add_command(quantise.quantise)
embeddings.add_command(convert.export_vectors)
embeddings.add_command(convert.import_vectors)
embeddings.add_command(push.push)
embeddings.add_command(catalogue.list_sets)
