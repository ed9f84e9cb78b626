import subprocess
import sys

import pytest

from wordlab import resources

MEMINFO = "MemTotal:       2000000 kB\nMemAvailable:    1000 kB\n"


@pytest.fixture
def system(tmp_path, monkeypatch):
    """Write files of /proc and /sys/fs/cgroup: `system(name, text)`."""
    monkeypatch.setattr(resources, "_PROC", tmp_path / "proc")
    monkeypatch.setattr(resources, "_CGROUPS", tmp_path / "cgroup")

    def write(name, text):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    return write


def test_of_the_machine(system):
    system("proc/meminfo", MEMINFO)
    assert resources.available_memory() == 1_024_000


def test_a_group_of_version_2_may_have_less(system):
    system("proc/meminfo", MEMINFO)
    system("proc/self/cgroup", "0::/user/job\n")
    system("cgroup/user/job/memory.max", "max\n")
    assert resources.available_memory() == 1_024_000
    system("cgroup/user/memory.max", "900000\n")  # the group around it
    system("cgroup/user/memory.current", "500000\n")
    system("cgroup/user/memory.stat", "anon 300000\ninactive_file 200000\n")
    assert resources.available_memory() == 600_000
    system("cgroup/user/memory.current", "1200000\n")
    assert resources.available_memory() == 0


def test_a_group_of_version_1_may_have_less(system):
    system("proc/meminfo", MEMINFO)
    system("proc/self/cgroup", "4:cpu,memory:/docker/abc\n0::/\n")  # a path that the container does not see
    system("cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")
    system("cgroup/memory/memory.usage_in_bytes", "500000\n")
    assert resources.available_memory() == 1_024_000
    system("cgroup/memory/memory.limit_in_bytes", "700000\n")
    system("cgroup/memory/memory.stat", "total_inactive_file 100000\n")
    assert resources.available_memory() == 300_000


def test_without_proc_it_is_the_memory_of_the_machine(system, monkeypatch):
    monkeypatch.setattr(resources.os, "sysconf", {"SC_PHYS_PAGES": 10, "SC_PAGE_SIZE": 4_096}.get)
    assert resources.available_memory() == 40_960
    assert resources.held_memory() == 0
    monkeypatch.delattr(resources.os, "sysconf")
    assert resources.available_memory() is None


def test_what_this_process_holds():
    """In a process of its own: one that has freed memory before may take it again without holding more."""
    script = (
        "import numpy as np; from wordlab.resources import held_memory; before = held_memory();"
        "ones = np.ones(10_000_000); print(held_memory() - before)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert int(done.stdout) == pytest.approx(80_000_000, rel=0.05)
