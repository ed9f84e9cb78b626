"""Ctrl-C gives exit code 130 and one word on stderr, and leaves nothing behind."""

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


def close_streams(process):
    for stream in (process.stdin, process.stdout, process.stderr):
        try:
            stream.close()
        except BrokenPipeError:
            continue


def finished(place, *words):
    """Exit code and stderr of the command, run to its end."""
    process = start(place, *words)
    _, error = process.communicate(timeout=120)
    return process.returncode, error.decode()


def contents_of(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def wait_until(condition):
    deadline = time.monotonic() + 120  # a busy machine may compile first
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
    close_streams(process)


def test_while_training(place):
    before = everything_in(place)
    process = start(place, "embeddings", "train", "corpus", "-o", "unfinished", "--epochs", "1000000")
    line = process.stderr.readline()
    while line.startswith(b"compile:"):  # where no test before has compiled it
        line = process.stderr.readline()
    assert line.startswith(b"train: ")  # so it is at work
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert output == b""
    assert [line for line in errors.decode().splitlines() if not line.startswith("train:")] == ["Interrupted"]
    assert everything_in(place) == before


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_training_resumes_where_it_was_interrupted(place, number, code):
    """The artefact is that of an uninterrupted run, file for file and byte for byte."""
    options = ["--epochs", "1000", "--dim", "20"]
    train = ["embeddings", "train", "corpus", *options]
    process = start(place, *train, "-o", "stopped", "--checkpoint-every", "0.01s")
    wait_until((place / "stopped.checkpoint").exists)
    process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == code
    assert "stopped.checkpoint holds the state; --resume continues from it" in error.decode()
    assert not (place / "stopped").exists()

    assert finished(place, *train, "-o", "stopped", "--checkpoint-every", "5m") == (
        1, "Error: stopped.checkpoint: exists from an earlier run; --resume continues it\n"
    )  # fmt: skip
    resume = ["embeddings", "train", "corpus", "-o", "stopped", "--resume", "-q"]
    code, error = finished(place, *resume, "--window", "2")
    assert code == 2
    assert "--window: expected 5, as the training in stopped.checkpoint began with, found 2" in error
    assert finished(place, *resume, "--threads", "1") == (0, "")
    assert not (place / "stopped.checkpoint").exists()
    assert finished(place, *train, "-o", "whole", "-q") == (0, "")
    assert contents_of(place / "stopped") == contents_of(place / "whole")


@pytest.mark.parametrize("time", ["0", "soon", "-5m", "5 d"])
def test_a_time_that_is_not_one(place, time):
    code, error = finished(place, "embeddings", "train", "corpus", "-o", "new", f"--checkpoint-every={time}")
    assert code == 2
    assert f"expected a time like 30s, 5m or 1h, found '{time}'" in error


LOST = """
import ctypes, os, signal, sys, time
from pipelines.process import end_on_signals

def ask():
    os.kill(os.getpid(), signal.{name})
    for _ in range(100): pass

class Dying:
    def __del__(self): ask()

@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
def called_back(one, other):
    ask()
    return 0

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
end_on_signals()
begun = time.monotonic()
try:
    if "{place}" == "a destructor":
        Dying()
    else:
        ctypes.CDLL(None).qsort(ctypes.create_string_buffer(16), 2, 8, called_back)
    print("lost", flush=True)
    while time.monotonic() - begun < 20:
        time.sleep(0.01)
    print("not ended")
finally:
    for _ in range(25):  # the end takes its time, and nothing disturbs it
        time.sleep(0.1)
    print("clean", flush=True)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("place", ["a destructor", "a callback"])
def test_an_interrupt_that_gets_lost_comes_again(place, name):
    """Python cannot propagate what is raised there; LLVM calls back after each function that it compiles."""
    result = subprocess.run(
        [sys.executable, "-c", LOST.format(place=place, name=name)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.stdout == "lost\nclean\n"
    assert "ignored" not in result.stderr
    if name == "SIGINT":
        assert result.stderr.endswith("\nKeyboardInterrupt\n")
    else:
        assert (result.returncode, result.stderr) == (143, "")


LOCKING = """
import functools, os, signal, threading
from pipelines.process import end_on_signals

signal.signal(signal.SIGINT, signal.default_int_handler)
end_on_signals()
threading.ask = functools.partial(os.kill, os.getpid(), signal.SIGINT)
exec("def enter(lock): lock.acquire(); ask(); [None for _ in range(100)]; return lock", vars(threading))
lock = threading.Lock()
try:
    threading.enter(lock)
    try:
        while True:
            pass
    finally:
        lock.release()
except KeyboardInterrupt:
    print("taken" if lock.locked() else "free")
"""


def test_an_interrupt_leaves_no_lock_of_pythons_taken():
    """As `Condition.__enter__` would, if it ended where it has the lock and has not said so."""
    result = subprocess.run([sys.executable, "-c", LOCKING], capture_output=True, text=True, timeout=60)
    assert (result.stdout, result.stderr) == ("free\n", "")


def test_an_interrupt_where_threads_only_wait():
    program = LOCKING.partition("threading.ask")[0] + "print(flush=True); threading.Event().wait()"
    begun = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=60)[1].endswith(b"KeyboardInterrupt\n")
    assert time.monotonic() - begun < 30


# ------------------------------------------------------------------ other signals, closed streams


def building(place, **options):
    """A build that is at work and waits for more text."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "corpus", "build", "-", "-o", "unfinished", "-q"],
        cwd=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
    )  # fmt: skip
    process.stdin.write(b"the cat sat on the mat\n" * 100_000)
    process.stdin.flush()
    wait_until(lambda: list(place.glob(".unfinished.partial-*")))
    return process


