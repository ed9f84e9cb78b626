"""Columns of a Parquet file that wordlab wrote, or that claims to be one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from wordlab.errors import FormatError
from wordlab.visible import first_line


def read_columns(path: Path, wanted: Mapping[str, pa.DataType], what: str) -> list[pa.Array]:
    """The columns called and typed as in `wanted`, without nulls and in valid UTF-8; FormatError.

    `what` says in the message what the file should hold.
    """
    try:
        table = pq.read_table(path, columns=list(wanted), use_threads=False)
        columns = [table.column(name).combine_chunks() for name in wanted]
        for column in columns:
            column.validate(full=True)
    except (pa.ArrowException, KeyError, ValueError, TypeError, OSError, OverflowError) as error:
        raise FormatError(f"{path}: expected {what}, found a damaged file ({first_line(error)})") from error
    for (name, kind), column in zip(wanted.items(), columns, strict=True):
        if column.type != kind or column.null_count:
            nulls = f" with nulls ({column.null_count})" if column.null_count else ""
            raise FormatError(f"{path}: {name}: expected {kind}, found {column.type}{nulls}")
    return columns
