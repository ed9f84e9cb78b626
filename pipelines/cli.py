"""The command `wordlab`: its groups, loaded when they are used, and the one place where errors end."""

from __future__ import annotations

import errno
import os
import re
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

_COMMANDS = {
    "corpus": ("pipelines.corpus", "corpus", "Turn texts into a corpus, and inspect it."),
    "embeddings": ("pipelines.embeddings", "embeddings", "Train, judge, ask and convert word vectors."),
    "sentiment": ("pipelines.sentiment", "sentiment", "Train, judge and use classifiers of texts."),
    "vision": ("pipelines.vision", "vision", "Train image classifiers; study depth and batch normalisation."),
    "theory": ("pipelines.theory", "theory", "See how optimisation works, on small functions and networks."),
    "demo": ("pipelines.demo", "demo", "The whole way on text that comes with the installation."),
}
"""Module, attribute and short help of each command: `wordlab --help` needs to import none of them."""

INTERRUPTED = 130  # as shells report a process that SIGINT ended
_BROKEN_PIPE = 141  # the same for SIGPIPE
_TERMINATED = 143  # and for SIGTERM


class Failure(click.ClickException):
    """An error as the user sees it: one line on stderr, or none, and an exit code."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it from the instance

    def show(self, file: Any = None) -> None:
        """Write the message to stderr."""
        if self.message:
            click.echo(self.message, file=file, err=True)


class Wordlab(click.Group):
    """The root group: loads a command's module on first use and turns errors into one line.

    Usage errors are one line, too; click's own three are replaced.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order in which one meets them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, its module imported; None if there is no such command."""
        if cmd_name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, _, help) in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` begin with; near spellings are named where there is none."""
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            ctx.fail(unknown_command(args[0], list(_COMMANDS)))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever it raises becomes a Failure."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except (Exception, KeyboardInterrupt) as error:
            failure = explain(error)
            if failure is None:
                raise
            raise failure from error

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command line and exit."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            result = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            code = result if isinstance(result, int) else 0
        except click.UsageError as error:
            is_help = isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ()))
            click.echo(error.message if is_help else _usage_line(error), err=True)
            code = error.exit_code
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except click.Abort:
            click.echo("Interrupted", err=True)
            code = INTERRUPTED
        except OSError as error:  # --help and --version write before anything is invoked
            code = _report_stdout(error)
        flushed = _flush_stdout()
        if flushed is not None and code == 0:
            code = _report_stdout(flushed)
        sys.exit(code)


def explain(error: BaseException) -> Failure | None:
    """The one line for an error that a user can cause; None for a bug, which keeps its traceback."""
    from wordlab.errors import WordlabError

    if isinstance(error, KeyboardInterrupt | click.Abort):
        return Failure("Interrupted", INTERRUPTED)
    if isinstance(error, BrokenPipeError):
        return Failure("", _BROKEN_PIPE)
    if isinstance(error, WordlabError):
        return Failure(f"Error: {error}")
    if isinstance(error, MemoryError):
        detail = _first_line(error)
        return Failure("Error: out of memory" + (f": {detail}" if detail else ""))
    if isinstance(error, OSError):
        where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        return Failure(f"Error: {where}{error.strerror or _first_line(error)}")
    return None


def unknown_command(name: str, known: Sequence[str]) -> str:
    """What to say about a command that does not exist."""
    import difflib

    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
    return f"no such command {name!r}; {hint}"


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0]


def _usage_line(error: click.UsageError) -> str:
    message = re.sub(r"\s*\n\s*", " ", error.format_message()).rstrip(".")
    where = error.ctx.command_path if error.ctx else "wordlab"
    return f"Error: {message} (see {where} --help)"


def _flush_stdout() -> OSError | None:
    """Write what is left in stdout's buffer while we can still say that it failed; the error if it did."""
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


def _report_stdout(error: OSError) -> int:
    if error.errno == errno.EPIPE:
        return _BROKEN_PIPE
    click.echo(f"Error: standard output: {error.strerror}", err=True)
    return 1


@click.group(
    cls=Wordlab,
    invoke_without_command=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="wordlab", prog_name="wordlab")
def wordlab() -> None:
    """From text files to good word vectors, and to answers about them.

    \b
    Example:
      wordlab corpus build articles.txt -o corpus/
      wordlab embeddings train corpus/ -o vectors/
      wordlab embeddings nearest vectors/ king
    """


def main() -> None:
    """The entry point `wordlab`."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # for a terminal that cannot show all words
    # An exception where the signal's default is sudden death: half-written directories are removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    wordlab.main(prog_name="wordlab")


if __name__ == "__main__":
    main()
