"""A file of texts, written again with what a classifier predicts for each."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wordlab.errors import ConfigError
from wordlab.io.atomic import staged_file
from wordlab.io.places import check_apart, check_file
from wordlab.progress import OnProgress
from wordlab.sentiment.base import TextModel
from wordlab.sentiment.data.reading import LABELLED_FORMATS, format_of_name, open_texts
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.judging.labelling.base import Added, Table
from wordlab.sentiment.judging.labelling.objects import Objects
from wordlab.sentiment.judging.labelling.parquet import ParquetRows
from wordlab.sentiment.judging.labelling.rows import CsvRows, TsvRows
from wordlab.sentiment.label_choice import LabelChoice

TABLES: dict[str, type[Table]] = {"tsv": TsvRows, "csv": CsvRows, "jsonl": Objects, "parquet": ParquetRows}
"""How a format is written again, by the names of `LABELLED_FORMATS`."""


@dataclass(frozen=True)
class LabelledFile:
    """What was written: the number of texts, and of those of which the model knows no word.

    `tally` says what the model read of them, `notes` what reading was not sure of.
    """

    num_texts: int
    num_guesses: int
    tally: Tally
    notes: tuple[str, ...]


def label_file(
    model: TextModel,
    path: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    prefix: str = "",
    choice: LabelChoice | None = None,
    overwrite: bool = False,
    threads: int | None = None,
    on_progress: OnProgress | None = None,
    **reading: Any,
) -> LabelledFile:
    """Write the table in the file `path` to `output`, each row with its label, probability and known words.

    All columns are kept, in the format of `path` (TSV, CSV, JSON lines or Parquet). The new ones are called
    predicted, probability and known_words, with `prefix` before these names; known_words is empty for a
    model that does not count them. With a `choice`, or where the model's texts may have several labels,
    predicted is a list of labels, as JSON in a cell, and probability that of the most probable. Rows are read
    and written as they come: memory does not grow with the file. `reading` are the options of `read_texts`.

    Raises what `read_texts` raises, FormatError for a column of one of these names, ConfigError for a name
    of `output` that means another format, and OutputExistsError unless it may be replaced.
    """
    source, format = open_texts(path, on_progress=on_progress, **reading)
    name = next((name for name, known in LABELLED_FORMATS.items() if known is format), "lines")
    if name not in TABLES:
        raise ConfigError(
            f"output: expected a table or JSON lines to add columns to, found {source.name}, which has none"
        )
    if format_of_name(output) is not format:
        suffix = format.suffixes[0]
        raise ConfigError(f"output: expected a name that ends in {suffix}, as the input is, found {output}")
    check_apart(output, [source.path])
    check_file(output, overwrite=overwrite)
    choice = choice or LabelChoice.of(model, None, None)
    table = TABLES[name](source, Added.with_prefix(prefix), choice)
    tally, num_texts, num_guesses = Tally(), 0, 0
    texts = table.texts()
    with staged_file(output, overwrite=overwrite) as staging, table.open(Path(staging)):
        for prediction in model.predict_stream(texts, threads=threads, tally=tally):
            table.write(prediction)
            num_texts += 1
            num_guesses += prediction.is_guess
    return LabelledFile(num_texts, num_guesses, tally, tuple(source.notes))
