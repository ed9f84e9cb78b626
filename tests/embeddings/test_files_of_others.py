"""Files as other programs and people write them: read correctly or named, and never silently wrong."""

import gzip
import io
import json
import struct
import zipfile

import numpy as np
import pytest

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.formats import ReadOptions, wanted_words
from wordlab.errors import ConfigError, FormatError, SourceError, WordlabError
from wordlab.text import Vocabulary


def read(data: bytes, **options) -> WordVectors:
    stream = io.BytesIO(data)
    stream.name = "v"
    return read_vectors(stream, **options)


def message(data: bytes, **options) -> str:
    with pytest.raises(WordlabError) as caught:
        read(data, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def rows(vectors: WordVectors) -> dict[str, list[float]]:
    return dict(zip(vectors.vocabulary.words, vectors.matrix.tolist(), strict=True))


def record(word: bytes, *values: float, order: str = "<", letter: str = "f") -> bytes:
    return word + b" " + struct.pack(f"{order}{len(values)}{letter}", *values)


@pytest.fixture(params=[False, True], ids=["strict", "lenient"])
def lenient(request) -> bool:
    return request.param


class TestTextIsText:
    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"2 5\nLeonardo da Vinci 1 2 3 4 5\nart 1 2 3 4 5\n", ["Leonardo da Vinci", "art"]),
            (b"2 5\nking  1 2 3 4 5\nqueen  1 2 3 4 5\n", ["king", "queen"]),
            (b"2 5\nking   1 -2  3 4 5\nqueen -1  2 -3 4 5\n", ["king", "queen"]),
            (b"2 2\r\nking  1 2\r\nqueen  1 2\r\n", ["king", "queen"]),
            (b"1 1\na 5\n", ["a"]),
            (b"1 2\nab 1 2", ["ab"]),
            (b"1 1\n\x01 5\n", ["\x01"]),
        ],
    )
    def test_after_a_header(self, data, words, lenient):
        found = read(data, lenient=lenient)
        assert found.details["format"] == "word2vec"
        assert list(found.vocabulary.words) == words

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            (b"2 3\nking nan nan nan\nqueen 1 2 3\n", "v:2: expected finite numbers for 'king', found 'nan'"),
            (b"2 3\nking 1 -inf 2\nqueen 1 2 3\n", "v:2: expected finite numbers for 'king', found '-inf'"),
            (b"2 50\nking 1 2\nqueen 1 2\n", "v:2: expected 50 values, found 2"),
            (b"2 50\nthe big one 1 2\nqueen 1 2\n", "v:2: expected 50 values, found 4"),
            (b"2 1\na b 1 2\nc 1 2\n", "v:2: expected 1 values, found 3"),
            (b"2 2\nking queen\nfoo bar\n", "v:2: expected 2 values, found 1"),
            (b"2 2\nf\xfcr 1 2\nHaus 1 2\n", "v:2: expected a word in UTF-8, found 'f\\\\xfcr'"),
        ],
    )
    def test_wrong_rows_are_named(self, data, expected):
        assert message(data).startswith(expected)
        if b"1 2 3" not in data and b"Haus" not in data:
            assert "expected at least one vector, found none" in message(data, lenient=True)
            return
        found = read(data, lenient=True)
        assert found.details["format"] == "word2vec"
        assert sum(found.details["skipped"].values()) == 1 == len(found)

    def test_binary_is_binary(self, lenient):
        rng = np.random.default_rng(0)
        for dim in (1, 2, 3, 50):
            for end in (b"", b"\n"):
                values = rng.normal(size=(30, dim)).tolist()
                data = b"30 %d\n" % dim + b"".join(record(b"w%d" % i, *v) + end for i, v in enumerate(values))
                found = read(data, lenient=lenient)
                assert found.details["format"] == "word2vec-binary"
                assert found.matrix.tolist() == np.array(values, np.float32).tolist()

    def test_numbers_of_another_size_are_not_vectors(self, lenient):
        rng = np.random.default_rng(0)
        for letter in "de":
            records = (record(b"w%d" % i, *rng.normal(size=50), letter=letter) for i in range(200))
            message(b"200 50\n" + b"".join(records), lenient=lenient)


