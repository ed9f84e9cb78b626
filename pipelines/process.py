"""The process around a command: its standard streams, and the signals that end it in good order."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from types import FrameType

from pipelines.failures import INTERRUPTED, TERMINATED

_PATIENCE = 5.0  # seconds allowed for removing half-written output
_SOON = 0.02  # seconds until an exception that was put off is raised,
_AGAIN = 0.5  # or one that was lost
_PUT_OFF = 1.0  # seconds for which one may be put off
_NOTHING = 1e-3  # seconds of a processor that a thread may use which stands still
_LOCKING = ("threading", "concurrent", "queue")  # modules of Python whose functions take locks, for a moment
_STREAMS = (("stdin", "r", os.O_WRONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY))


def open_closed_streams() -> None:
    """Open the standard streams that were closed when the process began (``>&-``).

    Otherwise the next file opened would take the free descriptor, and printed text would land in an artefact.
    Reading stdin and writing to stdout still fail; what goes to stderr is lost.
    """
    for number, (name, mode, access) in enumerate(_STREAMS):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, access), True)  # the lowest free number, which is this
            file = open(number, mode, encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
            file.buffer.raw.name = f"<{name}>"  # type: ignore[attr-defined]  # as messages call it
            setattr(sys, name, file)


def end_on_signals() -> None:
    """Make the first SIGINT, SIGTERM or SIGHUP raise, so that half-written directories are removed.

    What is raised in a destructor or in a callback from C is lost: Python cannot propagate it, and LLVM calls
    back after each long compilation. It is therefore raised again until it propagates. A signal that arrives
    just before a system call is handled only after it, which may wait for a pipe forever. So the first signal
    starts a timer, which interrupts the call. Further signals are ignored for some seconds, for the clean-up;
    after that, one ends the process at once. A signal that is ignored from the start, as SIGHUP under nohup,
    stays ignored.
    """
    begun: list[float] = []

    def end(number: int, frame: FrameType | None) -> None:
        if not begun:
            begun.append(time.monotonic())
            raise_until_it_propagates(
                KeyboardInterrupt() if number == signal.SIGINT else SystemExit(TERMINATED), frame
            )
        if time.monotonic() - begun[0] > _PATIENCE:
            os._exit(INTERRUPTED if number == signal.SIGINT else TERMINATED)

    for number in _ending_signals():
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)
    if hasattr(signal, "setitimer"):  # not on Windows
        _start_timer_on_signals()


def raise_until_it_propagates(ending: BaseException, frame: FrameType | None) -> None:
    """Raise `ending`, and again every half second until it propagates through the main thread.

    For signal handlers, which are given the `frame` that the main thread is in. Takes over the process's
    timer, and silences Python's reports of lost exceptions.

    Python's own `Condition.__enter__` and its like, written in Python, could end between taking a lock and
    saying so, and other threads would wait for the lock for ever. So nothing is raised there, for a second at
    most, until the main thread is elsewhere, or has stood still, as it does where it waits.
    """
    has_timer = hasattr(signal, "setitimer")  # not on Windows
    begun, before = time.monotonic(), (0, 0, 0.0)

    def end(frame: FrameType | None) -> None:
        nonlocal before
        handled = sys.exc_info()[1]  # by an `except`, a `finally` or an `__exit__`
        while handled is not None and handled is not ending:
            handled = handled.__context__
        if handled is ending:
            return
        if has_timer and frame is not None and _takes_locks(frame) and time.monotonic() - begun < _PUT_OFF:
            now = id(frame), frame.f_lasti, time.thread_time()
            stood_still = now[:2] == before[:2] and now[2] - before[2] < _NOTHING
            before = now
            if not stood_still:
                signal.setitimer(signal.ITIMER_REAL, _SOON, _AGAIN)
                return
        raise ending

    def report(lost: sys.UnraisableHookArgs) -> None:
        if lost.exc_value is not ending:
            sys.__unraisablehook__(lost)

    sys.unraisablehook = report
    if has_timer:
        signal.signal(signal.SIGALRM, lambda _, frame: end(frame))
        signal.setitimer(signal.ITIMER_REAL, _AGAIN, _AGAIN)
    end(frame)


def _takes_locks(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] in _LOCKING


def _start_timer_on_signals() -> None:
    """Have a thread start the timer at the first signal, whatever the main thread waits for."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.signal(signal.SIGALRM, lambda *_: None)  # until `raise_until_it_propagates` has something to raise
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def start_timer() -> None:
        os.read(reader, 1)
        signal.setitimer(signal.ITIMER_REAL, _SOON, _AGAIN)

    threading.Thread(target=start_timer, name="wordlab-signals", daemon=True).start()


def ignore_signals() -> None:
    """Ignore signals while the interpreter shuts down, once everything is cleaned up."""
    for number in _ending_signals():
        signal.signal(number, signal.SIG_IGN)
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _ending_signals() -> list[signal.Signals]:
    """Those of the three that the system has."""
    return [number for number in signal.Signals if number.name in ("SIGINT", "SIGTERM", "SIGHUP")]
