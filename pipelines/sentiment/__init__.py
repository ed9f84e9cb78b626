"""`wordlab sentiment`: train classifiers of texts on word vectors, judge them, use them."""

from __future__ import annotations

import click

from pipelines import options
from pipelines.sentiment import card, compare, convert, evaluate, predict, push, quantise, train


@click.group(cls=options.Group)
def sentiment() -> None:
    """Train, judge and use text classifiers."""


sentiment.add_command(train.train)
sentiment.add_command(evaluate.evaluate)
sentiment.add_command(predict.predict)
sentiment.add_command(compare.compare)
sentiment.add_command(card.card)
sentiment.add_command(quantise.quantise)
sentiment.add_command(convert.export_model)
sentiment.add_command(convert.import_model)
sentiment.add_command(push.push)
