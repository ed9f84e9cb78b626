import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from safetensors.numpy import load_file, save_file

from wordlab import artifact
from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.choices import PRECISIONS
from wordlab.embeddings.quantisation import Quantised, quantise
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import ArtifactError, ConfigError, FormatError
from wordlab.text import Vocabulary

# Subnormal numbers are left out: a scale below 1e-38 has fewer bits than the bound counts on.
NUMBERS = st.floats(-(2.0**100), 2.0**100, width=32, allow_subnormal=False)
MATRICES = arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=NUMBERS)
LARGEST = float(np.finfo(np.float32).max)


@pytest.fixture
def vectors():
    matrix = np.random.default_rng(1).normal(size=(300, 20)).astype(np.float32)
    words = [f"w{i}" for i in range(300)]
    return WordVectors(Vocabulary(words, np.arange(300, 0, -1)), matrix, outputs=matrix)


class TestArithmetic:
    def test_int8_by_hand(self):
        found = quantise(np.array([[127, -63.4, 1.6], [0, 0, 0], [-2.54, 1.27, 0]], np.float32), "int8")
        assert found.values.dtype == np.int8
        assert found.values.tolist() == [[127, -63, 2], [0, 0, 0], [-127, 63, 0]]
        assert found.scales == pytest.approx([1, 0, 0.02], rel=2**-15)
        assert found.to_float32()[0].tolist() == [127, -63, 2]

    def test_float16_by_hand(self):
        found = quantise(np.array([[1, 1 + 2**-11, -65504]], np.float32), "float16")
        assert found.values.dtype == np.float16
        assert found.to_float32().tolist() == [[1, 1, -65504]]

    @settings(max_examples=300)
    @given(MATRICES)
    def test_int8_is_within_its_bound(self, matrix):
        found = quantise(matrix, "int8").to_float32()
        assert found.dtype == np.float32
        largest = np.abs(matrix).max(axis=1, keepdims=True).astype(np.float64)
        # 2**-14: a scale is rounded to 16 bits, a quotient to 24; 1e-37: what becomes 0
        assert (np.abs(found - matrix.astype(np.float64)) <= largest / 254 * (1 + 2**-14) + 1e-37).all()

    @settings(max_examples=300)
    @given(arrays(np.float32, (3, 4), elements=st.floats(-65504, 65504, width=32)))
    def test_float16_is_within_its_bound(self, matrix):
        found = quantise(matrix, "float16").to_float32()
        moved = np.abs(found - matrix.astype(np.float64))
        assert (moved <= np.maximum(np.abs(matrix) / 2048, 2**-25)).all()

    @settings(max_examples=300)
    @given(MATRICES.map(lambda matrix: np.clip(matrix, -60_000, 60_000)), st.sampled_from(PRECISIONS))
    def test_quantising_again_changes_nothing(self, matrix, precision):
        once = quantise(matrix, precision)
        again = quantise(once.to_float32(), precision)
        assert again.to_float32().tobytes() == once.to_float32().tobytes()
        assert again.values.tobytes() == once.values.tobytes()

    def test_largest_numbers_stay_finite(self):
        found = quantise(np.array([[LARGEST, -LARGEST, LARGEST / 2]], np.float32), "int8").to_float32()
        assert found[0] == pytest.approx([LARGEST, -LARGEST, LARGEST / 2], rel=0.01)

    def test_float16_refuses_what_it_cannot_hold(self):
        message = r"precision: expected numbers up to 65,504 for float16, found 70,000; int8 has no such"
        with pytest.raises(ConfigError, match=message):
            quantise(np.array([[1, -70_000]], np.float32), "float16")

    def test_unknown_precision(self):
        with pytest.raises(ConfigError, match="expected one of float32, float16, int8, found 'int4'"):
            quantise(np.eye(2, dtype=np.float32), "int4")

    @pytest.mark.parametrize("precision", PRECISIONS)
    def test_tensors(self, vectors, precision):
        quantised = quantise(vectors.matrix, precision)
        back = Quantised.of_tensors(quantised.tensors("m"), "m")
        assert back.to_float32().tobytes() == quantised.to_float32().tobytes()

    @pytest.mark.parametrize(
        "tensors",
        [
            {"matrix": np.zeros((2, 2), np.int8)},
            {"matrix": np.zeros((2, 2), np.int8), "matrix_scales": np.zeros(3, np.float32)},
            {"matrix": np.zeros((2, 2), np.int8), "matrix_scales": np.zeros(2)},
            {"matrix": np.zeros((2, 2), np.float16), "matrix_scales": np.zeros(2, np.float32)},
            {"matrix": np.zeros((2, 2), np.int16)},
            {"matrix": np.zeros(2, np.float16)},
        ],
    )
    def test_tensors_that_do_not_fit(self, tensors):
        with pytest.raises(ValueError, match="expected"):
            Quantised.of_tensors(tensors, "matrix")


