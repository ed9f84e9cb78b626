"""Word vectors as gensim's KeyedVectors, and from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wordlab.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from gensim.models import KeyedVectors
    from gensim.models.fasttext import FastTextKeyedVectors

    from wordlab.embeddings.subwords import Subwords


def to_keyed_vectors(
    vocabulary: Vocabulary, matrix: np.ndarray, subwords: Subwords | None = None
) -> KeyedVectors:
    """gensim's KeyedVectors with the same words in the same order, a copy of the matrix, and counts if known.

    With subwords it is gensim's FastTextKeyedVectors.
    """
    from gensim.models import KeyedVectors

    if subwords is None:
        keyed = KeyedVectors(matrix.shape[1], dtype=np.float32)
    else:
        keyed = _with_subwords(vocabulary, matrix, subwords)
    keyed.index_to_key = list(vocabulary.words)
    keyed.key_to_index = {word: id for id, word in enumerate(vocabulary.words)}
    keyed.vectors = np.array(matrix)
    keyed.next_index = len(vocabulary)
    if vocabulary.num_tokens:
        # set_vecattr would fill this array word by word
        keyed.allocate_vecattrs(attrs=["count"], types=[np.int64])
        keyed.expandos["count"][:] = vocabulary.counts
    return keyed


def _with_subwords(vocabulary: Vocabulary, matrix: np.ndarray, subwords: Subwords) -> FastTextKeyedVectors:
    from gensim.models.fasttext import FastTextKeyedVectors

    keyed = FastTextKeyedVectors(matrix.shape[1], subwords.min_n, subwords.max_n, subwords.num_buckets)
    keyed.vectors_vocab = subwords.decompose(vocabulary.words, matrix)
    keyed.vectors_ngrams = np.array(subwords.matrix)
    return keyed


def subwords_of(keyed: KeyedVectors) -> Subwords | None:
    """The subwords of gensim's FastTextKeyedVectors, a copy; None for KeyedVectors that have none."""
    from gensim.models.fasttext import FastTextKeyedVectors

    if not isinstance(keyed, FastTextKeyedVectors) or not keyed.bucket or keyed.max_n < 1:
        return None
    from wordlab.embeddings.subwords import Subwords

    return Subwords(keyed.min_n, keyed.max_n, np.array(keyed.vectors_ngrams))


def from_keyed_vectors(keyed: KeyedVectors) -> tuple[Vocabulary, np.ndarray]:
    """The vocabulary and a float32 copy of the matrix of gensim's KeyedVectors."""
    vocabulary, rows = vocabulary_of(keyed)
    return vocabulary, np.asarray(keyed.vectors[rows], dtype=np.float32)


def vocabulary_of(keyed: KeyedVectors) -> tuple[Vocabulary, np.ndarray]:
    """The vocabulary of gensim's KeyedVectors, and the row there of each of its words, int64 (V,).

    Words are ordered by descending count if gensim has counts, where they mostly are already.
    """
    # gensim's readers leave None in the place of a duplicate word
    ids = np.array([id for id, word in enumerate(keyed.index_to_key) if word is not None], dtype=np.int64)
    words = [keyed.index_to_key[id] for id in ids]
    if not all(isinstance(word, str) for word in words):
        raise ValueError("expected strings as keys, found other keys (document tags?)")
    counts = keyed.expandos.get("count")
    counts = np.zeros(len(words), np.int64) if counts is None else np.asarray(counts)[ids].astype(np.int64)
    order = np.argsort(-counts, kind="stable")
    return Vocabulary([words[id] for id in order], counts[order]), ids[order]
