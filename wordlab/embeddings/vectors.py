"""WordVectors: a vocabulary, its matrix, and the questions to ask of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from wordlab import artifact
from wordlab.embeddings import queries, storage
from wordlab.embeddings.answers import Neighbour, Ranked
from wordlab.embeddings.choices import ANALOGY_METHODS, AnalogyMethod, Precision, UnknownRow
from wordlab.embeddings.matrices import check_finite, checked_matrix
from wordlab.embeddings.word_rows import list_of_words, one_word, rows_of, through_subwords, tuples_of_words
from wordlab.errors import ConfigError, FormatError
from wordlab.representation import facts_html
from wordlab.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from gensim.models import KeyedVectors, Word2Vec

    from wordlab.embeddings.glove_parts import GloveParts
    from wordlab.embeddings.interop.torch import WordEmbedding
    from wordlab.embeddings.subwords import Subwords
    from wordlab.text.tokenizers import Tokenizer


class WordVectors:
    """Words and their vectors: `vocabulary` and `matrix` (V, D), float32, read-only.

    Row i of the matrix belongs to word i of the vocabulary. `tokenizer` is the one whose tokens the
    words are, if known; `details` says where the vectors came from (configuration, losses, file).
    `outputs` are the vectors of words as targets, float32 (V, D), read-only, from which training can
    continue; under hierarchical softmax those of the V - 1 inner nodes of the tree. Vectors from a file
    have None. `position_weights` (2 * window, D), if CBOW learnt them, multiply the words at each place of a
    window, from left to right. `subwords`, as in fastText's models, give words outside the vocabulary
    vectors as well; ``word in vectors`` still asks the vocabulary alone. `glove` holds what GloVe has learnt
    of each word in both roles, from which training can continue.

    >>> vectors = WordVectors(Vocabulary(["cat", "dog", "sun"], [3, 2, 1]), [[1, 0.1], [1, 0.2], [0, 1]])
    >>> vectors.nearest("cat", k=1)[0].word
    'dog'
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        matrix: np.ndarray | Sequence[Sequence[float]],
        *,
        outputs: np.ndarray | None = None,
        position_weights: np.ndarray | None = None,
        subwords: Subwords | None = None,
        glove: GloveParts | None = None,
        tokenizer: Tokenizer | None = None,
        details: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.vocabulary = vocabulary
        self.matrix = checked_matrix(matrix, "the matrix", vocabulary)
        shape = self.matrix.shape
        if len(shape) != 2 or len(self.matrix) != len(vocabulary) or 0 in shape:
            raise ValueError(
                f"expected a matrix of {len(vocabulary)} rows, one a word, and at least one row and column, "
                f"found shape {shape}"
            )
        self.outputs = None if outputs is None else checked_matrix(outputs, "the outputs", vocabulary)
        expected = (storage.num_output_rows(len(vocabulary), details), self.dim)
        if self.outputs is not None and self.outputs.shape != expected:
            raise ValueError(f"expected outputs of shape {expected}, found {self.outputs.shape}")
        self.position_weights = (
            None if position_weights is None else checked_matrix(position_weights, "the position weights")
        )
        if self.position_weights is not None and self.position_weights.shape[1:] != (self.dim,):
            raise ValueError(
                f"expected position weights of {self.dim} dimensions, found {self.position_weights.shape}"
            )
        if subwords is not None and subwords.dim != self.dim:
            raise ValueError(f"expected subwords of {self.dim} dimensions, found {subwords.dim}")
        self.subwords = subwords
        self.glove = None if glove is None else glove.checked(len(vocabulary), self.dim)
        self.tokenizer = tokenizer
        self.details: Mapping[str, Any] = MappingProxyType(dict(details))
        self.digest: str | None = None  # of the artefact that this was loaded from
        self.precision: Precision = "float32"  # in which the matrix was stored

    def __len__(self) -> int:
        return len(self.vocabulary)

    def __contains__(self, word: object) -> bool:
        return word in self.vocabulary

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __getitem__(self, words: str | Sequence[str] | slice) -> np.ndarray:
        """The vector (D,) of a word, or the vectors (n, D) of several; UnknownWordError.

        Words outside the vocabulary have one if there are subwords. A slice takes words by their place:
        ``vectors[:10]`` are the vectors of ``vectors.words[:10]``.
        """
        if isinstance(words, slice):
            return self.matrix[words]
        if isinstance(words, str):
            return np.asarray(self._rows([words])[0])
        return self._rows(list_of_words(words))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """The matrix (V, D), for ``np.asarray(vectors)``."""
        found = self.matrix.astype(self.matrix.dtype if dtype is None else dtype, copy=bool(copy))
        if copy is False and found is not self.matrix:  # NumPy 1 has no word for "never"
            raise ValueError(f"expected a type that needs no copy, {self.matrix.dtype}, found {dtype}")
        return found

    def __copy__(self) -> WordVectors:
        return self  # immutable

    def __deepcopy__(self, memo: object) -> WordVectors:
        return self  # scikit-learn's clone would copy the matrix for every fold

    def __getstate__(self) -> dict[str, Any]:
        """What pickle and joblib store: mapped matrices as arrays, nothing that can be computed again."""
        names = ("vocabulary", "matrix", "outputs", "position_weights", "subwords", "glove", "tokenizer")
        own = {"digest": self.digest, "precision": self.precision, "details": dict(self.details)}
        return {name: getattr(self, name) for name in names} | own

    def __setstate__(self, state: dict[str, Any]) -> None:
        """The vectors again, checked as when they are made."""
        own = {"digest": state.pop("digest"), "precision": state.pop("precision")}
        WordVectors.__init__(self, state.pop("vocabulary"), state.pop("matrix"), **state)
        vars(self).update(own)

    def __repr__(self) -> str:
        return f"WordVectors({len(self):,} words, {self.dim} dimensions)"

    def _repr_html_(self) -> str:
        config = self.details.get("config", {})
        chosen = [config[name] for name in ("model", "loss", "objective") if name in config]
        facts = {
            "words": len(self),
            "dimensions": self.dim,
            "most frequent": self.vocabulary.first(10),
            "trained by": chosen or None,
            "epochs": config.get("epochs"),
            "last loss": next(reversed(self.details.get("losses", ())), None),
            "origin": self.details.get("origin"),
            "n-grams": self.subwords and str(self.subwords),
            "tokenizer": self.tokenizer and self.tokenizer.name,
        }
        return facts_html("WordVectors", facts)

    @property
    def words(self) -> tuple[str, ...]:
        """All words, the most frequent first: word i has row i of the matrix."""
        return self.vocabulary.words

    @property
    def dim(self) -> int:
        """The number of dimensions, D."""
        return int(self.matrix.shape[1])

    @cached_property
    def unit(self) -> np.ndarray:
        """The matrix with each row at length 1, float32 (V, D), read-only; zero rows stay zero.

        It takes as much memory as the matrix. Queries do without it.
        """
        unit = queries.unit_rows(self.matrix)
        unit.flags.writeable = False
        return unit

    @cached_property
    def norms(self) -> np.ndarray:
        """The lengths of all rows, float32 (V,), read-only; 1 for zero rows. FormatError for NaN."""
        norms = queries.row_norms(self.matrix)
        if not np.isfinite(norms).all():  # a mapped matrix that was opened unverified, or is the caller's own
            check_finite(self.matrix, "the matrix", self.vocabulary)
        norms.flags.writeable = False
        return norms

    def similarity(self, word: str, other: str) -> float:
        """The cosine of two words; UnknownWordError."""
        return float(self.similarities([(one_word(word), one_word(other))])[0])

    def similarities(self, pairs: Iterable[tuple[str, str]]) -> np.ndarray:
        """The cosine of each pair of words, float64 (num_pairs,); UnknownWordError."""
        rows = self._rows([word for pair in tuples_of_words(pairs, 2) for word in pair])
        return queries.cosines(rows[0::2], rows[1::2])

    def list_similarity(self, words: Sequence[str], others: Sequence[str]) -> float:
        """The cosine of the mean vectors of two lists of words; gensim's ``n_similarity``.

        Raises UnknownWordError; ConfigError for an empty list.
        """
        rows = [self._list_rows(part, 1) for part in (words, others)]
        left, right = (part.mean(axis=0, dtype=np.float64, keepdims=True) for part in rows)
        return float(queries.cosines(left, right)[0])

    def odd_one_out(self, words: Sequence[str]) -> list[Neighbour]:
        """The words with their cosines to the mean of all, each at length 1; the odd one comes first.

        The first is the answer of gensim's ``doesnt_match``. Equal cosines keep the order of `words`.
        Raises UnknownWordError; ConfigError for fewer than three words.
        """
        words = list_of_words(words)
        cosines = queries.cosines_to_mean(self._list_rows(words, 3))
        order = np.argsort(cosines, kind="stable")
        return Ranked(Neighbour(words[i], float(cosines[i])) for i in order.tolist())

    def get(self, word: str, default: Any = None) -> Any:
        """The vector (D,) of a word, or `default` if it has none; TypeError for what is not a word."""
        if one_word(word) not in self and self.subwords is None:
            return default
        return self[word]

    @overload
    def nearest(  # type: ignore[overload-overlap]  # a str is a sequence of strings, too
        self, query: str, k: int = ..., *, exclude: Iterable[str] = ...
    ) -> list[Neighbour]: ...
    @overload
    def nearest(
        self, query: Sequence[str] | np.ndarray, k: int = ..., *, exclude: Iterable[str] = ...
    ) -> list[list[Neighbour]]: ...

    def nearest(
        self, query: str | Sequence[str] | np.ndarray, k: int = 10, *, exclude: Iterable[str] = ()
    ) -> list[Neighbour] | list[list[Neighbour]]:
        """The `k` words of largest cosine, best first: one list for a word, a list each for several.

        `query` is a word or a vector (D,), or a sequence of words or vectors (n, D). A word is never among
        its own answers, nor are the words in `exclude`. Equal cosines are ordered by id. There are fewer than
        `k` if the vocabulary has no more. Besides the matrix it takes some hundred megabytes at most, for any
        number of words. Raises UnknownWordError; ValueError for `k` < 1; TypeError for what is neither.
        """
        k = _checked_k(k)
        left_out = [int(id) for id in self.vocabulary.ids(list_of_words(exclude))]
        if isinstance(query, np.ndarray) and query.dtype.kind not in "OU":
            if query.ndim == 1:
                return self._nearest_rows(self._query_rows(query[None]), k, [left_out])[0]
            rows, excluded = self._query_rows(query), [left_out] * len(query)
        else:
            words = [query] if isinstance(query, str) else list_of_words(query)
            rows, excluded = self._rows(words), [self._known_ids([word]) + left_out for word in words]
        answers = self._nearest_rows(rows, k, excluded)
        return answers[0] if isinstance(query, str) else answers

    def most_similar(
        self, positive: str | Sequence[str], negative: str | Sequence[str] = (), topn: int = 10
    ) -> list[Neighbour]:
        """gensim's name for asking about several words at once, with the same answers.

        The `topn` words nearest to the mean of the `positive` words and of the opposites of the `negative`
        ones, each at length 1; without these words themselves. Raises UnknownWordError, and ConfigError for
        no word at all.

        >>> words = Vocabulary(["cat", "cats", "dog", "dogs"], [4, 3, 2, 1])
        >>> vectors = WordVectors(words, [[1, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 1]])
        >>> vectors.most_similar(["cats", "dog"], negative="cat", topn=1)[0].word
        'dogs'
        """
        given = [[each] if isinstance(each, str) else list_of_words(each) for each in (positive, negative)]
        words = [word for each in given for word in each]
        signs = np.repeat([1.0, -1.0], [len(each) for each in given])
        rows = queries.unit_rows(self._list_rows(words, 1)).astype(np.float64)
        mean = (signs @ rows / len(words))[None]
        return self._nearest_rows(mean, _checked_k(topn), [self._known_ids(words)])[0]

    def analogy(
        self, a: str, b: str, c: str, k: int = 1, *, method: AnalogyMethod = "3cosadd"
    ) -> list[Neighbour]:
        """The `k` best answers to "a is to b as c is to ?", best first, without a, b and c.

        `method` is "3cosadd" (Mikolov et al. 2013: the cosine with b - a + c, each at length 1) or
        "3cosmul" (Levy & Goldberg 2014, equation 5). They are gensim's ``most_similar`` and
        ``most_similar_cosmul`` with positive b, c and negative a. Raises UnknownWordError.
        """
        triple = (one_word(a), one_word(b), one_word(c))
        return self.analogies([triple], k, method=method)[0]

    def analogies(
        self, triples: Iterable[tuple[str, str, str]], k: int = 1, *, method: AnalogyMethod = "3cosadd"
    ) -> list[list[Neighbour]]:
        """The answers of `analogy` for each triple (a, b, c), computed together."""
        k = _checked_k(k)
        if method not in ANALOGY_METHODS:
            raise ValueError(f"expected a method out of {', '.join(ANALOGY_METHODS)}, found {method!r}")
        asked = tuples_of_words(triples, 3)
        excluded = [self._known_ids(triple) for triple in asked]
        rows = self._rows([word for triple in asked for word in triple])
        if method == "3cosmul":
            by_triple = rows.reshape(-1, 3, self.dim)
            return self._name(queries.cosmul_rows(self.matrix, self.norms, by_triple, k, excluded))
        rows = queries.unit_rows(rows)
        a, b, c = (rows[column::3].astype(np.float64) for column in range(3))
        return self._nearest_rows(b - a + c, k, excluded)

    def through_subwords(self, words: Iterable[str]) -> list[str]:
        """Those of `words` outside the vocabulary, each once, whose vectors are made of their n-grams.

        Raises UnknownWordError for a word that has no vector in either way.
        """
        return through_subwords(list_of_words(words), self.vocabulary, self.subwords)

    def subset(self, words: Iterable[str]) -> WordVectors:
        """The vectors of just these words, in the order of the vocabulary, without `outputs` and `glove`.

        Subwords are kept, but not the words' own vectors. Raises UnknownWordError for a word outside the
        vocabulary.
        """
        ids = np.unique(self.vocabulary.ids(list_of_words(words)))
        if not len(ids):
            raise ValueError("expected at least one word, found none")
        vocabulary = Vocabulary([self.vocabulary.words[id] for id in ids], self.vocabulary.counts[ids])
        return WordVectors(
            vocabulary,
            self.matrix[ids],
            subwords=None if self.subwords is None else self.subwords.without_own(),
            tokenizer=self.tokenizer,
            details=self.details,
        )

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        parents: Mapping[str, str] | None = None,
        precision: Precision = "float32",
    ) -> None:
        """Write the vectors as an artefact; `parents` are the digests of what they were made from.

        `precision` "float16" and "int8" take half and a quarter of the bytes, round the numbers as
        `wordlab.embeddings.quantisation.quantise` does, and leave out `outputs` and `glove`. Raises
        OutputExistsError and ArtifactError as `wordlab.artifact.create` does; ConfigError for numbers
        that the precision cannot hold.
        """
        check_finite(self.matrix, "the matrix", self.vocabulary)  # a mapped one may not have been checked
        with artifact.create(
            path, kind=storage.KIND, format_version=storage.FORMAT_VERSION, overwrite=overwrite
        ) as draft:
            storage.write_payloads(
                draft,
                storage.Content(
                    self.vocabulary,
                    self.matrix,
                    self.outputs,
                    self.position_weights,
                    self.subwords,
                    self.glove,
                ),
                precision,
            )
            draft.details.update(self.details, num_words=len(self), dim=self.dim, precision=precision)
            storage.write_tokenizer(draft, self.tokenizer)
            draft.parents.update(parents or {})

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, verify: bool = True) -> WordVectors:
        """The vectors saved under `path`, matrices memory-mapped; ArtifactError if they are damaged.

        Quantised matrices become float32 in memory instead; `precision` says what they were. `verify`
        compares digests, which reads everything once; sizes and shapes are always checked.
        """
        source, content, tokenizer = storage.read_payloads(path, verify=verify)
        details = {key: value for key, value in source.details.items() if key not in storage.OWN_DETAILS}
        vectors = cls(tokenizer=tokenizer, details=details, **content._asdict())
        vectors.digest = source.digest
        vectors.precision = storage.precision_of(source)
        return vectors

    @overload
    def to_gensim(self, *, full_model: Literal[False] = ...) -> KeyedVectors: ...
    @overload
    def to_gensim(self, *, full_model: Literal[True]) -> Word2Vec: ...

    def to_gensim(self, *, full_model: bool = False) -> KeyedVectors | Word2Vec:
        """gensim's KeyedVectors with equal vectors and, if known, counts.

        They are FastTextKeyedVectors if there are subwords. `full_model` gives its Word2Vec with the
        outputs and the options of the latest run, which gensim can train further; ConfigError for vectors
        that were not made by training. FormatError for NaN, and for subwords hashed as in floret.
        """
        check_finite(self.matrix, "the matrix", self.vocabulary)  # a mapped one may not have been checked
        if full_model:
            from wordlab.embeddings.interop.gensim_models import to_model

            return to_model(self.vocabulary, self.matrix, self.outputs, self.details)
        from wordlab.embeddings.interop.gensim_vectors import to_keyed_vectors

        return to_keyed_vectors(self.vocabulary, self.matrix, self.subwords)

    @classmethod
    def from_gensim(cls, model: KeyedVectors | Word2Vec) -> WordVectors:
        """The vectors of gensim's KeyedVectors, by descending count; counts are 0 where gensim has none.

        A Word2Vec brings outputs and options as well, so that training can continue. Raises ConfigError
        for one with both negative sampling and hierarchical softmax, or with a tree over words that are
        not in descending count; ValueError for FastText and Doc2Vec, whose ``wv`` can be taken; ValueError,
        TypeError or FormatError for other objects, and for keys, counts, vectors or options that are not as
        gensim makes them.
        """
        if hasattr(model, "wv"):
            from wordlab.embeddings.interop.gensim_models import from_model

            vocabulary, matrix, outputs, details = from_model(model)
            return cls(vocabulary, matrix, outputs=outputs, details={"origin": "gensim", **details})
        from wordlab.embeddings.interop.gensim_vectors import from_keyed_vectors, subwords_of

        vocabulary, matrix = from_keyed_vectors(model)
        return cls(vocabulary, matrix, subwords=subwords_of(model), details={"origin": "gensim"})

    def to_torch(
        self, *, freeze: bool = True, padding: bool = False, unknown: UnknownRow | None = None
    ) -> WordEmbedding:
        """A torch.nn.Embedding with equal weights, whose `ids` and `batch` give the rows of tokens.

        Row i is word i, but with `padding` row 0 is zeros, and its `padding_idx`; with `unknown` the next row
        is that of words outside the vocabulary, "zeros" or the "mean" of all words; the words' rows follow.
        Raises MissingExtraError if torch is not installed, ConfigError for another `unknown`.
        """
        from wordlab.embeddings.interop.torch import to_embedding

        return to_embedding(self.vocabulary, self.matrix, freeze=freeze, padding=padding, unknown=unknown)

    def _list_rows(self, words: Sequence[str], least: int) -> np.ndarray:
        words = list_of_words(words)
        if len(words) < least:
            raise ConfigError(f"words: expected {least} or more, found {len(words)}")
        return self._rows(words)

    def _rows(self, words: Sequence[str]) -> np.ndarray:
        rows = rows_of(words, self.vocabulary, self.matrix, self.subwords)
        if not np.isfinite(rows).all():
            word = words[int(np.argmin(np.isfinite(rows).all(axis=1)))]
            raise FormatError(f"expected finite numbers in the vector of {word!r}, found NaN or infinity")
        return rows

    def _query_rows(self, query: np.ndarray) -> np.ndarray:
        if query.dtype.kind not in "fiu":
            raise TypeError(f"expected query vectors of numbers, found an array of {query.dtype}")
        if query.ndim != 2 or query.shape[1] != self.dim:
            raise ValueError(f"expected query vectors of shape (n, {self.dim}), found {query.shape}")
        check_finite(query, "the query vectors")
        return query

    def _nearest_rows(
        self, rows: np.ndarray, k: int, excluded: Sequence[Sequence[int]]
    ) -> list[list[Neighbour]]:
        return self._name(queries.nearest_rows(self.matrix, self.norms, rows, k, excluded))

    def _known_ids(self, words: Iterable[str]) -> list[int]:
        return [id for word in words if (id := self.vocabulary.get(word)) is not None]

    def _name(self, rankings: list[queries.Ranking]) -> list[list[Neighbour]]:
        words = self.vocabulary.words
        return [Ranked(Neighbour(words[id], score) for id, score in ranking) for ranking in rankings]


def _checked_k(k: Any) -> int:
    if isinstance(k, bool) or not isinstance(k, int | np.integer):
        raise TypeError(f"expected k as a whole number, found {k!r}")
    if k < 1:
        raise ValueError(f"expected k of 1 or more, found {k}")
    return int(k)
