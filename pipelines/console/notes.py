"""What is worth a note, such as leftovers that the library removed, as lines on stderr."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from pipelines.console.printing import say


def say_notes(found: Iterable[str], *, quiet: bool = False) -> None:
    """Print each note on a line of stderr, unless quiet."""
    for note in found:
        say(f"Note: {note}", quiet=quiet)


class _Notes(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        context = click.get_current_context(silent=True)
        quiet = context is not None and bool(context.params.get("quiet"))
        say_notes([record.getMessage()], quiet=quiet)


@contextmanager
def notes() -> Iterator[None]:
    """Within the block the library's notes are printed on stderr, unless the command is quiet.

    matplotlib's are not: without a home it tells, each time, where it keeps its fonts instead.
    """
    logger = logging.getLogger("wordlab")
    if any(isinstance(handler, _Notes) for handler in logger.handlers):  # a command within `demo`
        yield
        return
    handler, level = _Notes(logging.INFO), logger.level
    plots = logging.getLogger("matplotlib")
    plots_level = plots.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    plots.setLevel(logging.ERROR)
    try:
        yield
    finally:
        plots.setLevel(plots_level)
        logger.setLevel(level)
        logger.removeHandler(handler)
