"""How far two words belong together, judged by their counts: the scorers, by name.

All of them give the same numbers as gensim or word2phrase would, to the last digit. Nothing heavy is loaded
before something is scored.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

_LARGEST = 2.0**62  # a product of counts that int64 surely holds


class Counts(NamedTuple):
    """How often pairs and their words occur, int64 (num_pairs,), and the size of the text.

    `num_tokens` counts all tokens, connector words included. `num_strings` counts the different strings
    among words and pairs, which gensim calls the size of the vocabulary.
    """

    first: np.ndarray
    second: np.ndarray
    pair: np.ndarray
    num_tokens: int
    num_strings: int


class Scorer(NamedTuple):
    """A function from counts and `min_count` to scores, float64 (num_pairs,), and the range of a threshold.

    A pair is a phrase if its score is above the threshold, which is `threshold` unless chosen; it may be
    from `lowest` to `highest`, and `lowest` itself only if `reaches_lowest`.
    """

    score: Callable[[Counts, int], np.ndarray]
    threshold: float
    lowest: float
    highest: float
    reaches_lowest: bool = False


def default(counts: Counts, min_count: int) -> np.ndarray:
    """(n_ab - min_count) / (n_a n_b) N, with N the number of different strings.

    Mikolov et al. 2013, "Distributed Representations of Words and Phrases and their Compositionality",
    equation 6, scaled as in gensim.
    """
    scores: np.ndarray = (counts.pair - min_count) / _products(counts) * counts.num_strings
    return scores


def npmi(counts: Counts, min_count: int) -> np.ndarray:
    """ln(p_ab / (p_a p_b)) / -ln p_ab with p shares of all tokens; -inf for pairs below `min_count`.

    Bouma 2009, "Normalized (Pointwise) Mutual Information in Collocation Extraction", section 3.2.
    """
    import numpy as np

    first, second, pair = (number / counts.num_tokens for number in counts[:3])
    scores = _logarithms(pair / (first * second)) / -_logarithms(pair)
    return np.where(counts.pair >= min_count, scores, -np.inf)


def word2phrase(counts: Counts, min_count: int) -> np.ndarray:
    """(n_ab - min_count) / (n_a n_b) T, with T the number of tokens; -inf with a word below `min_count`.

    Equation 6 as well, as word2phrase.c scales it, in double precision.
    """
    import numpy as np

    scores = (counts.pair - min_count) / _products(counts) * counts.num_tokens
    return np.where(np.minimum(counts.first, counts.second) >= min_count, scores, -np.inf)


SCORERS = {
    "default": Scorer(default, threshold=10.0, lowest=0.0, highest=math.inf),
    "npmi": Scorer(npmi, threshold=0.5, lowest=-1.0, highest=1.0, reaches_lowest=True),
    "word2phrase": Scorer(word2phrase, threshold=100.0, lowest=0.0, highest=math.inf),
}


def _products(counts: Counts) -> np.ndarray:
    """n_a n_b, rounded once."""
    first = counts.first
    if float(first.max(initial=0)) * float(counts.second.max(initial=0)) >= _LARGEST:
        first = first.astype(object)  # Python's whole numbers have no end
    products: np.ndarray = (first * counts.second).astype(float)
    return products


def _logarithms(numbers: np.ndarray) -> np.ndarray:
    """Natural logarithms as Python computes them; NumPy's differ in the last digit on some processors."""
    import numpy as np

    return np.fromiter(map(math.log, numbers.tolist()), np.float64, len(numbers))
