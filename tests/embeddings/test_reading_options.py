"""Bad rows, duplicates and selected words: what `read_vectors` does with its options."""

import io
import struct
import tracemalloc

import numpy as np
import pytest

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.formats import DETECTED_FORMATS, ReadOptions
from wordlab.embeddings.formats.reading import NUM_LISTED
from wordlab.errors import ConfigError, FormatError
from wordlab.text import Vocabulary

FORMATS = [name for name in DETECTED_FORMATS if name != "floret"]  # which holds no words


def read(data: bytes, **options) -> WordVectors:
    stream = io.BytesIO(data)
    stream.name = "v"
    return read_vectors(stream, **options)


def message(data: bytes, **options) -> str:
    with pytest.raises(FormatError) as caught:
        read(data, **options)
    return str(caught.value)


def written(vectors: WordVectors, format: str) -> bytes:
    stream = io.BytesIO()
    write_vectors(vectors, stream, format=format)
    return stream.getvalue()


def rows(vectors: WordVectors) -> dict[str, list[float]]:
    return dict(zip(vectors.vocabulary.words, vectors.matrix.tolist(), strict=True))


def record(word: bytes, *values: float) -> bytes:
    return word + b" " + struct.pack(f"<{len(values)}f", *values)


@pytest.fixture(scope="module")
def many() -> WordVectors:
    words = [f"w{i}" for i in range(9000)]
    matrix = np.random.default_rng(3).normal(size=(len(words), 20))
    return WordVectors(Vocabulary(words, [0] * len(words)), matrix)


class TestLenientText:
    @pytest.mark.parametrize(
        ("row", "kind", "problem"),
        [
            (b"b 1", "wrong number of values", "expected 2 values, found 1"),
            (b"b 1 2 3", "wrong number of values", "expected 2 values, found 3"),
            (b"b", "wrong number of values", "expected 2 values, found 0"),
            (b"b 1 x", "not a number", "expected a number, found 'x'"),
            (b"b  2", "not a number", "expected a number, found ''"),
            (b"b nan 1", "not finite", "expected finite numbers for 'b', found 'nan'"),
            (b"b 1 -Infinity", "not finite", "expected finite numbers for 'b', found '-Infinity'"),
            (b"b 1 1e39", "not finite", "expected numbers within float32 for 'b', found '1e39'"),
            (b"\xffb 1 2", "not UTF-8", "expected a word in UTF-8, found '\\\\xffb' (invalid start byte)"),
            (b"", "empty line", "expected 2 values, found 0"),
        ],
    )
    def test_each_kind(self, row, kind, problem):
        data = b"a 1 2\n" + row + b"\nc 3 4\n"
        assert message(data, format="glove").startswith(f"v:2: {problem}")
        found = read(data, format="glove", lenient=True)
        assert rows(found) == {"a": [1, 2], "c": [3, 4]}
        assert found.details["skipped"] == {kind: 1}
        assert found.details["skipped_listed"] == [f"v:2: {problem}"]

    def test_bad_rows_among_many_good_ones(self, many):
        lines = written(many, "glove").splitlines(keepends=True)
        bad = {
            0: b"\n",
            777: b"w 1 2\n",
            4000: b"\xff" + lines[4000],
            8999: lines[8999].replace(b" ", b" x", 1),
        }
        for place, line in bad.items():
            lines[place] = line
        found = read(b"".join(lines), lenient=True)
        good = [i for i in range(9000) if i not in bad]
        assert found.vocabulary.words == tuple(many.vocabulary.words[i] for i in good)
        assert found.matrix.tobytes() == many.matrix[good].tobytes()
        kinds = {"empty line": 1, "wrong number of values": 1, "not UTF-8": 1, "not a number": 1}
        assert found.details["skipped"] == kinds
        assert [line.partition(": ")[0] for line in found.details["skipped_listed"]] == [
            f"v:{place + 1}" for place in bad
        ]

    def test_all_are_counted_and_the_first_are_listed(self, many):
        lines = written(many, "word2vec").splitlines(keepends=True)
        lines[1::2] = [b"bad\n"] * len(lines[1::2])
        found = read(b"".join(lines), lenient=True)
        assert len(found) == 4500
        assert found.details["skipped"] == {"wrong number of values": 4500}
        assert found.details["skipped_listed"] == [
            f"v:{2 * i + 2}: expected 20 values, found 0" for i in range(NUM_LISTED)
        ]

    @pytest.mark.parametrize(
        ("header", "fault"),
        [
            (b"3 2", "v: expected 3 rows as line 1 says, found 2"),
            (b"1 2", "v:3: expected 1 rows as line 1 says, found more"),
            (b"99999999999 2", "v: expected 99999999999 rows as line 1 says, found 2"),
        ],
    )
    def test_a_header_that_lies(self, header, fault):
        data = header + b"\na 1 2\nb 3 4\n"
        assert message(data) == fault
        found = read(data, lenient=True)
        assert rows(found) == {"a": [1, 2], "b": [3, 4]}
        assert found.details["skipped"] == {"wrong header": 1}
        assert found.details["skipped_listed"] == [fault]

    def test_nothing_good_left(self):
        assert message(b"2 3\na 1 2\nb 1 2\n", lenient=True) == (
            "v: expected at least one vector, found none (skipped: 2 wrong number of values; "
            "first: v:2: expected 3 values, found 2)"
        )

    @pytest.mark.parametrize("format", FORMATS)
    def test_a_good_file_reads_the_same(self, many, format):
        found = read(written(many, format), lenient=True)
        assert found.vocabulary.words == many.vocabulary.words
        assert found.matrix.tobytes() == many.matrix.tobytes()
        assert found.details["skipped"] == {}
        assert "skipped" not in read(written(many, format)).details


