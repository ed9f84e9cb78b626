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

    subwords.check_as_fasttext("gensim")
    keyed = FastTextKeyedVectors(matrix.shape[1], subwords.min_n, subwords.max_n, subwords.num_buckets)
    own = subwords.own_vectors(vocabulary.words, matrix)
    keyed.vectors_vocab = np.array(own)
    keyed.vectors_ngrams = np.array(subwords.rows_of(np.arange(subwords.num_buckets)))
    return keyed


def subwords_of(keyed: KeyedVectors) -> Subwords | None:
    """The subwords of gensim's FastTextKeyedVectors, a copy; None for KeyedVectors that have none.

    Raises TypeError and ValueError unless they are a vector for each of gensim's buckets.
    """
    from gensim.models.fasttext import FastTextKeyedVectors

    if not isinstance(keyed, FastTextKeyedVectors) or not keyed.bucket or keyed.max_n < 1:
        return None
    from wordlab.embeddings.subwords import Subwords

    matrix = checked_rows(getattr(keyed, "vectors_ngrams", None), keyed.bucket, "buckets")
    return Subwords(keyed.min_n, keyed.max_n, np.array(matrix))


def from_keyed_vectors(keyed: KeyedVectors) -> tuple[Vocabulary, np.ndarray]:
    """The vocabulary and a float32 copy of the matrix of gensim's KeyedVectors.

    Raises ValueError and TypeError if keys, counts and vectors are not what gensim makes.
    """
    vocabulary, rows = vocabulary_of(keyed)
    matrix = checked_rows(getattr(keyed, "vectors", None), len(keyed.index_to_key), "words")
    return vocabulary, as_float32(matrix[rows])


def checked_rows(matrix: object, num_rows: int, what: str) -> np.ndarray:
    """The matrix of vectors; TypeError unless it is an array of numbers, ValueError unless of `num_rows`."""
    if not isinstance(matrix, np.ndarray):
        raise TypeError(f"expected an array of vectors of {what}, found {kind_of(matrix)}")
    if matrix.dtype.kind not in "fiu" or np.ma.is_masked(matrix):
        found = "masked numbers" if np.ma.is_masked(matrix) else f"an array of {matrix.dtype}"
        raise TypeError(f"expected vectors of {what} made of real numbers, found {found}")
    if matrix.ndim != 2 or len(matrix) != num_rows:
        raise ValueError(
            f"expected a vector for each of {num_rows} {what}, found an array of shape {matrix.shape}"
        )
    return matrix


def as_float32(matrix: np.ndarray) -> np.ndarray:
    """A float32 array; a number beyond float32 becomes infinite, which WordVectors refuses."""
    with np.errstate(over="ignore"):
        return np.asarray(matrix, dtype=np.float32)


def vocabulary_of(keyed: KeyedVectors) -> tuple[Vocabulary, np.ndarray]:
    """The vocabulary of gensim's KeyedVectors, and the row there of each of its words, int64 (V,).

    Words are ordered by descending count if gensim has counts, where they mostly are already. Raises
    TypeError for anything but KeyedVectors; ValueError for keys that are not strings, and for counts that are
    not whole numbers.
    """
    from gensim.models import KeyedVectors

    if not isinstance(keyed, KeyedVectors):
        raise TypeError(f"expected gensim's KeyedVectors or Word2Vec, found {kind_of(keyed)}")
    # gensim's readers leave None in the place of a duplicate word
    ids = np.array([id for id, word in enumerate(keyed.index_to_key) if word is not None], dtype=np.int64)
    words = [keyed.index_to_key[id] for id in ids]
    for word in words:
        if not isinstance(word, str):
            raise ValueError(f"expected strings as keys, found {word!r} (document tags?)")
    if not words:
        raise ValueError("expected at least one word, found none; is the vocabulary built?")
    counts = _counts_of(keyed)[ids]
    order = np.argsort(-counts, kind="stable")
    try:
        vocabulary = Vocabulary([words[id] for id in order], counts[order])
    except UnicodeEncodeError as error:
        raise ValueError(f"expected keys in Unicode, found {error.object!a}") from error
    for word, id in zip(words, ids.tolist(), strict=True):
        if keyed.key_to_index.get(word) != id:
            raise ValueError(
                f"expected key_to_index[{word!r}] to be {id}, as in index_to_key, "
                f"found {keyed.key_to_index.get(word)}"
            )
    return vocabulary, ids[order]


def _counts_of(keyed: KeyedVectors) -> np.ndarray:
    """The counts by row, int64; 0 where gensim has none, as for what ``add_vectors`` appended."""
    num_keys = len(keyed.index_to_key)
    counts = np.zeros(num_keys, np.int64)
    found = np.asarray(keyed.expandos.get("count", counts))
    if found.ndim != 1 or len(found) > num_keys:
        raise ValueError(f"expected a count for each of {num_keys} keys, found shape {found.shape}")
    if found.dtype.kind not in "fiu":
        raise ValueError(f"expected whole numbers as counts, found {found.dtype}")
    if not (fits := (found >= 0) & (found < 2**62) & (found == np.floor(found))).all():
        raise ValueError(f"expected whole numbers from 0 to 2**62 as counts, found {found[~fits][0]}")
    counts[: len(found)] = found
    return counts


def kind_of(found: object) -> str:
    """What an object is, in words."""
    return "none" if found is None else f"an object of {type(found).__name__}"
