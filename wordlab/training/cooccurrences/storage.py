"""Co-occurrence counts on disk: written row by row, read as memory maps after a check of their structure.

The rows of all words make a whole table. Counting that may be resumed leaves those of the first words, if an
error or Ctrl-C cuts it short.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from wordlab import artifact, schema
from wordlab.checks import check_threads
from wordlab.errors import ArtifactError, ConfigError
from wordlab.io.atomic import writing
from wordlab.io.growing import GrowingArray
from wordlab.payloads import mapped_array
from wordlab.progress import OnProgress
from wordlab.resources import available_cores
from wordlab.text import Corpus, Vocabulary
from wordlab.text.storage import read_tokenizer, release_pages, write_tokenizer
from wordlab.training.cooccurrences import kernel
from wordlab.training.cooccurrences.config import CooccurrenceConfig
from wordlab.training.cooccurrences.counting import Rows, count_rows
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
_ROOM = 1 << 16  # bytes that the rest of a directory takes, but for a number a row


class Begun(NamedTuple):
    """The rows of a table that was cut short, or of a whole one."""

    row_offsets: np.ndarray
    context_ids: np.ndarray
    values: np.ndarray

    @property
    def num_rows(self) -> int:
        """How many words were counted."""
        return len(self.row_offsets) - 1

    def rows(self) -> Iterator[Rows]:
        """All of them, some at a time."""
        for part in parts_of(self.row_offsets, _PAIRS_AT_ONCE):
            ends = self.row_offsets[part.start : part.stop + 1]
            pairs = slice(ends[0], ends[-1])
            yield Rows(np.diff(ends), self.context_ids[pairs], self.values[pairs])


def write(
    corpus: Corpus,
    output: str | os.PathLike[str],
    config: CooccurrenceConfig,
    *,
    memory: int,
    threads: int | None,
    overwrite: bool,
    resume: bool,
    run: Mapping[str, Any] | None,
    on_progress: OnProgress | None,
) -> None:
    """Count and write; the arguments and errors are those of `Cooccurrences.count`."""
    check_threads(threads)
    begun = _begun(output, corpus, config) if resume else None
    overwrite |= begun is not None
    artifact.check_output(output, overwrite=overwrite, inputs=[corpus.directory])
    check_corpus(corpus)
    num_words, first = len(corpus.vocabulary), 0 if begun is None else begun.num_rows
    if first == num_words:
        return
    threads = threads or available_cores()
    num_pairs = estimate_pairs(corpus, config, memory=memory, threads=threads)
    check_disk(Path(output).absolute().parent, stored_bytes(num_pairs, num_words), num_pairs)
    words = np.arange(first, num_words)
    counted = count_rows(corpus, config, memory=memory, threads=threads, words=words, on_progress=on_progress)
    with artifact.create(output, kind=KIND, format_version=FORMAT_VERSION, overwrite=overwrite) as draft:
        corpus.vocabulary.write(draft.payload("vocabulary.parquet"))
        write_tokenizer(draft, corpus.tokenizer)
        rows = counted if begun is None else chain(begun.rows(), counted)
        lengths, fault = _write_rows(draft, rows, at_least=first + 1 if resume else None)
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        np.save(draft.payload("row_offsets.npy"), offsets.astype("<i8"))
        draft.details.update(
            config=config.to_dict(),
            corpus=describe_corpus(corpus),
            num_pairs=int(offsets[-1]),
            num_words=num_words,
            **({} if run is None else {"run": dict(run)}),
        )
        if corpus.digest is not None:
            draft.parents["corpus"] = corpus.digest
    if fault is not None:
        with writing(output):
            raise fault


def _write_rows(
    draft: artifact.Draft, rows: Iterator[Rows], *, at_least: int | None
) -> tuple[np.ndarray, BaseException | None]:
    """Write `rows`; returns the length of each that is written, and what ended it early, if anything did.

    That is raised if there are not `at_least` so many rows, or if none may be missing.
    """
    lengths, fault = [np.empty(0, np.int64)], None
    with (
        GrowingArray(draft.payload("context_ids.npy"), np.dtype("<i4")) as context_ids,
        GrowingArray(draft.payload("values.npy"), np.dtype("<f4")) as values,
    ):
        try:
            for part in rows:
                context_ids.append(part.context_ids)
                values.append(part.values)
                lengths.append(part.lengths)
        except (OSError, KeyboardInterrupt, SystemExit) as error:
            ends = np.cumsum(np.concatenate(lengths))
            # a full disk has room for the rest only where rows leave it
            room = _ROOM + 8 * len(ends) if isinstance(error, OSError) else 0
            num_rows = int(np.searchsorted(8 * ends, 8 * ends[-1:].sum() - room, side="right"))
            if at_least is None or num_rows < at_least:
                raise
            fault = error
            lengths = [np.concatenate(lengths)[:num_rows]]
            for array in (context_ids, values):
                array.cut(int(ends[num_rows - 1]))
    return np.concatenate(lengths), fault


def _begun(output: str | os.PathLike[str], corpus: Corpus, config: CooccurrenceConfig) -> Begun | None:
    """The rows in `output`, if there are any; ConfigError if they are not of this corpus and config."""
    if not Path(output).exists():
        return None
    saved, facts = _open(output, verify=True)
    for name, made, now in (
        ("corpus", facts["corpus"], describe_corpus(corpus)),
        ("config", facts["config"], config.to_dict()),
    ):
        if made != now:
            raise ConfigError(
                f"{output}: expected the {name} that counting began with, {made}, found another, {now}"
            )
    return _table(saved, len(corpus.vocabulary))


def read(path: str | os.PathLike[str], *, verify: bool) -> dict[str, Any]:
    """The arguments of Cooccurrences for the counts saved in `path`; ArtifactError.

    Whatever `verify` says, the arrays are checked, so that code which trusts them never reads beyond their
    ends.
    """
    saved, facts = _open(path, verify=verify)
    vocabulary = Vocabulary.read(saved.payload("vocabulary.parquet"))
    table = _table(saved, len(vocabulary))
    if table.num_rows < len(vocabulary):
        raise ArtifactError(
            f"{path}: expected the counts of {len(vocabulary):,} words, found those of {table.num_rows:,}, "
            "with which an earlier run ended; --resume continues it"
        )
    return {
        **table._asdict(),
        "vocabulary": vocabulary,
        "tokenizer": read_tokenizer(saved),
        "config": schema.config_from(facts["config"], CooccurrenceConfig, f"{saved.where}: details: config"),
        "corpus": facts["corpus"],
        "directory": saved.directory,
        "digest": saved.digest,
    }


def read_run(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What was recorded of the run that counted for itself; ArtifactError if nothing was."""
    saved, _ = _open(path, verify=False)
    run: dict[str, Any] = schema.fields(saved.details, {"run": dict}, f"{saved.where}: details")["run"]
    return run


