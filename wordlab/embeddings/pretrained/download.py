"""Fetch a file by https into the cache: checked, resumed after a break, there whole or not at all.

What has arrived is in NAME.part, and NAME.part.json says to which version of the file it belongs. A
later call resumes from there if the server still has that version. One process at a time writes.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep

import filelock
import requests

from wordlab.embeddings.pretrained.archives import is_archive
from wordlab.embeddings.pretrained.cache import Record, write_record
from wordlab.embeddings.pretrained.deadlines import DeadlineAdapter
from wordlab.embeddings.pretrained.parts import Part
from wordlab.embeddings.pretrained.replies import (
    Broken,
    Outdated,
    Refused,
    Reply,
    open_reply,
    without_credentials,
)
from wordlab.errors import ArtifactError, SourceError, WordlabError
from wordlab.io.digests import file_digest, mismatch
from wordlab.io.kinds import is_page
from wordlab.progress import REPORT_INTERVAL, OnProgress, Reporter

_CHUNK = 1 << 15  # bytes; what is lost when a connection breaks is at most one of these


_PAGE = ": an HTML page, as proxies and logins send"


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to wait for a server, in seconds, and how often to retry."""

    connect: float = 15.0
    stall: float = 60.0
    """Longest silence in the middle of a file."""
    headers: float = 60.0
    """Longest time that the headers of a reply may take, from the first to the last."""
    window: float = 60.0
    """Time in which `least` bytes must come, or the connection counts as broken."""
    least: int = 1 << 16
    """Bytes in each `window`; what a connection must bring for failures before it to be forgotten."""
    tries: int = 5
    """Failures in a row, without `least` bytes between them, before giving up."""
    most_tries: int = 30
    """Failures altogether before giving up."""
    pause: float = 1.0
    """Before the second try; doubles each time."""


def fetch(
    url: str,
    target: Path,
    *,
    num_bytes: int | None = None,
    sha256: str | None = None,
    archive: bool = False,
    on_progress: OnProgress | None = None,
    patience: Patience | None = None,
) -> Record:
    """The record of the file `target`, downloaded from `url` unless it is there already.

    `num_bytes` and `sha256` are compared if given, the size that the server states always; an `archive` must
    look like one. Raises
    SourceError if the server or the network fails; what has arrived is then kept, unless it is wrong
    itself. ArtifactError if the file cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        patience = patience or Patience()
        with _only_one(target, on_progress), requests.Session() as session:
            session.mount("https://", DeadlineAdapter(patience.headers))
            if not target.exists():  # as when another process was faster
                transfer = _Transfer(url, target, num_bytes, sha256, archive, on_progress, patience)
                transfer.run(session)
            record = Record(
                url=without_credentials(url), num_bytes=target.stat().st_size, sha256=file_digest(target)
            )
            write_record(target, record)
            return record
    except OSError as error:
        if isinstance(error, WordlabError):
            raise
        raise ArtifactError(f"{target}: cannot be written: {error.strerror or error}") from error


@contextmanager
def _only_one(target: Path, on_progress: OnProgress | None) -> Iterator[None]:
    """Inside, no other process fetches `target`; `on_progress` hears of waiting for one that does."""
    lock = filelock.FileLock(target.with_name(target.name + ".lock"))
    reporter = None
    while not lock.is_locked:
        try:
            lock.acquire(timeout=REPORT_INTERVAL if reporter else 0)
        except filelock.Timeout:
            task = f"wait for another process that downloads {target.name}"
            reporter = reporter or Reporter(on_progress, task, "bytes")
            reporter.report(0)
    try:
        yield
    finally:
        lock.release()


class _Transfer:
    """One file on its way, over as many connections as it takes."""

    def __init__(
        self,
        url: str,
        target: Path,
        num_bytes: int | None,
        sha256: str | None,
        archive: bool,
        on_progress: OnProgress | None,
        patience: Patience,
    ) -> None:
        self._url = url
        self._shown = without_credentials(url)
        self._target = target
        self._num_bytes = num_bytes
        self._sha256 = sha256
        self._is_archive = archive
        self._patience = patience
        self._part = Part(target, self._shown)
        # Progress counts only what is still to come, or the rate and the time left would be wrong.
        self._already = self._part.resumable_size(any_version=sha256 is not None)
        name = os.path.basename(self._shown)
        task = f"download {'the rest of ' if self._already else ''}{name}"
        self._reporter = Reporter(on_progress, task, "bytes")

    def run(self, session: requests.Session) -> None:
        """Fetch the whole file, check it, and give it its name."""
        failures = 0
        for number in itertools.count(1):
            size = self._part.size
            try:
                self._connect(session)
                break
            except Broken as error:
                if isinstance(error, Outdated):
                    self._part.discard()
                failures = 1 if self._part.size >= size + self._patience.least else failures + 1
                if failures >= self._patience.tries or number >= self._patience.most_tries:
                    tried = f" ({number} tries)" if number > self._patience.tries else ""
                    raise SourceError(f"{self._shown}: {error}{tried}{self._kept()}") from error
            except Refused as error:
                raise SourceError(f"{self._shown}: {error}") from error
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
                patience = self._patience
                for data in reply.chunks(_CHUNK, least=patience.least, window=patience.window):
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
            raise Refused(
                f"expected a file of {self._num_bytes:,} bytes, found one of {reply.total:,}"
                + (_PAGE if reply.is_page else "")
            )

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
            page = self._discarded()
            raise SourceError(
                f"{self._shown}: expected a file of {self._num_bytes:,} bytes, found {size:,}{page}"
            )
        digest = file_digest(self._part.path)
        if self._sha256 is not None and digest != self._sha256:
            page = self._discarded()
            raise SourceError(
                f"{self._shown}: {mismatch(self._sha256, digest)}{page}; the download was discarded"
            )
        if self._is_archive and not is_archive(self._part.path):
            page = self._discarded()
            raise SourceError(
                f"{self._shown}: expected a zip or tar archive, found neither{page}; "
                "the download was discarded"
            )
        if self._is_page():
            page = self._discarded()
            raise SourceError(
                f"{self._shown}: expected vectors, found none{page}; the download was discarded"
            )
        self._part.become(self._target)
        self._report(size, size, at_end=True)

    def _is_page(self) -> bool:
        with self._part.path.open("rb") as file:
            return is_page(file.read(1024))

    def _discarded(self) -> str:
        """Delete what came; the words for it if it was a page."""
        page = _PAGE if self._is_page() else ""
        self._part.discard()
        return page

    def _kept(self) -> str:
        size = self._part.resumable_size(any_version=self._sha256 is not None)
        return f"; {size:,} bytes are kept, and the next try resumes from there" if size else ""

    def _report(self, done: int, total: int | None, *, at_end: bool = False) -> None:
        already = min(self._already, done)
        self._reporter.total = None if total is None else total - already
        report = self._reporter.report if at_end else self._reporter.update
        report(done - already)
