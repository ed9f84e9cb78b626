"""Ctrl-C: exit code 130, one word on stderr, nothing left behind."""

import signal
import subprocess
import sys
import time

import pytest

from .conftest import everything_in

SCRIPT = "import sys; from pipelines.cli import main; main()"


def start(place, *words):
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *words],
        cwd=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # a shell's background jobs ignore SIGINT, and children inherit that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip


def wait_until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_while_building(place, number, code):
    before = everything_in(place)
    process = start(place, "corpus", "build", "-", "-o", "unfinished")
    process.stdin.write(b"the cat sat on the mat\n" * 400_000)  # several blocks, so that workers start
    process.stdin.flush()
    wait_until(lambda: list(place.glob(".unfinished.partial-*")))
    time.sleep(0.3)
    process.send_signal(number)
    assert process.wait(30) == code
    assert process.stdout.read() == b""
    errors = process.stderr.read().decode().splitlines()
    assert [line for line in errors if not line.startswith("build corpus:")] == ["Interrupted"][: code == 130]
    assert everything_in(place) == before
    for stream in (process.stdin, process.stdout, process.stderr):
        try:
            stream.close()
        except BrokenPipeError:
            continue


def test_while_training(place):
    before = everything_in(place)
    process = start(place, "embeddings", "train", "corpus", "-o", "unfinished", "--epochs", "1000000")
    assert process.stderr.readline().startswith(b"train: ")  # so it is at work
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert output == b""
    assert [line for line in errors.decode().splitlines() if not line.startswith("train:")] == ["Interrupted"]
    assert everything_in(place) == before
