"""Files against gensim: what it writes is read back equal, and it reads what wordlab writes."""

import numpy as np
import pytest
from gensim.models import KeyedVectors
from gensim.test.utils import datapath

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.errors import FormatError
from wordlab.text import Vocabulary

WORDS = ["the", "naïve", "1/2\u00a0cup", "42", "\u2028", '"quoted"', ",", "#", "日本", "x\u3000y"]

# with no_header, where it opens the file twice
GENSIM_LEAVES_A_FILE_OPEN = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    bits = np.random.default_rng(4).integers(0, 2**32, (len(WORDS), 300), dtype=np.uint32).view(np.float32)
    matrix = np.where(np.isfinite(bits), bits, np.float32(0.1))
    return WordVectors(Vocabulary(WORDS, range(len(WORDS), 0, -1)), matrix)


def bits_equal(left: np.ndarray, right: np.ndarray) -> bool:
    return left.dtype == right.dtype == np.float32 and left.tobytes() == right.tobytes()


@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2"])
@pytest.mark.parametrize(
    ("options", "format"),
    [({}, "word2vec"), ({"binary": True}, "word2vec-binary"), ({"write_header": False}, "glove")],
)
def test_what_gensim_writes(vectors, tmp_path, options, format, suffix):
    path = tmp_path / f"v{suffix}"
    vectors.to_gensim().save_word2vec_format(str(path), **options)
    found = read_vectors(path)
    assert found.details["format"] == format
    assert list(found.vocabulary.words) == WORDS
    assert bits_equal(found.matrix, vectors.matrix)


@GENSIM_LEAVES_A_FILE_OPEN
@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2"])
@pytest.mark.parametrize(
    ("format", "options"),
    [("word2vec", {}), ("word2vec-binary", {"binary": True}), ("glove", {"no_header": True})],
)
def test_what_gensim_reads(vectors, tmp_path, format, options, suffix):
    path = tmp_path / f"v{suffix}"
    write_vectors(vectors, path, format=format)
    found = KeyedVectors.load_word2vec_format(str(path), **options)
    assert found.index_to_key == WORDS
    assert bits_equal(found.vectors, vectors.matrix)


@GENSIM_LEAVES_A_FILE_OPEN
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("test_glove.txt", {"no_header": True}),
        ("EN.1-10.cbow1_wind5_hs0_neg10_size300_smpl1e-05.txt", {}),
        ("lee_fasttext.vec", {}),
        ("crime-and-punishment.vec", {}),
        ("toy-model.vec", {}),
        ("euclidean_vectors.bin", {"binary": True}),
        ("poincare_vectors.bin", {"binary": True}),
        ("high_precision.kv.txt", {}),
        ("high_precision.kv.bin", {"binary": True}),
    ],
)
def test_files_packaged_with_gensim(name, options):
    expected = KeyedVectors.load_word2vec_format(datapath(name), **options)
    found = read_vectors(datapath(name))
    assert list(found.vocabulary.words) == expected.index_to_key
    assert bits_equal(found.matrix, expected.vectors)


def test_first_of_duplicates(tmp_path):
    path = tmp_path / "v"
    path.write_text("4 2\na 1 2\nb 3 4\na 5 6\nc 7 8\n")
    expected = KeyedVectors.load_word2vec_format(str(path))
    found = read_vectors(path)
    # gensim leaves None and a row of zeros in the place of the duplicate
    assert list(found.vocabulary.words) == expected.index_to_key[:3] == ["a", "b", "c"]
    assert bits_equal(found.matrix, expected.vectors[:3])
    assert WordVectors.from_gensim(expected).vocabulary.words == ("a", "b", "c")


def test_file_that_gensim_cannot_read_either():
    name = "pang_lee_polarity_fasttext.vec"
    with pytest.raises(UnicodeDecodeError):
        KeyedVectors.load_word2vec_format(datapath(name))
    with pytest.raises(FormatError, match=rf"{name}:\d+: expected a word in UTF-8, found '\\\\x97'"):
        read_vectors(datapath(name))


def test_long_decimals_round_as_in_gensim(tmp_path):
    rng = np.random.default_rng(0)
    # next to the middle of two float32 numbers, where the way of rounding shows
    middles = rng.normal(size=2000).astype(np.float32).astype(np.float64)
    middles = (middles + np.nextafter(middles.astype(np.float32), np.float32(9)).astype(np.float64)) / 2
    digits = rng.integers(14, 40, 2000)
    path = tmp_path / "v"
    rows = [f"w{i} {middle:.{n}e}" for i, (middle, n) in enumerate(zip(middles, digits, strict=True))]
    path.write_text("2000 1\n" + "\n".join(rows) + "\n")
    assert bits_equal(read_vectors(path).matrix, KeyedVectors.load_word2vec_format(str(path)).vectors)
