import bz2
import gzip
import io
import lzma
import struct

import numpy as np
import pytest

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.formats import DETECTED_FORMATS
from wordlab.errors import ArtifactError, ConfigError, FormatError, OutputExistsError, SourceError
from wordlab.text import Vocabulary

FORMATS = [name for name in DETECTED_FORMATS if name != "floret"]  # which holds no words
SUFFIXES = ["", ".gz", ".bz2", ".xz", ".zst"]
HARD_FLOATS = [0.1, -0.0, 1e-45, 3.4028235e38, 1.17549435e-38, 16777217, 1 / 3, -1e-7, 1e20, 5e-39]


def make(words, rows) -> WordVectors:
    return WordVectors(Vocabulary(words, [0] * len(words)), rows)


def read(data: bytes, tmp_path, **options) -> WordVectors:
    path = tmp_path / "vectors.txt"
    path.write_bytes(data)
    return read_vectors(path, **options)


def message(data: bytes, tmp_path, **options) -> str:
    with pytest.raises(FormatError) as caught:
        read(data, tmp_path, **options)
    return str(caught.value).removeprefix(str(tmp_path) + "/")


def equal(left: WordVectors, right: WordVectors) -> bool:
    bits = left.matrix.view(np.int32), right.matrix.view(np.int32)
    return left.vocabulary.words == right.vocabulary.words and np.array_equal(*bits)


class TestRoundTrip:
    @pytest.mark.parametrize("suffix", SUFFIXES)
    @pytest.mark.parametrize("format", FORMATS)
    def test_every_format_and_compression(self, tmp_path, format, suffix):
        rng = np.random.default_rng(1)
        bits = rng.integers(0, 2**32, (3000, 10), dtype=np.uint32).view(np.float32)
        matrix = np.where(np.isfinite(bits), bits, np.float32(1))
        matrix[0] = HARD_FLOATS
        vectors = make([f"w{i}" for i in range(3000)], matrix)
        path = tmp_path / f"name-plays-no-part{suffix}"
        write_vectors(vectors, path, format=format)
        loaded = read_vectors(path)
        assert equal(loaded, vectors)
        assert loaded.details["format"] == format
        assert loaded.details["num_duplicates"] == 0
        assert loaded.vocabulary.counts.max() == 0

    @pytest.mark.parametrize("first", FORMATS)
    @pytest.mark.parametrize("second", FORMATS)
    def test_format_pairs(self, tmp_path, first, second):
        words = ["naïve", "1/2\u00a0cup", "42", "\u2028", '"', "\t", "\x0b", "\x85", ",", "''", "#", "a\rb"]
        vectors = make(words, np.random.default_rng(0).normal(size=(len(words), 3)))
        write_vectors(vectors, tmp_path / "first", format=first)
        write_vectors(read_vectors(tmp_path / "first"), tmp_path / "second", format=second)
        assert equal(read_vectors(tmp_path / "second"), vectors)

    def test_compression_is_real_and_repeatable(self, tmp_path):
        vectors = make(["a"], [[1.5]])
        for suffix, opened in ((".gz", gzip.open), (".bz2", bz2.open), (".xz", lzma.open)):
            for name in "ab":
                write_vectors(vectors, tmp_path / f"{name}{suffix}", format="glove")
            with opened(tmp_path / f"a{suffix}") as file:
                assert file.read() == b"a 1.5\n"
            assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()

    def test_streams(self):
        vectors = make(["a", "b"], [[1.5, 2], [3, 4]])
        for format in FORMATS:
            stream = io.BytesIO()
            write_vectors(vectors, stream, format=format)
            assert equal(read_vectors(io.BytesIO(stream.getvalue())), vectors)

    def test_many_rows_and_one_odd_one(self, tmp_path):
        words = [f"w{i}" for i in range(40_000)]
        words[31_234] = ". . ."
        vectors = make(words, np.random.default_rng(0).normal(size=(len(words), 5)))
        write_vectors(vectors, tmp_path / "v", format="glove")
        assert equal(read_vectors(tmp_path / "v"), vectors)

    def test_progress_ends_at_the_end(self, tmp_path):
        events = []
        write_vectors(make(["a"], [[1]]), tmp_path / "v", format="word2vec")
        read_vectors(tmp_path / "v", on_progress=events.append)
        assert events[-1].done == events[-1].total == (tmp_path / "v").stat().st_size