class TestSeparators:
    @pytest.mark.parametrize(
        ("data", "separator"),
        [
            (b"king\t1 2 3\nqueen\t4 5 6\nENTITY/New_York\t7 8 9\n", "tab"),
            (b"king\t1\t2\t3\nqueen\t4\t5\t6\nENTITY/New_York\t7\t8\t9\n", "tab"),
            (b"king\t1\t2\t3\t\r\nqueen\t4\t5\t6\t\r\nENTITY/New_York\t7\t8\t9\t\r\n", "tab"),
            (b"3\t3\nking\t1\t2\t3\nqueen\t4\t5\t6\nENTITY/New_York\t7\t8\t9\n", "tab"),
            (b"3 3\nking\t1\t2\t3\nqueen\t4\t5\t6\nENTITY/New_York\t7\t8\t9\n", "tab"),
            (b"king 1\t2\t3\nqueen 4\t5\t6\nENTITY/New_York 7\t8\t9\n", "blanks"),
            (b"king            1 2  3\nqueen           4 5  6\nENTITY/New_York 7 8  9\n", "blanks"),
            (b"king,1,2,3\nqueen,4,5,6\nENTITY/New_York,7,8,9\n", "comma"),
            (b"3,3\nking,1,2,3\nqueen,4,5,6\nENTITY/New_York,7,8,9\n", "comma"),
            (b"king, 1, 2, 3\nqueen, 4, 5, 6\nENTITY/New_York, 7, 8, 9\n", "comma"),
            (b"word,V1,V2,V3\nking,1,2,3\nqueen,4,5,6\nENTITY/New_York,7,8,9\n", "comma"),
            (b'"","V1","V2","V3"\n"king",1,2,3\n"queen",4,5,6\n"ENTITY/New_York",7,8,9\n', "comma"),
            (b",0,1,2\nking,1,2,3\nqueen,4,5,6\nENTITY/New_York,7,8,9\n", "comma"),
            (b"word\tx\ty\tz\nking\t1\t2\t3\nqueen\t4\t5\t6\nENTITY/New_York\t7\t8\t9\n", "tab"),
            (b"king;1;2;3\r\nqueen;4;5;6\r\nENTITY/New_York;7;8;9\r\n", "semicolon"),
        ],
    )
    def test_other_ones_are_read_and_noted(self, data, separator, lenient):
        found = read(data, lenient=lenient)
        assert rows(found) == {"king": [1, 2, 3], "queen": [4, 5, 6], "ENTITY/New_York": [7, 8, 9]}
        assert found.details["separator"] == separator
        assert rows(read(data, only=["queen"])) == {"queen": [4, 5, 6]}

    def test_words_with_separators_in_them(self):
        assert rows(read(b"New York\t1 2\nx\t3 4\n")) == {"New York": [1, 2], "x": [3, 4]}
        assert rows(read(b'"New York, NY",1,2\n"say ""x""",3,4\n')) == {
            "New York, NY": [1, 2],
            'say "x"': [3, 4],
        }
        assert message(b"x\t1 2\nroute 66\t3 4\n") == "v:2: expected 2 values, found 3"

    @pytest.mark.parametrize("word", ["a\tb", "\t", "a,b", ",", ";", "1,5", "a;1", '"', "x\u3000y"])
    def test_words_of_plain_files_keep_them(self, word):
        for data in (f"{word} 1 2\nx 3 4\n", f"2 2\n{word} 1 2\nx 3 4\n"):
            found = read(data.encode())
            assert rows(found) == {word: [1, 2], "x": [3, 4]}
            assert "separator" not in found.details

    def test_the_line_of_an_error(self):
        data = b"word,a,b\n" + b"".join(b"w%d,1,2\n" % i for i in range(500)) + b"x,1,nan\n"
        assert message(data) == "v:502: expected finite numbers for 'x', found 'nan'"
        assert len(read(data, lenient=True)) == 500

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            (b"king 0,5 1,5\nx 1,5 2,5\n", "v:1: expected a word and its values, separated by spaces, found "
             "'0,5': decimal commas; write decimal points"),
            (b"2 2\nking 0,5 1,5\nx 1,5 2,5\n", "v:2: .*decimal commas"),
            (b"king\t0,5\t1,5\nx\t1,5\t2,5\n", "v:1: .*decimal commas"),
            (b"king;0,5;1,5\nx;1,5;2,5\n", "v:1: .*decimal commas"),
            (b"king 0:0.5\nx 1:2.0 4:0.5\n", "v:1: .*found '0:0.5': a sparse vector, position:value"),
            (b"2 6\nking 0:0.5\nx 1:2.0 4:0.5\n", "v:2: .*found '0:0.5': a sparse vector, position:value"),
            (b"2 6\nking 0:0.5 3:1.5\nx 1:2.0\n", "v:2: .*position:value"),
            (b"king [0.1 0.2]\nx [0.3 0.4]\n", "v:1: .*'0.2]': values in brackets"),
            (b"2 2\nking [0.1, 0.2]\nx [0.3, 0.4]\n", "v:2: .*'0.2]': values in brackets"),
            (b"king 0.1,0.2,0.3\nx 0.1,0.2,0.3\n", "v:1: .*'0.1,0.2,0.3': values joined by commas"),
            (b'{"king": [0.1, 0.2]}\n', "v:1: .*found JSON"),
        ],
    )  # fmt: skip
    def test_what_is_named(self, data, expected, lenient):
        with pytest.raises(FormatError, match=f"^{expected}"):
            read(data, lenient=lenient)

    def test_words_that_would_be_read_otherwise_are_not_written(self):
        for word in ("a ", " ", "a 1", "a\t1"):
            vectors = WordVectors(Vocabulary(["x", "y", word], [0] * 3), [[1], [2], [3]])
            with pytest.raises(FormatError, match="cannot be written as glove"):
                write_vectors(vectors, io.BytesIO(), format="glove")


