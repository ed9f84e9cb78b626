"""Messages are one line, of bounded length, and cannot steer a terminal, whatever they quote."""

import pickle

import pytest

from wordlab import errors
from wordlab.visible import clipped, first_line, listed, one_line, shortened, visible

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\r\n\tc", r"a\nb\r\n\tc"),
        ("\x1b[31mred\x1b[0m\x07", r"\x1b[31mred\x1b[0m\x07"),
        ("\x00\x7f\x9b2J", r"\x00\x7f\x9b2J"),
        ("one\u2028two\u2029three\x85four", r"one\u2028two\u2029three\x85four"),
        ("user\u202egpj.exe\u2066", r"user\u202egpj.exe\u2066"),
        ("caf\udce9 \ud800", r"caf\xe9 \ud800"),
        ("naïve 東京 👩‍👩‍👧 C:\\new", "naïve 東京 👩‍👩‍👧 C:\\new"),
    ],
)
def test_control_characters_are_spelt_out(text, expected):
    assert visible(text) == expected
    assert visible(expected) == expected


def test_long_words_say_their_length():
    assert shortened("found '" + 5_000 * "x" + "' in " + 400 * "y" + ":", longest=6) == (
        "found 'xxx…xxx' (5,000 characters) in yyy…yyy (400 characters):"
    )
    assert shortened(f"({'z' * 10!r})", longest=6) == "('zzz…zzz' (10 characters))"
    assert shortened("short words " * 100) == "short words " * 100


def test_long_messages_keep_both_ends():
    line = one_line("articles.csv: expected a, found " + 100_000 * "b " + "; use --delimiter")
    assert len(line) < 1_000
    assert line.startswith("articles.csv: expected a, found b b")
    assert line.endswith("b ; use --delimiter (200,049 characters)")


def test_clipped_text_says_that_it_is():
    assert [clipped("naïve", longest) for longest in (6, 5, 4, 1)] == ["naïve", "naïve", "naï…", "…"]
    assert clipped("", 5) == ""


def test_lists_say_how_many_more_there_are():
    names = list(map(str, range(1_003)))
    assert [listed(names[:number], 2) for number in (0, 1, 2, 3)] == ["", "0", "0, 1", "0, 1 and 1 more"]
    assert listed(names, 3) == "0, 1, 2 and 1,000 more"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ValueError("one\r\ntwo"), "one"),
        (ValueError("\n  two\nthree"), "two"),
        (ValueError(), "ValueError"),
        (MemoryError(" \n"), "MemoryError"),
        (KeyError("a\nb"), r"'a\nb'"),
        (OSError(2, "No such file"), "[Errno 2] No such file"),
    ],
)
def test_the_first_line_of_an_error(error, expected):
    assert first_line(error) == expected


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_is_one_line(kind):
    error = kind("two\nlines of \x1b[1mbold")
    for found in (error, kind(error), pickle.loads(pickle.dumps(error))):  # noqa: S301
        assert str(found) == r"two\nlines of \x1b[1mbold"
        assert found.args == (str(found),)


def test_long_values_take_no_time():
    for text in ("'" * 3_000_000, "a" * 3_000_000, "ab " * 1_000_000, "\x1b" * 1_000_000, "x" * 299 + " "):
        assert len(one_line(text * 2)) < 1_100
