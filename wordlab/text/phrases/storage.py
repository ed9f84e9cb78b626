"""Phrases on disk: a payload beside the manifest that records the tokenizer, and a table for people."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from wordlab import schema
from wordlab.artifact import Artifact, Draft, as_artifact_error
from wordlab.errors import ArtifactError, FormatError
from wordlab.io.atomic import staged_file
from wordlab.io.columns import read_columns
from wordlab.text.phrases.value import Phrases

PAYLOAD = "phrases.parquet"
_COLUMNS = {
    "pass": pa.int64(),
    "first": pa.string(),
    "between": pa.string(),
    "second": pa.string(),
    "count": pa.int64(),
    "score": pa.float64(),
}
_SETTINGS = [{"scorer": str, "threshold": float, "min_count": int, "connector_words": list[str]}]
_HEADER = "pass\tphrase\tcount\tscore\n"
_BREAKS = ("\t", "\n", "\r")


def write_phrases(draft: Draft, phrases: Phrases) -> None:
    """Write the payload that `read_phrases` reads; the settings of the passes belong into the manifest."""
    columns = zip(*phrases.rows(), strict=True) if len(phrases) else ([] for _ in _COLUMNS)
    arrays = [pa.array(column, type=kind) for column, kind in zip(columns, _COLUMNS.values(), strict=True)]
    table = pa.table(dict(zip(_COLUMNS, arrays, strict=True)))
    pq.write_table(table, draft.payload(PAYLOAD), compression="zstd")


def read_phrases(source: Artifact, settings: Any, where: str) -> Phrases:
    """The phrases of an artefact whose manifest records these `settings` at `where`; ArtifactError."""
    passes = schema.checked(settings, _SETTINGS, where)
    path = source.payload(PAYLOAD)
    with as_artifact_error():
        numbers, first, between, second, counts, scores = read_columns(path, _COLUMNS, "phrases")
    least = counts.to_numpy().min(initial=1)
    if least < 1:
        raise ArtifactError(f"{path}: count: expected 1 or more, found {least}")
    if not np.isfinite(scores.to_numpy()).all():
        raise ArtifactError(f"{path}: score: expected finite numbers, found NaN or infinity")
    for name, words in (("first", first), ("second", second)):
        if "" in words.to_pylist():
            raise ArtifactError(f"{path}: {name}: expected words, found an empty one")
    columns = (column.to_pylist() for column in (numbers, first, between, second, counts, scores))
    try:
        return Phrases.of(passes, zip(*columns, strict=True))
    except ValueError as error:
        raise ArtifactError(f"{path}: pass: {error}") from error


def write_list(phrases: Phrases, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write the phrases, best first, as tab-separated values: pass, phrase, count, score.

    Scores are written so that reading gives the same numbers. Raises OutputExistsError and ArtifactError as
    `wordlab.io.atomic.staged_file` does, and FormatError for a phrase with a tab or a line break.
    """
    best = phrases.best()
    for _, phrase in best:
        if any(mark in phrase.joined for mark in _BREAKS):
            raise FormatError(
                f"{Path(path)}: expected phrases without tabs and line breaks, found {phrase.joined!r}"
            )
    with staged_file(path, overwrite=overwrite) as staging, staging.open("w", encoding="utf-8") as file:
        file.write(_HEADER)
        file.writelines(
            f"{number}\t{phrase.joined}\t{phrase.count}\t{phrase.score!r}\n" for number, phrase in best
        )
