"""The names of classes that the library `datasets` writes beside their numbers into a Parquet file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from wordlab.errors import FormatError

_KEY = b"huggingface"  # of the schema's metadata


def class_names(metadata: Mapping[bytes, bytes] | None, column: str) -> list[str] | None:
    """The names of the classes in `column` of a file with this metadata, in the order of their numbers.

    None where the column is none of datasets' `ClassLabel`.
    """
    try:
        feature = json.loads((metadata or {})[_KEY])["info"]["features"][column]
        names = feature["names"] if feature["_type"] == "ClassLabel" else None
    except (LookupError, TypeError, ValueError, RecursionError):  # none, or metadata of somebody else
        return None
    is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return names if is_list else None


def named(value: Any, names: Sequence[str], where: str, column: str) -> Any:
    """The name of the class with the number `value`; a missing one, or what is no number, as it is.

    FormatError, which begins with `where`, for a number without a name: datasets writes -1 for no label.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    if not 0 <= value < len(names):
        raise FormatError(f"{where}: expected a label from 0 to {len(names) - 1} in {column}, found {value}")
    return names[value]
