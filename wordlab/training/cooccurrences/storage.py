"""Co-occurrence counts on disk: written row by row, read as memory maps after a check of their structure."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from wordlab import artifact, schema
from wordlab.checks import check_threads
from wordlab.errors import ArtifactError
from wordlab.io.growing import GrowingArray
from wordlab.payloads import mapped_array
from wordlab.progress import OnProgress
from wordlab.resources import available_cores
from wordlab.text import Corpus, Vocabulary
from wordlab.text.storage import read_tokenizer, release_pages, write_tokenizer
from wordlab.training.cooccurrences import kernel
from wordlab.training.cooccurrences.config import CooccurrenceConfig
from wordlab.training.cooccurrences.counting import count_rows
from wordlab.training.cooccurrences.parts import parts_of
from wordlab.training.cooccurrences.sizes import check_corpus, check_disk, estimate_pairs, stored_bytes
from wordlab.training.history import describe_corpus

KIND = "cooccurrences"
FORMAT_VERSION = 1
_FACTS = {
    "config": dict[str, Any],
    "corpus": {"digest": str | None, "fingerprint": str, "num_tokens": int, "num_lines": int},
}
_PAIRS_AT_ONCE = 1 << 24


def write(
    corpus: Corpus,
    output: str | os.PathLike[str],
    config: CooccurrenceConfig,
    *,
    memory: int,
    threads: int | None,
    overwrite: bool,
    on_progress: OnProgress | None,
) -> None:
    """Count and write; the arguments and errors are those of `Cooccurrences.count`."""
    check_threads(threads)
    artifact.check_output(output, overwrite=overwrite, inputs=[corpus.directory])
    check_corpus(corpus)
    threads = threads or available_cores()
    num_pairs = estimate_pairs(corpus, config, memory=memory, threads=threads)
    check_disk(Path(output).absolute().parent, stored_bytes(num_pairs, len(corpus.vocabulary)), num_pairs)
    with artifact.create(output, kind=KIND, format_version=FORMAT_VERSION, overwrite=overwrite) as draft:
        lengths = []
        with (
            GrowingArray(draft.payload("context_ids.npy"), np.dtype("<i4")) as context_ids,
            GrowingArray(draft.payload("values.npy"), np.dtype("<f4")) as values,
        ):
            for rows in count_rows(corpus, config, memory=memory, threads=threads, on_progress=on_progress):
                lengths.append(rows.lengths)
                context_ids.append(rows.context_ids)
                values.append(rows.values)
        offsets = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
        np.save(draft.payload("row_offsets.npy"), offsets.astype("<i8"))
        corpus.vocabulary.write(draft.payload("vocabulary.parquet"))
        draft.details = {
            "config": config.to_dict(),
            "corpus": describe_corpus(corpus),
            "num_pairs": int(offsets[-1]),
            "num_words": len(corpus.vocabulary),
        }
        write_tokenizer(draft, corpus.tokenizer)
        if corpus.digest is not None:
            draft.parents["corpus"] = corpus.digest


def read(path: str | os.PathLike[str], *, verify: bool) -> dict[str, Any]:
    """The arguments of Cooccurrences for the counts saved in `path`; ArtifactError.

    Whatever `verify` says, the arrays are checked, so that code which trusts them never reads beyond their
    ends.
    """
    saved = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION, verify=verify)
    where = f"{saved.where}: details"
    facts = schema.fields(saved.details, _FACTS, where)
    vocabulary = Vocabulary.read(saved.payload("vocabulary.parquet"))
    num_words = len(vocabulary)
    row_offsets = mapped_array(saved, "row_offsets.npy", dtype="<i8", shape=(num_words + 1,))
    context_ids = mapped_array(saved, "context_ids.npy", dtype="<i4", shape=(None,))
    values = mapped_array(saved, "values.npy", dtype="<f4", shape=(len(context_ids),))
    _check_offsets(saved.payload("row_offsets.npy"), row_offsets, len(context_ids))
    _check_rows(saved.payload("context_ids.npy"), row_offsets, context_ids, values, num_words)
    return {
        "row_offsets": row_offsets,
        "context_ids": context_ids,
        "values": values,
        "vocabulary": vocabulary,
        "tokenizer": read_tokenizer(saved),
        "config": schema.config_from(facts["config"], CooccurrenceConfig, f"{where}: config"),
        "corpus": facts["corpus"],
        "directory": saved.directory,
        "digest": saved.digest,
    }


def _check_offsets(path: Path, row_offsets: np.memmap, num_pairs: int) -> None:
    if row_offsets[0] != 0 or row_offsets[-1] != num_pairs or np.any(row_offsets[1:] < row_offsets[:-1]):
        raise ArtifactError(f"{path}: expected offsets that ascend from 0 to {num_pairs}, found others")
    if not num_pairs:
        raise ArtifactError(f"{path}: expected pairs, found none")


def _check_rows(
    path: Path, row_offsets: np.memmap, context_ids: np.memmap, values: np.memmap, num_words: int
) -> None:
    for rows in parts_of(row_offsets, _PAIRS_AT_ONCE):
        part = slice(row_offsets[rows.start], row_offsets[rows.stop])
        fault = kernel.first_fault(row_offsets, rows.start, context_ids[part], values[part], num_words)
        if fault >= 0:
            pair = part.start + fault
            raise ArtifactError(
                f"{path}: expected ascending contexts from 0 to {num_words - 1} with values above 0 in each "
                f"row, found {context_ids[pair]} with {values[pair]}"
            )
        release_pages(context_ids)
        release_pages(values)
