"""The heads of text files, and of word2vec binary: whether there is a header, and how wide rows are."""

from __future__ import annotations

import re
from collections import Counter

from wordlab.embeddings.formats.rows import is_number, split_row
from wordlab.io.lines import without_byte_order_mark

_HEADER = re.compile(rb"(\d{1,18}) (\d{1,18}) ?\r?\n?")
_ROWS_LOOKED_AT = 100


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
    if header is None or _is_binary(rest, header[1]):
        return False
    row = split_row(rest.partition(b"\n")[0])
    return len(row) != 2 or header[1] == 1


def has_binary_header(head: bytes) -> bool:
    """Whether a header and then records of binary numbers begin a file."""
    header, rest = _split(head)
    return header is not None and _is_binary(rest, header[1])


def is_bare_text(head: bytes) -> bool:
    """Whether rows of text begin a file, without a header."""
    if has_text_header(head) or has_binary_header(head):
        return False
    return _split(head)[0] is not None or b"\0" not in head


def row_dimension(head: bytes) -> int:
    """The number of values in a row of headerless text, as most of its first 100 rows have it.

    Rows whose words hold spaces have more fields and are outvoted; in a tie the first row decides.
    Lines without values have no vote; 0 if all are like that.
    """
    lines = without_byte_order_mark(head).split(b"\n", _ROWS_LOOKED_AT)
    whole = lines[:-1] or lines  # the last piece is cut off, unless it is the only one
    votes = Counter(len(split_row(line)) - 1 for line in whole)
    with_values = [(dim, number) for dim, number in votes.items() if dim > 0]
    return max(with_values, key=lambda vote: vote[1], default=(0, 0))[0]


def _split(head: bytes) -> tuple[tuple[int, int] | None, bytes]:
    """The header, if there is one, and what follows the first line."""
    first, _, rest = without_byte_order_mark(head).partition(b"\n")
    return parse_header(first), rest


def _is_binary(rest: bytes, dim: int) -> bool:
    row = split_row(rest.partition(b"\n")[0])
    if len(row) == dim + 1 and all(map(is_number, row[1:])):
        return False
    values = rest.lstrip(b"\n").partition(b" ")[2][: 4 * min(dim, 1024)]
    if any(byte < 0x20 and byte not in b"\t\r\n" for byte in values):
        return True
    try:
        values.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end < len(values)  # else a character cut by the end of the sample
    # Printable throughout, as the four bytes of a number can be by chance: text would begin like a number.
    return bool(values) and values[:1] not in b"+-.0123456789"
