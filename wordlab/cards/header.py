"""The header of a card on the Hub: YAML between two lines of dashes.

Its fields are those of Hugging Face's model cards (hub-docs, modelcard.md). All strings are written as JSON,
which is YAML as well, so that no title can end the header or become something else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby

from wordlab.cards.document import Card, Metric
from wordlab.visible import visible


def header_lines(card: Card) -> Iterator[str]:
    """The lines of the header, with the dashes around them."""
    yield "---"
    if card.languages:
        yield from ("language:", *(f"- {language}" for language in card.languages))
    if card.license is not None:
        yield f"license: {card.license}"
    yield f"library_name: {card.library}"
    if card.task is not None:
        yield f"pipeline_tag: {card.task}"
    yield from ("tags:", *(f"- {_string(tag)}" for tag in card.tags))
    if card.metrics:
        yield from _results(card)
    yield "---"


def _results(card: Card) -> Iterator[str]:
    yield from ("model-index:", f"- name: {_string(card.title)}", "  results:")
    for (task, dataset), metrics in groupby(card.metrics, key=lambda metric: (metric.task, metric.dataset)):
        yield from ("  - task:", f"      type: {_string(_slug(task))}", f"      name: {_string(task)}")
        yield from (
            "    dataset:",
            f"      type: {_string(_slug(dataset))}",
            f"      name: {_string(dataset)}",
        )
        yield "    metrics:"
        for metric in metrics:
            yield from _metric(metric)


def _metric(metric: Metric) -> Iterator[str]:
    yield f"    - type: {_string(_slug(metric.kind))}"
    yield f"      name: {_string(metric.kind)}"
    yield f"      value: {metric.value:.4f}"


def _slug(name: str) -> str:
    """A name as the Hub identifies things: letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"


def _string(text: str) -> str:
    return json.dumps(visible(text), ensure_ascii=False)
