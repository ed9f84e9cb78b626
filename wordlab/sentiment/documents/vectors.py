"""DocumentVectors: texts as vectors, and the texts nearest to others."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple, overload

import numpy as np
import pyarrow as pa

from wordlab import artifact
from wordlab.checks import check_threads
from wordlab.embeddings import queries
from wordlab.embeddings.matrices import check_finite, checked_matrix
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ArtifactError, ConfigError, UnknownWordError
from wordlab.pickling import own_state
from wordlab.sentiment.data.inputs import check_texts, choose_tokenizer
from wordlab.sentiment.documents.choices import DOCUMENT_FORMATS, EXCERPT
from wordlab.sentiment.documents.encoder import TextEncoder
from wordlab.sentiment.documents.pooled import FittedPooling
from wordlab.sentiment.documents.poolings.base import Pooling
from wordlab.sentiment.documents.poolings.names import make_pooling
from wordlab.sentiment.documents.storage import (
    FORMAT_VERSION,
    KIND,
    DocumentsWriter,
    read_documents,
    string_array,
    write_encoding,
)
from wordlab.sentiment.features.encoding import tokenise
from wordlab.text.tokenizers import Tokenizer
from wordlab.visible import clipped


class NearestText(NamedTuple):
    """A text by its id, position and beginning, and its cosine with the query.

    `excerpt` is None where none was kept.
    """

    id: str
    similarity: float
    position: int
    excerpt: str | None


class DocumentVectors:
    """Encoded texts: `matrix` (N, D) float32, read-only, and an id and an excerpt of each. Immutable.

    `fitted` is the pooling with what it learnt from texts, `tokenizer` the one that cut them. `vectors`, of
    whose words the texts' vectors are made, are needed to encode more texts; loaded ones may be without.
    Texts without known words have the zero vector, and are never among the nearest.

    >>> from wordlab.text import Vocabulary
    >>> words = WordVectors(Vocabulary(["cat", "dog", "sun"], [3, 2, 1]), [[1, 0.1], [1, 0.2], [0, 1]])
    >>> documents = DocumentVectors.encode(["a cat", "the sun", "?"], words, pooling="mean")
    >>> documents.nearest("dog", k=1)[0].excerpt
    'a cat'
    """

    def __init__(
        self,
        matrix: np.ndarray,
        ids: Sequence[str] | pa.StringArray,
        *,
        fitted: FittedPooling,
        tokenizer: Tokenizer,
        vectors: WordVectors | None = None,
        excerpts: Sequence[str] | pa.StringArray | None = None,
    ) -> None:
        self.matrix = checked_matrix(matrix, "the matrix")
        if self.matrix.ndim != 2 or 0 in self.matrix.shape:
            raise ValueError(f"expected a matrix of one row or more, found shape {self.matrix.shape}")
        self._ids, self._excerpts = _strings(ids), None if excerpts is None else _strings(excerpts)
        for what, strings in (("ids", self._ids), ("excerpts", self._excerpts)):
            if strings is not None and len(strings) != len(self.matrix):
                raise ValueError(f"expected {len(self.matrix)} {what}, one a text, found {len(strings)}")
        self.fitted = fitted
        self.tokenizer = tokenizer
        self.vectors = vectors
        self.vectors_digest: str | None = None if vectors is None else vectors.digest
        self.digest: str | None = None  # of the artefact that this was loaded from

    @classmethod
    def encode(
        cls,
        texts: Iterable[str],
        vectors: WordVectors,
        *,
        pooling: str | Pooling = "sif",
        ids: Sequence[str] | None = None,
        like: DocumentVectors | None = None,
        tokenizer: Tokenizer | None = None,
        excerpt: int = EXCERPT,
        threads: int = 1,
    ) -> DocumentVectors:
        """The vectors of `texts`, in memory; `wordlab.sentiment.encode_documents` writes any number to disk.

        The pooling is fitted on these texts, unless there are others whose fitted pooling and tokenizer are
        used: `like`. `ids` default to the positions of the texts, `excerpt` says how many characters are kept
        of each. Raises ConfigError, TypeError for what is no list of texts, ValueError for no text or another
        number of ids, CorpusError for texts that hold too little to fit the pooling on.
        """
        check_threads(threads)
        found = check_texts(texts)
        if like is not None:
            encoder = like.encoder_with(vectors)
            matrix = encoder.encode(found, threads=threads)
        else:
            tokenizer = choose_tokenizer(tokenizer, vectors)
            blocks = tokenise(found, tokenizer, threads=threads)
            encoder, matrix, _ = TextEncoder.fit(blocks, vectors, make_pooling(pooling), tokenizer)
        return cls(
            matrix,
            [str(number) for number in range(len(found))] if ids is None else ids,
            fitted=encoder.fitted,
            tokenizer=encoder.tokenizer,
            vectors=vectors,
            excerpts=[text[:excerpt] for text in found] if excerpt else None,
        )

    def __getstate__(self) -> dict[str, Any]:
        return own_state(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, matrix=checked_matrix(state["matrix"], "the matrix"))

    def __len__(self) -> int:
        return len(self.matrix)

    def __repr__(self) -> str:
        return f"DocumentVectors({len(self):,} texts, {self.dim} dimensions, {self.fitted.pooling.name})"

    @property
    def dim(self) -> int:
        """The number of dimensions, D."""
        return int(self.matrix.shape[1])

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The id of each text."""
        return tuple(self._ids.to_pylist())

    @cached_property
    def excerpts(self) -> tuple[str, ...] | None:
        """The beginning of each text; None where it was not kept."""
        return None if self._excerpts is None else tuple(self._excerpts.to_pylist())

    @cached_property
    def _norms(self) -> np.ndarray:
        norms = queries.row_norms(self.matrix)
        if not np.isfinite(norms).all():  # a mapped matrix that was opened unverified
            check_finite(self.matrix, "the matrix")
        return norms

    @cached_property
    def _zeros(self) -> frozenset[int]:
        """The positions of the texts without a vector."""
        found = [
            block.start + np.flatnonzero(~self.matrix[block].any(axis=1))
            for block in queries.row_blocks(self.matrix)
        ]
        return frozenset(np.concatenate(found).tolist())

    def encoder_with(self, vectors: WordVectors) -> TextEncoder:
        """What encodes more texts as these; ArtifactError for other word vectors than these were made of."""
        expected, found = self.vectors_digest, vectors.digest
        if expected is not None and expected != found:
            raise ArtifactError(
                f"vectors: expected those that encoded the texts (digest {expected[:12]}...), found "
                + ("some that were loaded from no artefact" if found is None else f"digest {found[:12]}...")
            )
        if len(self.fitted.weights) != len(vectors) + 1 or self.dim != vectors.dim:
            raise ArtifactError(
                f"vectors: expected {len(self.fitted.weights) - 1:,} words of {self.dim} dimensions, found "
                f"{len(vectors):,} of {vectors.dim}"
            )
        return TextEncoder(vectors, self.fitted, self.tokenizer)

    @overload
    def nearest(self, query: str, k: int = ...) -> list[NearestText]: ...  # type: ignore[overload-overlap]
    @overload
    def nearest(self, query: Sequence[str] | np.ndarray, k: int = ...) -> list[list[NearestText]]: ...

    def nearest(
        self, query: str | Sequence[str] | np.ndarray, k: int = 10
    ) -> list[NearestText] | list[list[NearestText]]:
        """The `k` texts of largest cosine, best first: one list for a text, a list each for several.

        `query` is a text, a list of texts, or vectors (n, D). The search is exact, and equal cosines are
        ordered by position. There are fewer than `k` if there are no more texts with a vector. Raises
        UnknownWordError for a text without any known word, ValueError for texts where there are no word
        vectors, for `k` < 1 and for vectors of another shape.
        """
        if isinstance(k, bool) or not isinstance(k, int | np.integer):
            raise TypeError(f"expected k as a whole number, found {k!r}")
        if k < 1:
            raise ValueError(f"expected k of 1 or more, found {k}")
        if isinstance(query, np.ndarray) and query.dtype.kind in "fiu":
            rows = query
            if rows.ndim != 2 or rows.shape[1] != self.dim:
                raise ValueError(f"expected query vectors of shape (n, {self.dim}), found {rows.shape}")
            check_finite(rows, "the query vectors")
        else:
            rows = self._encoded([query] if isinstance(query, str) else check_texts(query))
        answers = self._named(rows, int(k))
        return answers[0] if isinstance(query, str) else answers

    def _encoded(self, texts: list[str]) -> np.ndarray:
        if self.vectors is None:
            raise ValueError(
                "expected the word vectors that the texts were encoded with, to encode a query: "
                "DocumentVectors.load(path, vectors=...)"
            )
        rows = self.encoder_with(self.vectors).encode(texts)
        missing = np.flatnonzero(~rows.any(axis=1))
        if len(missing):
            shown = clipped(texts[int(missing[0])], 60)
            raise UnknownWordError(f"{shown!r}: expected a text with words that have a vector, found none")
        return rows

    def _named(self, rows: np.ndarray, k: int) -> list[list[NearestText]]:
        rankings = queries.nearest_rows(self.matrix, self._norms, rows, k, [()] * len(rows))
        if any(cosine <= 0 for ranking in rankings for _, cosine in ranking) and self._zeros:
            # as far down as that, texts without a vector, whose cosine is 0, may have come before others
            wanted = min(k + len(self._zeros), len(self))
            rankings = queries.nearest_rows(self.matrix, self._norms, rows, wanted, [()] * len(rows))
            rankings = [[found for found in each if found[0] not in self._zeros][:k] for each in rankings]
        return [[self._answer(*found) for found in ranking] for ranking in rankings]

    def _answer(self, position: int, cosine: float) -> NearestText:
        excerpt = None if self._excerpts is None else self._excerpts[position].as_py()
        return NearestText(self._ids[position].as_py(), cosine, position, excerpt)

    def save(
        self, path: str | os.PathLike[str], *, output_format: str = "npy", overwrite: bool = False
    ) -> None:
        """Write the texts' vectors as an artefact, as ``npy`` or ``parquet``.

        Raises ConfigError for another format, and what `artifact.create` raises.
        """
        if output_format not in DOCUMENT_FORMATS:
            raise ConfigError(
                f"output_format: expected one of {', '.join(DOCUMENT_FORMATS)}, found {output_format!r}"
            )
        with artifact.create(path, kind=KIND, format_version=FORMAT_VERSION, overwrite=overwrite) as draft:
            has_excerpts = self._excerpts is not None
            with DocumentsWriter(draft, self.dim, format=output_format, has_excerpts=has_excerpts) as writer:
                writer.add(self.ids, self.excerpts or (), self.matrix)
            write_encoding(draft, self.fitted, self.tokenizer, self.vectors_digest)

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], vectors: WordVectors | None = None, *, verify: bool = True
    ) -> DocumentVectors:
        """The texts encoded in `path`, their vectors memory-mapped if they are in ``npy``; ArtifactError.

        With `vectors`, which must be those that the texts were encoded with, texts can be asked.
        """
        parts = read_documents(path, verify=verify)
        found = cls(
            parts.matrix, parts.ids, fitted=parts.fitted, tokenizer=parts.tokenizer, excerpts=parts.excerpts
        )
        found.vectors_digest = parts.vectors_digest
        found.digest = parts.source.digest
        if vectors is not None:
            found.encoder_with(vectors)
            found.vectors = vectors
        return found


def _strings(values: Any) -> pa.StringArray:
    """`values` as an Arrow array; ValueError unless all are strings."""
    if isinstance(values, pa.Array):
        return values
    listed = list(values)
    if not all(isinstance(value, str) for value in listed):
        raise ValueError("expected ids and excerpts that are strings, found other values")
    return string_array(listed)
