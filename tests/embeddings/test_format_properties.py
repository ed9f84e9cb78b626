"""Properties of the formats: round trips over any words and numbers, and two ways to parse that agree."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.formats import DETECTED_FORMATS as FORMATS
from wordlab.embeddings.formats.blocks import parse_regular
from wordlab.embeddings.formats.rows import parse_row
from wordlab.errors import FormatError
from wordlab.text import Vocabulary

words = st.text(st.characters(exclude_characters=" \n\ufeff", exclude_categories=["Cs"]), min_size=1)
floats = st.floats(width=32, allow_nan=False, allow_infinity=False)
FIELDS = [b"a", b"1", b"-2.5e-3", b"", b"nan", b"\r", b"\t", b"1e39", b"+.5", b"\xff"]
rows_of_text = st.lists(
    st.lists(st.sampled_from(FIELDS), max_size=4).map(b" ".join), min_size=1, max_size=5
).map(b"\n".join)


@given(st.data(), st.sampled_from(FORMATS))
def test_round_trip(data, format):
    vocabulary = data.draw(st.lists(words, min_size=1, max_size=8, unique=True))
    dim = data.draw(st.integers(2, 4))
    rows = st.tuples(*[st.tuples(*[floats] * dim)] * len(vocabulary))
    matrix = np.array(data.draw(rows), dtype=np.float32)
    vectors = WordVectors(Vocabulary(vocabulary, [0] * len(vocabulary)), matrix)
    stream = io.BytesIO()
    write_vectors(vectors, stream, format=format)
    # by name: that a file of a few odd words looks like another format is no fault of the reader
    found = read_vectors(io.BytesIO(stream.getvalue()), format=format)
    assert found.vocabulary.words == vectors.vocabulary.words
    assert found.matrix.tobytes() == vectors.matrix.tobytes()


@given(rows_of_text, st.integers(1, 3))
def test_fast_way_agrees_with_the_definition(text, dim):
    text = text.removesuffix(b"\n")
    lines = text.split(b"\n")
    fast = parse_regular(text, dim, range(1, len(lines) + 1))
    if fast is None:
        return
    slow = [parse_row(line, dim, "x") for line in lines]
    assert fast[0].to_pylist() == [word for word, _ in slow]
    assert fast[1].tobytes() == np.stack([vector for _, vector in slow]).tobytes()


def outcome(data: bytes, format: str | None = None) -> WordVectors | str:
    """Vectors, or the message of a FormatError; any other exception fails the test."""
    try:
        return read_vectors(io.BytesIO(data), format=format)
    except FormatError as error:
        return str(error)


@given(st.binary(max_size=200) | rows_of_text, st.sampled_from([*FORMATS, None]))
def test_any_bytes_give_vectors_or_one_clear_line(data, format):
    found = outcome(data, format)
    assert "\n" not in found if isinstance(found, str) else np.isfinite(found.matrix).all()


@pytest.mark.parametrize("format", FORMATS)
@given(st.data())
def test_damaged_files_give_vectors_or_one_clear_line(format, data):
    vectors = WordVectors(Vocabulary(["a", "bc", "d"], [0] * 3), [[1.5, 2], [3, 0.25], [5, 6]])
    stream = io.BytesIO()
    write_vectors(vectors, stream, format=format)
    damaged = bytearray(stream.getvalue())
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    found = outcome(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))
    assert "\n" not in found if isinstance(found, str) else np.isfinite(found.matrix).all()
