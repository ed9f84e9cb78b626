"""Words as callers give them, checked, and their rows, in the vocabulary or made of subwords."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from wordlab.embeddings.subwords import Subwords
from wordlab.text.vocabulary import Vocabulary
from wordlab.visible import clipped

_KINDS = {"str": "the string", "list": "the list", "tuple": "the tuple"}
_LONGEST_SHOWN = 60  # characters of what was given instead of a word


def one_word(word: Any) -> str:
    """`word`; TypeError if it is not a string."""
    if not isinstance(word, str):
        raise TypeError(f"expected a word, found {_shown(word)}")
    return word


def list_of_words(words: Any) -> list[str]:
    """The words of any iterable but a string; TypeError for anything else."""
    return [one_word(word) for word in _each(words, "a list of words")]


def tuples_of_words(tuples: Any, size: int) -> list[tuple[str, ...]]:
    """The words of tuples of `size`; TypeError for anything else, ValueError for another size."""
    what = {2: "pairs of words", 3: "triples of words"}[size]
    found = []
    for each in _each(tuples, what):
        if isinstance(each, str):
            raise TypeError(f"expected {what}, found {_shown(each)} among them")
        found.append(tuple(list_of_words(each)))
        if len(found[-1]) != size:
            raise ValueError(f"expected {what}, found {len(found[-1])} words in one")
    return found


def _each(given: Any, what: str) -> Iterable[Any]:
    """`given`; TypeError if it is one string, bytes or a mapping, or cannot be gone through."""
    if isinstance(given, str | bytes | bytearray | Mapping) or not isinstance(given, Iterable):
        raise TypeError(f"expected {what}, found {_shown(given)}")
    return given


def _shown(value: Any) -> str:
    kind = _KINDS.get(type(value).__name__, type(value).__name__)
    if isinstance(value, str | bytes) and len(value) > _LONGEST_SHOWN:
        return f"{kind} {value[:_LONGEST_SHOWN]!r}… ({len(value):,} characters)"
    return f"{kind} {clipped(' '.join(repr(value).split()), 2 * _LONGEST_SHOWN)}"


def rows_of(
    words: Sequence[str], vocabulary: Vocabulary, matrix: np.ndarray, subwords: Subwords | None
) -> np.ndarray:
    """The vectors of words, float32 (n, D), from the matrix or by subwords; UnknownWordError."""
    if subwords is None:
        return np.asarray(matrix[vocabulary.ids(words)])
    ids = np.array([-1 if (id := vocabulary.get(word)) is None else id for word in words], np.int64)
    rows = np.array(matrix[ids])
    unknown = np.flatnonzero(ids < 0).tolist()
    rows[unknown] = subwords.vectors([words[index] for index in unknown])
    return rows
