"""What the library notes by the way, such as leftovers that it removed, as lines on stderr."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import click

from pipelines.console.printing import say


class _Notes(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        context = click.get_current_context(silent=True)
        quiet = context is not None and bool(context.params.get("quiet"))
        say(f"Note: {record.getMessage()}", quiet=quiet)


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
