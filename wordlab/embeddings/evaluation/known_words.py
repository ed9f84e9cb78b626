"""The vectors of a test's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from wordlab.embeddings.evaluation.judging import Judging
from wordlab.embeddings.evaluation.lookup import Lookup, Rows, fit
from wordlab.embeddings.vectors import WordVectors


class KnownWords(NamedTuple):
    """The words that have a vector, and how they were found.

    `through` are those of them whose vector is made of n-grams; None where such do not count. `lost` have
    none. `lookup` finds further words in the same way.
    """

    rows: Mapping[str, np.ndarray]
    through: frozenset[str] | None
    lost: tuple[str, ...]
    lookup: Lookup
    note: str | None


def known_words(vectors: WordVectors, items: Rows, what: str, judging: Judging) -> KnownWords:
    """The vectors of all words in `items`, which are `what`: pairs, words."""
    wanted = Lookup(vectors, judging.policy, judging.restrict_vocab, language=judging.language)
    lookup, found, note, composed = fit(wanted, vectors, items, what)
    rows = {word: vectors.matrix[ids[0]] for word, ids in found.items() if ids}
    through: frozenset[str] | None = None
    if composed is not None:
        through = frozenset(composed.row_of)
        rows |= {word: composed.vectors[row] for word, row in composed.row_of.items()}
    lost = tuple(word for word in found if word not in rows)
    return KnownWords(rows, through, lost, lookup, note)
