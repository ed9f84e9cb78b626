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
    """Within the block the library's notes are printed on stderr, unless the command is quiet."""
    logger = logging.getLogger("wordlab")
    if any(isinstance(handler, _Notes) for handler in logger.handlers):  # a command within `demo`
        yield
        return
    handler, level = _Notes(logging.INFO), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)
