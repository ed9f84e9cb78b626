"""TensorBoard's projector: a directory of two tables."""

import io
import sys

import numpy as np
import pytest

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.errors import (
    ArtifactError,
    ConfigError,
    FormatError,
    MissingExtraError,
    OutputExistsError,
    SourceError,
)
from wordlab.text import Vocabulary

NAMES = ["metadata.tsv", "projector_config.pbtxt", "vectors.tsv"]


def make(words, rows, counts=None) -> WordVectors:
    return WordVectors(Vocabulary(words, counts or [0] * len(words)), rows)


def put(directory, vectors: bytes, metadata: bytes):
    directory.mkdir(exist_ok=True)
    (directory / "vectors.tsv").write_bytes(vectors)
    (directory / "metadata.tsv").write_bytes(metadata)
    return directory


def message(directory, **options) -> str:
    with pytest.raises(FormatError) as caught:
        read_vectors(directory, **options)
    return str(caught.value).removeprefix(f"{directory}/")


def test_files(tmp_path):
    write_vectors(make(["a b", "naïve"], [[0.1, -2], [3, 1e-7]]), tmp_path / "p", format="projector")
    assert sorted(path.name for path in (tmp_path / "p").iterdir()) == NAMES
    assert (tmp_path / "p" / "vectors.tsv").read_text() == "0.1\t-2\n3\t1e-7\n"
    assert (tmp_path / "p" / "metadata.tsv").read_text(encoding="utf-8") == "a b\nnaïve\n"
    assert 'tensor_path: "vectors.tsv"' in (tmp_path / "p" / "projector_config.pbtxt").read_text()


def test_counts_need_a_header_row(tmp_path):
    vectors = make(["a", "b"], [[1], [2]], [7, 3])
    write_vectors(vectors, tmp_path / "p", format="projector")
    assert (tmp_path / "p" / "metadata.tsv").read_text() == "word\tcount\na\t7\nb\t3\n"
    assert read_vectors(tmp_path / "p").vocabulary == vectors.vocabulary


@pytest.mark.parametrize("dim", [1, 7])
def test_round_trip(tmp_path, dim):
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**32, (5000, dim), dtype=np.uint32).view(np.float32)
    matrix = np.where(np.isfinite(bits), bits, np.float32(1))
    vectors = make(["\u00a0x", ' "', ",", "#", "42", "x\u2028", *(f"w{i}" for i in range(4994))], matrix)
    write_vectors(vectors, tmp_path / "p", format="projector")
    found = read_vectors(tmp_path / "p")
    assert found.vocabulary.words == vectors.vocabulary.words
    assert found.matrix.tobytes() == matrix.tobytes()
    assert found.details["format"] == "projector"
    some = read_vectors(tmp_path / "p", only=["w4993", "#", "?"])
    assert some.vocabulary.words == ("#", "w4993")
    assert some.matrix.tobytes() == matrix[[3, 4999]].tobytes()


def test_what_others_write(tmp_path):
    directory = put(tmp_path / "p", b"1\t2\r\n3\t4", b"label\tpart\ncat\tnoun\nrun\tverb\r\n")
    assert read_vectors(directory).matrix.tolist() == [[1, 2], [3, 4]]
    assert read_vectors(directory).vocabulary.words == ("cat", "run")


def test_metadata_in_utf16(tmp_path):
    directory = put(tmp_path / "p", b"1\t2\n3\t4\n", "für\nhaus\n".encode("utf-16-be"))
    assert read_vectors(directory, encoding="utf-16-be").vocabulary.words == ("für", "haus")
    assert message(directory, encoding="utf-16").startswith("metadata.tsv: expected a byte-order mark, as ")


def test_bad_rows(tmp_path):
    directory = put(tmp_path / "p", b"1\t2\n3\n5\tx\nnan\t1\n6 7\t8\n7\t8\n", b"a\nb\nc\nd\ne\na\n")
    assert message(directory) == "vectors.tsv:2: expected 2 values, found 1"
    found = read_vectors(directory, lenient=True, duplicates="last")
    assert (found.vocabulary.words, found.matrix.tolist()) == (("a",), [[7, 8]])
    kinds = {"wrong number of values": 2, "not a number": 1, "not finite": 1}
    assert found.details["skipped"] == kinds
    assert message(directory, only=["a"], duplicates="error") == (
        f"vectors.tsv:6: expected each word once, found 'a' again, first {directory}/vectors.tsv:1"
    )