class TestEncodings:
    WORDS = ("für", "Straße", "Haus", "über")
    TEXT = "".join(f"{word} {i} 2\n" for i, word in enumerate(WORDS))

    @pytest.mark.parametrize("header", ["", "4 2\n"])
    @pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16-le", "utf-32-be", "cp500"])
    def test_text(self, header, encoding, lenient):
        data = (header + self.TEXT).encode(encoding)
        found = read(data, encoding=encoding, lenient=lenient)
        assert found.vocabulary.words == self.WORDS
        assert found.matrix[:, 0].tolist() == [0, 1, 2, 3]
        assert rows(read(gzip.compress(data), encoding=encoding, only=["über"])) == {"über": [3, 2]}

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
    def test_a_byte_order_mark_shows_it(self, encoding):
        assert read(self.TEXT.encode(encoding)).vocabulary.words == self.WORDS

    def test_binary(self, lenient):
        for end in (b"", b"\n"):
            records = (record(word.encode("latin-1"), 1, i) + end for i, word in enumerate(self.WORDS))
            data = b"4 2\n" + b"".join(records)
            found = read(data, encoding="latin-1", lenient=lenient)
            assert rows(found) == {word: [1, i] for i, word in enumerate(self.WORDS)}
            assert rows(read(data, encoding="latin-1", only=["über", "漢"])) == {"über": [1, 3]}

    def test_errors_name_the_option_and_what_was_detected(self):
        binary = b"4 1\n" + b"".join(record(word.encode("cp1252"), 1) for word in self.WORDS)
        for data in (binary, self.TEXT.encode("cp1252")):
            found = message(data)
            assert "expected a word in UTF-8, found 'f\\\\xfcr' (invalid start byte)" in found
            assert found.endswith("; if it is cp1252, as it seems, use --encoding cp1252")
            some = read(data, lenient=True)
            assert some.vocabulary.words == ("Haus",)
            assert some.details["skipped_hint"] == "if it is cp1252, as it seems, use --encoding cp1252"

    def test_bytes_that_are_not_in_it(self):
        data = b"a\x81 1 2\nb 3 4\n"
        assert message(data, encoding="cp1252").startswith("v:1: expected a word in cp1252, found 'a\\\\x81'")
        found = read(data, encoding="cp1252", lenient=True)
        assert rows(found) == {"b": [3, 4]}
        assert found.details["skipped"] == {"wrong encoding": 1}
        assert found.details["encoding"] == "cp1252"

    def test_others_are_named(self):
        assert message("a 1 2\nb 3 4\n".encode("utf-16-le")).endswith("use --encoding utf-16-le")
        assert "expected a byte-order mark" in message(b"a 1\n", encoding="utf-16")
        assert message(b"", encoding="utf-16").endswith("expected vectors, found an empty file")
        for name in ("rot13", "zlib", "hex", "no such", "undefined"):
            with pytest.raises(ConfigError, match="encoding: expected utf-8"):
                ReadOptions(encoding=name)
        stream = io.BytesIO()
        write_vectors(WordVectors(Vocabulary(["a"], [0]), [[1]]), stream, format="numpy")
        with pytest.raises(ConfigError, match="encoding: expected utf-8, as in every numpy file"):
            read(stream.getvalue(), encoding="latin-1")

    def test_projector(self, tmp_path):
        (tmp_path / "vectors.tsv").write_bytes(b"1\t2\n3\t4\n")
        (tmp_path / "metadata.tsv").write_bytes("für\nHaus\n".encode("latin-1"))
        with pytest.raises(FormatError, match=r"metadata.tsv:1: expected a word in UTF-8.*--encoding"):
            read_vectors(tmp_path)
        assert read_vectors(tmp_path, encoding="latin-1").vocabulary.words == ("für", "Haus")

    def test_word_lists(self, tmp_path):
        (tmp_path / "w").write_bytes("für\r\nHaus\r\n".encode("utf-16"))
        assert wanted_words(tmp_path / "w") == {"für", "Haus"}
        for data, found in (
            (b"%PDF-1.4\n", "found a PDF"),
            (b"PK\x03\x04" + bytes(40), "found a zip archive"),
            (b"x" * (2 << 20), "expected the end of a line within 1 MiB"),
        ):
            (tmp_path / "w").write_bytes(data)
            with pytest.raises(FormatError, match=found):
                wanted_words(tmp_path / "w")


