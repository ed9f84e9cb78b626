"""A Source as a file with a name, for libraries that cannot read streams."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wordlab.embeddings.formats.files import Source

_CHUNK = 1 << 22


@contextmanager
def as_file(source: Source) -> Iterator[Path]:
    """The path of a file with the source's bytes: its own if it is uncompressed, else a temporary one."""
    if source.path is not None and source.path.is_file():  # a pipe has a path, too
        yield source.path
        return
    with tempfile.NamedTemporaryFile(prefix="wordlab-") as file:
        while data := source.read(_CHUNK):
            file.write(data)
        file.flush()
        yield Path(file.name)