class TestLenientBinary:
    def test_words_and_numbers_that_are_bad(self):
        data = b"4 2\n" + record(b"a", 1, 2) + record(b"\xff", 3, 4) + record(b"c", 5, np.nan)
        data += record(b"d", 7, 8)
        assert message(data).startswith("v: record 2: expected a word in UTF-8")
        found = read(data, lenient=True)
        assert rows(found) == {"a": [1, 2], "d": [7, 8]}
        assert found.details["skipped"] == {"not UTF-8": 1, "not finite": 1}
        assert found.details["skipped_listed"][1] == (
            "v: record 3: expected finite numbers for 'c', found NaN or infinity"
        )

    @pytest.mark.parametrize("cut", range(1, 10))
    def test_whole_records_of_a_cut_file(self, cut):
        data = b"2 2\n" + record(b"a", 1, 2) + record(b"b", 3, 4)
        found = read(data[:-cut], format="word2vec-binary", lenient=True)
        assert rows(found) == {"a": [1, 2]}
        assert found.details["skipped"] == {"cut off": 1}

    def test_a_header_that_says_too_little(self):
        data = b"1 2\n" + record(b"a", 1, 2) + record(b"b", 3, 4)
        found = read(data, format="word2vec-binary", lenient=True)
        assert rows(found) == {"a": [1, 2]}
        assert found.details["skipped_listed"] == ["v: expected 1 records as the header says, found more"]