class TestByteOrder:
    @pytest.mark.parametrize("values", [[0.1, -0.2, 0.3], [1, 0.5, 0.25], [0, 3, -2]])
    def test_the_other_one_is_named_and_read(self, values, lenient):
        data = b"3 3\n" + b"".join(record(b"w%d" % i, *values, order=">") for i in range(3))
        found = message(data, lenient=lenient)
        assert "expected little-endian numbers, found values such as" in found
        assert "use --byte-order big" in found
        vectors = read(data, byte_order="big", lenient=lenient)
        assert vectors.matrix.tolist() == np.array([values] * 3, np.float32).tolist()
        assert vectors.details["byte_order"] == "big"

    def test_odd_numbers_that_are_meant(self):
        data = b"2 3\n" + record(b"a", 1e30, 1e-30, 1e25) + record(b"b", 1e30, 1e-30, 1e25)
        assert read(data).matrix[0].tolist() == np.array([1e30, 1e-30, 1e25], np.float32).tolist()
        swapped = b"2 3\n" + record(b"a", 1, 2, 3, order=">") + record(b"b", 1, 2, 3, order=">")
        assert read(swapped, byte_order="little").matrix.max() < 1e-30

    def test_it_is_for_word2vec_binary(self):
        with pytest.raises(ConfigError, match="byte_order: expected none for glove, found 'big'"):
            read(b"a 1 2\n", byte_order="big")
        with pytest.raises(ConfigError, match="byte_order: expected one of little, big, found 'middle'"):
            ReadOptions(byte_order="middle")


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)  # at a fixed time
    return stream.getvalue()


