"""Digests, which show that a file was damaged or changed."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

_BLOCK = 1 << 20


def file_digest(path: Path, stopping: threading.Event | None = None) -> str:
    """SHA-256 of a file, in hexadecimal digits; of its beginning only, once `stopping` is set."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while not (stopping and stopping.is_set()) and (block := file.read(_BLOCK)):
            digest.update(block)
    return digest.hexdigest()
