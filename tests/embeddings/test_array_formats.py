"""safetensors, numpy and gensim files: what they hold, who else can read them, and what is refused."""

import io
import itertools
import json
import pickle
import struct
import zipfile

import numpy as np
import pytest

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import FormatError
from wordlab.text import Vocabulary

WORDS = ["a b\nc", "\0", "naïve", "", "x\0"]


@pytest.fixture
def vectors() -> WordVectors:
    rng = np.random.default_rng(0)
    return WordVectors(
        Vocabulary(WORDS, [9, 5, 5, 2, 1]),
        rng.normal(size=(5, 3)),
        subwords=Subwords(2, 4, rng.normal(size=(7, 3))),
    )


def same(left: WordVectors, right: WordVectors) -> bool:
    return (
        left.vocabulary == right.vocabulary
        and left.matrix.tobytes() == right.matrix.tobytes()
        and left["zz"].tobytes() == right["zz"].tobytes()
        and (left.subwords.min_n, left.subwords.max_n) == (right.subwords.min_n, right.subwords.max_n)
    )


def message(path, **options) -> str:
    with pytest.raises(FormatError) as caught:
        read_vectors(path, **options)
    return str(caught.value).replace(f"{path}: ", "")


@pytest.mark.parametrize("format", ["safetensors", "numpy", "gensim"])
def test_any_word_counts_and_subwords(vectors, tmp_path, format):
    write_vectors(vectors, tmp_path / "v", format=format)
    found = read_vectors(tmp_path / "v", format=format)
    assert same(found, vectors)
    some = read_vectors(tmp_path / "v", format=format, only=["naïve", "\0", "other"])
    assert some.vocabulary.words == ("\0", "naïve")
    assert some.vocabulary.counts.tolist() == [5, 5]
    assert some.matrix.tobytes() == vectors.matrix[1:3].tobytes()
    assert some.subwords is None
    stream = io.BytesIO()
    write_vectors(vectors, stream, format=format)
    assert same(read_vectors(io.BytesIO(stream.getvalue()), format=format), vectors)
    write_vectors(vectors, tmp_path / "v.gz", format=format)
    assert same(read_vectors(tmp_path / "v.gz", format=format), vectors)
    if format != "gensim":  # which notes the time
        assert stream.getvalue() == (tmp_path / "v").read_bytes()