@pytest.mark.parametrize(
    ("vectors", "metadata", "expected"),
    [
        (b"1\n2\n", b"a\n", "vectors.tsv: expected 1 rows, one a word of metadata.tsv, found more"),
        (b"1\n", b"a\nb\n", "vectors.tsv: expected 2 rows, one a word of metadata.tsv, found 1"),
        (b"", b"a\n", "vectors.tsv: expected 1 rows, one a word of metadata.tsv, found 0"),
        (b"1\n2\n", b"a\n\n", "metadata.tsv:2: expected a word in 1 columns, found 1, the first empty"),
        (b"1\n", b"x\ty\na\n", "metadata.tsv:2: expected a word in 2 columns, found 1, the first given"),
        (b"1\n", b"x\tcount\na\tb\n", "metadata.tsv:2: expected a whole count, found 'b'"),
        (b"1\n", b"x\tcount\na\t-1\n", "metadata.tsv: expected 1 counts of 0 or more, found int64 (1,)"),
        (b"1\n", b"x\tcount\na\t99999999999999999999\n", "metadata.tsv: expected counts of 64 bits, found"),
        (
            b"1\n",
            b"\xff\n",
            "metadata.tsv:1: expected a word in UTF-8, found '\\\\xff' (invalid start byte); if it is",
        ),
    ],
)
def test_errors(tmp_path, vectors, metadata, expected):
    assert message(put(tmp_path / "p", vectors, metadata)).startswith(expected)


@pytest.mark.parametrize("word", ["a\tb", "a\nb", "a\rb", "", " ", "\u00a0", "\ufeff"])
def test_words_that_tensorboard_cannot_show(tmp_path, word):
    with pytest.raises(FormatError, match="cannot be written as projector: expected"):
        write_vectors(make(["x", word], [[1], [2]]), tmp_path / "p", format="projector")
    assert not list(tmp_path.iterdir())


def test_whole_or_not_at_all(tmp_path):
    vectors = make(["a"], [[1]])
    write_vectors(vectors, tmp_path / "p", format="projector")
    with pytest.raises(OutputExistsError, match="exists already"):
        write_vectors(vectors, tmp_path / "p", format="projector")
    write_vectors(make(["b"], [[1]]), tmp_path / "p", format="projector", overwrite=True)
    assert read_vectors(tmp_path / "p").vocabulary.words == ("b",)
    (tmp_path / "p" / "thesis.tex").touch()
    with pytest.raises(OutputExistsError, match="holds other files; left unchanged"):
        write_vectors(vectors, tmp_path / "p", format="projector", overwrite=True)
    (tmp_path / "file").touch()
    with pytest.raises(OutputExistsError, match="is not a directory"):
        write_vectors(vectors, tmp_path / "file", format="projector", overwrite=True)
    with pytest.raises(ArtifactError, match="cannot be written"):
        write_vectors(vectors, tmp_path / "no" / "p", format="projector")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "p"]


def test_streams_and_files_are_not_directories(tmp_path):
    vectors = make(["a"], [[1]])
    with pytest.raises(ConfigError, match="expected a directory for projector, found a stream"):
        write_vectors(vectors, io.BytesIO(), format="projector")
    with pytest.raises(ConfigError, match="expected a directory for projector, found a stream"):
        read_vectors(io.BytesIO(b"a 1\n"), format="projector")
    (tmp_path / "v").write_text("a 1\n")
    with pytest.raises(SourceError, match=r"v: expected a directory with vectors.tsv and metadata.tsv"):
        read_vectors(tmp_path / "v", format="projector")
    with pytest.raises(SourceError, match=r"metadata.tsv: cannot be read: No such file"):
        read_vectors(tmp_path, format="projector")
    vectors.save(tmp_path / "artefact")
    with pytest.raises(SourceError, match="found an artefact of wordlab"):
        read_vectors(tmp_path / "artefact")
    with pytest.raises(SourceError, match="expected a file of vectors, found a directory"):
        read_vectors(tmp_path, format="glove")


def test_spacy_that_is_not_installed(tmp_path, monkeypatch):
    for name in ("vectors", "key2row", "strings.json"):
        (tmp_path / name).touch()
    monkeypatch.setitem(sys.modules, "spacy.strings", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'wordlab\[spacy\]' brings it"):
        read_vectors(tmp_path)
