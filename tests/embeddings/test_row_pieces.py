import io

import pytest

from wordlab.embeddings.formats.files import open_source
from wordlab.embeddings.formats.row_pieces import read_rows
from wordlab.errors import FormatError


@pytest.mark.parametrize("text", [b"a 1\nbb 2\nccc 3", b"a 1\n\n\nb 2\n", b"", b"\n"])
@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_pieces_end_where_rows_end(text, size):
    with open_source(io.BytesIO(text)) as source:
        pieces = list(read_rows(source, piece=size, longest=10))
    assert b"".join(pieces) == text
    assert all(piece.endswith(b"\n") for piece in pieces[:-1])


def test_a_row_without_an_end_is_refused_after_those_before_it():
    with open_source(io.BytesIO(b"a 1\n" + b"x" * 30 + b"\n")) as source:
        pieces = read_rows(source, piece=6, longest=10)
        assert next(pieces) == b"a 1\n"
        with pytest.raises(FormatError, match="expected rows of text, found 10 bytes without a line end"):
            next(pieces)
