"""The end of a Parquet file read by hand: as pyarrow reads it, and where pyarrow ends the process."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wordlab.errors import FormatError
from wordlab.text.parquet import open_parquet
from wordlab.text.parquet_footer import column_chunks

TABLE = pa.table(
    {"text": ["a", "b", "c"] * 50, "n": range(150), "list": [[1]] * 150, "kind": pa.array([{"x": 1}] * 150)}
)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"use_dictionary": False},
        {"use_dictionary": False, "column_encoding": {"text": "DELTA_BYTE_ARRAY"}},
        {"row_group_size": 10},
        {"version": "1.0", "write_statistics": False},
    ],
)
def test_it_says_what_pyarrow_says(options):
    stream = io.BytesIO()
    pq.write_table(TABLE, stream, **options)
    metadata = pq.ParquetFile(stream).metadata
    expected = [
        metadata.row_group(group).column(at)
        for group in range(metadata.num_row_groups)
        for at in range(metadata.num_columns)
    ]
    found = list(column_chunks(stream))
    assert len(found) == len(expected)
    for chunk, column in zip(found, expected, strict=True):
        assert (chunk.name, chunk.num_values) == (column.path_in_schema, column.num_values)
        assert chunk.size == column.total_uncompressed_size
        assert chunk.has_prefixes == ("DELTA_BYTE_ARRAY" in column.encodings)
        assert chunk.dictionary_offset == (
            column.dictionary_page_offset if column.has_dictionary_page else None
        )


def test_any_byte_may_be_wrong(tmp_path):
    """Some of these end the process if pyarrow is asked for the metadata of a chunk."""
    stream = io.BytesIO()
    pq.write_table(TABLE, stream)
    data = stream.getvalue()
    path = tmp_path / "x.parquet"
    num_refused = 0
    for place in range(len(data) - 1200, len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        try:
            with open_parquet(path, "x") as table:
                for _ in table.rows([0]):
                    pass
        except FormatError:
            num_refused += 1
    assert num_refused > 100
