"""fastText's quantised files and those of 2016, put together by hand, whole and damaged."""

import io
import struct
import tracemalloc

import numpy as np
import pytest

from benchmarks import fasttext_files
from wordlab.embeddings import WordVectors, read_vectors
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import FormatError
from wordlab.text import Vocabulary

NAN = struct.pack("<f", np.nan)
QUANTISER = "vectors: expected a quantiser of 2 dimensions for codes of 1 bytes, found"


@pytest.fixture(scope="module")
def parts() -> fasttext_files.Parts:
    """A model of two words of two dimensions and four buckets for n-grams of three characters."""
    subwords = Subwords(3, 3, np.arange(8).reshape(4, 2))
    return fasttext_files.take_apart(
        WordVectors(Vocabulary(["cat", "dogs"], [4, 3]), [[1, 2], [3, 4]], subwords=subwords)
    )


def quantised(parts, **options) -> bytes:
    return fasttext_files.quantised(parts, np.random.default_rng(0), **options)


def read(data: bytes, **options) -> WordVectors:
    stream = io.BytesIO(data)
    stream.name = "v"
    return read_vectors(stream, **options)


def message(data: bytes, **options) -> str:
    tracemalloc.start()
    with pytest.raises(FormatError) as caught:
        read(data, **options)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2e6  # whatever the file promises
    assert "\n" not in str(caught.value)
    return str(caught.value)


def changed(data: bytes, place: int, form: str, *values) -> bytes:
    found = bytearray(data)
    struct.pack_into(form, found, place, *values)
    return bytes(found)


def start_of_vectors(parts, num_pruned: int = 0) -> int:
    """Where the flag before the matrix is, in a file with a version."""
    return 92 + len(parts.entries) + 8 * num_pruned


class TestQuantised:
    def test_a_row_is_made_of_the_centroids_of_its_codes_times_its_norm(self, parts):
        data = quantised(parts, size=1, has_norms=True)
        start = start_of_vectors(parts) + 1 + 1 + 16 + 4
        codes = np.frombuffer(data[start : start + 12], np.uint8).reshape(6, 2)
        start += 12 + 16
        centroids = np.frombuffer(data[start : start + 2048], "<f4").reshape(2, 256)
        start += 2048
        norm_codes = np.frombuffer(data[start : start + 6], np.uint8)
        norms = np.frombuffer(data[start + 6 + 16 :][:1024], "<f4")[norm_codes]
        rows = np.stack([centroids[0, codes[:, 0]], centroids[1, codes[:, 1]]], axis=1) * norms[:, None]
        found = read(data)
        assert found.subwords.matrix.tobytes() == rows[2:].tobytes()
        own = np.array(rows[:2])
        assert found.matrix.tobytes() == found.subwords.compose(["cat", "dogs"], own).tobytes()

    def test_pruned_ngrams_weigh_nothing(self, parts):
        pruned = np.array([[3, 1], [0, 0]])
        found = read(quantised(parts, pruned=pruned))
        assert found.subwords.pruned
        assert found.subwords.buckets.tolist() == [0, 3]
        plain = Subwords(3, 3, found.subwords.rows_of(np.arange(4)))
        for word in ("cats", "dogs and cats", "zebra", "no"):
            kept = [row for ngrams in plain._ngrams([word]) for row in ngrams.buckets if row in (0, 3)]
            expected = plain.matrix[kept].mean(axis=0) if kept else np.zeros(2)
            assert np.allclose(found[word], expected, atol=1e-6)

    def test_all_ngrams_pruned(self, parts):
        found = read(quantised(parts, pruned=np.empty((0, 2), int)))
        assert found.subwords is None
        assert len(found) == 2

    @pytest.mark.parametrize("has_norms", [False, True])
    @pytest.mark.parametrize("has_quantised_outputs", [False, True])
    def test_truncation(self, parts, has_norms, has_quantised_outputs):
        data = quantised(
            parts,
            has_norms=has_norms,
            has_quantised_outputs=has_quantised_outputs,
            pruned=np.array([[3, 1], [0, 0]]),
        )
        assert len(read(data)) == 2
        for size in [*range(5, 220, 3), *range(220, len(data), 199), len(data) - 1]:
            assert message(data[:size]).startswith("v: ")

    @pytest.mark.parametrize(
        ("pruned", "found"),
        [
            ([[4, 0], [1, 1]], "bucket 4 and row 0"),
            ([[-1, 0], [1, 1]], "bucket -1 and row 0"),
            ([[0, 2], [1, 1]], "bucket 0 and row 2"),
            ([[0, -5], [1, 1]], "bucket 0 and row -5"),
            ([[1, 0], [1, 1]], "bucket 1 and row 1"),
        ],
    )
    def test_pruned_ngrams_out_of_range(self, parts, pruned, found):
        assert message(quantised(parts, pruned=np.array(pruned))) == (
            f"v: pruned n-grams: expected each bucket below 4 once, and a row below 2, found {found}"
        )

    def test_sizes_that_lie(self, parts):
        start = start_of_vectors(parts)
        data = quantised(parts)
        for place, form, values, expected in (
            (start, "<B", (2,), "vectors: expected 0 for plain or 1 for quantised, found 2"),
            (start + 1, "<B", (7,), "vectors: expected 0 for plain or 1 for quantised, found 7"),
            (start + 2, "<q", (2**60,), f"vectors: expected 2 + 4 rows of 2 dimensions, found {2**60} of 2"),
            (start + 10, "<q", (2**40,), f"vectors: expected 2 + 4 rows of 2 dimensions, found 6 of {2**40}"),
            (start + 18, "<i", (-6,), "vectors: expected codes for 6 rows of 2 dimensions, found -6"),
            (start + 18, "<i", (7,), "vectors: expected codes for 6 rows of 2 dimensions, found 7"),
            (start + 18, "<i", (2**31 - 2,), "vectors: expected codes for 6 rows of 2 dimensions, found"),
            (start + 28, "<i", (9,), f"{QUANTISER} 9 in 1 parts of 2, the last of 2"),
            (start + 32, "<i", (2**31 - 1,), f"{QUANTISER} 2 in 2147483647 parts of 2, the last of 2"),
            (start + 36, "<i", (0,), f"{QUANTISER} 2 in 1 parts of 0, the last of 2"),
            (start + 40, "<i", (9,), f"{QUANTISER} 2 in 1 parts of 2, the last of 9"),
            (start + 44, "<4s", (NAN,), "vectors: centroids: expected finite numbers, found NaN or infinity"),
            (84, "<q", (2**60,), "pruned n-grams: expected"),
            (84, "<q", (-2,), "dictionary: expected at least one word"),
        ):
            assert message(changed(data, place, form, *values)).startswith(f"v: {expected}"), expected

    def test_norms_and_numbers_that_are_not_finite(self, parts):
        data = quantised(parts, has_norms=True)
        start = start_of_vectors(parts) + 22 + 6 + 16 + 2048 + 6 + 16
        assert message(changed(data, start, "<4s", NAN)) == (
            "v: vectors: centroids of norms: expected finite numbers, found NaN or infinity"
        )
        norms = start + np.arange(256) * 4
        huge = data
        for place in norms.tolist():
            huge = changed(huge, place, "<f", 3e38)
        assert "expected finite numbers" in message(huge)
        assert "n-grams: row 2: expected finite numbers" in message(huge, lenient=True)

    def test_codes_of_far_more_numbers_than_bytes(self):
        """As a file that is compressed too well: one byte for a row of 3,000 numbers, 30,000 times."""
        words = Vocabulary(["a"], [1])
        vectors = WordVectors(words, np.ones((1, 3000)), subwords=Subwords(1, 2, np.ones((1, 3000))))
        parts = fasttext_files.take_apart(vectors)
        parts.settings[8], parts.vectors = 30_000, np.broadcast_to(np.float32(0), (30_001, 3000))
        data = quantised(parts, size=3000)
        with pytest.raises(FormatError, match=r"expected vectors, found 360,000,000 bytes quantised into 30"):
            read(data)

    def test_many_buckets_of_which_few_are_left(self, parts):
        """Their number is only what the header says: nothing may grow with it."""
        data = quantised(parts, pruned=np.array([[3, 1], [0, 0]]))
        data = changed(data, 40, "<i", 2**31 - 1)
        tracemalloc.start()
        assert read(data)["cats"].tolist() == [0, 0]
        assert tracemalloc.get_traced_memory()[1] < 2e6
        tracemalloc.stop()

    def test_lenient_reading_ignores_damage_to_the_output_layer(self, parts):
        data = quantised(parts, has_quantised_outputs=True)
        assert message(data[:-1]).startswith("v: output layer: expected 2048 bytes, found 2047")
        assert read(data[:-1], lenient=True).details["skipped"] == {"cut off": 1}


