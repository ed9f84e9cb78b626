import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from wordlab import resources
from wordlab.errors import ResourceError

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


def test_a_thread_that_cannot_be_started_is_an_error_and_not_an_endless_wait(monkeypatch):
    start = threading.Thread.start
    started = []

    def start_three(thread):
        if len(started) == 3:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_three)
    message = "threads: expected 5 more threads, found room for 3; use fewer"
    with ThreadPoolExecutor(5) as pool, pytest.raises(ResourceError, match=message):
        resources.start_threads(pool, 5)
    assert all(not thread.is_alive() for thread in started)
    with ThreadPoolExecutor(2) as pool:
        monkeypatch.setattr(threading.Thread, "start", start)
        resources.start_threads(pool, 2)
        assert pool.submit(len, "abc").result() == 3


def test_threads_that_wait_for_each_other_run_together():
    meeting, fine = threading.Barrier(3), True

    def work(thread):
        meeting.wait(timeout=10)
        if thread == 2 and not fine:
            raise ValueError("no")
        return thread

    with resources.idle_threads(3) as pool:
        assert resources.run_together(work, 3, pool) == 0
        fine = False
        with pytest.raises(ValueError, match="no"):
            resources.run_together(work, 3, pool)


def test_one_thread_is_the_one_that_calls():
    with resources.idle_threads(1) as pool:
        alone = resources.run_together(lambda thread: threading.current_thread(), 1, pool)
    assert alone is threading.main_thread()


class Interrupted(resources.IdleThreads):
    """Ctrl-C, just when the main thread has given it something to do."""

    def submit(self, *args, **kwargs):
        future = super().submit(*args, **kwargs)
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        return future


@pytest.mark.parametrize("turn", range(20))
def test_an_interrupt_leaves_no_thread_waiting_for_others(turn):
    meeting, met = threading.Barrier(3), []

    def work(thread):
        met.append(meeting.wait(timeout=10))

    with pytest.raises(KeyboardInterrupt), Interrupted(3) as pool:  # which ends when its threads do
        resources.run_together(work, 3, pool)
    assert len(met) in (0, 3)
    assert not meeting.broken
    with pytest.raises(KeyboardInterrupt), Interrupted(3) as pool:
        resources.start_threads(pool, 3)
