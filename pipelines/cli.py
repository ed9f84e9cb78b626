"""The command `wordlab`: its groups, loaded on first use, and the one place where errors end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from pipelines.console.notes import notes
from pipelines.failures import INTERRUPTED, explain, flush_stdout, report, report_stdout
from pipelines.groups import Group
from pipelines.process import end_on_signals, ignore_signals, open_closed_streams

_COMMANDS = {
    "corpus": ("pipelines.corpus:corpus", "Turn texts into a corpus, and inspect it."),
    "embeddings": ("pipelines.embeddings:embeddings", "Train, judge, ask and convert word vectors."),
    "sentiment": ("pipelines.sentiment:sentiment", "Train, judge and use text classifiers."),
    "vision": ("pipelines.vision:vision", "Train image classifiers; study depth and batch normalisation."),
    "theory": ("pipelines.theory:theory", "See how optimisation works, on small functions and networks."),
    "serve": ("pipelines.serve:serve", "Answer other programs over HTTP, as OpenAI's server does."),
    "run": ("pipelines.run:run", "Run the steps in a file, each again only when something changed."),
    "info": ("pipelines.info:info", "Say what a directory made by wordlab is, and from what."),
    "demo": ("pipelines.demo:demo", "Go the whole way, on texts that come with the installation."),
}
"""Where each command is, and its short help, so that `wordlab --help` imports none of them."""


class Wordlab(Group):
    """The root group, which turns errors into one line.

    Usage errors take one line, too, in place of click's three.
    """

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in _COMMANDS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments left over; UsageError for one with a NUL byte, which no name can have."""
        for arg in args:
            if "\0" in arg:
                ctx.fail(f"expected arguments without NUL bytes, found {arg!r}")
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error that a user can cause becomes a Failure."""
        try:
            with notes():
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
        except click.ClickException as error:
            code = report(error)
        except click.Abort:
            click.echo("Interrupted", err=True)
            code = INTERRUPTED
        except OSError as error:  # --help and --version write before anything is invoked
            code = report_stdout(error)
        flushed = flush_stdout()
        if flushed is not None and code == 0:
            code = report_stdout(flushed)
        sys.exit(code)


@click.group(
    cls=Wordlab,
    elsewhere={name: place for name, (place, _) in _COMMANDS.items()},
    invoke_without_command=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="wordlab", prog_name="wordlab")
def wordlab() -> None:
    """Turn text files into good word vectors, and ask them questions.

    \b
    Example:
      wordlab corpus build articles.txt -o corpus/
      wordlab embeddings train corpus/ -o vectors/
      wordlab embeddings nearest vectors/ king
    """


def main() -> None:
    """The entry point `wordlab`."""
    open_closed_streams()
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # for a terminal that cannot show all words
    end_on_signals()
    try:
        wordlab.main(prog_name="wordlab")
    except KeyboardInterrupt:  # a second one, while the first is being reported
        sys.exit(INTERRUPTED)
    finally:
        ignore_signals()


if __name__ == "__main__":
    main()
