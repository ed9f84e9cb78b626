"""fastText's `.bin` put together by hand, whole and damaged; tests/oracle compares with fastText itself."""

import io
import struct
import tracemalloc

import numpy as np
import pytest

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import FormatError
from wordlab.text import Vocabulary

OWN = np.array([[1, 2], [3, 4]], "<f4")
BUCKETS = np.array([[0.5, 0.25], [0.125, -1], [7, 8]], "<f4")

LENGTHS = "v: header: expected n-grams of 0 <= min <= max <= 64 characters and buckets, "


def make(
    *, magic=793712314, version=12, dim=2, model=2, bucket=3, min_n=3, max_n=3, sizes=(2, 2, 0, 7, -1),
    entries=((b"cat", 4, 0), (b"dogs", 3, 0)), pruned=b"", quantised=0, shape=None, outputs=(2, 2), end=b"",
) -> bytes:  # fmt: skip
    """A model of two words and three buckets, or with something else in it."""
    data = struct.pack(
        "<2i12id", magic, version, dim, 5, 5, 1, 5, 1, 2, model, bucket, min_n, max_n, 100, 1e-4
    )
    data += struct.pack("<3i2q", *sizes)
    data += b"".join(word + b"\0" + struct.pack("<qb", count, kind) for word, count, kind in entries) + pruned
    rows = OWN.tobytes() + (BUCKETS.tobytes() if bucket else b"")
    data += bytes([quantised]) + struct.pack("<2q", *(shape or (2 + bucket, 2))) + rows
    return data + b"\0" + struct.pack("<2q", *outputs) + bytes(4 * outputs[0] * outputs[1]) + end


def read(data: bytes, **options) -> WordVectors:
    stream = io.BytesIO(data)
    stream.name = "v"
    return read_vectors(stream, **options)


def message(data: bytes, **options) -> str:
    with pytest.raises(FormatError) as caught:
        read(data, **options)
    return str(caught.value)


def test_a_word_is_the_mean_of_its_own_vector_and_its_ngrams():
    vectors = read(make())
    assert vectors.vocabulary.words == ("cat", "dogs")
    assert vectors.vocabulary.counts.tolist() == [4, 3]
    hashes = []
    for ngram in (b"<ca", b"cat", b"at>"):
        h = 2166136261
        for byte in ngram:
            h = (h ^ byte) * 16777619 % 2**32
        hashes.append(h % 3)
    expected = (OWN[0] + BUCKETS[hashes].sum(axis=0)) / 4
    assert vectors["cat"].tolist() == expected.tolist()
    assert (vectors.subwords.min_n, vectors.subwords.max_n, vectors.subwords.num_buckets) == (3, 3, 3)


def test_models_without_subwords():
    for data in (make(max_n=0, bucket=0), make(version=11, model=3), make(max_n=0), make(max_n=-1, bucket=0)):
        vectors = read(data)
        assert vectors.matrix.tolist() == OWN.tolist()
        assert vectors.subwords is None


def test_labels_are_left_out():
    entries = ((b"cat", 4, 0), (b"dogs", 3, 0), (b"__label__x", 9, 1))
    vectors = read(make(model=3, sizes=(3, 2, 1, 7, -1), entries=entries))
    assert vectors.vocabulary.words == ("cat", "dogs")
    assert vectors.details["fasttext"] == {"model": "supervised", "num_labels": 1}


def test_words_come_by_descending_count():
    vectors = read(make(entries=((b"cat", 1, 0), (b"dogs", 3, 0)), max_n=0, bucket=0))
    assert vectors.vocabulary.words == ("dogs", "cat")
    assert vectors.matrix.tolist() == OWN[::-1].tolist()


def test_duplicate_words():
    entries = ((b"cat", 4, 0), (b"cat", 3, 0))
    plain = {"max_n": 0, "bucket": 0}
    assert read(make(entries=entries, **plain)).matrix.tolist() == [[1, 2]]
    found = read(make(entries=entries, **plain), duplicates="last")
    assert (found.matrix.tolist(), found.vocabulary.counts.tolist()) == ([[3, 4]], [3])
    assert message(make(entries=entries), duplicates="error") == (
        "v: record 2: expected each word once, found 'cat' again, first v: record 1"
    )


def test_lenient():
    data = make(entries=((b"c\xff", 4, 0), (b"dogs", 3, 0)))
    assert message(data) == "v: record 1: expected a word in UTF-8, found 'c\\\\xff' (invalid start byte)"
    found = read(data, lenient=True)
    assert found.vocabulary.words == ("dogs",)
    assert found["dogs"].tolist() == read(make())["dogs"].tolist()
    assert found.details["skipped"] == {"not UTF-8": 1}
    assert "skipped_hint" not in found.details  # no other encoding could be named
    for data in (make()[:-1], make(end=b"x")):  # of the output layer nothing is needed
        assert read(data, lenient=True).details["skipped"] == {"cut off": 1}


