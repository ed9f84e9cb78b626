from __future__ import annotations

from dataclasses import dataclass

import click
import pytest
from click.testing import CliRunner

from pipelines.config_options import config_from, config_options


@dataclass(frozen=True, kw_only=True)
class Config:
    """A config as the rooms have them."""

    num_words: int = 5
    """Words to keep; `kind` says which, and `num_words` how many.

    A second paragraph is for readers of the code.
    """
    kind: str = "first"
    """Which words to keep."""
    widths: tuple[int, ...] = (3, 4)
    """Widths of windows."""
    quick: bool = True
    """Hurry."""
    rate: float | None = None
    silent: str = "left out"
    """Never shown."""


@click.command()
@config_options(
    Config,
    choices={"kind": ("first", "last")},
    flags={"quick": "--quick/--thorough"},
    defaults={"rate": "by the kind"},
    leave_out=["silent"],
)
@click.pass_context
def command(ctx, **options):
    base = {"num_words": 9, "kind": "last"} if options["rate"] == 1 else None
    click.echo(repr(config_from(Config, options, base)))


def options():
    return {param.name: param for param in command.params}


def test_help_is_the_first_paragraph_below_a_field_in_words_of_the_command_line():
    assert {name: option.help for name, option in options().items()} == {
        "num_words": "Words to keep; kind says which, and --num-words how many.",
        "kind": "Which words to keep.",
        "widths": "Widths of windows.",
        "quick": "Hurry.",
        "rate": "",
    }


def test_defaults_are_shown_as_they_are_typed():
    shown = {name: option.show_default for name, option in options().items()}
    assert shown == {"num_words": True, "kind": True, "widths": "3,4", "quick": True, "rate": "by the kind"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", Config()),
        ("--num-words 7 --thorough --widths 2", Config(num_words=7, quick=False, widths=(2,))),
        ("--rate 1", Config(num_words=9, kind="last", rate=1.0)),
        ("--rate 1 --kind first", Config(num_words=9, rate=1.0)),
    ],
)
def test_options_make_a_config_on_top_of_an_earlier_one(words, expected):
    assert CliRunner().invoke(command, words).stdout == f"{expected!r}\n"


def test_numbers_are_checked():
    result = CliRunner().invoke(command, "--widths 3,x")
    assert result.exit_code == 2
    assert "expected whole numbers separated by commas, found '3,x'" in result.stderr
