"""A bar of progress for notebooks: ``train(corpus, config, on_progress=bar())``."""

from __future__ import annotations

import sys
from html import escape
from typing import Any

from wordlab.progress import OnProgress, Progress


def bar() -> OnProgress:
    """A listener that draws each task's progress below the running cell, or on a terminal's last line.

    It needs no widgets: what it shows is HTML, which stays in the notebook as it was at the end.
    """
    return _Bar()


class _Bar:
    """Draws a line a task, and draws it again with each report."""

    def __init__(self) -> None:
        self._tasks: dict[str, Any] = {}

    def __call__(self, event: Progress) -> None:
        if not _in_a_kernel():
            self._draw_on_terminal(event)
            return
        from IPython import display as ipython

        content = {"text/html": _html(event), "text/plain": _words(event)}
        if event.task in self._tasks:
            self._tasks[event.task].update(content, raw=True)
        else:
            self._tasks[event.task] = ipython.display(content, raw=True, display_id=True)  # type: ignore[no-untyped-call]

    def _draw_on_terminal(self, event: Progress) -> None:
        if sys.stderr.isatty():
            end = "\n" if event.done == event.total else ""
            sys.stderr.write(f"\r\x1b[K{_words(event)}{end}")
            sys.stderr.flush()


def _in_a_kernel() -> bool:
    """Whether this is a notebook's process, which IPython has loaded then."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return getattr(shell, "kernel", None) is not None


def _html(event: Progress) -> str:
    share = f' value="{event.done / event.total:.4f}"' if event.total else ""
    return f'<progress style="width:12em;vertical-align:middle"{share}></progress> {escape(_words(event))}'


def _words(event: Progress) -> str:
    """The event in words: how far, how fast, the metrics, and how long it takes or took."""
    done = f"{event.done / event.total:.0%}" if event.total else f"{event.done:,} {event.unit}"
    parts = [f"{event.task}: {done}"]
    if event.unit not in ("%", "steps") and event.rate >= 1:
        parts.append(f"{event.rate:,.0f} {event.unit}/s")
    parts += [f"{name.replace('_', ' ')} {value:.3g}" for name, value in event.metrics.items()]
    if event.done == event.total:
        parts.append(f"{event.elapsed:.1f} s")
    elif event.remaining is not None:
        parts.append(f"{event.remaining:.0f} s left")
    return " · ".join(parts)
