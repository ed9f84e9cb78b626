"""JSON in files that are not to be trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wordlab.errors import FormatError, SourceError

LONGEST_JSON = 64 << 20
"""Bytes of JSON, which takes ten times as much memory once it is read."""
_DEEPEST = 100  # levels; what wordlab writes has some twenty


def read_json(path: Path, *, up_to: int = 0) -> Any:
    """The value in a JSON file; FormatError, or SourceError if it cannot be read.

    However large, deep or damaged the file is, the message is one line. `up_to` so many bytes are read even
    if they are more than most files have.
    """
    return parse_json(json_bytes(path, up_to=up_to), str(path))


def json_bytes(path: Path, *, up_to: int = 0) -> bytes:
    """The content of such a file, which is not looked at."""
    most = max(LONGEST_JSON, up_to)
    try:
        if path.stat().st_size > most:
            raise FormatError(f"{path}: expected JSON of at most {most >> 20} MiB, found a larger file")
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


def parse_json(data: bytes, where: str) -> Any:
    """The value in what a JSON file holds; FormatError that begins with `where`."""
    try:
        value = json.loads(data)
    except RecursionError:
        raise FormatError(f"{where}: expected JSON, found brackets nested too deep") from None
    except ValueError as error:  # also of broken UTF-8 and of numbers with thousands of digits
        raise FormatError(f"{where}: expected JSON, found a damaged file ({error})") from error
    if _depth_exceeds(value, _DEEPEST):
        raise FormatError(f"{where}: expected JSON, found brackets nested too deep")
    return value


def _depth_exceeds(value: Any, deepest: int) -> bool:
    """Whether lists and objects are nested deeper; level by level, without recursion."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(deepest):
        parts = (part for outer in level for part in (outer.values() if isinstance(outer, dict) else outer))
        level = [part for part in parts if isinstance(part, dict | list)]
        if not level:
            return False
    return True
