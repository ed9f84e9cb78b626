"""Words as callers give them, checked, and their rows, in the vocabulary or made of subwords."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordlab.embeddings.subwords import Subwords
from wordlab.errors import UnknownWordError
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


@dataclass(frozen=True, eq=False)
class Composed:
    """Words outside a vocabulary whose n-grams give them a vector.

    Word `w` has ``vectors[row_of[w]]``; `vectors` is float32 (num_words, D).
    """

    row_of: Mapping[str, int]
    vectors: np.ndarray


def compose(words: Iterable[str], vocabulary: Container[str], subwords: Subwords | None) -> Composed | None:
    """Those of `words`, each once, that have a vector only through n-grams; None without subwords.

    A word has none if it is shorter than all n-grams, if no training met any of them, or if their sum
    exceeds float32.
    """
    if subwords is None:
        return None
    unknown = [word for word in dict.fromkeys(words) if word not in vocabulary]
    vectors = subwords.vectors(unknown)
    found = np.flatnonzero(vectors.any(axis=1) & np.isfinite(vectors).all(axis=1)).tolist()
    return Composed({unknown[index]: row for row, index in enumerate(found)}, vectors[found])


def row_numbers(words: Iterable[str], vocabulary: Vocabulary, composed: Composed | None) -> np.ndarray:
    """Where each word's vector is, int64 (n,): those `composed` follow the vocabulary's; -1 for none."""
    words = list(words)
    found = vocabulary.find(words)
    if composed is not None:
        for place in np.flatnonzero(found < 0).tolist():
            row = composed.row_of.get(words[place])
            if row is not None:
                found[place] = len(vocabulary) + row
    return found


def rows_in(matrix: np.ndarray, composed: Composed | None, numbers: np.ndarray) -> np.ndarray:
    """The vectors at `numbers` (n,) of the matrix (V, D) followed by those composed, float32 (n, D)."""
    beyond = numbers >= len(matrix)
    if composed is None or not beyond.any():
        return np.asarray(matrix[numbers])
    found = np.empty((len(numbers), matrix.shape[1]), matrix.dtype)
    found[~beyond] = matrix[numbers[~beyond]]
    found[beyond] = composed.vectors[numbers[beyond] - len(matrix)]
    return found


def through_subwords(words: Sequence[str], vocabulary: Vocabulary, subwords: Subwords | None) -> list[str]:
    """Those of `words`, each once, that have a vector only through n-grams; UnknownWordError if one has none.

    Unlike `rows_of`, which gives a word without n-grams the zero vector, as fastText does.
    """
    composed = compose(words, vocabulary, subwords)
    if composed is None or subwords is None:
        vocabulary.ids(words)
        return []
    for word in words:
        if word not in vocabulary and word not in composed.row_of:
            raise UnknownWordError(
                f"{word!r} is not among the {len(vocabulary):,} words, and no n-gram of {subwords.min_n} to "
                f"{subwords.max_n} characters gives it a vector"
            )
    return list(composed.row_of)