class TestDuplicates:
    TEXT = b"a 1\nb 2\na 3\nc 4\nb 5\na 6\n"

    def test_first(self):
        found = read(self.TEXT)
        assert list(rows(found).items()) == [("a", [1]), ("b", [2]), ("c", [4])]
        assert (found.details["num_duplicates"], found.details["duplicates"]) == (3, "first")

    def test_last_has_the_place_of_the_first(self):
        found = read(self.TEXT, duplicates="last")
        assert list(rows(found).items()) == [("a", [6]), ("b", [5]), ("c", [4])]
        assert (found.details["num_duplicates"], found.details["duplicates"]) == (3, "last")

    def test_error(self):
        assert (
            message(self.TEXT, duplicates="error")
            == "v:3: expected each word once, found 'a' again, first v:1"
        )
        found = read(b"a 1\nb 2\n", duplicates="error")
        assert (found.details["num_duplicates"], found.details["duplicates"]) == (0, "error")

    def test_lenient_error_skips_what_comes_again(self):
        found = read(self.TEXT + b"x\n", duplicates="error", lenient=True)
        assert rows(found) == {"a": [1], "b": [2], "c": [4]}
        assert found.details["skipped"] == {"duplicate word": 3, "wrong number of values": 1}

    def test_numbers_of_rows_after_skipped_ones(self):
        data = b"a 1\nx\n\na 3\n"
        found = read(data, duplicates="error", lenient=True)
        assert (
            found.details["skipped_listed"][2] == "v:4: expected each word once, found 'a' again, first v:1"
        )

    def test_binary(self):
        data = b"3 1\n" + record(b"a", 1) + record(b"b", 2) + record(b"a", 3)
        assert rows(read(data)) == {"a": [1], "b": [2]}
        assert rows(read(data, duplicates="last")) == {"a": [3], "b": [2]}
        assert message(data, duplicates="error") == (
            "v: record 3: expected each word once, found 'a' again, first v: record 1"
        )

    def test_words_that_only_look_alike(self):
        data = "\u00e9 1\ne\u0301 2\nE 3\ne 4\na\u00a0b 5\na b 6\n".encode()
        assert len(read(data, duplicates="error", format="glove")) == 6

    def test_many(self, many):
        text = written(many, "glove")
        again = text.replace(b" ", b" 1", 1).splitlines()[17] + b"\n"
        assert message(text + again, duplicates="error") == (
            "v:9001: expected each word once, found 'w17' again, first v:18"
        )


