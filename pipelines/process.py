"""The process around a command: its standard streams, and the signals that end it in good order."""

from __future__ import annotations

import os
import signal
import sys

from pipelines.failures import TERMINATED

_ENDING = ("SIGTERM", "SIGHUP")
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
    """Let SIGTERM and SIGHUP raise SystemExit, where the default is sudden death.

    So half-written directories are removed. A signal that is ignored, as nohup does with SIGHUP, stays so.
    """
    for name in _ENDING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: sys.exit(TERMINATED))


def ignore_signals() -> None:
    """Ignore what would only disturb the end of the interpreter, when all is cleaned up."""
    for name in ("SIGINT", *_ENDING):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_IGN)