class TestZip:
    TEXT = b"2 2\nking 1 2\nqueen 3 4\n"

    def test_the_only_file(self, tmp_path, lenient):
        (tmp_path / "g.zip").write_bytes(
            zipped({"__MACOSX/._a": b"x", "d/": b"", "README.md": b"x", "d/a.vec": self.TEXT})
        )
        events = []
        found = read_vectors(tmp_path / "g.zip", lenient=lenient, on_progress=events.append)
        assert rows(found) == {"king": [1, 2], "queen": [3, 4]}
        assert found.details["origin"] == "a.vec"
        assert events
        assert rows(read((tmp_path / "g.zip").read_bytes())) == rows(found)

    def test_what_is_in_it(self):
        stream = io.BytesIO()
        write_vectors(WordVectors(Vocabulary(["a"], [0]), [[1]]), stream, format="fasttext")
        for data in (stream.getvalue(), gzip.compress(b"a 1\n"), b"1 1\n" + record(b"a", 1)):
            assert rows(read(zipped({"a": data}))) == {"a": [1]}
        assert message(zipped({"a": b"x 1 2\ny 1\n"})) == "v/a:2: expected 2 values, found 1"

    def test_several(self, tmp_path):
        path = tmp_path / "g.zip"
        path.write_bytes(zipped({"d/a.vec": self.TEXT, "b.vec": b"b 1\n"}))
        with pytest.raises(
            FormatError, match=r"expected one file of vectors, found d/a.vec, b.vec; name one: "
        ):
            read_vectors(path)
        assert rows(read_vectors(f"{path}/b.vec")) == {"b": [1]}
        assert rows(read_vectors(path / "d" / "a.vec", only=["queen"])) == {"queen": [3, 4]}
        with pytest.raises(SourceError, match=r"g.zip: expected a file 'c.vec' in it, found d/a.vec, b.vec"):
            read_vectors(path / "c.vec")

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            (zipped({}), "v: expected vectors in the zip archive, found no file"),
            (zipped({"a": b"a 1\n"})[:-9], "v: expected a zip archive, found damage"),
            (zipped({"a.zip": zipped({"a": b"a 1\n"})}), "v/a.zip: expected vectors in a known format, found "
             "a zip archive"),
            (zipped({"m/data.pkl": b"", "m/data/0": b""}), "v: expected vectors in a known format, found "
             "a file of PyTorch"),
            (zipped({"a\x1b[31m": b"x", "b\n": b"x"}), r"v: expected one file of vectors, found "
             r"a\x1b[31m, b\n; name"),
            (zipped({"a": b"%PDF-1.4"}), "v/a: expected vectors in a known format, found a PDF"),
        ],
    )  # fmt: skip
    def test_what_is_refused(self, data, expected, lenient):
        assert message(data, lenient=lenient).startswith(expected)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"7z\xbc\xaf\x27\x1c" + bytes(20), "a 7z archive; unpack it first"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"PAR1\x15\x04", "a Parquet table"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"<!DOCTYPE html>\n<html>", "an HTML page"),
        (b"\xef\xbb\xbf\n<HTML lang='en'>", "an HTML page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
        (gzip.compress(b"a" + bytes(256) + b"ustar\x00", mtime=0), "a tar archive; unpack it first"),
    ],
)
def test_files_of_other_kinds_are_named(data, found, lenient):
    assert message(data, lenient=lenient).startswith(f"v: expected vectors in a known format, found {found}")