class TestSafetensors:
    def test_three_lines_of_its_library(self, vectors, tmp_path):
        from safetensors.numpy import load_file

        write_vectors(vectors, tmp_path / "v", format="safetensors")
        tensors = load_file(tmp_path / "v")
        text, ends = tensors["words"].tobytes(), tensors["word_offsets"]
        words = [text[start:end].decode() for start, end in itertools.pairwise(ends)]
        assert words == WORDS
        assert tensors["matrix"].tobytes() == vectors.matrix.tobytes()

    def test_other_precisions(self, tmp_path):
        from safetensors.numpy import save_file

        matrix = np.array([[0.5, 1 / 3]], np.float16)
        for dtype in (np.float16, np.float64):
            tensors = {"words": np.frombuffer(b"ab", np.uint8), "word_offsets": np.array([0, 2])}
            save_file({**tensors, "matrix": matrix.astype(dtype)}, tmp_path / "v")
            assert read_vectors(tmp_path / "v")["ab"].tolist() == matrix[0].astype(np.float32).tolist()
        save_file({**tensors, "matrix": matrix.astype(np.int64)}, tmp_path / "v")
        assert message(tmp_path / "v") == "matrix: expected floating-point numbers, found int64"

    @pytest.mark.parametrize(
        ("changed", "expected"),
        [
            ({"matrix": None}, "expected arrays 'matrix' and 'words', found 'counts', "),
            ({"word_offsets": None}, "words: expected UTF-8 as uint8 with 'word_offsets', or strings, found"),
            ({"word_offsets": np.array([0, 2, 1])}, "word_offsets: expected offsets that ascend from 0 to "),
            (
                {"word_offsets": np.array([0, 1], np.int32)},
                "word_offsets: expected int64 offsets, found int32",
            ),
            (
                {"matrix": np.ones((4, 3), np.float32)},
                "matrix: expected a row for each of 5 words, found (4, 3)",
            ),
            ({"counts": np.array([1, 2, 3])}, "counts: expected 5 counts of 0 or more, found int64 (3,)"),
            ({"counts": np.full(5, -1)}, "counts: expected 5 counts of 0 or more, found int64 (5,)"),
            ({"subwords": np.ones((4, 2), np.float32)}, "subwords: expected 3 columns, found shape (4, 2)"),
            ({"subword_lengths": None}, "subword_lengths: expected two int64 numbers, found (0,)"),
            ({"subword_lengths": np.array([5, 4])}, "subwords: expected 0 <= min_n <= max_n and max_n"),
            (
                {"subword_pruned": np.array([1], np.uint8)},
                "subwords: expected the buckets that are left of a pruned model, found none",
            ),
            ({"subword_pruned": np.array([1.0])}, "subword_pruned: expected one uint8 number, found float64"),
            ({"subwords": np.full((4, 3), np.nan)}, "subwords: expected finite numbers in the buckets"),
        ],
    )
    @pytest.mark.parametrize("format", ["safetensors", "numpy"])
    def test_arrays_that_do_not_fit(self, vectors, tmp_path, changed, expected, format):
        from safetensors.numpy import load_file, save_file

        write_vectors(vectors, tmp_path / "v", format="safetensors")
        arrays = {**load_file(tmp_path / "v"), **changed}
        arrays = {name: array for name, array in arrays.items() if array is not None}
        if format == "safetensors":
            save_file(arrays, tmp_path / "v")
        else:
            with (tmp_path / "v").open("wb") as file:
                np.savez(file, **arrays)
        assert message(tmp_path / "v").startswith(expected)

    def test_damage(self, vectors, tmp_path):
        write_vectors(vectors, tmp_path / "v", format="safetensors")
        data = (tmp_path / "v").read_bytes()
        for damaged in (data[:-1], data[:50], data + b"x", data.replace(b"F32", b"F99")):
            (tmp_path / "v").write_bytes(damaged)
            assert message(tmp_path / "v", format="safetensors").startswith("expected safetensors, found")
        header = json.dumps(
            {"matrix": {"dtype": "F32", "shape": [2**40, 9], "data_offsets": [0, 2**45]}}
        ).encode()
        (tmp_path / "v").write_bytes(struct.pack("<Q", len(header)) + header)
        assert message(tmp_path / "v").startswith("expected safetensors, found a damaged file")


