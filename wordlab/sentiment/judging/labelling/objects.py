"""JSON lines with a prediction added to each object; what an object held stays as it was written."""

from __future__ import annotations

import json
from codecs import StreamWriter
from collections.abc import Iterator
from itertools import chain, islice

from wordlab.errors import FormatError
from wordlab.sentiment.base import Prediction
from wordlab.sentiment.data.columns import Columns, find_text
from wordlab.sentiment.data.formats.json_lines import cells_of
from wordlab.sentiment.data.source import check_unicode
from wordlab.sentiment.judging.labelling.base import SAMPLE
from wordlab.sentiment.judging.labelling.text_file import TextTable
from wordlab.text.records import field_names, is_array, json_field, json_records, json_string


class Objects(TextTable):
    """A table of objects, one a line."""

    def texts(self) -> Iterator[str]:
        """The text of each object."""
        records = json_records(self._remembered(), self.source.where)
        sample = list(islice(records, SAMPLE))
        if not sample:
            raise FormatError(f"{self.source.where}: expected texts, found none")
        where, first = sample[0]
        names = field_names(first, self.source.columns.text)
        table = Columns(where, names, len(names), lambda: cells_of(sample, names))
        text = names[find_text(table, self.source.columns)]

        def found() -> Iterator[str]:
            for place, record in chain(sample, records):
                self.added.check(record, place)
                value = json_string(json_field(record, text, place), place, text)
                check_unicode(value, place)
                yield value

        return found()

    def _remembered(self) -> Iterator[str]:
        """The blocks of the source, whose lines wait for their predictions."""
        for number, block in enumerate(self.source.blocks()):
            if not number and is_array(block):
                raise FormatError(
                    f"{self.source.where}: expected an object on each line to add fields to, found an array; "
                    "jq -c .[] makes lines of it"
                )
            self.pending.extend(line for line in block.split("\n") if line.strip())
            yield block

    def write_row(self, file: StreamWriter, row: str, prediction: Prediction) -> None:
        """Write an object with three more fields before its closing brace."""
        added = dict(zip(self.added, self.values(prediction), strict=True))
        fields = json.dumps(added, ensure_ascii=False)[1:]
        file.write(f"{row.rstrip()[:-1].rstrip()}, {fields}\n")