class TestOddText:
    def test_what_is_tolerated(self, tmp_path):
        plain = read(b"the 0.5 1\ncat 2 3\n", tmp_path)
        assert plain.matrix.tolist() == [[0.5, 1], [2, 3]]
        for data in (
            b"\xef\xbb\xbfthe 0.5 1\ncat 2 3\n",
            b"the 0.5 1\r\ncat 2 3\r\n",
            b"the 0.5 1 \ncat 2 3 \n",
            b"the 0.5 1 \r\ncat 2 3",
            b"the 5e-1 +1\ncat 2. 3.000",
            b"2 2\nthe 0.5 1\ncat 2 3\n",
            b"2 2\nthe 0.5 1 \ncat 2 3 \n",
            b"\xef\xbb\xbf2 2\r\nthe 0.5 1\r\ncat 2 3\r\n",
        ):
            assert equal(read(data, tmp_path), plain), data

    def test_tokens(self, tmp_path):
        found = read("a\u00a0b 1 2\n. . . 3 4\n7 5 6\n 7 8\nat x@y.z 9 10\n".encode(), tmp_path)
        assert found.vocabulary.words == ("a\u00a0b", ". . .", "7", "", "at x@y.z")
        assert found.matrix[1].tolist() == [3, 4]

    def test_numbers_as_words_are_not_header(self, tmp_path):
        assert read(b"5 0.1\n6 0.2\n", tmp_path).vocabulary.words == ("5", "6")
        assert read(b"5 3\n6 4\n", tmp_path).matrix.tolist() == [[3], [4]]
        assert read(b"5 3 4\n6 4 5\n", tmp_path).matrix.tolist() == [[3, 4], [4, 5]]
        assert read(b"2 1\nx 4\ny 3\n", tmp_path).details["format"] == "word2vec"
        assert read(b"2 1\nx 4\ny 3\n", tmp_path, format="glove").matrix.tolist() == [[1], [4], [3]]

    def test_first_of_duplicates_is_kept(self, tmp_path):
        found = read(b"a 1\nb 2\na 3\nc 4\nb 5\n", tmp_path)
        assert found.vocabulary.words == ("a", "b", "c")
        assert found.matrix.tolist() == [[1], [2], [4]]
        assert found.details["num_duplicates"] == 2

    def test_value_is_that_of_float_then_float32(self, tmp_path):
        # halfway cases, where rounding once and rounding twice differ in the last bit
        texts = ["1.00000005960464477540", "1.000000178813934326171875001", "0.1000000014901161193847656"]
        found = read(b"w " + " ".join(texts).encode() + b"\n", tmp_path)
        assert found.matrix[0].tolist() == [float(np.float32(float(text))) for text in texts]

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            (b"", "vectors.txt: expected vectors, found an empty file"),
            (b"\n\n", "vectors.txt: expected vectors, found an empty file"),
            (b"a\nb\n", "vectors.txt:1: expected a word and its values, found no value"),
            (b"a 1 2\nb 1\n", "vectors.txt:2: expected 2 values, found 1"),
            (b"a 1 2\nb 1 2 3\n", "vectors.txt:2: expected 2 values, found 3"),
            (b"a 1 2\n\nb 1 2\n", "vectors.txt:2: expected 2 values, found 0"),
            (b"a 1 2\nb 1 2  \nc 1 2", "vectors.txt:2: expected 2 values, found 3"),
            (b"a 1 2\nb 1 abc\n", "vectors.txt:2: expected a number, found 'abc'"),
            (b"a 1 2\nb 1 1_0\n", "vectors.txt:2: expected a number, found '1_0'"),
            (b"a 1 2\nb 1 0x1\n", "vectors.txt:2: expected a number, found '0x1'"),
            (b"a 1 2\nb 1 \n", "vectors.txt:2: expected 2 values, found 1"),
            (b"a 1 2\nb  1\n", "vectors.txt:2: expected a number, found ''"),
            (b"a 1 2\nb nan 1\n", "vectors.txt:2: expected finite numbers for 'b', found 'nan'"),
            (b"a 1 2\nb -inf 1\n", "vectors.txt:2: expected finite numbers for 'b', found '-inf'"),
            (b"a 1 2\nb 1 1e39\n", "vectors.txt:2: expected numbers within float32 for 'b', found '1e39'"),
            (
                b"a 1 2\nb\xff 1 2\n",
                "vectors.txt:2: expected a word in UTF-8, found 'b\\\\xff' (invalid start byte); "
                "if it is cp1252, as it seems, use --encoding cp1252",
            ),
            (b"3 2\na 1 2\nb 1 2\n", "vectors.txt: expected 3 rows as line 1 says, found 2"),
            (b"1 2\na 1 2\nb 1 2\n", "vectors.txt:3: expected 1 rows as line 1 says, found more"),
            (b"2 50\na 1 2\nb 1 2\n", "vectors.txt:2: expected 50 values, found 2"),
            (b"9 999999999999999\na 1 2\n", "vectors.txt:2: expected 999999999999999 values, found 2"),
            (b"99999999999 2\na 1 2\n", "vectors.txt: expected 99999999999 rows as line 1 says, found 1"),
            (b"3 5\n", "vectors.txt: expected 3 rows as line 1 says, found 0"),
            (b"0 5\nx 1 2\n", "vectors.txt:1: expected the numbers of words and dimensions, found '0 5'"),
            (b"\0\1\2 \3\n", "vectors.txt: expected vectors in a known format, found other binary data"),
        ],
    )
    def test_errors(self, tmp_path, data, expected):
        assert message(data, tmp_path) == expected

    @pytest.mark.parametrize("place", [0, 1, 5000, 39_998, 39_999])
    def test_line_of_an_error_in_a_long_file(self, tmp_path, place):
        lines = [b"w%d 0.25 -1.5 7" % i for i in range(40_000)]
        lines[place] = b"w 0.25 x 7"
        expected = f"vectors.txt:{place + 1}: expected a number, found 'x'"
        assert message(b"\n".join(lines), tmp_path, format="glove") == expected
        header = b"40000 3\n"
        expected = f"vectors.txt:{place + 2}: expected a number, found 'x'"
        assert message(header + b"\n".join(lines), tmp_path) == expected

    def test_dimension_is_that_of_most_rows(self, tmp_path):
        assert message(b"a 1\nb 1 2\nc 1 2\n", tmp_path) == "vectors.txt:1: expected 2 values, found 1"


