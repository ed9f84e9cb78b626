"""Renames that replace nothing, and two names swapped in one step: more than os.rename can do."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

# of linux/fcntl.h and linux/fs.h
_AT_FDCWD, _NOREPLACE, _EXCHANGE = -100, 1, 2
# what file systems and kernels without these flags answer
_UNKNOWN = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}


def rename_new(source: Path, target: Path) -> None:
    """Rename a file or directory to a name that is free; FileExistsError, and no change, if it is not."""
    if _renameat2(source, target, _NOREPLACE):
        return
    if os.name == "nt":
        source.rename(target)  # replaces nothing there
    elif source.is_dir():
        _rename_directory(source, target)
    else:
        _rename_file(source, target)


def exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step, so that no kill can come between; False where the system cannot."""
    return _renameat2(one, other, _EXCHANGE)


def _rename_directory(source: Path, target: Path) -> None:
    target.mkdir()  # reserves the name; a rename replaces a directory only while it is empty
    try:
        source.rename(target)
    except OSError as error:
        with suppress(OSError):
            target.rmdir()
        if error.errno == errno.ENOTEMPTY:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from error
        raise


def _rename_file(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # no hard links on this file system
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))  # reserves the name
        source.replace(target)
        return
    source.unlink()


def _renameat2(one: Path, other: Path, flags: int) -> bool:
    """Whether the system did it; False if it does not know how to. Raises OSError if it refused."""
    function = None
    if sys.platform == "linux":
        function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is None:
        return False
    if function(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), flags) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNKNOWN:
        return False
    raise OSError(number, os.strerror(number), str(other))