class TestOnly:
    @pytest.mark.parametrize("format", FORMATS)
    def test_only_some(self, many, format):
        wanted = ["w8999", "w5", "w3000", "no such word", "w5"]
        found = read(written(many, format), only=iter(wanted))
        assert found.vocabulary.words == ("w5", "w3000", "w8999")
        assert found.matrix.tobytes() == many.matrix[[5, 3000, 8999]].tobytes()
        assert found.details["only"] == {"num_wanted": 4, "num_found": 3}

    def test_words_with_spaces(self):
        text = "a\u00a0b 1 2\n. . 3 4\n. 5 6\n. . . 7 8\n 9 10\n".encode()
        for word, row in [
            ("a\u00a0b", [1, 2]),
            (". .", [3, 4]),
            (".", [5, 6]),
            (". . .", [7, 8]),
            ("", [9, 10]),
        ]:
            assert rows(read(text, format="glove", only=[word])) == {word: row}

    def test_rows_that_are_not_wanted_are_not_checked(self):
        data = b"a 1 2\nb nan x\nc 3 4\n"
        assert rows(read(data, only=["a", "c"])) == {"a": [1, 2], "c": [3, 4]}
        assert message(data, only=["a", "b"]) == "v:2: expected finite numbers for 'b', found 'nan'"
        data = b"2 1\n" + record(b"a", np.nan) + record(b"b", 2)
        assert rows(read(data, only=["b"])) == {"b": [2]}

    def test_the_header_counts_all_rows(self):
        assert rows(read(b"2 2\na 1 2\nb 3 4\n", only=["b"])) == {"b": [3, 4]}
        assert message(b"3 2\na 1 2\nb 3 4\n", only=["b"]) == "v: expected 3 rows as line 1 says, found 2"

    def test_the_line_of_an_error(self, many):
        lines = written(many, "glove").splitlines(keepends=True)
        lines[7777] = b"w7777 1 2 3\n"
        assert message(b"".join(lines), only=["w3", "w7777"]) == "v:7778: expected 20 values, found 3"
        found = read(b"".join(lines), only=["w3", "w7777"], lenient=True)
        assert found.vocabulary.words == ("w3",)
        assert found.details["skipped_listed"] == ["v:7778: expected 20 values, found 3"]

    def test_duplicates_of_wanted_words(self):
        assert rows(read(b"a 1\nb 2\na 3\n", only=["a"], duplicates="last")) == {"a": [3]}
        found = message(b"a 1\nb 2\nb 2\na 3\n", only=["a"], duplicates="error")
        assert found == "v:4: expected each word once, found 'a' again, first v:1"

    def test_empty_lines_begin_like_the_empty_word(self):
        data = b"\n\na 1\n 2\n\n"
        assert message(data, format="glove", only=[""]) == "v:1: expected 1 values, found 0"
        found = read(data, format="glove", only=[""], lenient=True)
        assert rows(found) == {"": [2]}
        assert found.details["skipped"] == {"empty line": 3}

    @pytest.mark.parametrize("end", [b"\n", b"\r\n"])
    def test_wanted_words_without_values(self, end):
        for word, shown in (("b", b"b"), ("", b"")):
            data = b"a 1" + end + shown + end
            assert message(data, format="glove", only=["a", word]) == "v:2: expected 1 values, found 0"
        assert rows(read(b"a 1\nb\r 2\n", only=["b\r"])) == {"b\r": [2]}

    def test_none_found(self):
        assert message(b"a 1 2\n", only=["b", "c"]) == (
            "v: expected at least one of the 2 wanted words, found none"
        )

    # The peak, with two threads: 16 to 17 MB for text and 6 MB for binary, whether the file has 60,000
    # rows or 180,000; 33 and 99 MB if all words are kept.
    @pytest.mark.parametrize("format", FORMATS)
    def test_memory_is_that_of_what_is_kept(self, tmp_path, format, monkeypatch):
        monkeypatch.setattr("wordlab.embeddings.formats.blocks.available_cores", lambda: 2)
        words = [f"word-{i}" for i in range(60_000)]
        matrix = np.random.default_rng(0).integers(-9, 9, (len(words), 60)).astype(np.float32)
        path = tmp_path / "v"
        write_vectors(WordVectors(Vocabulary(words, [0] * len(words)), matrix), path, format=format)
        tracemalloc.start()
        read_vectors(path, only=["word-59999"])
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 24e6


class TestOptions:
    def test_values_that_make_no_sense(self):
        with pytest.raises(ConfigError, match="duplicates: expected one of first, last, error, found 'best'"):
            ReadOptions(duplicates="best")
        with pytest.raises(ConfigError, match="only: expected several words, found the string 'king'"):
            read(b"a 1\n", only="king")
        with pytest.raises(ConfigError, match="only: expected at least one word, found none"):
            read(b"a 1\n", only=[])

    def test_zeros_are_vectors(self):
        found = read(b"a 0 0\nb 1 0\nc 0.5 0.1\n")
        assert [n.word for n in found.nearest("b", k=2)] == ["c", "a"]
        assert {n.similarity for n in found.nearest("a", k=2)} == {0}
        assert found.similarity("a", "b") == 0

    def test_a_byte_order_mark_inside_is_part_of_a_word(self):
        for data in ("1 1\n\ufeffa 5\n", "x 1\n\ufeffa 5\n"):
            assert "\ufeffa" in read(data.encode()).vocabulary

    def test_what_fasttext_and_word2vec_c_write(self):
        # a space after the last number of each row
        data = b"3 2\n</s> 0.1 0.2 \nthe -0.5 1e-05 \n, 0 -0 \n"
        found = read(data, duplicates="error")
        assert found.details["format"] == "word2vec"
        assert found.vocabulary.words == ("</s>", "the", ",")
        assert found.matrix.tobytes() == np.array([[0.1, 0.2], [-0.5, 1e-5], [0, -0.0]], np.float32).tobytes()
