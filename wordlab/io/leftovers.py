"""Hidden directories that outputs are written into, and what killed runs left of them.

`.NAME.partial-HOST-BOOT-RANDOM` stands beside NAME and is locked (flock) while its process lives, so that a
lock that can be taken means that the process is gone. Locks of another machine may be invisible on a shared
disk: what another host made, under another boot, is left alone.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from wordlab.io.renaming import rename_new

if sys.platform != "win32":
    import fcntl

PARTIAL, OLD, FILLING = "partial", "old", "filling"
"""States of a hidden directory: being written, put aside to be replaced, or being moved into place."""

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_logger = logging.getLogger(__name__)


def hidden_name(prefix: str, state: str = PARTIAL) -> str:
    """A new name for a hidden directory; `prefix` is ``.NAME``, or nothing within NAME itself."""
    host, boot = _machine()
    return f"{prefix}.{state}-{host}-{boot}-{secrets.token_hex(4)}"


def is_hidden_name(name: str, prefix: str) -> bool:
    """Whether `hidden_name` made this name."""
    return _parse(name, prefix) is not None


def is_empty(directory: Path) -> bool:
    """Whether a directory holds nothing but hidden directories that are being written."""
    return all(is_hidden_name(name, "") for name in os.listdir(directory))


@contextmanager
def hidden_directory(parent: Path, prefix: str) -> Iterator[Path]:
    """A new hidden directory in `parent`, locked within the block; what then has its name is removed."""
    parent.mkdir(parents=True, exist_ok=True)
    while True:
        path = parent / hidden_name(prefix)
        path.mkdir()
        with locked(path) as has_lock:
            if has_lock is False:  # another process took it for a leftover in between
                continue
            try:
                yield path
            finally:
                remove(path)
            return


@contextmanager
def locked(path: Path) -> Iterator[bool | None]:
    """Hold the lock of a directory or file within the block.

    True if we have it; False if another process has it, or if `path` is gone; None if the file system has
    no locks.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    except OSError:
        yield None
        return
    try:
        yield _lock(descriptor, path)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a directory tree, if there is one, to the end even if a signal comes."""
    with suppress(OSError):
        path.chmod(0o700)  # what is in a directory without write permission cannot be removed
    try:
        shutil.rmtree(path, ignore_errors=True)
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise


def clear_leftovers(target: Path, finish: Callable[[Path], None]) -> None:
    """Remove what killed runs left beside and in `target`; a note of each goes to the logger.

    A directory that had been put aside to be replaced is put back. `finish` is called with a directory
    within `target` that is complete but had not been moved to its place.
    """
    for parent, prefix in ((target.parent, f".{target.name}"), (target, "")):
        for path, state in _leftovers(parent, prefix):
            with locked(path) as has_lock:
                if not has_lock:
                    continue
                with suppress(OSError):
                    _clear(path, state, target, finish)


def _clear(path: Path, state: str, target: Path, finish: Callable[[Path], None]) -> None:
    if state == FILLING:
        finish(path)
        _logger.info("%s: finished what a killed run had written", target)
        return
    if state == OLD and not target.exists():
        rename_new(path, target)
        _logger.info("%s: put back what a killed run had moved away", target)
        return
    remove(path)
    _logger.info("%s: removed what a killed run had left", path)


def _leftovers(parent: Path, prefix: str) -> list[tuple[Path, str]]:
    try:
        names = sorted(os.listdir(parent))
    except OSError:
        return []
    found = []
    for name in names:
        parts = _parse(name, prefix)
        if parts is not None and _is_ours(parts["host"], parts["boot"]):
            found.append((parent / name, parts["state"]))
    return found


def _parse(name: str, prefix: str) -> re.Match[str] | None:
    if not name.startswith(f"{prefix}."):
        return None
    states = "|".join((PARTIAL, OLD, FILLING))
    pattern = rf"\.(?P<state>{states})-(?P<host>[0-9a-f]{{4}})-(?P<boot>[0-9a-f]{{4}})-[0-9a-f]{{8}}"
    return re.fullmatch(pattern, name[len(prefix) :])


def _is_ours(host: str, boot: str) -> bool:
    """Whether the same host made it, or another under the same boot, as containers are."""
    own_host, own_boot = _machine()
    return host == own_host or boot == own_boot


@cache
def _machine() -> tuple[str, str]:
    """Four hexadecimal digits each for the host's name and for its boot."""
    name = os.uname().nodename if hasattr(os, "uname") else ""
    try:
        boot = _BOOT_ID.read_text()
    except OSError:
        boot = name
    return _digits(name), _digits(boot)


def _digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:4]


def _lock(descriptor: int, path: Path) -> bool | None:
    if sys.platform == "win32":
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    try:
        here = os.stat(path)
    except FileNotFoundError:
        return False
    return os.path.samestat(here, os.fstat(descriptor))