def test_rows_that_are_not_finite():
    plain = {"max_n": 0, "bucket": 0}
    data = make(**plain).replace(struct.pack("<f", 3), struct.pack("<f", np.nan))
    assert message(data) == "v: record 2: expected finite numbers for 'dogs', found NaN or infinity"
    assert read(data, lenient=True).vocabulary.words == ("cat",)
    assert read(data, only=["cat"]).vocabulary.words == ("cat",)
    data = make().replace(struct.pack("<f", 7), struct.pack("<f", np.inf))
    assert message(data, lenient=True) == "v: n-grams: row 3: expected finite numbers, found NaN or infinity"


def test_only_some_words_without_subwords():
    found = read(make(), only=["dogs", "x"])
    assert found.vocabulary.words == ("dogs",)
    assert found["dogs"].tolist() == read(make())["dogs"].tolist()
    assert found.subwords is None
    assert message(make(), only=["x"]) == "v: expected at least one of the 1 wanted words, found none"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (make(version=13), "v: header: expected version 11 or 12 of fastText's format, found 13"),
        (make(dim=0), "v: header: expected dimensions, a model and buckets, found 0, 2, 3"),
        (make(model=9), "v: header: expected dimensions, a model and buckets, found 2, 9, 3"),
        (
            make(max_n=65),
            LENGTHS + "found 3 to 65 and 3",
        ),
        (
            make(min_n=4),
            LENGTHS + "found 4 to 3 and 3",
        ),
        (
            make(sizes=(2, 0, 2, 7, -1)),
            "v: dictionary: expected at least one word and as many entries as words and labels, "
            "found 0 words, 2 labels, 2 entries",
        ),
        (make(sizes=(2**31 - 1, 2**31 - 1, 0, 7, -1), bucket=0, max_n=0)[:200], None),
        (
            make(entries=((b"cat", 4, 1), (b"dogs", 3, 0))),
            "v: record 1: expected an entry of type 0 and its count, found type 1 and 4",
        ),
        (
            make(entries=((b"cat", 4, 0), (b"dogs", -3, 0))),
            "v: record 2: expected an entry of type 0 and its count, found type 0 and -3",
        ),
        (
            make(entries=((b"cat", 2**62, 0), (b"dogs", 3, 0))),
            "v: expected counts of less than 2**62 in total, found more",
        ),
        (make(quantised=2), "v: vectors: expected 0 for plain or 1 for quantised, found 2"),
        (
            make(sizes=(2, 2, 0, 7, 1), pruned=b"\0" * 8),
            "v: expected all buckets in a model that is not quantised, found a choice",
        ),
        (make(shape=(6, 2)), "v: vectors: expected 2 + 3 rows of 2 dimensions, found 6 of 2"),
        (make(shape=(5, 3)), "v: vectors: expected 2 + 3 rows of 2 dimensions, found 5 of 3"),
        (make(bucket=2**31 - 1, shape=(2**31 + 1, 2)), None),
        (make(max_n=0, bucket=0, shape=(2**60, 2)), None),
        (make(end=b"x"), "v: expected the end, found more"),
        (make(outputs=(2, 2))[:-16], "v: output layer: expected 16 bytes, found 0 before the end"),
        (make()[:40], "v: header: expected 64 bytes, found 40 before the end"),
        (make()[:93], "v: dictionary: expected 2 entries, found 0"),
        (make()[:150], "v: vectors: expected 16 bytes, found 14 before the end"),
    ],
)
def test_errors(data, expected):
    tracemalloc.start()
    found = message(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    if expected is None:
        assert "expected" in found
        assert "found" in found
    else:
        assert found == expected
    assert peak < 1e6  # whatever the header promises


@pytest.mark.parametrize("size", range(64, len(make()), 3))
def test_truncation(size):
    assert message(make()[:size]).startswith("v: ")


def test_equal_vectors_give_equal_bytes_and_counts_survive():
    for counts in ([0, 0], [7, 7], [9, 2]):
        vectors = WordVectors(Vocabulary(["b", "a"], counts), OWN, subwords=Subwords(2, 3, BUCKETS))
        streams = [io.BytesIO(), io.BytesIO()]
        for stream in streams:
            write_vectors(vectors, stream, format="fasttext")
        assert streams[0].getvalue() == streams[1].getvalue()
        assert read(streams[0].getvalue()).vocabulary == vectors.vocabulary


def test_what_cannot_be_written():
    for word, matrix, expected in (
        ("a\0b", OWN[:1], "expected no '\\\\x00' in a word"),
        ("a", np.full((1, 2), 3e38), "within float32"),
    ):
        vectors = WordVectors(Vocabulary([word], [1]), matrix, subwords=Subwords(2, 3, BUCKETS))
        with pytest.raises(FormatError, match=f"cannot be written as fasttext: .*{expected}"):
            write_vectors(vectors, io.BytesIO(), format="fasttext")
