"""Columns of a Parquet file that wordlab wrote, or that claims to be one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from wordlab.errors import FormatError
from wordlab.visible import first_line


def open_for_arrow(path: Path) -> pa.NativeFile:
    """The file, open to be read; Arrow's own functions take only paths in UTF-8."""
    return pa.OSFile(os.fsencode(path))


def read_columns(path: Path, wanted: Mapping[str, pa.DataType], what: str) -> list[pa.Array]:
    """The columns called and typed as in `wanted`, without nulls and in valid UTF-8; FormatError.

    `what` says in the message what the file should hold.
    """
    try:
        with open_for_arrow(path) as file:
            # not by pq.read_table, which loads pyarrow.dataset and pyarrow.compute first
            table = pq.ParquetFile(file).read(columns=list(wanted), use_threads=False)
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
