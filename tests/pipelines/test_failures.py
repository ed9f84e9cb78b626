"""What a failure shows: one line that cannot steer the terminal, and the right exit code."""

import json

import click
import pytest
from click.testing import CliRunner

from pipelines import console
from pipelines.cli import Wordlab
from pipelines.console import printing
from wordlab.progress import Progress

from .conftest import run

HOSTILE = "a\nb\x1b[31m\x9b1m\u202ec"
SPELT = r"a\nb\x1b[31m\x9b1m\u202ec"


def lines_of(result):
    return result.stderr.removesuffix("\n").split("\n")


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (["corpus", "stats", HOSTILE], 1,
         f"Error: {SPELT}: expected an artefact made by wordlab, found no directory"),
        (["corpus", "build", HOSTILE, "-o", "out"], 1, f"Error: {SPELT}: "),
        ([HOSTILE], 2, f"Error: no such command '{SPELT}'; there are corpus, "),
        (["corpus", HOSTILE], 2, "Error: no such command "),
        (["corpus", "stats", "corpus", HOSTILE], 2, "Error: Got unexpected extra argument "),
        (["corpus", "stats", "corpus", "--top", HOSTILE], 2, "Error: Invalid value for '--top': "),
        (["corpus", "stats", "corpus", f"--{HOSTILE}"], 2, "Error: No such option"),
        (["corpus", "build", "x", "-o", "o", "--tokenizer", HOSTILE], 2, "Error: Invalid value for"),
        (["embeddings", "nearest", "vectors", HOSTILE], 1, "Error: "),
    ],
)  # fmt: skip
def test_hostile_names_are_spelt_out(words, code, line, place):
    result = run(*words)
    assert result.exit_code == code
    assert result.stdout == ""
    assert len(lines_of(result)) == 1
    assert result.stderr.startswith(line)
    assert r"\x1b[31m" in result.stderr
    assert not set(result.stderr) & {"\x1b", "\x9b", "\u202e"}


def test_very_long_words_are_cut(place):
    word = "x" * 100_000
    for words in (["embeddings", "nearest", "vectors", word], ["corpus", "stats", word], [word]):
        result = run(*words)
        assert result.exit_code in (1, 2)
        assert len(result.stderr) < 1_000
        assert "(100,000 characters)" in result.stderr


def test_very_long_results_are_cut(capsys):
    console.print_table(("word", "x"), [("x" * 100_000, 1)])
    console.print_facts({"word": "y" * 100_000})
    shown = capsys.readouterr().out
    assert len(shown) < 5_000
    assert "(100,000 characters)" in shown


def failing(error):
    """The outcome of a command that raises `error`."""

    @click.group(cls=Wordlab)
    def root():
        """Nothing."""

    def callback():
        raise error

    command = click.Command("x", callback=callback)
    root.list_commands = lambda _: ["x"]
    root.get_command = lambda _, name: command
    return CliRunner().invoke(root, ["x"])


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (KeyboardInterrupt(), 130, "Interrupted\n"),
        (click.Abort(), 130, "Interrupted\n"),
        (EOFError(), 1, "Error: a file ends too early: no more bytes\n"),
        (EOFError("Compressed file ended"), 1, "Error: a file ends too early: Compressed file ended\n"),
        (BrokenPipeError(), 141, ""),
        (MemoryError("Unable to allocate\n9 GB"), 1, "Error: out of memory: Unable to allocate\n"),
        (OSError(5, "Input/output error", "a\nb"), 1, "Error: a\\nb: Input/output error\n"),
        (click.ClickException("two\nlines"), 1, "Error: two\\nlines\n"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_errors_and_their_codes(error, code, message):
    result = failing(error)
    assert (result.exit_code, result.stderr) == (code, message)


def test_json_is_json_and_shows_no_control_characters(capsys):
    value = {
        "word": HOSTILE + "\x7f\udcff\u2028é",
        "shares": [float("nan"), (float("inf"), 0.5)],
        "none": None,
    }
    console.print_json(value)
    shown = capsys.readouterr().out
    found = json.loads(shown, parse_constant=lambda name: pytest.fail(name))
    assert found == {**value, "shares": [None, [None, 0.5]]}
    assert shown.isprintable() or not set(shown.replace("\n", "")) & set("\x1b\x7f\x9b\u2028\u202e\udcff")
    assert "é" in shown


def test_hints_can_be_pasted(capsys):
    console.say_next(["wordlab", "corpus", "stats", "my corpus/"], ["wordlab", "it's\x1b[1m\\a\n"])
    assert capsys.readouterr().err == (
        "\nNext:\n  wordlab corpus stats 'my corpus/'\n  wordlab $'it\\'s\\x1b[1m\\\\a\\n'\n"
    )
    assert printing._quoted("plain") == "plain"


def test_titles_of_progress_are_spelt_out(capsys):
    with console.progress() as listener:
        listener(Progress("read a\x1b[31m\nb", 1, 1, "bytes", 2.0))
    assert capsys.readouterr().err.startswith("read a\\x1b[31m\\nb: done in 2.0 s")
