"""Options that commands share, and a command whose errors spell options as the user types them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import click

from pipelines import console, groups
from wordlab.checks import MAX_THREADS
from wordlab.errors import ConfigError, CorpusError, ResourceError, TrainingError
from wordlab.io.urls import FILE_URL, place_of
from wordlab.text.reading import ReadingConfig
from wordlab.training.cooccurrences.config import DEFAULT_MEMORY

F = TypeVar("F", bound=Callable[..., Any])


class Command(click.Command):
    """A command whose errors spell options as the user types them (`--min-count`, not `min_count`)."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a ConfigError about one of its options is wrong usage."""
        try:
            with console.progress_in_passing(quiet=ctx.params.get("quiet", False)):
                return super().invoke(ctx)
        except (ConfigError, CorpusError, ResourceError, TrainingError) as error:
            message = spell_options(str(error), self.get_params(ctx))
            if isinstance(error, ConfigError):
                raise click.UsageError(message, ctx) from error
            raise type(error)(message) from error


class Group(groups.Group):
    """A group of such commands, in the order of their definition."""

    command_class = Command


def spell_options(message: str, params: list[click.Parameter]) -> str:
    """`message` with the names of parameters as the user types them.

    A name counts at the beginning before a colon, before a number, and anywhere if it has an
    underscore; never inside quotes or paths.

    >>> spell_options("min_count: expected 1 or more", [click.Option(["--min-count"])])
    '--min-count: expected 1 or more'
    """
    for param in params:
        name = re.escape(param.name or "")
        shown = (
            max(param.opts, key=len) if isinstance(param, click.Option) else param.make_metavar(_no_context())
        )
        message = re.sub(rf"^{name}(?=: )", shown, message)
        message = re.sub(rf"(?:^|(?<=[ (])){name}(?= -?\d)", shown, message)
        if "_" in name:
            message = re.sub(rf"(?:^|(?<=[ (])){name}(?=[ ,:;)]|$)", shown, message)
    return message


def _no_context() -> click.Context:
    return click.Context(click.Command(None))


def output_option(what: str, *, required: bool = True) -> Callable[[F], F]:
    """The options -o/--output, the directory of the artefact to make, and --overwrite."""

    def decorate(function: F) -> F:
        function = click.option("--overwrite", is_flag=True, help="Replace the output if it exists.")(
            function
        )
        return click.option(
            "-o", "--output", required=required, type=Written(), metavar="DIR",
            help=f"Directory for the {what}.",
        )(function)  # fmt: skip

    return decorate


class Place(click.Path):
    """A path or a URL; what nobody can open is wrong from the start."""

    is_local = False

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value as the command gets it: a string where a string will do, else a path."""
        place = place_of(value)
        if isinstance(place, Path):  # file:// is another way to write a path
            text = str(place) if FILE_URL.match(os.fspath(value)) else value
            return super().convert(text, param, ctx)
        if self.is_local:
            self.fail(f"expected a place on this machine, found {place}; {place.hint}", param, ctx)
        if self.type is str:
            return str(place)
        # the Hub has rules of its own
        parts = [] if place.scheme == "hf" else place.rest.rstrip("/").split("/")
        if not {"", ".", ".."}.isdisjoint(parts):  # pathlib would change them
            self.fail(f"expected a URL whose key has no empty or dotted parts, found {place}", param, ctx)
        return UrlPath(str(place))


class UrlPath(type(Path())):  # type: ignore[misc]
    """A URL where commands pass paths on: it is shown as it is typed, and `place_of` knows it again."""

    def __str__(self) -> str:
        return re.sub(r"^(\w+):/(?=[^/])", r"\1://", super().__str__())

    def __fspath__(self) -> str:
        return str(self)


class Read(Place):
    """A file or directory that the command reads, here or elsewhere."""

    def __init__(self, *, path_type: type = Path, allow_dash: bool = False) -> None:
        super().__init__(path_type=path_type, allow_dash=allow_dash)


class Local(Place):
    """A file or directory that must be on this machine."""

    is_local = True

    def __init__(self, *, file_okay: bool = True) -> None:
        super().__init__(path_type=Path, file_okay=file_okay)


class Written(Place):
    """A file or directory that the command writes, as opposed to one that it reads."""

    def __init__(self, *, allow_dash: bool = False, is_local: bool = False) -> None:
        super().__init__(path_type=Path, allow_dash=allow_dash)
        self.is_local = is_local


class NameOrPath(Place):
    """The path of something to read, or the name or pattern of it."""

    def __init__(self, *, path_type: type = str) -> None:
        super().__init__(path_type=path_type, allow_dash=True, readable=False)


class ShareOrFile(click.ParamType):
    """A number, else the name of a file."""

    name = "share or file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | Path:
        """The share as a number; what is none is a path."""
        if isinstance(value, float | Path):
            return value
        try:
            return float(value)
        except ValueError:
            found: Path = Read().convert(value, param, ctx)
            return found


class Duration(click.ParamType):
    """A time in seconds, minutes or hours: 90, 30s, 5m, 1.5h."""

    name = "duration"
    _SECONDS: ClassVar = {"": 1, "s": 1, "m": 60, "h": 3600}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The time in seconds; wrong usage if `value` is not a time."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", str(value).strip())
        if found is None or float(found[1]) == 0:
            self.fail(f"expected a time like 30s, 5m or 1h, found {value!r}", param, ctx)
        return float(found[1]) * self._SECONDS[found[2]]


class Size(click.ParamType):
    """A number of bytes: 4GB, 500MB, 1.5GiB, 1e9."""

    name = "size"
    _POWERS: ClassVar = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The bytes; wrong usage if `value` is not a size."""
        if isinstance(value, int):
            return value
        text = str(value).strip().lower()
        found = re.fullmatch(r"(\d{1,15}(?:\.\d{1,15})?(?:e\d{1,2})?) ?([kmgt]?)(i?)b?", text, re.ASCII)
        size = (
            0.0 if found is None else float(found[1]) * (1024 if found[3] else 1000) ** self._POWERS[found[2]]
        )
        if not 1 <= size < 2**63:
            self.fail(f"expected a size like 4GB, 500MB or 1.5GiB, found {value!r}", param, ctx)
        return int(size)


