"""Pieces of text, cut where lines end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordlab.errors import FormatError
from wordlab.io.lines import whole_lines, without_byte_order_mark


def test_by_hand():
    assert list(whole_lines([b"a", b"b\nc\nd", b"", b"\n", b"e"])) == [b"ab\nc\n", b"d\n", b"e"]
    assert list(whole_lines([])) == list(whole_lines([b""])) == []


@given(st.lists(st.binary(max_size=5).map(lambda data: data.replace(b"0", b"\n"))))
def test_nothing_is_lost_and_lines_are_whole(pieces):
    found = list(whole_lines(pieces))
    assert b"".join(found) == b"".join(pieces)
    assert all(lines.endswith(b"\n") for lines in found[:-1])
    assert all(found)


def test_a_line_that_is_too_long():
    assert list(whole_lines([b"abc", b"d\n", b"abcd"], longest=4)) == [b"abcd\n", b"abcd"]
    with pytest.raises(FormatError) as caught:
        list(whole_lines([b"a\nbcd", b"ef"], name="x.txt", longest=4))
    assert str(caught.value) == "x.txt: byte 2: expected the end of a line within 4 bytes, found none"


def test_byte_order_mark():
    assert without_byte_order_mark("\ufeffa\ufeff".encode()) == "a\ufeff".encode()
    assert without_byte_order_mark(b"\xef\xbb") == b"\xef\xbb"