class TestFiles:
    @pytest.mark.parametrize("precision", PRECISIONS)
    @pytest.mark.parametrize(("format", "name"), [("safetensors", "v.safetensors"), ("numpy", "v.npz")])
    def test_round_trip(self, vectors, tmp_path, precision, format, name):
        vectors.save(tmp_path / "v", precision=precision)
        loaded = WordVectors.load(tmp_path / "v")
        write_vectors(loaded, tmp_path / name, format=format)
        back = read_vectors(tmp_path / name)
        assert back.precision == precision
        assert back.matrix.tobytes() == loaded.matrix.tobytes()
        back.save(tmp_path / "again", precision=back.precision)
        for payload in (tmp_path / "v").glob("*.npy"):
            if payload.name != "outputs.npy":
                assert (tmp_path / "again" / payload.name).read_bytes() == payload.read_bytes()
        some = read_vectors(tmp_path / name, only=["w7", "w200"])
        assert some.matrix.tobytes() == loaded[["w7", "w200"]].tobytes()

    def test_what_a_safetensors_file_holds(self, vectors, tmp_path):
        vectors.save(tmp_path / "v", precision="int8")
        write_vectors(WordVectors.load(tmp_path / "v"), tmp_path / "v.safetensors", format="safetensors")
        tensors = load_file(tmp_path / "v.safetensors")
        quantised = quantise(vectors.matrix, "int8")
        assert tensors["matrix"].dtype == np.int8
        assert np.array_equal(tensors["matrix"], quantised.values)
        assert np.array_equal(tensors["matrix_scales"], quantised.scales)

    @pytest.mark.parametrize(
        "scales", [None, np.ones(299, np.float32), np.ones(301, np.float32), np.ones(300), np.ones((300, 1))]
    )
    def test_wrong_scales(self, vectors, tmp_path, scales):
        vectors.save(tmp_path / "v", precision="int8")
        write_vectors(WordVectors.load(tmp_path / "v"), tmp_path / "v.safetensors", format="safetensors")
        tensors = load_file(tmp_path / "v.safetensors")
        del tensors["matrix_scales"]
        save_file(tensors | ({} if scales is None else {"matrix_scales": scales}), tmp_path / "w.safetensors")
        for only in (None, ["w3"]):
            with pytest.raises(FormatError, match="matrix_scales: expected 300 float32 numbers, found"):
                read_vectors(tmp_path / "w.safetensors", only=only)

    def test_scales_that_are_not_finite(self, vectors, tmp_path):
        vectors.save(tmp_path / "v", precision="int8")
        write_vectors(WordVectors.load(tmp_path / "v"), tmp_path / "v.safetensors", format="safetensors")
        tensors = load_file(tmp_path / "v.safetensors")
        tensors["matrix_scales"] = np.full(300, np.float32(3e38))
        save_file(tensors, tmp_path / "w.safetensors")
        with pytest.raises(FormatError, match="finite"):
            read_vectors(tmp_path / "w.safetensors")


