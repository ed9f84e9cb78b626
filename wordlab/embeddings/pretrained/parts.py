"""The part of a download that has arrived, and the version of the file to which it belongs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from wordlab.embeddings.pretrained.cache import write_json


class Part:
    """NAME.part beside the future file NAME, and NAME.part.json with the address and the version.

    The version is the server's: an ETag, or the time of the last change.
    """

    def __init__(self, target: Path, url: str) -> None:
        self.path = target.with_name(target.name + ".part")
        self._facts = target.with_name(target.name + ".part.json")
        self._url = url
        self.version = self._read_version()

    @property
    def size(self) -> int:
        """Bytes that have arrived."""
        return self.path.stat().st_size if self.path.exists() else 0

    def resumable_size(self, *, any_version: bool) -> int:
        """Bytes that the next request can build on: none if their version is unknown.

        `any_version` allows these as well, where a digest is checked in the end.
        """
        return self.size if self.version or any_version else 0

    @contextmanager
    def open_at(self, start: int, *, version: str | None) -> Iterator[IO[bytes]]:
        """The file, cut at `start`, to be continued as a part of `version`."""
        if start == 0 or version != self.version:
            self.path.unlink(missing_ok=True)  # first, so that a part is never labelled with another version
            write_json(self._facts, {"url": self._url, "version": version})
            self.version = version
        with self.path.open("r+b" if self.path.exists() else "xb") as file:
            file.truncate(start)
            file.seek(start)
            yield file
            file.flush()
            os.fsync(file.fileno())

    def discard(self) -> None:
        """Delete what has arrived."""
        self.path.unlink(missing_ok=True)
        self._facts.unlink(missing_ok=True)
        self.version = None

    def become(self, target: Path) -> None:
        """Give the part, now complete, its name."""
        self.path.replace(target)
        self._facts.unlink(missing_ok=True)

    def _read_version(self) -> str | None:
        try:
            facts = json.loads(self._facts.read_bytes())
            version = facts["version"] if facts["url"] == self._url else None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return version if isinstance(version, str) else None