class TestOddBinary:
    GOOD = b"2 2\na " + struct.pack("<2f", 1, 2) + b"b " + struct.pack("<2f", 3, 4)

    def test_line_feeds_after_vectors(self, tmp_path):
        data = b"2 2\na " + struct.pack("<2f", 1, 2) + b"\nb " + struct.pack("<2f", 3, 4) + b"\n"
        assert equal(read(data, tmp_path), read(self.GOOD, tmp_path))

    def test_floats_that_hold_spaces_and_line_feeds(self, tmp_path):
        matrix = np.frombuffer(b" \n \n\n\n\n\n    ", "<f4").reshape(1, 3)
        write_vectors(make(["a"], matrix), tmp_path / "v", format="word2vec-binary")
        assert equal(read_vectors(tmp_path / "v", format="word2vec-binary"), make(["a"], matrix))

    @pytest.mark.parametrize("cut", range(1, 21))
    def test_truncation(self, tmp_path, cut):
        found = message(self.GOOD[:-cut], tmp_path, format="word2vec-binary")
        assert found.startswith("vectors.txt: ")
        assert "of 2: expected " in found or "expected 2 records as the header says, found" in found

    def test_messages(self, tmp_path):
        assert message(self.GOOD[:-1], tmp_path) == (
            "vectors.txt: record 2 of 2: expected 8 bytes of numbers, found 7 before the end"
        )
        assert message(self.GOOD + b"x", tmp_path) == (
            "vectors.txt: expected 2 records as the header says, found more"
        )
        data = self.GOOD.replace(b"b ", b"\xff ")
        expected = "vectors.txt: record 2: expected a word in UTF-8, found '\\\\xff'"
        assert message(data, tmp_path).startswith(expected)
        data = b"1 1\na " + struct.pack("<f", np.nan)
        assert message(data, tmp_path) == (
            "vectors.txt: record 1: expected finite numbers for 'a', found NaN or infinity"
        )
        data = b"9 999999999999999\na " + struct.pack("<2f", 1, 2)
        assert "record 1 of 9: expected 3999999999999996 bytes of numbers, found 8" in message(data, tmp_path)


