"""Memory that processes share: who finds it, how they meet there, and that nobody waits for the dead."""

import os
import subprocess
import sys

import pytest

from wordlab.training.engines.shared_memory import (
    NeighbourLostError,
    Offer,
    SharedMemory,
    can_be_shared,
    private_memory,
)

OTHER = """
import sys
from wordlab.training.engines.shared_memory import Offer, SharedMemory
shared = SharedMemory.found(Offer(*sys.argv[1:]), 1, 2)
print("here", flush=True)
for number in range(3):
    shared.meet()
    shared.memory[number] = 10 + shared.memory[number]
    shared.meet()
sys.stdin.read()
"""


@pytest.fixture
def made():
    if not can_be_shared():
        pytest.skip("a system without files in memory")
    shared, offer = SharedMemory.made(100, 2)
    yield shared, offer
    shared.close()


def test_processes_meet_until_one_is_killed(made):
    shared, offer = made
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, *offer], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "here\n"
        for number in range(3):
            shared.memory[number] = number
            shared.meet()
            shared.meet()
            assert shared.memory[number] == 10 + number
        other.kill()
        with pytest.raises(NeighbourLostError, match=r"^a worker of this machine has ended$"):
            shared.meet()


def test_one_that_leaves_is_waited_for_no_longer(made):
    shared, offer = made
    code = OTHER.replace("for number", "shared.close()\nfor number").replace("range(3)", "range(0)")
    with subprocess.Popen(
        [sys.executable, "-c", code, *offer], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "here\n"
        with pytest.raises(NeighbourLostError):
            shared.meet()
        assert other.poll() is None
        other.stdin.close()


def test_memory_is_zeros_and_has_no_name(made):
    shared, offer = made
    assert (shared.memory.nbytes, shared.memory.any()) == (100, False)
    assert os.readlink(offer.path) == offer.name
    assert not os.path.exists(offer.name)


@pytest.mark.parametrize("path", ["/proc/self/fd/0", "/proc/0/fd/3", "/dev/zero", "/"])
def test_what_is_something_else_here_is_not_opened(made, path):
    """As on another machine, or in another container, where the same path leads elsewhere, or nowhere."""
    with pytest.raises(OSError, match=path):
        SharedMemory.found(Offer(path, made[1].name), 1, 2)


def test_without_files_in_memory_it_says_so(monkeypatch):
    monkeypatch.delattr(os, "memfd_create", raising=False)
    with pytest.raises(OSError, match=r"^no files in memory on this system$"):
        SharedMemory.made(100, 2)


@pytest.mark.parametrize("num_bytes", [0, 1, 1 << 22])
def test_private_memory_is_zeros(num_bytes):
    memory = private_memory(num_bytes)
    assert len(memory) >= num_bytes
    assert not memory.any()
    assert memory.flags.writeable
    assert memory.ctypes.data % 64 == 0
