"""The processor cores and the memory that this process can use."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROC = Path("/proc")
_CGROUPS = Path("/sys/fs/cgroup")
_NO_LIMIT = 1 << 60  # cgroup v1 writes a number of about 2 ** 63 for no limit


def available_cores() -> int:
    """The number of cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Inside, BLAS and OpenMP compute in the calling thread alone.

    For small products their threads bring nothing on idle cores; and as they spin while they wait for each
    other, they take many times as long where other programs have the cores.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


def available_memory() -> int | None:
    """Bytes that this process can still take without swapping; None where the system does not say.

    The smaller of what the machine has left and what a control group (a container, say) allows. File
    pages in the cache count as free. Without /proc it is all the memory of the machine.
    """
    found = [_machine_memory(), *_group_memories()]
    return min((number for number in found if number is not None), default=None)


def held_memory() -> int:
    """Bytes of memory that this process holds, without mapped files; 0 where the system does not say."""
    try:
        _, resident, shared = (_PROC / "self/statm").read_text().split()[:3]
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")


def free_disk(path: str | os.PathLike[str]) -> int:
    """Bytes that are free where `path` is, or would be: its parents need not exist yet."""
    place = Path(os.path.realpath(path))
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


def _machine_memory() -> int | None:
    try:
        facts = _table(_PROC / "meminfo")
        return 1024 * int(facts["MemAvailable:"])
    except (OSError, KeyError, ValueError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # Windows has no sysconf
        return None


def _group_memories() -> list[int]:
    """Bytes left by the control groups of this process and by those around them."""
    try:
        lines = (_PROC / "self/cgroup").read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":  # version 2
            root, names = _CGROUPS, ("memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            root = _CGROUPS / "memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        else:
            continue
        group = root / path.lstrip("/")
        found += [_left(part, *names) for part in (group, *group.parents) if part.is_relative_to(root)]
    return [number for number in found if number is not None]


def _left(group: Path, limit: str, usage: str, cache: str) -> int | None:
    """Bytes left by one group, whose file cache counts as free; None without a limit."""
    try:
        most = int((group / limit).read_text())
        if most >= _NO_LIMIT:
            return None
        cached = int(_table(group / "memory.stat").get(cache, "0"))
        return max(0, most - int((group / usage).read_text()) + cached)
    except (OSError, ValueError):  # no such file, or the word "max"
        return None


def _table(path: Path) -> dict[str, str]:
    """The first two words of each line."""
    rows = (line.split() for line in path.read_text().splitlines())
    return {row[0]: row[1] for row in rows if len(row) > 1}
