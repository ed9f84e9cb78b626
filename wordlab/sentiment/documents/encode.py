"""Texts of any number encoded into an artefact: read, tokenised, pooled and written as they come."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wordlab import artifact
from wordlab.artifact import Draft
from wordlab.checks import check_threads
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError, FormatError
from wordlab.io.scratch import scratch_file
from wordlab.progress import OnProgress, Reporter
from wordlab.resources import available_cores
from wordlab.sentiment.data.inputs import choose_tokenizer
from wordlab.sentiment.documents.config import EncodingConfig
from wordlab.sentiment.documents.pooled import Counts, FittedPooling, fit, pooled, unfitted
from wordlab.sentiment.documents.poolings.names import make_pooling
from wordlab.sentiment.documents.reading import Document
from wordlab.sentiment.documents.spool import DocumentBlock, Spool, document_blocks
from wordlab.sentiment.documents.storage import FORMAT_VERSION, KIND, DocumentsWriter, write_encoding
from wordlab.sentiment.documents.vectors import DocumentVectors
from wordlab.sentiment.features.tally import Tally
from wordlab.text.tokenizers import Tokenizer


@dataclass(frozen=True)
class EncodedTexts:
    """What was encoded: the pooling, what of the texts has a vector, and how many texts have none.

    `num_repeated_ids` texts have an id that an earlier one has.
    """

    fitted: FittedPooling
    tally: Tally
    dim: int
    num_without: int
    num_repeated_ids: int

    @property
    def num_texts(self) -> int:
        """The number of texts, N."""
        return self.tally.num_texts

    def to_dict(self) -> dict[str, Any]:
        """The facts as plain values, for JSON."""
        return {
            "num_texts": self.num_texts,
            "dim": self.dim,
            "pooling": {**self.fitted.pooling.to_dict(), "num_texts": self.fitted.num_texts},
            "coverage": self.tally.facts()["coverage"],
            "num_without_vector": self.num_without,
            "num_repeated_ids": self.num_repeated_ids,
        }


def encode_documents(
    documents: Iterable[Document],
    vectors: WordVectors,
    output: str | os.PathLike[str],
    config: EncodingConfig | None = None,
    *,
    like: DocumentVectors | None = None,
    tokenizer: Tokenizer | None = None,
    threads: int | None = None,
    overwrite: bool = False,
    on_progress: OnProgress | None = None,
) -> EncodedTexts:
    """Encode the (id, text) pairs `documents` into the artefact `output`, and say what was encoded.

    `like` are texts whose pooling and tokenizer are used, as fitted; ArtifactError if they were encoded by
    other vectors. Otherwise the pooling is fitted on these texts, exactly: they are tokenised once into a
    temporary file beside the output, of about their size, and no more than some blocks are held in memory.
    Equal bytes for any number of `threads`. Raises ConfigError, FormatError for no texts at all, CorpusError
    for too few to fit on, and what `wordlab.artifact.create` raises.
    """
    config = config or EncodingConfig()
    check_threads(threads)
    fitted, tokenizer = _given(config, vectors, like, tokenizer)
    tokenizer.check_installed()
    with (
        artifact.create(output, kind=KIND, format_version=FORMAT_VERSION, overwrite=overwrite) as draft,
        scratch_file(draft.directory) as file,
    ):
        counts = Counts(vectors)
        blocks: Iterable[DocumentBlock] = document_blocks(
            documents, vectors, tokenizer, counts.tally,
            excerpt=config.excerpt, threads=threads or available_cores(),
        )  # fmt: skip
        if fitted is None:
            blocks = _spooled(blocks, Spool(file, vectors), counts, on_progress)
            tokens = (block.tokens for block in blocks)
            fitted = fit(make_pooling(config.pooling), counts, tokens, vectors)
        writer = _written(draft, blocks, vectors, fitted, config, on_progress)
        found = EncodedTexts(fitted, counts.tally, vectors.dim, writer.num_without, writer.num_repeated_ids())
        write_encoding(draft, fitted, tokenizer, vectors.digest)
        facts = found.to_dict()
        draft.details.update({name: facts[name] for name in ("coverage", "num_without_vector")})
        draft.parents.update({} if like is None or like.digest is None else {"like": like.digest})
    return found


def _given(
    config: EncodingConfig, vectors: WordVectors, like: DocumentVectors | None, tokenizer: Tokenizer | None
) -> tuple[FittedPooling | None, Tokenizer]:
    """The pooling, None if it is to be fitted, and the tokenizer."""
    if like is not None:
        if tokenizer is not None:
            raise ConfigError("tokenizer: expected none beside other texts, whose own is used, found one")
        encoder = like.encoder_with(vectors)
        return encoder.fitted, encoder.tokenizer
    pooling = make_pooling(config.pooling)
    return (None if pooling.is_fitted else unfitted(pooling, vectors)), choose_tokenizer(tokenizer, vectors)


def _spooled(
    blocks: Iterable[DocumentBlock], spool: Spool, counts: Counts, on_progress: OnProgress | None
) -> Spool:
    """The spool with all blocks, whose words are counted."""
    reporter = Reporter(on_progress, "count words", "texts")
    for block in blocks:
        counts.add(block.tokens)
        spool.add(block)
        reporter.update(counts.tally.num_texts)
    reporter.report(counts.tally.num_texts)
    return spool


def _written(
    draft: Draft,
    blocks: Iterable[DocumentBlock],
    vectors: WordVectors,
    fitted: FittedPooling,
    config: EncodingConfig,
    on_progress: OnProgress | None,
) -> DocumentsWriter:
    """The writer of ids, excerpts and vectors, when all are written; FormatError if there are none."""
    num_texts = 0
    reporter = Reporter(on_progress, "encode texts", "texts")
    with DocumentsWriter(
        draft, vectors.dim, format=config.output_format, has_excerpts=config.excerpt > 0
    ) as writer:
        for block in blocks:
            start = 0
            for rows in pooled(block.tokens, vectors, fitted):
                part = slice(start, start + len(rows))
                writer.add(block.ids[part], block.excerpts[part], rows)
                start = part.stop
            num_texts += start
            reporter.update(num_texts)
    reporter.report(num_texts)
    if not num_texts:
        raise FormatError("expected texts to encode, found none")
    return writer