class WordsOrAll(click.ParamType):
    """A number of words, or "all", which is 0."""

    name = "words"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; wrong usage if `value` is neither."""
        if value == "all":
            return 0
        if isinstance(value, int) or re.fullmatch(r"[0-9]{1,10}", value):
            return int(value)
        self.fail(f"expected a number of words or all, found {value!r}", param, ctx)


class WholeNumber(click.types.IntParamType):
    """A whole number from `low` to `high`."""

    def __init__(self, low: int, high: int) -> None:
        self._low, self._high = low, high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; UsageError if `value` is not one, or out of range."""
        number: int = super().convert(value, param, ctx)
        if not self._low <= number <= self._high:
            message = f"expected a whole number from {self._low} to {self._high}, found {number}"
            if param is not None:  # shown as a config's own errors are
                message = spell_options(f"{param.name}: {message}", [param])
            raise click.UsageError(message, ctx)
        return number


SEED = WholeNumber(0, 2**63 - 1)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Show no progress and no hints.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
threads_option = click.option(
    "--threads",
    type=WholeNumber(1, MAX_THREADS),
    default=None,
    show_default="all cores",
    metavar="N",
    help="Cores to use.",
)


encoding_option = click.option(
    "--encoding", default=ReadingConfig.encoding, show_default=True, metavar="NAME",
    help="Encoding of texts that are not UTF-8 and have no byte-order mark: cp1252, utf-16-le, ...",
)  # fmt: skip
delimiter_option = click.option(
    "--delimiter", default=ReadingConfig.delimiter, metavar="CHAR",
    show_default="a tab in TSV, found from the first rows in CSV",
    help="What separates the columns of a CSV or TSV file; \\t is a tab.",
)  # fmt: skip
max_record_option = click.option(
    "--max-record", type=int, default=ReadingConfig.max_record, show_default=True, metavar="MIB",
    help="Longest line, row, object or cell, in MiB.",
)  # fmt: skip


memory_option = click.option(
    "--memory", type=Size(), default=DEFAULT_MEMORY, show_default="4GB", metavar="SIZE",
    help="What counting pairs may take beside the corpus; the counts are the same with more or less.",
)  # fmt: skip


def seed_option(what: str, default: int = 1) -> Callable[[F], F]:
    """The option --seed; `what` it is the seed of goes into its help."""
    return click.option(
        "--seed", type=SEED, default=default, show_default=True, metavar="N", help=f"Seed of {what}."
    )


def artifact_argument(name: str, metavar: str) -> Callable[[F], F]:
    """The argument for the directory of an artefact; the library checks that it is one."""
    return click.argument(name, metavar=metavar, type=Read())