class TestNumpy:
    def test_numpy_reads_it(self, vectors, tmp_path):
        write_vectors(vectors, tmp_path / "v.npz", format="numpy")
        with np.load(tmp_path / "v.npz", allow_pickle=False) as data:
            text, ends = data["words"].tobytes(), data["word_offsets"]
            words = [text[start:end].decode() for start, end in itertools.pairwise(ends)]
            assert words == WORDS
            assert data["matrix"].tobytes() == vectors.matrix.tobytes()

    @pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
    @pytest.mark.parametrize("order", ["C", "F"])
    def test_what_numpy_writes(self, tmp_path, save, order):
        matrix = np.asarray([[1, 2], [3, 4], [5, 6]], np.float64, order=order)
        save(tmp_path / "v.npz", words=np.array(["naïve", "b", "東京"]), matrix=matrix)
        found = read_vectors(tmp_path / "v.npz")
        assert found.vocabulary.words == ("naïve", "b", "東京")
        assert found.matrix.tolist() == matrix.tolist()
        assert read_vectors(tmp_path / "v.npz", only=["b"]).matrix.tolist() == [[3, 4]]

    def test_names_with_line_ends(self, tmp_path):
        np.savez(tmp_path / "v.npz", **{"matri\n": np.ones((1, 2))})
        assert message(tmp_path / "v.npz") == "expected arrays 'matrix' and 'words', found 'matri\\n'"

    def test_no_pickle_is_loaded(self, tmp_path):
        np.savez(tmp_path / "v.npz", words=np.array(["a"], object), matrix=np.ones((1, 2)))
        assert message(tmp_path / "v.npz").startswith(
            "words: expected the header of an array of numbers or strings, found \"{'descr': '|O'"
        )

    def test_bombs(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "v.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            for name in ("words", "matrix"):
                with archive.open(f"{name}.npy", "w") as member:
                    np.lib.format.write_array_header_1_0(
                        member, {"descr": "<f4", "fortran_order": False, "shape": (1, 25 << 20)}
                    )
                    for _ in range(100):
                        member.write(bytes(1 << 20))
        assert message(tmp_path / "v.npz").startswith(
            "matrix: expected numbers, found 104857728 bytes packed"
        )

    def test_lying_headers(self, tmp_path):
        for shape in ("(9, 2)", "(2**40, 2)", "(1099511627776, 2)", "(-1, 2)"):
            with zipfile.ZipFile(tmp_path / "v.npz", "w") as archive:
                for name, array in (("words", np.array(["a"])), ("matrix", np.ones((1, 2), np.float32))):
                    member = io.BytesIO()
                    np.save(member, array)
                    data = member.getvalue().replace(
                        b"(1, 2), }" + b" " * len(shape), f"{shape}, }}      ".encode()
                    )
                    archive.writestr(f"{name}.npy", data)
            found = message(tmp_path / "v.npz")
            if shape == "(9, 2)":
                assert found == "matrix: expected 72 bytes for float32 (9, 2), found 8"
            assert "expected" in found

    @pytest.mark.parametrize("cut", [1, 20, 100, 300])
    def test_truncation(self, vectors, tmp_path, cut):
        write_vectors(vectors, tmp_path / "v", format="numpy")
        (tmp_path / "v").write_bytes((tmp_path / "v").read_bytes()[:-cut])
        assert message(tmp_path / "v").startswith("expected a numpy archive, found damage (")


class Evil:
    def __reduce__(self):
        return open, ("evil", "w")


class TestGensim:
    def test_gensim_loads_what_is_written(self, vectors, tmp_path):
        from gensim.models import KeyedVectors

        write_vectors(vectors, tmp_path / "v", format="gensim")
        keyed = KeyedVectors.load(str(tmp_path / "v"))
        assert keyed.index_to_key == WORDS
        assert keyed.vectors.tobytes() == vectors.matrix.tobytes()
        assert keyed.get_vecattr("naïve", "count") == 5
        assert np.abs(keyed["zz"] - vectors["zz"]).max() < 1e-6

    def test_arrays_beside_the_file(self, vectors, tmp_path):
        keyed = WordVectors(vectors.vocabulary, vectors.matrix).to_gensim()
        keyed.save(str(tmp_path / "v"), sep_limit=0)
        assert (tmp_path / "v.vectors.npy").is_file()
        assert read_vectors(tmp_path / "v", format="gensim").matrix.tobytes() == vectors.matrix.tobytes()

    def test_whole_models(self, tmp_path):
        from gensim.models import Word2Vec

        model = Word2Vec([["a", "b"], ["a"]], vector_size=4, min_count=1, workers=1)
        model.save(str(tmp_path / "v"))
        found = read_vectors(tmp_path / "v", format="gensim")
        assert found.vocabulary.words == ("a", "b")
        assert found.matrix.tobytes() == model.wv.vectors.tobytes()

    def test_a_pickle_is_never_loaded_unasked(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        for protocol in range(2, 6):
            (tmp_path / "v").write_bytes(pickle.dumps(Evil(), protocol))
            assert message("v").startswith(
                "expected vectors in a known format, found a pickle, which can run"
            )
        assert not (tmp_path / "evil").exists()

    def test_something_else(self, tmp_path):
        for data in (pickle.dumps({"a": 1}), b"", b"a 1 2\n", pickle.dumps([1])[:-2]):
            (tmp_path / "v").write_bytes(data)
            found = message(tmp_path / "v", format="gensim")
            assert found.startswith("expected KeyedVectors saved by gensim, found something else (")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            b"\x93NUMPY\x01\x00",
            "a numpy array without words; the numpy format is an .npz of words and matrix",
        ),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"name" + bytes(253) + b"ustar\x00", "a tar archive; unpack it first"),
    ],
)
def test_files_of_other_kinds(tmp_path, data, expected):
    (tmp_path / "v").write_bytes(data)
    assert message(tmp_path / "v") == f"expected vectors in a known format, found {expected}"


def test_words_that_look_like_other_kinds(tmp_path):
    (tmp_path / "v").write_bytes(b"PK 1 2\nPAR1 3 4\n")
    assert read_vectors(tmp_path / "v").vocabulary.words == ("PK", "PAR1")