class TestArtifact:
    @pytest.mark.parametrize("precision", PRECISIONS)
    def test_subwords(self, vectors, tmp_path, precision):
        rows = np.random.default_rng(2).normal(size=(50, 20)).astype(np.float32)
        fasttext = WordVectors(vectors.vocabulary, vectors.matrix, subwords=Subwords(3, 6, rows))
        fasttext.save(tmp_path / "v", precision=precision)
        loaded = WordVectors.load(tmp_path / "v")
        assert loaded.subwords.matrix.tobytes() == quantise(rows, precision).to_float32().tobytes()
        loaded.save(tmp_path / "again", precision=precision)
        assert WordVectors.load(tmp_path / "again").digest == loaded.digest

    @pytest.mark.parametrize(("precision", "size"), [("float32", 4), ("float16", 2), ("int8", 1)])
    def test_round_trip(self, vectors, tmp_path, precision, size):
        vectors.save(tmp_path / "v", precision=precision)
        loaded = WordVectors.load(tmp_path / "v")
        assert loaded.precision == precision
        assert loaded.matrix.dtype == np.float32
        assert loaded.matrix.tobytes() == quantise(vectors.matrix, precision).to_float32().tobytes()
        assert loaded.vocabulary == vectors.vocabulary
        assert (loaded.outputs is None) == (precision != "float32")
        assert dict(loaded.details) == dict(vectors.details)
        manifest = json.loads((tmp_path / "v" / "manifest.json").read_text())
        assert manifest["details"]["precision"] == precision
        assert manifest["payloads"]["matrix.npy"]["bytes"] == 128 + 300 * 20 * size
        assert ("matrix_scales.npy" in manifest["payloads"]) == (precision == "int8")

    @pytest.mark.parametrize("precision", ["float16", "int8"])
    def test_saved_again_it_stays_equal(self, vectors, tmp_path, precision):
        vectors.save(tmp_path / "small", precision=precision)
        small = WordVectors.load(tmp_path / "small")
        small.save(tmp_path / "large")
        large = WordVectors.load(tmp_path / "large")
        assert large.precision == "float32"
        assert large.matrix.tobytes() == small.matrix.tobytes()
        large.save(tmp_path / "again", precision=precision)
        assert WordVectors.load(tmp_path / "again").digest == small.digest

    @pytest.mark.parametrize("precision", ["float16", "int8"])
    def test_neighbours_stay(self, vectors, tmp_path, precision):
        vectors.save(tmp_path / "v", precision=precision)
        loaded = WordVectors.load(tmp_path / "v")
        for word in ("w0", "w9"):
            # cosines move by less than 0.01, gaps between first and second are larger for these words
            assert loaded.nearest(word, k=1)[0].word == vectors.nearest(word, k=1)[0].word

    def test_nothing_is_written_if_float16_cannot_hold_it(self, tmp_path):
        large = WordVectors(Vocabulary(["a"], [1]), [[1e6, 0]])
        with pytest.raises(ConfigError, match="found 1e\\+06"):
            large.save(tmp_path / "v", precision="float16")
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize(
        ("precision", "values", "scales", "message"),
        [
            ("int8", np.zeros((2, 2), np.int8), None, "expected a payload 'matrix_scales.npy', found none"),
            (
                "int8",
                np.zeros((2, 2), np.int8),
                np.zeros(3, np.float32),
                "expected float32 of shape 2, found",
            ),
            ("int8", np.zeros((2, 2), np.float16), None, "expected int8 in 2 dimensions, found"),
            (
                "float16",
                np.zeros((2, 2), np.float32),
                None,
                "expected float16 in 2 dimensions, found float32",
            ),
            (
                "float32",
                np.zeros((2, 2), np.float16),
                None,
                "expected float32 in 2 dimensions, found float16",
            ),
            ("int4", np.zeros((2, 2), np.int8), None, r"manifest\.json: expected a precision out of float32"),
            ([], np.zeros((2, 2), np.int8), None, r"manifest\.json: expected a precision out of float32"),
        ],
    )
    def test_wrong_payloads(self, tmp_path, precision, values, scales, message):
        with artifact.create(tmp_path / "v", kind="vectors", format_version=1) as draft:
            np.save(draft.payload("matrix.npy"), values)
            if scales is not None:
                np.save(draft.payload("matrix_scales.npy"), scales)
            Vocabulary(["a", "b"], [2, 1]).write(draft.payload("vocabulary.parquet"))
            draft.details["precision"] = precision
        with pytest.raises(ArtifactError, match=message):
            WordVectors.load(tmp_path / "v")

    def test_infinite_numbers_are_found(self, tmp_path):
        with artifact.create(tmp_path / "v", kind="vectors", format_version=1) as draft:
            np.save(draft.payload("matrix.npy"), np.array([[np.inf]], np.float16))
            Vocabulary(["a"], [1]).write(draft.payload("vocabulary.parquet"))
            draft.details["precision"] = "float16"
        with pytest.raises(ValueError, match="expected finite numbers"):
            WordVectors.load(tmp_path / "v")
