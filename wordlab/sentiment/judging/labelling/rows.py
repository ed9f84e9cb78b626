"""CSV and TSV with a prediction added to each row; the delimiter and the order of columns stay."""

from __future__ import annotations

import csv
from abc import abstractmethod
from codecs import StreamWriter
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from wordlab.errors import FormatError
from wordlab.sentiment.base import Prediction
from wordlab.sentiment.data.columns import Columns, find_text
from wordlab.sentiment.data.header import find_header
from wordlab.sentiment.judging.labelling.base import SAMPLE
from wordlab.sentiment.judging.labelling.text_file import TextTable
from wordlab.text.records import Row, check_width, csv_rows, tsv_rows, with_delimiter


class Rows(TextTable):
    """A table of rows, of which the first may name the columns."""

    delimiter: str
    _names: Sequence[str] | None = None

    def texts(self) -> Iterator[str]:
        """The text of each row; rows that repeat the column names are left out, as joined files have them."""
        rows = self.rows()
        sample = list(islice(rows, SAMPLE))
        if not sample:
            raise FormatError(f"{self.source.where}: expected texts, found none")
        where, first = sample[0]
        for place, row in sample:
            check_width(row, len(first), place)
        has_header, note = find_header([row for _, row in sample], where, self.source.columns)
        self.source.add_note(note)
        if has_header:
            self._names = first
            self.added.check(first, where)
        shown = [row for _, row in sample if row != self._names] or [first]
        cells = {at: [row[at] for row in shown] for at in range(len(first))}
        text = find_text(Columns(where, self._names, len(first), lambda: cells), self.source.columns)
        return self._texts(chain(sample, rows), len(first), text)

    def _texts(self, rows: Iterator[Row], width: int, text: int) -> Iterator[str]:
        for where, row in rows:
            check_width(row, width, where)
            if row != self._names:
                self.pending.append(row)
                yield row[text]

    @abstractmethod
    def rows(self) -> Iterator[Row]:
        """The place and the cells of each row."""

    def begin(self, file: StreamWriter) -> None:
        """Write the names of the columns, if there are any."""
        if self._names is not None:
            self.write_cells(file, [*self._names, *self.added])

    def write_row(self, file: StreamWriter, row: Sequence[str], prediction: Prediction) -> None:
        """Write the cells of `row` and its prediction; what is not counted is an empty cell."""
        added = ["" if value is None else str(value) for value in self.cells(prediction)]
        self.write_cells(file, [*row, *added])

    @abstractmethod
    def write_cells(self, file: StreamWriter, cells: Sequence[str]) -> None:
        """Write one row."""


class CsvRows(Rows):
    """CSV, quoted where that is necessary."""

    def rows(self) -> Iterator[Row]:
        """The rows, with the delimiter that was asked for or found."""
        source = self.source
        blocks, self.delimiter = with_delimiter(source.blocks(), source.where, source.delimiter)
        return csv_rows(blocks, source.where, delimiter=self.delimiter, longest=source.longest)

    def write_cells(self, file: StreamWriter, cells: Sequence[str]) -> None:
        """Write one row."""
        csv.writer(file, delimiter=self.delimiter, lineterminator="\n").writerow(cells)


class TsvRows(Rows):
    """TSV, in which nothing is quoted."""

    def rows(self) -> Iterator[Row]:
        """The rows, between tabs or what was asked for."""
        self.delimiter = self.source.delimiter or "\t"
        return tsv_rows(self.source.blocks(), self.source.where, delimiter=self.delimiter)

    def write_cells(self, file: StreamWriter, cells: Sequence[str]) -> None:
        """Write one row; FormatError if a label holds the delimiter, as the cells that were read do not."""
        if any(self.delimiter in cell or "\n" in cell for cell in cells):
            raise FormatError(f"{self.source.where}: expected cells without a {self.delimiter!r}, found one")
        file.write(self.delimiter.join(cells) + "\n")
