"""Texts on their way: in blocks, and in a temporary file while a pooling is fitted, read again and again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

import numpy as np

from wordlab.embeddings.vectors import WordVectors
from wordlab.embeddings.word_rows import compose
from wordlab.sentiment.documents.pooled import Located, locate
from wordlab.sentiment.documents.reading import Document
from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.features.tally import Tally
from wordlab.text.tokenizers import Tokenizer


class DocumentBlock(NamedTuple):
    """Some texts: their `tokens`, and an id and an excerpt of each."""

    tokens: Located
    ids: Sequence[str]
    excerpts: Sequence[str]


def document_blocks(
    documents: Iterable[Document],
    vectors: WordVectors,
    tokenizer: Tokenizer,
    tally: Tally,
    *,
    excerpt: int,
    threads: int,
) -> Iterator[DocumentBlock]:
    """The documents in blocks, in order, with the first `excerpt` characters of each; counted in `tally`."""
    ids: list[str] = []
    excerpts: list[str] = []

    def texts() -> Iterator[str]:
        for id, text in documents:
            ids.append(id)
            excerpts.append(text[:excerpt])
            yield text

    for block in tokenise(texts(), tokenizer, threads=threads):  # which reads ahead
        num_texts = len(block.line_ends)
        yield DocumentBlock(locate(block, vectors, tally), ids[:num_texts], excerpts[:num_texts])
        del ids[:num_texts], excerpts[:num_texts]


class Spool:
    """Blocks in `file`, which are read as often as one likes once all are added.

    Of words that are in the vocabulary only the rows are kept, of others that have a vector their spelling.
    """

    def __init__(self, file: BinaryIO, vectors: WordVectors) -> None:
        self._file = file
        self._vectors = vectors

    def add(self, block: DocumentBlock) -> None:
        """Write one more block."""
        tokens = block.tokens
        composed = [] if tokens.composed is None else list(tokens.composed.row_of)
        names = json.dumps([composed, block.ids, block.excerpts]).encode("ascii")
        arrays = (tokens.ids.astype("<i4"), tokens.line_ends.astype("<i8"), tokens.numbers.astype("<i8"))
        for content in (names, *(array.tobytes() for array in arrays)):
            self._file.write(len(content).to_bytes(8, "little"))
            self._file.write(content)

    def __iter__(self) -> Iterator[DocumentBlock]:
        self._file.seek(0)
        while (names := self._part()) is not None:
            words, texts, excerpts = json.loads(names)
            ids, line_ends, numbers = (
                np.frombuffer(self._part() or b"", dtype) for dtype in ("<i4", "<i8", "<i8")
            )
            composed = compose(words, self._vectors.vocabulary, self._vectors.subwords)
            yield DocumentBlock(Located(ids, line_ends, numbers, composed), texts, excerpts)

    def _part(self) -> bytes | None:
        size = self._file.read(8)
        return self._file.read(int.from_bytes(size, "little")) if size else None
