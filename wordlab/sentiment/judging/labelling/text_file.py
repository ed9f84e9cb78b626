"""Tables that are lines of text: they are written as UTF-8, compressed as the name says."""

from __future__ import annotations

import codecs
from abc import abstractmethod
from codecs import StreamWriter
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wordlab.io.compression import compressed
from wordlab.sentiment.base import Prediction
from wordlab.sentiment.data.source import LabelledSource
from wordlab.sentiment.judging.labelling.base import Added, Table
from wordlab.sentiment.label_choice import LabelChoice


class TextTable(Table):
    """A table of text; `pending` are the rows whose predictions are not written yet."""

    def __init__(self, source: LabelledSource, added: Added, choice: LabelChoice | None = None) -> None:
        super().__init__(source, added, choice)
        self.pending: deque[Any] = deque()
        self._file: StreamWriter | None = None

    @contextmanager
    def open(self, path: Path) -> Iterator[None]:
        """Inside, rows are written to `path`."""
        with path.open("wb") as file, compressed(file, path.suffix) as stream:
            self._file = codecs.getwriter("utf-8")(stream)
            self.begin(self._file)
            yield

    def begin(self, file: StreamWriter) -> None:
        """Write what precedes all rows."""

    def write(self, prediction: Prediction) -> None:
        """Write the next row with its prediction."""
        if self._file is None:
            raise ValueError("expected a table that is open")
        self.write_row(self._file, self.pending.popleft(), prediction)

    @abstractmethod
    def write_row(self, file: StreamWriter, row: Any, prediction: Prediction) -> None:
        """Write `row` with its prediction."""
