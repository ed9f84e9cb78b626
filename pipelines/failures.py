"""Errors as the user sees them: one line on stderr and an exit code."""

from __future__ import annotations

import errno
import os
import re
import sys
from typing import Any

import click

from wordlab.visible import first_line, one_line

INTERRUPTED = 130  # as shells report a process that SIGINT ended
BROKEN_PIPE = 141  # the same for SIGPIPE
TERMINATED = 143  # and for SIGTERM
_CLICKS_BREAKS = re.compile(r"\s*\n\t")  # in its lists of choices


class Failure(click.ClickException):
    """An error as the user sees it: one line on stderr, or none, and an exit code."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(one_line(message))
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it from the instance

    def show(self, file: Any = None) -> None:
        """Write the message to stderr."""
        if self.message:
            click.echo(self.message, file=file, err=True)


def explain(error: BaseException) -> Failure | None:
    """The Failure for an error that a user can cause; None for a bug, which keeps its traceback."""
    from wordlab.errors import WordlabError

    if isinstance(error, KeyboardInterrupt | click.Abort):
        return Failure("Interrupted", INTERRUPTED)
    if isinstance(error, BrokenPipeError):
        return Failure("", BROKEN_PIPE)
    if isinstance(error, WordlabError):
        return Failure(f"Error: {error}")
    if isinstance(error, MemoryError):
        return Failure("Error: out of memory" + (f": {first_line(error)}" if str(error) else ""))
    if isinstance(error, EOFError):  # which click takes for Ctrl-D at a prompt
        return Failure(
            f"Error: a file ends too early: {first_line(error) if str(error) else 'no more bytes'}"
        )
    if isinstance(error, OSError):
        where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        return Failure(f"Error: {where}{error.strerror or first_line(error)}")
    return None


def report(error: click.ClickException) -> int:
    """The exit code of `error`, once it is written to stderr; wrong usage takes one line, too."""
    if isinstance(error, Failure):
        error.show()
    elif isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):
        click.echo(error.message, err=True)
    elif isinstance(error, click.UsageError):
        click.echo(_usage_line(error), err=True)
    else:
        click.echo(one_line(f"Error: {error.format_message()}"), err=True)
    return error.exit_code


def report_stdout(error: OSError) -> int:
    """The exit code where stdout cannot be written; the reason goes to stderr unless its reader left."""
    if error.errno == errno.EPIPE:
        return BROKEN_PIPE
    click.echo(f"Error: standard output: {error.strerror}", err=True)
    return 1


def flush_stdout() -> OSError | None:
    """The error of writing what is left in stdout's buffer, while there is still time to report it."""
    try:
        sys.stdout.flush()
    except OSError as error:
        # The interpreter flushes once more when it ends; that must not fail again.
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (OSError, ValueError):
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the process ends
        return error
    return None


def _usage_line(error: click.UsageError) -> str:
    message = one_line(_CLICKS_BREAKS.sub(" ", error.format_message()).rstrip("."))
    where = error.ctx.command_path if error.ctx else "wordlab"
    return f"Error: {message} (see {where} --help)"
