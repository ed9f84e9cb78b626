"""The process around a command: its standard streams, and the signals that end it in good order."""

from __future__ import annotations

import os
import signal
import sys
import time
from types import FrameType

from pipelines.failures import INTERRUPTED, TERMINATED

_PATIENCE = 5.0  # seconds in which what is half-written is removed
_STREAMS = (("stdin", "r", os.O_WRONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY))


def open_closed_streams() -> None:
    """Open the standard streams that were closed when the process began (``>&-``).

    Else the next file that is opened would take their number, and an artefact what is printed. Reading
    stdin and writing stdout fail, as they would; what goes to stderr is lost.
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
    """Let the first SIGINT, SIGTERM or SIGHUP raise, so that half-written directories are removed.

    More of them do not disturb that; whoever insists after some seconds ends the process at once. A signal
    that is ignored, as nohup does with SIGHUP, stays so.
    """
    begun: list[float] = []

    def end(number: int, _: FrameType | None) -> None:
        if not begun:
            begun.append(time.monotonic())
            if number == signal.SIGINT:
                raise KeyboardInterrupt
            sys.exit(TERMINATED)
        if time.monotonic() - begun[0] > _PATIENCE:
            os._exit(INTERRUPTED if number == signal.SIGINT else TERMINATED)

    for number in _ending_signals():
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)


def ignore_signals() -> None:
    """Ignore what would only disturb the end of the interpreter, when all is cleaned up."""
    for number in _ending_signals():
        signal.signal(number, signal.SIG_IGN)


def _ending_signals() -> list[signal.Signals]:
    """Those of the three that the system has."""
    return [number for number in signal.Signals if number.name in ("SIGINT", "SIGTERM", "SIGHUP")]
