"""Memory that the workers of one machine share, so that what each has changed need not travel.

A worker writes its changes into a file in memory that has no name (memfd_create, Linux), from where the
others read them. The system drops such a file with the last process that holds it, however that one ends, so
that nothing is ever left behind; and it asks nothing of /dev/shm, which is small in a container.

The file is locked by its worker. The system takes the lock from a process that ends, so that nobody waits for
a worker that is no longer there.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
import time
from typing import NamedTuple

import numpy as np

from wordlab.compiled.barrier import announce, is_announced
from wordlab.training.objectives.base import Changes, Room

_HEADER = 64  # bytes, with the number of periods that are done
_LOOKS = 1 << 17  # at the number: about a millisecond, as others mostly are nearly there
_PAUSE = 0.0005  # seconds between more of them


class NeighbourLostError(Exception):
    """A worker of the same machine has ended, or failed, and what it was to change will not come."""


class Offer(NamedTuple):
    """Where the changes of a worker are found by others of its machine."""

    path: str
    name: str
    """What the path leads to, if it is the same machine and the same worker."""
    room: Room


class Outbox:
    """The changes of a worker, in memory that other processes can read."""

    def __init__(self, room: Room) -> None:
        """Raises OSError where the system has no such memory."""
        if not hasattr(os, "memfd_create"):
            raise OSError("no files in memory on this system")
        self._room, name = room, f"wordlab-{secrets.token_hex(16)}"
        self._file = os.memfd_create(name)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        os.ftruncate(self._file, _HEADER + 2 * room.nbytes)
        self._counter, self._turns = _parts(mmap.mmap(self._file, 0), room)
        announce(self._counter, 0)  # which compiles it
        self.offer = Offer(f"/proc/{os.getpid()}/fd/{self._file}", f"/memfd:{name} (deleted)", room)

    def close(self) -> None:
        """Have those who wait for changes know that no more will come."""
        fcntl.flock(self._file, fcntl.LOCK_UN)  # as the map holds the file open, too
        os.close(self._file)

    def room_for(self, period: int) -> Changes:
        """Where the changes of a period belong.

        Those of the period before stay where they are, as others may be reading them. Those of the one before
        that may be written over: a worker begins a period once it has all changes of the last one, which
        others have made after they had merged the one before.
        """
        return self._turns[period % 2]

    def announce(self, period: int) -> None:
        """Have others read the changes of a period, the first of which is 0."""
        announce(self._counter, period + 1)


class Inbox:
    """The changes of another worker of the same machine."""

    def __init__(self, offer: Offer) -> None:
        """Raises OSError if the offer is that of another machine, or may not be read."""
        if os.readlink(offer.path) != offer.name:
            raise OSError(f"{offer.path} is no memory of a worker")
        self._file = os.open(offer.path, os.O_RDONLY)
        self._counter, self._turns = _parts(mmap.mmap(self._file, 0, prot=mmap.PROT_READ), offer.room)
        is_announced(self._counter, 0, 1)  # which compiles it

    def close(self) -> None:
        """No longer hold the file."""
        os.close(self._file)

    def changes(self, period: int) -> Changes:
        """What has changed in a period, once it is announced; NeighbourLostError if it never will be."""
        while not is_announced(self._counter, period + 1, _LOOKS):
            if not self._is_locked() and not is_announced(self._counter, period + 1, 1):
                raise NeighbourLostError("a worker of this machine has ended")
            time.sleep(_PAUSE)
        return self._turns[period % 2]

    def _is_locked(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _parts(memory: mmap.mmap, room: Room) -> tuple[np.ndarray, tuple[Changes, Changes]]:
    """The counter, int64 (1,), and the room for changes of even and of odd periods."""
    whole = np.frombuffer(memory, np.uint8)
    turns = (room.on(whole[_HEADER:]), room.on(whole[_HEADER + room.nbytes :]))
    return whole[:8].view(np.int64), turns
