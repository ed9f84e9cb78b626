"""Memory that the workers of one machine share, and in which they meet.

It is a file that has no name and lies in memory (memfd_create, Linux), which the first worker makes and the
others open through /proc. The system drops it with the last process that holds it, however that one ends, so
that nothing is ever left behind; and it asks nothing of /dev/shm, which is small in a container.

Each worker locks a byte of it. The system takes the lock from a process that ends, so that nobody waits for
one that is no longer there.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
import time
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from wordlab.compiled.barrier import announce, is_announced

_LINE = 64  # bytes of a cache line: each worker's counter has its own
_LOOKS = 1 << 17  # at a counter: about a millisecond, as others mostly are nearly there
_PAUSE = 0.0005  # seconds until it is looked at again


def can_be_shared() -> bool:
    """Whether the system has memory of this kind."""
    return hasattr(os, "memfd_create")


class NeighbourLostError(Exception):
    """A worker of the same machine has ended, or failed, and will not come to where others wait for it."""


class Offer(NamedTuple):
    """Where the memory of a team is found on its machine."""

    path: str
    name: str
    """What the path leads to, if it is the same machine, and the process that it was."""


class SharedMemory:
    """The memory of a team, as one of its workers sees it."""

    def __init__(self, file: int, place: int, num_workers: int) -> None:
        """Takes over `file`; `place` is the number of this worker among those of its machine."""
        self._file, self._place = file, place
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            whole = np.frombuffer(_with_large_pages(mmap.mmap(file, 0)), np.uint8)
        except OSError:
            self.close()
            raise
        begin = num_workers * _LINE
        self._counters = [whole[at : at + 8].view(np.int64) for at in range(0, begin, _LINE)]
        self._round = 0
        self.memory = whole[begin:]

    @classmethod
    def made(cls, num_bytes: int, num_workers: int) -> tuple[SharedMemory, Offer]:
        """The memory as its first worker sees it, filled with zeros; takes what is written to only.

        Raises OSError where the system has no such memory.
        """
        if not can_be_shared():
            raise OSError("no files in memory on this system")
        name = f"wordlab-{secrets.token_hex(16)}"
        file = os.memfd_create(name)
        os.ftruncate(file, num_workers * _LINE + num_bytes)
        return cls(file, 0, num_workers), Offer(f"/proc/{os.getpid()}/fd/{file}", f"/memfd:{name} (deleted)")

    @classmethod
    def found(cls, offer: Offer, place: int, num_workers: int) -> SharedMemory:
        """As another worker sees it. Raises OSError if it is on another machine, or may not be opened."""
        if os.readlink(offer.path) != offer.name:
            raise OSError(f"{offer.path} is no memory of a worker")
        return cls(os.open(offer.path, os.O_RDWR | os.O_CLOEXEC), place, num_workers)

    def close(self) -> None:
        """Have those who wait for this worker know that it will not come."""
        os.close(self._file)  # which gives up the lock

    def meet(self) -> None:
        """Wait until all workers have called this as often; NeighbourLostError if one never will."""
        self._round += 1
        announce(self._counters[self._place], self._round)
        for place, counter in enumerate(self._counters):
            while not is_announced(counter, self._round, _LOOKS):
                if not self._is_there(place) and not is_announced(counter, self._round, 1):
                    raise NeighbourLostError("a worker of this machine has ended")
                time.sleep(_PAUSE)

    def _is_there(self, place: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, place)
        except (BlockingIOError, PermissionError):  # either may be what the system says
            return True
        return False


def private_memory(num_bytes: int) -> np.ndarray:
    """Memory of one process, uint8 zeros, that begins where a page does."""
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    return np.frombuffer(_with_large_pages(mmap.mmap(-1, max(1, num_bytes), flags)), np.uint8)


def _with_large_pages(memory: mmap.mmap) -> mmap.mmap:
    """The same, for which the system may use pages as large as those that NumPy asks for."""
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # a system without them
            memory.madvise(mmap.MADV_HUGEPAGE)
    return memory