class TestPrefix:
    TEXT = b"/c/de/katze 1 2\n/c/en/cat 3 4\n/c/en/natural_gas 5 6\n/c/de/cat 7 8\nen 9 9\n"

    def all_formats(self):
        yield self.TEXT
        words = [line.split()[0] for line in self.TEXT.splitlines()]
        values = [list(map(float, line.split()[1:])) for line in self.TEXT.splitlines()]
        yield b"5 2\n" + b"".join(record(word, *row) for word, row in zip(words, values, strict=True))
        for format in ("fasttext", "numpy", "safetensors"):
            stream = io.BytesIO()
            vectors = WordVectors(Vocabulary([word.decode() for word in words], [0] * 5), values)
            write_vectors(vectors, stream, format=format)
            yield stream.getvalue()

    def test_words_without_it(self, lenient):
        for data in self.all_formats():
            found = read(data, prefix="/c/en/", lenient=lenient)
            assert rows(found) == {"cat": [3, 4], "natural_gas": [5, 6]}
            assert found.details["prefix"] == "/c/en/"
            assert rows(read(data, prefix="/c/de/", only=["cat", "gas"])) == {"cat": [7, 8]}
            assert "prefix" not in read(data).details

    def test_a_prefix_that_the_encoding_does_not_have(self):
        data = b"2 1\n" + record(b"ab", 1) + record(b"cb", 2)
        assert "found none" in message(data, prefix="\u0131", encoding="latin-1")

    def test_no_such_words(self):
        for data in self.all_formats():
            expected = "v: expected at least one word that begins with '/c/fr/', found none"
            assert message(data, prefix="/c/fr/") == expected


class TestModel2Vec:
    def put(self, directory, tensors, model):
        from safetensors.numpy import save_file

        save_file(tensors, directory / "model.safetensors")
        (directory / "config.json").write_text('{"model_type": "model2vec"}')
        (directory / "tokenizer.json").write_text(json.dumps({"model": model}))
        return directory

    TABLE = np.array([[0, 0], [1, 2], [3, 4]], np.float32)

    @pytest.mark.parametrize(
        "vocab", [{"king": 1, "##s": 2, "[PAD]": 0}, [["[PAD]", 0.0], ["king", -1.5], ["##s", -2]]]
    )
    def test_words_and_rows(self, tmp_path, vocab, lenient):
        found = read_vectors(
            self.put(tmp_path, {"embeddings": self.TABLE}, {"vocab": vocab}), lenient=lenient
        )
        assert rows(found) == {"[PAD]": [0, 0], "king": [1, 2], "##s": [3, 4]}
        assert found.details["format"] == "model2vec"
        assert rows(read_vectors(tmp_path, only=["king"])) == {"king": [1, 2]}

    def test_shared_and_weighted_rows(self, tmp_path):
        tensors = {"embeddings": self.TABLE.astype(np.float16), "mapping": np.array([2, 2, 1]),
                   "weights": np.array([1, 2, 3], np.float32)}  # fmt: skip
        self.put(tmp_path, tensors, {"vocab": {"a": 0, "b": 1, "c": 2}})
        assert rows(read_vectors(tmp_path)) == {"a": [3, 4], "b": [6, 8], "c": [3, 6]}

    @pytest.mark.parametrize(
        ("tensors", "model", "expected"),
        [
            ({"x": TABLE}, {"vocab": {"a": 0}}, "expected 'embeddings', as model2vec calls them, found 'x'"),
            (dict.fromkeys("lmnopqrst", TABLE), {"vocab": {"a": 0}}, "5 more; is it a network, which"),
            ({"embeddings": TABLE}, {"vocab": {"a": 3}}, "expected a row for each token, found 3 rows"),
            ({"embeddings": TABLE}, {"vocab": {"a": -1}}, "expected an id for 'a', found '-1'"),
            ({"embeddings": TABLE}, {"vocab": {"a": True}}, "expected an id for 'a', found 'True'"),
            ({"embeddings": TABLE}, {"vocab": [["a", 1], [None]]}, "expected the vocabulary of a tokenizer"),
            ({"embeddings": TABLE}, {}, "expected the vocabulary of a tokenizer"),
            ({"embeddings": TABLE}, [], "expected the vocabulary of a tokenizer"),
            ({"embeddings": TABLE[0]}, {"vocab": {"a": 0}}, "expected rows of numbers, found float32"),
            (
                {"embeddings": TABLE, "weights": TABLE[0]},
                {"vocab": {"a": 2}},
                "weights: expected one for each",
            ),
            (
                {"embeddings": TABLE * np.nan},
                {"vocab": {"a": 0}},
                "expected finite numbers for 'a', found NaN",
            ),
        ],
    )
    def test_what_is_wrong(self, tmp_path, tensors, model, expected):
        with pytest.raises(FormatError, match=expected):
            read_vectors(self.put(tmp_path, tensors, model))

    def test_its_parts_name_the_whole(self, tmp_path):
        self.put(tmp_path, {"embeddings": self.TABLE}, {"vocab": {"a": 0}})
        with pytest.raises(FormatError, match="import the directory of this model2vec"):
            read_vectors(tmp_path / "model.safetensors")
        (tmp_path / "tokenizer.json").unlink()
        with pytest.raises(SourceError, match=r"the files of model2vec, found no tokenizer.json"):
            read_vectors(tmp_path)


