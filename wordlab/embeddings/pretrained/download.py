"""Fetch a file by https into the cache: checked, resumed after a break, there whole or not at all.

What has arrived is in NAME.part, and NAME.part.json says to which version of the file it belongs. A
later call resumes from there if the server still has that version. One process at a time writes.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from time import sleep

import filelock
import requests

from wordlab.embeddings.pretrained.cache import Record, write_record
from wordlab.embeddings.pretrained.parts import Part
from wordlab.embeddings.pretrained.replies import Broken, Outdated, Refused, Reply, open_reply
from wordlab.errors import ArtifactError, SourceError, WordlabError
from wordlab.io.digests import file_digest
from wordlab.progress import OnProgress, Reporter

_CHUNK = 1 << 16  # bytes; what is lost when a connection breaks is at most one of these


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to wait for a server, in seconds, and how often to retry."""

    connect: float = 15.0
    stall: float = 60.0
    """Longest silence in the middle of a file."""
    tries: int = 5
    """Failures in a row, without a new byte between them, before giving up."""
    pause: float = 1.0
    """Before the second try; doubles each time."""


def fetch(
    url: str,
    target: Path,
    *,
    num_bytes: int | None = None,
    sha256: str | None = None,
    on_progress: OnProgress | None = None,
    patience: Patience | None = None,
) -> Record:
    """The record of the file `target`, downloaded from `url` unless it is there already.

    `num_bytes` and `sha256` are compared if given, the size that the server states always. Raises
    SourceError if the server or the network fails; what has arrived is then kept, unless it is wrong
    itself. ArtifactError if the file cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(target.with_name(target.name + ".lock")), requests.Session() as session:
            if not target.exists():  # as when another process was faster
                transfer = _Transfer(url, target, num_bytes, sha256, on_progress, patience or Patience())
                transfer.run(session)
            record = Record(url=url, num_bytes=target.stat().st_size, sha256=file_digest(target))
            write_record(target, record)
            return record
    except OSError as error:
        if isinstance(error, WordlabError):
            raise
        raise ArtifactError(f"{target}: cannot be written: {error.strerror or error}") from error


class _Transfer:
    """One file on its way, over as many connections as it takes."""

    def __init__(
        self,
        url: str,
        target: Path,
        num_bytes: int | None,
        sha256: str | None,
        on_progress: OnProgress | None,
        patience: Patience,
    ) -> None:
        self._url = url
        self._target = target
        self._num_bytes = num_bytes
        self._sha256 = sha256
        self._patience = patience
        self._part = Part(target, url)
        # Progress counts only what is still to come, or the rate and the time left would be wrong.
        self._already = self._part.resumable_size(any_version=sha256 is not None)
        name = os.path.basename(url)
        task = f"download {'the rest of ' if self._already else ''}{name}"
        self._reporter = Reporter(on_progress, task, "bytes")

    def run(self, session: requests.Session) -> None:
        """Fetch the whole file, check it, and give it its name."""
        failures = 0
        while True:
            size = self._part.size
            try:
                self._connect(session)
                break
            except Broken as error:
                if isinstance(error, Outdated):
                    self._part.discard()
                failures = 1 if self._part.size > size else failures + 1
                if failures >= self._patience.tries:
                    raise SourceError(f"{self._url}: {error}{self._kept()}") from error
            except Refused as error:
                raise SourceError(f"{self._url}: {error}") from error
            sleep(self._patience.pause * 2 ** (failures - 1))
        self._finish()

    def _connect(self, session: requests.Session) -> None:
        """Fetch as much as one connection brings; Broken if that is not the rest."""
        start = self._part.resumable_size(any_version=self._sha256 is not None)
        timeout = (self._patience.connect, self._patience.stall)
        with open_reply(session, self._url, start, self._part.version, timeout=timeout) as reply:
            self._check_total(reply)
            self._already = min(self._already, reply.start)
            with self._part.open_at(reply.start, version=reply.version) as file:
                self._check_space(reply)
                done = reply.start
                for data in reply.chunks(_CHUNK):
                    file.write(data)
                    done += len(data)
                    self._check_end(done, reply)
                    self._report(done, reply.total)
            if reply.total is not None and done != reply.total:
                raise Broken(f"expected {reply.total:,} bytes, found the end after {done:,}")

    def _check_total(self, reply: Reply) -> None:
        if reply.total is None and not reply.is_chunked:
            raise Refused("expected a reply that states its length, found none")
        if None not in (reply.total, self._num_bytes) and reply.total != self._num_bytes:
            raise Refused(f"expected a file of {self._num_bytes:,} bytes, found one of {reply.total:,}")

    def _check_end(self, done: int, reply: Reply) -> None:
        promised = reply.total or self._num_bytes
        if promised is not None and done > promised:
            raise Refused(f"expected {promised:,} bytes, found more")

    def _check_space(self, reply: Reply) -> None:
        needed = (reply.total or 0) - reply.start
        free = shutil.disk_usage(self._target.parent).free
        if needed > free:
            raise ArtifactError(
                f"{self._target}: cannot be written: expected {needed:,} bytes of free space, found {free:,}"
            )

    def _finish(self) -> None:
        size = self._part.size
        if self._num_bytes is not None and size != self._num_bytes:
            self._part.discard()
            raise SourceError(f"{self._url}: expected a file of {self._num_bytes:,} bytes, found {size:,}")
        digest = file_digest(self._part.path)
        if self._sha256 is not None and digest != self._sha256:
            self._part.discard()
            raise SourceError(
                f"{self._url}: expected SHA-256 {self._sha256[:12]}…, found {digest[:12]}…; "
                f"the download was discarded"
            )
        self._part.become(self._target)
        self._report(size, size, at_end=True)

    def _kept(self) -> str:
        size = self._part.resumable_size(any_version=self._sha256 is not None)
        return f"; {size:,} bytes are kept, and the next try resumes from there" if size else ""

    def _report(self, done: int, total: int | None, *, at_end: bool = False) -> None:
        already = min(self._already, done)
        self._reporter.total = None if total is None else total - already
        report = self._reporter.report if at_end else self._reporter.update
        report(done - already)
