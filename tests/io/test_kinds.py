"""What the beginning of a file says about it."""

import pytest

from wordlab.io.kinds import is_page


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"<!DOCTYPE html>", True),
        (b"<!doctype HTML PUBLIC", True),
        (b"\r\n\t <html lang=en>", True),
        (b"\xef\xbb\xbf<html>", True),
        (b"\xef\xbb\xbf\n\n<!doctype html", True),
        (b"<html> 0.1 0.2", True),
        (b"<htmlish> 0.1 0.2", False),
        (b"<!doctype htmlish>", False),
        (b"html 0.1 0.2", False),
        (b"the <html>", False),
        (b"", False),
    ],
)
def test_pages_begin_with_their_type_or_their_element(head, expected):
    assert is_page(head) is expected