def test_projector_says_what_is_missing_and_what_has_no_header(tmp_path, lenient):
    (tmp_path / "vectors.tsv").write_bytes(b"1\t2\n3\t4\n")
    with pytest.raises(SourceError, match=r"the files of projector, found no metadata.tsv"):
        read_vectors(tmp_path)
    (tmp_path / "metadata.tsv").write_bytes(b"unit\nking\nqueen\n")
    expected = "found 2; is 'unit' a header row\\? Metadata of a single column has none; remove it"
    with pytest.raises(FormatError, match=expected):
        read_vectors(tmp_path, lenient=lenient)


class TestNotFinite:
    def test_every_format_names_row_and_word(self, tmp_path):
        bad = np.array([[1, 2], [np.nan, 3], [4, -np.inf], [5, 6]], np.float32)
        words = ["a", "bad", "worse", "d"]
        np.savez(tmp_path / "v.npz", words=np.array(words), matrix=bad)
        lines = (b"%s %f %f\n" % (word.encode(), *row) for word, row in zip(words, bad, strict=True))
        records = (record(word.encode(), *row) for word, row in zip(words, bad, strict=True))
        (tmp_path / "v.txt").write_bytes(b"".join(lines))
        (tmp_path / "v.bin").write_bytes(b"4 2\n" + b"".join(records))
        for name in ("v.npz", "v.txt", "v.bin"):
            with pytest.raises(
                FormatError, match=r"(record |txt:)2: expected finite numbers for 'bad', found"
            ):
                read_vectors(tmp_path / name)
            found = read_vectors(tmp_path / name, lenient=True)
            assert rows(found) == {"a": [1, 2], "d": [5, 6]}
            assert found.details["skipped"] == {"not finite": 2}
            assert "for 'worse'" in found.details["skipped_listed"][1]

    def test_vectors_made_in_python(self):
        with pytest.raises(ValueError, match="finite numbers in the matrix, found NaN in the vector of 'b'"):
            WordVectors(Vocabulary(["a", "b"], [0, 0]), [[1, 2], [np.nan, 1]])


def test_bombs_end_early(monkeypatch):
    text = b"a 1\n" * (1 << 18)
    for data in (gzip.compress(text), zipped({"a": text})):
        assert len(read(data)) == 1
    monkeypatch.setattr("wordlab.embeddings.formats.files._HARMLESS", 1 << 19)
    for data in (gzip.compress(text), zipped({"a": text})):
        assert "expected vectors, found 1,048,576 bytes compressed into" in message(data)
