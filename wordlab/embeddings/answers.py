"""Neighbour, and the ranked answers of a set of vectors."""

from __future__ import annotations

from typing import NamedTuple

from wordlab.representation import table_html


class Neighbour(NamedTuple):
    """A word and how similar it is to the query (a cosine, or the score of 3CosMul)."""

    word: str
    similarity: float


class Ranked(list[Neighbour]):
    """Words with their similarities: a list that notebooks show as a table."""

    def _repr_html_(self) -> str:
        return table_html("", ("word", "similarity"), [(word, round(value, 4)) for word, value in self])
