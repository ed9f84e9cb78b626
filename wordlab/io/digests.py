"""Digests, which show that a file was damaged or changed."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from wordlab.errors import SourceError

_BLOCK = 1 << 20


def mismatch(expected: str, found: str) -> str:
    """The beginnings of two digests, for a message."""
    return f"expected SHA-256 {expected[:12]}…, found {found[:12]}…"


def check_digest(path: Path, expected: str | None, *, hint: str) -> str:
    """The digest of a file; SourceError, ending with `hint`, if it is not as `expected` (None: any is)."""
    try:
        digest = file_digest(path)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    if expected is not None and digest != expected:
        raise SourceError(f"{path}: {mismatch(expected, digest)}; {hint}")
    return digest


def file_digest(path: Path, stopping: threading.Event | None = None) -> str:
    """SHA-256 of a file, in hexadecimal digits; of its beginning only, once `stopping` is set."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while not (stopping and stopping.is_set()) and (block := file.read(_BLOCK)):
            digest.update(block)
    return digest.hexdigest()