class TestFiles:
    def test_truncated_compression(self, tmp_path):
        vectors = make([f"w{i}" for i in range(500)], np.random.default_rng(0).normal(size=(500, 5)))
        for suffix, name in zip(SUFFIXES[1:], ("gzip", "bzip2", "xz", "zstandard"), strict=True):
            path = tmp_path / f"vectors{suffix}"
            write_vectors(vectors, path, format="glove")
            path.write_bytes(path.read_bytes()[:-20])
            with pytest.raises(FormatError, match=f"expected whole {name} data"):
                read_vectors(path)

    def test_missing_or_directory(self, tmp_path):
        with pytest.raises(SourceError, match="no: cannot be read: No such file"):
            read_vectors(tmp_path / "no")
        with pytest.raises(SourceError, match="found a directory"):
            read_vectors(tmp_path)

    def test_unknown_format(self, tmp_path):
        expected = "format: expected one of word2vec, word2vec-binary, glove, .*model2vec, found 'txt'"
        with pytest.raises(ConfigError, match=expected):
            write_vectors(make(["a"], [[1]]), tmp_path / "v", format="txt")

    def test_existing_output_is_kept(self, tmp_path):
        path = tmp_path / "v"
        path.write_text("precious")
        with pytest.raises(OutputExistsError):
            write_vectors(make(["a"], [[1]]), path, format="glove")
        with pytest.raises(FormatError):
            write_vectors(make(["a b"], [[1]]), path, format="word2vec", overwrite=True)
        assert path.read_text() == "precious"
        assert list(tmp_path.iterdir()) == [path]
        write_vectors(make(["a"], [[1]]), path, format="glove", overwrite=True)
        assert path.read_bytes() == b"a 1\n"

    def test_output_that_cannot_be_written(self, tmp_path):
        with pytest.raises(ArtifactError, match="cannot be written: No such file or directory"):
            write_vectors(make(["a"], [[1]]), tmp_path / "no" / "v", format="glove")

    @pytest.mark.parametrize("word", ["a b", "a\nb", " "])
    @pytest.mark.parametrize("format", ["word2vec", "word2vec-binary"])
    def test_words_that_word2vec_cannot_hold(self, tmp_path, word, format):
        with pytest.raises(FormatError, match=f"cannot be written as {format}: expected no"):
            write_vectors(make([word], [[1]]), tmp_path / "v", format=format)
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("word", ["a\nb", "a 1", "\ufeffa", ". ."])
    def test_words_that_glove_cannot_hold(self, tmp_path, word):
        with pytest.raises(FormatError, match="cannot be written"):
            write_vectors(make([word], [[1]]), tmp_path / "v", format="glove")