class TestFilesOf2016:
    def test_recognised_by_settings_that_fit(self, parts):
        found = read(fasttext_files.unversioned(parts))
        assert found.details["format"] == "fasttext"
        assert found.matrix.tobytes() == read(fasttext_files.versioned(parts)).matrix.tobytes()
        assert found.vocabulary == Vocabulary(["cat", "dogs"], [4, 3])

    @pytest.mark.parametrize(
        ("place", "form", "value"),
        [
            (0, "<i", 0),
            (4, "<i", -1),
            (24, "<i", 4),  # the loss
            (28, "<i", 0),  # the model
            (32, "<i", -1),
            (48, "<d", np.nan),
            (48, "<d", -1.0),
            (56, "<i", 3),  # words and labels that do not add up
        ],
    )
    def test_not_recognised_otherwise(self, parts, place, form, value):
        data = changed(fasttext_files.unversioned(parts), place, form, value)
        assert message(data) == "v: expected vectors in a known format, found other binary data"
        expected = "v: header: expected fastText's magic number or the settings of its files of 2016"
        if place == 56:
            expected = "v: dictionary: expected at least one word"
        assert message(data, format="fasttext").startswith(expected)

    def test_settings_that_are_absurd(self, parts):
        lengths = "v: header: expected n-grams of 0 <= min <= max <= 64 characters and buckets, found "
        for place, value, expected in (
            (40, 2**31 - 1, f"{lengths}3 to 2147483647 and 4"),
            (36, 4, f"{lengths}4 to 3 and 4"),
            (32, 0, f"{lengths}3 to 3 and 0"),
            (32, 2**31 - 1, "v: vectors: expected 2 + 2147483647 rows of 2 dimensions, found 6 of 2"),
            (0, 3, "v: vectors: expected 2 + 4 rows of 3 dimensions, found 6 of 2"),
        ):
            assert message(changed(fasttext_files.unversioned(parts), place, "<i", value)) == expected

    def test_truncation(self, parts):
        data = fasttext_files.unversioned(parts)
        for size in range(1, len(data), 3):
            assert message(data[:size], format="fasttext").startswith("v: ")
