"""The heads of files with a header "V D": whether there is one, and whether text or binary follows."""

from __future__ import annotations

import re

from wordlab.embeddings.formats.files import HEAD
from wordlab.embeddings.formats.rows import is_number
from wordlab.io.lines import without_byte_order_mark

_HEADER = re.compile(rb"(\d{1,18})(?:[ \t]+|,|;)(\d{1,18})[ \t]*\r?\n?")
_SAMPLE = 1 << 16
_LINES_SAMPLED = 20
_LIKE_A_NUMBER = re.compile(
    rb"[\[({\"']*[+-]?(\d[\d.:]*|\.\d+|nan|inf|infinity)(e[+-]?\d+)?[\])}\"']*", re.IGNORECASE
)
_BETWEEN_FIELDS = re.compile(rb"[ \t,;]+")
_BETWEEN_TWO_FIELDS = re.compile(rb"[ \t]+|[,;]")
_NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1b\x7f]")


def parse_header(line: bytes) -> tuple[int, int] | None:
    """The numbers of words and dimensions if `line` is a header "V D" in ASCII digits, else None."""
    match = _HEADER.fullmatch(line)
    return (int(match[1]), int(match[2])) if match else None


def has_text_header(head: bytes) -> bool:
    """Whether a header and then rows of text begin a file.

    A first line of two integers is a header, unless everything can be GloVe text of one dimension
    whose first word is a number: then the next row has two fields as well, and not a header's D + 1.
    """
    header, rest = _split(head)
    if header is None or _is_binary(rest, *header, is_whole=len(head) < HEAD):
        return False
    row = _BETWEEN_TWO_FIELDS.split(rest.partition(b"\n")[0].rstrip())
    return len(row) != 2 or header[1] == 1 or not is_number(row[1])


def has_binary_header(head: bytes) -> bool:
    """Whether a header and then records of binary numbers begin a file."""
    header, rest = _split(head)
    return header is not None and _is_binary(rest, *header, is_whole=len(head) < HEAD)


def is_bare_text(head: bytes) -> bool:
    """Whether rows of text begin a file, without a header."""
    if has_text_header(head) or has_binary_header(head):
        return False
    return _split(head)[0] is not None or b"\0" not in head


def _split(head: bytes) -> tuple[tuple[int, int] | None, bytes]:
    """The header, if there is one, and what follows the first line."""
    first, _, rest = without_byte_order_mark(head).partition(b"\n")
    return parse_header(first), rest


def _is_binary(rest: bytes, num_words: int, dim: int, *, is_whole: bool) -> bool:
    """Whether binary records follow the header, rather than text, whose rows end in numbers.

    Malformed rows of text are left to the text reader to report. `is_whole` says
    that `rest` ends where the file does.
    """
    lines = rest[:_SAMPLE].split(b"\n", _LINES_SAMPLED)[:_LINES_SAMPLED]
    rows = [_is_row_of_text(line, dim) for line in lines if line]
    if not rows or rows[0] or sum(rows) * 2 > len(rows):
        return False
    return _NOT_IN_TEXT.search(rest[:_SAMPLE]) is not None or _are_records(
        rest, num_words, dim, is_whole=is_whole
    )


def _is_row_of_text(line: bytes, dim: int) -> bool:
    """Whether a line ends in fields meant as numbers, such as nan, 0,5, 0:1.5 and [0.1."""
    last = [field for field in _BETWEEN_FIELDS.split(line.rstrip())[1:] if field][-min(dim, 2) :]
    return len(last) == min(dim, 2) and all(map(_LIKE_A_NUMBER.fullmatch, last)) and b"\0" not in line


def _are_records(rest: bytes, num_words: int, dim: int, *, is_whole: bool) -> bool:
    """Whether words and D float32 numbers each fill `rest`; if it `is_whole`, to the last byte."""
    start = num_done = 0
    while num_done < num_words:
        space = rest.find(b" ", start)
        end = space + 1 + 4 * dim
        if space < 0 or end > len(rest):
            break
        start, num_done = end, num_done + 1
    if is_whole:
        return num_done == num_words and not rest[start:].strip(b"\n")
    return num_done > 0 or b" " in rest[:_SAMPLE]
