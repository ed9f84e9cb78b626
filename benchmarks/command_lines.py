"""Random command lines: the commands and their options are read from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import click

from pipelines.cli import wordlab
from pipelines.config_options import Numbers
from pipelines.options import Duration, Size

ONCE_A_WHILE = ("demo",)  # takes half a minute: only with options that it refuses

HOSTILE = [
    "", " ", "0", "-1", "1e999", "nan", "-inf", "x", "1.5", "0x10", "٣", "1_000", "--", "-", "=", "a,b,,",
    "[", "*",
    "2147483648", "-2147483649", "9223372036854775808", "99999999999999999999999", "9" * 5_000, "é" * 5_000,
    "caf\udce9", "two\nlines", "\x1b[31mred\x1b[0m", "a\0b", "\u202eabc", "../\x07", "%s%n", "{0}", "'\"",
    "\\", "None",
]  # fmt: skip
WHOLE = ["1", "2", "3", "7", "0", "-1", "1000", "4294967296", "-9223372036854775809", "1" * 400]
SMALL = ["1", "2", "3", "5"]
REAL = ["0", "0.5", "1e-4", "1", "0.05", "-0.5", "1e308", "1e-320", "nan", "inf", "-inf", "1e5"]
WORDS = ["king", "king,", "the", "no-such-word", "king,queen", "x" * 2_000, "a film", "naïve", "東京"]
LONG = ("epochs", "dim", "hidden", "num_layers", "seeds", "steps", "max_images", "width", "depth")
"""Where a large number means long work: it is tried with --dry-run, or ended by Ctrl-C."""


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """The commands below `command` by their names, spelt as typed."""
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        if found is not None:
            yield from leaves(found, (*path, name))


@dataclass
class Inputs:
    """Where the inputs are, and the commands."""

    master: Path
    work: Path
    commands: dict[str, click.Command] = field(default_factory=lambda: dict(leaves(wordlab)))

    @property
    def names(self) -> list[str]:
        """The names of files and directories to read."""
        return sorted(path.name for path in self.master.iterdir())


def make_words(inputs: Inputs, name: str, random: Random) -> list[str]:
    """The words of a random command line of the command called `name`."""
    command = inputs.commands[name]
    wild = random.random() < 0.15  # whether anything may stand anywhere
    words = name.split()
    options: list[list[str]] = []
    for param in command.get_params(click.Context(command)):
        if isinstance(param, click.Argument):
            number = random.choice((1, 1, 2, 4)) if param.nargs < 0 else param.nargs
            number = random.randint(0, 3) if wild else number
            options += [[_value(param, inputs, random, wild)] for _ in range(number)]
        elif param.name != "help" and ((param.required and not wild) or random.random() < 0.2):
            options.append(_option(param, inputs, random, wild))
    if "--epochs" in {option for param in command.params for option in param.opts} and random.random() < 0.9:
        options.append(["--epochs", random.choice(SMALL[:2])])
    if name in ONCE_A_WHILE:
        options.append(["--no-such-option"])
    if random.random() < 0.02:
        options.append([random.choice([*HOSTILE, "--help", "-h", "--json=3"])])
    if random.random() < 0.2:
        random.shuffle(options)
    return words + [word for option in options for word in option]


def _option(param: click.Parameter, inputs: Inputs, random: Random, wild: bool) -> list[str]:
    spelling = random.choice([*param.opts, *param.secondary_opts])
    if getattr(param, "is_flag", False):
        return [spelling]
    values = [_value(param, inputs, random, wild) for _ in range(max(1, param.nargs))]
    if len(values) == 1 and spelling.startswith("--") and random.random() < 0.5:
        return [f"{spelling}={values[0]}"]
    return [spelling, *values]


def _value(param: click.Parameter, inputs: Inputs, random: Random, wild: bool) -> str:
    if random.random() < (0.5 if wild else 0.08):
        return random.choice(HOSTILE)
    kind = param.type.types[0] if isinstance(param.type, click.Tuple) else param.type
    name = param.name or ""
    if name in ("output", "file", "plot", "animate", "reliability", "checkpoint", "list_file"):
        return random.choice(["out/a", "out/b", "out/c.png", "out/d.txt", "new", *inputs.names])
    if isinstance(kind, click.Choice):
        return str(random.choice(list(kind.choices)))
    if isinstance(kind, Duration):
        return random.choice(["1s", "0.5m", "2h", "0", "-1s", "9" * 400 + "h"])
    if isinstance(kind, Size):
        return random.choice(["4GB", "1e9", "200MiB", "1", "0", "-1GB", "9" * 400 + "GB"])
    if isinstance(kind, Numbers):
        return random.choice(["2", "2,3", "0", "-1,2", "3,3", "8,20", "1000000", "2," * 50])
    if isinstance(kind, click.types.FloatParamType):
        return random.choice(REAL)
    if isinstance(kind, click.types.IntParamType):
        return random.choice(SMALL if name in LONG and random.random() < 0.97 else WHOLE)
    if isinstance(kind, click.Path) or name in ("inputs", "source", "data", "connector_words"):
        return random.choice([*inputs.names, "digits", "no/such", ".", "texts/a.txt/inside", "-", "x" * 300])
    if name == "function":
        return random.choice(
            ["x**2", "x**2 + y**2", "sin(x)", "1/0", "x**x**x", "rosenbrock", "(" * 99, "9**9**9"]
        )
    return random.choice(WORDS)