def test_sighup_cleans_up(place):
    before = everything_in(place)
    process = building(place)
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGTERM)  # a second one, while the first is at work
    assert process.wait(30) == 143
    assert process.stderr.read() == b""
    assert everything_in(place) == before
    close_streams(process)


def test_a_signal_between_two_reads_of_one_call(place):
    """The first read has got its bytes, so that the second begins, and waits, without a look at signals."""
    before = everything_in(place)
    process = building(place)
    time.sleep(1)  # until it waits for more
    process.send_signal(signal.SIGSTOP)
    process.stdin.write(b"the dog sat there, too\n")
    process.stdin.flush()
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGCONT)
    assert process.wait(30) == 143
    assert everything_in(place) == before
    close_streams(process)


def test_nohup_stays_in_force(place):
    process = building(place, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    process.send_signal(signal.SIGHUP)
    time.sleep(0.1)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert (place / "unfinished" / "manifest.json").exists()


@pytest.mark.parametrize(
    ("line", "code", "error"),
    [
        ("corpus stats corpus >&-", 1, "Error: standard output: Bad file descriptor\n"),
        ("--help >&-", 1, "Error: standard output: Bad file descriptor\n"),
        ("corpus stats nowhere 2>&-", 1, ""),
        ("corpus stats corpus 2>&- >/dev/null", 0, ""),
        ("corpus build - -o new <&-", 1, "Error: stdin: cannot be read: Bad file descriptor\n"),
        ("embeddings import - -o new --format glove <&-", 1,
         "Error: <stdin>: cannot be read: Bad file descriptor\n"),
        ("embeddings export vectors new.txt --format glove -q <&- >&- 2>&-", 0, ""),
    ],
)  # fmt: skip
def test_closed_streams(place, line, code, error):
    """Whatever is printed, it never comes into a file that took the stream's number."""
    shell = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" -c "$1" {line}', sys.executable, SCRIPT],
        cwd=place, capture_output=True, text=True,
    )  # fmt: skip
    assert (shell.returncode, shell.stderr) == (code, error)
    if "new.txt" in line:
        assert (place / "new.txt").read_text().startswith("the ")
    else:
        assert not (place / "new").exists()


def test_a_corpus_is_whole_with_closed_streams(place):
    for streams in (">/dev/null", "<&- 2>&- >/dev/null"):
        subprocess.run(
            ["/bin/sh", "-c", f'exec "$0" -c "$1" corpus build articles.txt -o new --overwrite {streams}',
             sys.executable, SCRIPT],
            cwd=place, check=True,
        )  # fmt: skip
        assert contents_of(place / "new").keys() == contents_of(place / "corpus").keys()