def _open(path: str | os.PathLike[str], *, verify: bool) -> tuple[artifact.Artifact, dict[str, Any]]:
    """The artefact, and what its details say."""
    saved = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION, verify=verify)
    return saved, schema.fields(saved.details, _FACTS, f"{saved.where}: details")


def _table(saved: artifact.Artifact, num_words: int) -> Begun:
    """The arrays of an artefact, mapped, after a check of their structure; ArtifactError."""
    row_offsets = mapped_array(saved, "row_offsets.npy", dtype="<i8", shape=(None,))
    context_ids = mapped_array(saved, "context_ids.npy", dtype="<i4", shape=(None,))
    values = mapped_array(saved, "values.npy", dtype="<f4", shape=(len(context_ids),))
    _check_offsets(saved.payload("row_offsets.npy"), row_offsets, len(context_ids), num_words)
    _check_rows(saved.payload("context_ids.npy"), row_offsets, context_ids, values, num_words)
    return Begun(row_offsets, context_ids, values)


def _check_offsets(path: Path, row_offsets: np.memmap, num_pairs: int, num_words: int) -> None:
    if not 2 <= len(row_offsets) <= num_words + 1:
        raise ArtifactError(f"{path}: expected {num_words + 1} offsets, found {len(row_offsets)}")
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
