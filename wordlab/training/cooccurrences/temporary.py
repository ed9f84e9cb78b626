"""Co-occurrence counts that are used once: in memory, or in temporary files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np

from wordlab.io.atomic import writing
from wordlab.io.scratch import mapped_scratch, scratch_file
from wordlab.io.urls import PathName
from wordlab.progress import OnProgress
from wordlab.text import Corpus
from wordlab.training.cooccurrences.config import CooccurrenceConfig
from wordlab.training.cooccurrences.counting import Rows, count_rows
from wordlab.training.cooccurrences.table import Cooccurrences
from wordlab.training.history import describe_corpus


@contextmanager
def counted(
    corpus: Corpus,
    config: CooccurrenceConfig,
    *,
    memory: int,
    threads: int,
    in_memory: bool,
    scratch: PathName,
    on_progress: OnProgress | None,
) -> Iterator[Cooccurrences]:
    """The counts of `corpus`; unless `in_memory`, in files without a name in the directory `scratch`.

    Raises ResourceError if `memory` is too small, ArtifactError if the disk is full.
    """
    rows = count_rows(corpus, config, memory=memory, threads=threads, on_progress=on_progress)
    with ExitStack() as files:
        arrays = _held(rows) if in_memory else _written(rows, scratch, files)
        yield Cooccurrences(
            *arrays, corpus.vocabulary, corpus.tokenizer, config, corpus=describe_corpus(corpus)
        )


def _held(rows: Iterator[Rows]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    lengths, context_ids, values = [], [], []
    for part in rows:
        lengths.append(part.lengths)
        context_ids.append(part.context_ids)
        values.append(part.values.astype(np.float32))
    return _offsets(lengths), np.concatenate(context_ids), np.concatenate(values)


def _written(
    rows: Iterator[Rows], scratch: PathName, files: ExitStack
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    lengths = []
    with writing(scratch):
        context_ids, values = (files.enter_context(scratch_file(scratch)) for _ in range(2))
        for part in rows:
            lengths.append(part.lengths)
            context_ids.write(part.context_ids.data)
            values.write(part.values.astype(np.float32).data)
        return _offsets(lengths), mapped_scratch(context_ids, "int32"), mapped_scratch(values, "float32")


def _offsets(lengths: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
