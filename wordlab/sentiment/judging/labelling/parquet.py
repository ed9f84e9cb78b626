"""Parquet with three more columns; the others keep their types."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wordlab.errors import FormatError
from wordlab.io.urls import Place
from wordlab.sentiment.base import Prediction
from wordlab.sentiment.data.columns import Columns, find_text
from wordlab.sentiment.data.formats.parquet import cells_of, parquet_path
from wordlab.sentiment.judging.labelling.base import SAMPLE, Table
from wordlab.text.parquet import open_parquet


class ParquetRows(Table):
    """A Parquet file, read and written some rows at a time."""

    _writer: Any = None

    def texts(self) -> Iterator[str]:
        """The text of each row; a missing one is empty."""
        path, name = parquet_path(self.source), self.source.name
        with open_parquet(path, name, longest=self.source.longest) as file:
            self.added.check(file.names, name)
            if not file.num_rows:
                raise FormatError(f"{name}: expected texts, found none")
            file.look_inside(self.source.columns.text)
            table = Columns(name, file.names, len(file.names), lambda: cells_of(self.source, SAMPLE))
            text = find_text(table, self.source.columns)
            file.check_text(text)
            self._schema = file.schema
        self._batches: deque[Any] = deque()
        self._predicted: list[Prediction] = []
        return self._texts(path, name, text)

    def _texts(self, path: Place, name: str, text: int) -> Iterator[str]:
        with open_parquet(path, name, longest=self.source.longest) as file:
            file.look_inside(self.source.columns.text)
            for batch, cells in file.batches(text):
                if len(cells):
                    self._batches.append(batch)
                yield from (str(cell or "") for cell in cells)

    @contextmanager
    def open(self, path: Path) -> Iterator[None]:
        """Inside, rows are written to `path`."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        kinds = (pa.string(), pa.float64(), pa.int64())
        schema = self._schema
        for name, kind in zip(self.added, kinds, strict=True):
            schema = schema.append(pa.field(name, kind))
        with pq.ParquetWriter(path, schema, compression="zstd") as self._writer:
            yield

    def write(self, prediction: Prediction) -> None:
        """Take the prediction of the next row; rows are written batch by batch."""
        import pyarrow as pa

        self._predicted.append(prediction)
        if len(self._predicted) == len(self._batches[0]):
            batch = self._batches.popleft()
            columns = [list(column) for column in zip(*map(self.cells, self._predicted), strict=True)]
            kinds = self._writer.schema.types[-len(columns) :]
            added = [pa.array(column, type=kind) for column, kind in zip(columns, kinds, strict=True)]
            arrays = [*batch.columns, *added]
            self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._writer.schema))
            self._predicted = []
