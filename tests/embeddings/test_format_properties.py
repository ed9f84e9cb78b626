"""Properties of the formats: round trips over any words and numbers, and two ways to parse that agree."""

import io

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.formats import DETECTED_FORMATS, DUPLICATE_POLICIES
from wordlab.embeddings.formats.blocks import parse_regular
from wordlab.embeddings.formats.rows import parse_row
from wordlab.errors import FormatError
from wordlab.text import Vocabulary

words = st.text(st.characters(exclude_characters=" \n\ufeff", exclude_categories=["Cs"]), min_size=1)
floats = st.floats(width=32, allow_nan=False, allow_infinity=False)
FORMATS = [name for name in DETECTED_FORMATS if name != "floret"]  # which holds no words
FIELDS = [b"a", b"1", b"-2.5e-3", b"", b"nan", b"\r", b"\t", b"1e39", b"+.5", b"\xff"]
rows_of_text = st.lists(
    st.lists(st.sampled_from(FIELDS), max_size=4).map(b" ".join), min_size=1, max_size=5
).map(b"\n".join)
any_options = st.fixed_dictionaries(
    {
        "format": st.sampled_from([*FORMATS, None]),
        "lenient": st.booleans(),
        "duplicates": st.sampled_from(DUPLICATE_POLICIES),
        "only": st.none() | st.sets(st.sampled_from(["a", "1", "", "bc", "x y"]), min_size=1),
    }
)


@given(st.data(), st.sampled_from(FORMATS))
def test_round_trip(data, format):
    vocabulary = data.draw(st.lists(words, min_size=1, max_size=8, unique=True))
    assume(format != "fasttext" or not any("\0" in word for word in vocabulary))  # ends words there
    dim = data.draw(st.integers(2, 4))
    rows = st.tuples(*[st.tuples(*[floats] * dim)] * len(vocabulary))
    matrix = np.array(data.draw(rows), dtype=np.float32)
    vectors = WordVectors(Vocabulary(vocabulary, [0] * len(vocabulary)), matrix)
    stream = io.BytesIO()
    write_vectors(vectors, stream, format=format)
    # by name: that a file of a few odd words looks like another format is no fault of the reader
    order = "little" if format == "word2vec-binary" else None  # any few numbers could be of the other
    found = read_vectors(io.BytesIO(stream.getvalue()), format=format, byte_order=order)
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


def outcome(data: bytes, **options) -> WordVectors | str:
    """Vectors, or the message of a FormatError; any other exception fails the test."""
    try:
        return read_vectors(io.BytesIO(data), **options)
    except FormatError as error:
        return str(error)


@given(st.binary(max_size=200) | rows_of_text, any_options)
def test_any_bytes_give_vectors_or_one_clear_line(data, options):
    found = outcome(data, **options)
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
    options = data.draw(any_options)
    found = outcome(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]), **options)
    assert "\n" not in found if isinstance(found, str) else np.isfinite(found.matrix).all()


@given(rows_of_text, any_options)
def test_lenient_keeps_what_strict_reads(data, options):
    strict = outcome(data, **{**options, "lenient": False})
    lenient = outcome(data, **{**options, "lenient": True})
    if isinstance(strict, str):
        # what was wrong is counted, or nothing was left
        assert isinstance(lenient, str) or lenient.details["skipped"]
    else:
        assert lenient.details["skipped"] == {}
        assert lenient.vocabulary.words == strict.vocabulary.words
        assert lenient.matrix.tobytes() == strict.matrix.tobytes()


@given(rows_of_text, st.sampled_from(["a", "1", ""]), any_options)
def test_only_is_what_selecting_afterwards_gives(data, word, options):
    everything = outcome(data, **{**options, "only": None})
    selected = outcome(data, **{**options, "only": [word]})
    if isinstance(everything, str) or word not in everything:
        return  # other rows are not looked at, so that they may be wrong
    assert selected.vocabulary.words == (word,)
    assert selected[word].tobytes() == everything[word].tobytes()
