"""LabelledReading: how labelled texts, and texts to be classified, are read."""

from __future__ import annotations

from dataclasses import dataclass

from wordlab.errors import ConfigError
from wordlab.sentiment.data.columns import ColumnChoice
from wordlab.text.reading import ReadingConfig


@dataclass(frozen=True, kw_only=True)
class LabelledReading:
    """The options of `read_labelled`, `read_multi_label` and `read_texts`; ConfigError if they make no sense.

    >>> LabelledReading(text_column=2, label_column="stars").columns.text
    '2'
    """

    text_column: str | int | None = None
    """The column with the texts, by name or by position from 0; None finds it (`columns.find_columns`).

    In JSON and Parquet it may be inside another: ``review.text``. One of that very name comes first.
    """
    label_column: str | int | None = None
    """The column with the labels, likewise."""
    label_separator: str | None = None
    """What stands between labels in a cell, where a text may have several."""
    input_format: str | None = None
    """A name in `LABELLED_FORMATS`; None goes by the file's name."""
    header: bool | None = None
    """Whether the first row of a table names its columns; None looks (`header.find_header`)."""
    delimiter: str | None = None
    """What separates the columns of TSV or CSV; None is a tab, or what the first rows of CSV show."""
    encoding: str = ReadingConfig.encoding
    """That of texts that are not UTF-8 and have no byte-order mark."""
    max_record: int = ReadingConfig.max_record
    """The largest size in MiB of a line, a row, an object or a cell."""

    def __post_init__(self) -> None:
        if self.label_separator == "":
            raise ConfigError("label_separator: expected what stands between labels, found ''")
        _ = self.columns, self.reading  # which check themselves

    @property
    def columns(self) -> ColumnChoice:
        """The columns asked for."""
        text, label = (
            None if column is None else str(column) for column in (self.text_column, self.label_column)
        )
        return ColumnChoice(text, label, self.header)

    @property
    def reading(self) -> ReadingConfig:
        """How the file's text is read."""
        return ReadingConfig(delimiter=self.delimiter, encoding=self.encoding, max_record=self.max_record)
