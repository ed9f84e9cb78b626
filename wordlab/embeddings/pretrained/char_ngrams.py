"""Vectors of words from those of their character n-grams, as charngram.100d is meant to be used.

Hashimoto et al. (2017), "A Joint Many-Task Model", section 2.1: a word's vector is the mean of the
vectors of its n-grams, n from 2 to 4, with marks for its beginning and end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from wordlab.embeddings.vectors import WordVectors

_BEGIN, _END = "#BEGIN#", "#END#"
_SIZES = (2, 3, 4)


class CharNGrams:
    """Vectors of any word, from `vectors` whose words are n-grams such as "2gram-ab".

    Equal bit for bit to those of torchtext's CharNGram.

    >>> from wordlab.embeddings import WordVectors
    >>> from wordlab.text import Vocabulary
    >>> rows = WordVectors(Vocabulary(["2gram-#BEGIN#a", "2gram-ab"], [0, 0]), [[1.0, 0.0], [0.0, 1.0]])
    >>> CharNGrams(rows).vector("ab").tolist()
    [0.5, 0.5]
    """

    def __init__(self, vectors: WordVectors) -> None:
        self._vectors = vectors

    def vector(self, word: str) -> np.ndarray:
        """The mean of the vectors of the known n-grams of `word`, float32 (D,).

        Zero if none is known, and for "<unk>", as in torchtext.
        """
        total = np.zeros(self._vectors.dim, np.float32)
        found = 0
        for ngram in () if word == "<unk>" else char_ngrams(word):
            id = self._vectors.vocabulary.get(ngram)
            if id is not None:
                total += self._vectors.matrix[id]
                found += 1
        return total / np.float32(found) if found else total


def char_ngrams(word: str) -> Iterator[str]:
    """The n-grams of `word`, as the file spells them.

    >>> list(char_ngrams("ab"))[:3]
    ['2gram-#BEGIN#a', '2gram-ab', '2gram-b#END#']
    """
    characters = [_BEGIN, *word, _END]
    for size in _SIZES:
        for start in range(len(characters) - size + 1):
            yield f"{size}gram-{''.join(characters[start : start + size])}"
