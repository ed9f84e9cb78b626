"""fastText's `.bin` and subwords against the fasttext package, gensim and its packaged files."""

import gzip
import io
from pathlib import Path

import gensim
import numpy as np
import pytest
from gensim.models.fasttext import FastText, load_facebook_model, load_facebook_vectors, save_facebook_model

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import FormatError
from wordlab.text import Vocabulary

fasttext = pytest.importorskip("fasttext")

DATA = Path(gensim.__file__).parent / "test" / "test_data"
WITH_SUBWORDS = [
    "crime-and-punishment.bin",
    "lee_fasttext_new.bin",  # version 11 of the format
    "toy-model.bin",
    "toy-model-pretrained.bin",
]
OTHER_WORDS = [
    "",
    "<",
    "qq",
    "Raskolnikov's",
    "naïveté",
    "достоевский",
    "東京タワー",
    "😀😀",
    "x" * 300,
    "a b",
    "</s>y",
]


def bits_equal(left, right) -> bool:
    left, right = np.asarray(left, np.float32), np.asarray(right, np.float32)
    return left.shape == right.shape and left.tobytes() == right.tobytes()


def fasttext_vectors(path, words) -> np.ndarray:
    model = fasttext.load_model(str(path))
    return np.array([model.get_word_vector(word) for word in words])


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model over letters of one to four bytes, opened by the fasttext package, and its file.

    gensim trained it: what fasttext 0.9.3 trains is now and then huge or NaN.
    """
    path = tmp_path_factory.mktemp("fasttext") / "model.bin"
    rng = np.random.default_rng(0)
    words = [
        "cat",
        "naïve",
        "東京",
        "😀",
        "достоевский",
        "a",
        "</s>",
        "x" * 50,
        *(f"w{i}" for i in range(50)),
    ]
    sentences = [list(rng.choice(words, 12)) for _ in range(400)]
    model = FastText(
        sentences, vector_size=13, min_n=2, max_n=5, bucket=700, min_count=1, epochs=2, workers=1, seed=1
    )
    save_facebook_model(model, str(path))
    return fasttext.load_model(str(path)), path


class TestReading:
    @pytest.mark.parametrize("name", WITH_SUBWORDS)
    def test_known_and_unknown_words_bit_by_bit(self, name):
        vectors = read_vectors(DATA / name)
        model = fasttext.load_model(str(DATA / name))
        words = vectors.vocabulary.words
        assert set(words) == set(model.words)
        assert bits_equal(vectors.matrix, [model.get_word_vector(word) for word in words])
        assert bits_equal(vectors[OTHER_WORDS], [model.get_word_vector(word) for word in OTHER_WORDS])
        counts = dict(zip(*model.get_words(include_freq=True), strict=True))
        assert [counts[word] for word in words] == vectors.vocabulary.counts.tolist()
        assert vectors.details["format"] == "fasttext"

    @pytest.mark.parametrize("name", WITH_SUBWORDS)
    def test_gensim(self, name):
        vectors, keyed = read_vectors(DATA / name), load_facebook_vectors(str(DATA / name))
        # gensim takes the word for the end of a line apart, which fastText does not
        words = [word for word in vectors.vocabulary.words if word != "</s>"]
        assert set(keyed.index_to_key) == set(vectors.vocabulary.words)
        # gensim divides by n where fastText multiplies by 1 / n
        assert np.abs(vectors[words] - keyed[words]).max() < 1e-6
        others = [word for word in OTHER_WORDS if word not in ("", "<")]  # without n-grams: KeyError there
        assert np.abs(vectors[others] - np.array([keyed[word] for word in others])).max() < 1e-6

    def test_letters_of_all_lengths(self, trained):
        model, path = trained
        vectors = read_vectors(path)
        assert list(vectors.vocabulary.words) == model.words
        assert bits_equal(vectors.matrix, [model.get_word_vector(word) for word in model.words])
        assert bits_equal(vectors[OTHER_WORDS], [model.get_word_vector(word) for word in OTHER_WORDS])
        neighbours = [(word, score) for score, word in model.get_nearest_neighbors("catnaïve", k=5)]
        found = vectors.nearest("catnaïve", k=5)
        assert [word for word, _ in neighbours] == [neighbour.word for neighbour in found]
        assert [n.similarity for n in found] == pytest.approx([score for _, score in neighbours], abs=1e-6)

    def test_compressed_and_as_a_stream(self, trained, tmp_path):
        _, path = trained
        (tmp_path / "v").write_bytes(gzip.compress(path.read_bytes()))
        assert bits_equal(read_vectors(tmp_path / "v").matrix, read_vectors(path).matrix)
        assert bits_equal(read_vectors(io.BytesIO(path.read_bytes()))["zz"], read_vectors(path)["zz"])

    def test_only_some_words(self, trained):
        _, path = trained
        vectors = read_vectors(path)
        some = read_vectors(path, only=["cat", "w7", "no such word", "😀"])
        assert set(some.vocabulary.words) == {"cat", "w7", "😀"}
        assert bits_equal(some.matrix, vectors[list(some.vocabulary.words)])
        assert some.subwords is None

    def test_supervised_models_have_words_and_labels(self):
        path = DATA / "pang_lee_polarity_fasttext.bin"
        with pytest.raises(FormatError, match=r"record 149: expected a word in UTF-8, found '\\\\x97'"):
            read_vectors(path)
        vectors = read_vectors(path, lenient=True)
        assert vectors.details["skipped"] == {"not UTF-8": 5}
        assert vectors.details["fasttext"] == {"model": "supervised", "num_labels": 2}
        assert vectors.subwords is None
        assert bits_equal(vectors.matrix, fasttext_vectors(path, vectors.vocabulary.words))


class TestWriting:
    @pytest.mark.parametrize("name", WITH_SUBWORDS)
    def test_read_back_by_all_three(self, name, tmp_path):
        vectors = read_vectors(DATA / name)
        words = vectors.vocabulary.words
        write_vectors(vectors, tmp_path / "v.bin", format="fasttext")
        found = read_vectors(tmp_path / "v.bin")
        assert found.vocabulary == vectors.vocabulary
        assert bits_equal(found.matrix, vectors.matrix)
        assert bits_equal(found.subwords.matrix, vectors.subwords.matrix)
        assert bits_equal(fasttext_vectors(tmp_path / "v.bin", words), vectors.matrix)
        assert bits_equal(fasttext_vectors(tmp_path / "v.bin", OTHER_WORDS), vectors[OTHER_WORDS])
        keyed = load_facebook_vectors(str(tmp_path / "v.bin"))
        known = [word for word in words if word != "</s>"]
        assert keyed.index_to_key == list(words)
        assert np.abs(keyed[known] - vectors[known]).max() < 1e-6
        assert np.abs(keyed["Raskolnikov's"] - vectors["Raskolnikov's"]).max() < 1e-6

    @pytest.mark.parametrize("counts", [[0, 0, 0], [5, 5, 1]])
    def test_vectors_without_subwords(self, tmp_path, counts):
        matrix = np.random.default_rng(0).normal(size=(3, 7)).astype(np.float32)
        vectors = WordVectors(Vocabulary(["naïve", "b c", "東京"], counts), matrix)
        write_vectors(vectors, tmp_path / "v.bin", format="fasttext")
        assert read_vectors(tmp_path / "v.bin").vocabulary == vectors.vocabulary
        assert bits_equal(fasttext_vectors(tmp_path / "v.bin", vectors.vocabulary.words), matrix)
        assert fasttext_vectors(tmp_path / "v.bin", ["unknown"]).tolist() == [[0] * 7]
        keyed = load_facebook_vectors(str(tmp_path / "v.bin"))
        assert keyed.index_to_key == list(vectors.vocabulary.words)
        assert bits_equal(keyed.vectors, matrix)
        assert load_facebook_model(str(tmp_path / "v.bin")).syn1neg.shape == (3, 7)

    def test_what_gensim_trained(self, tmp_path):
        sentences = [["the", "cat", "sat"], ["naïve", "dogs", "sat"]] * 30
        model = FastText(sentences, vector_size=6, min_count=1, bucket=200, epochs=2, workers=1, seed=1)
        save_facebook_model(model, str(tmp_path / "v.bin"))
        vectors = read_vectors(tmp_path / "v.bin")
        assert np.abs(vectors[model.wv.index_to_key] - model.wv.vectors).max() < 1e-6
        assert np.abs(vectors["sitting"] - model.wv["sitting"]).max() < 1e-6


class TestGensimInMemory:
    def test_there_and_back(self, trained):
        _, path = trained
        vectors = read_vectors(path)
        keyed = vectors.to_gensim()
        assert bits_equal(keyed.vectors, vectors.matrix)
        assert np.abs(keyed["tokyo東京"] - vectors["tokyo東京"]).max() < 1e-6
        again = WordVectors.from_gensim(keyed)
        assert again.vocabulary == vectors.vocabulary
        assert bits_equal(again.matrix, vectors.matrix)
        assert bits_equal(again["tokyo東京"], vectors["tokyo東京"])


def test_ngrams_of_any_length(tmp_path):
    rng = np.random.default_rng(2)
    words = ["a", "ab", "naïve", "東京都"]
    for min_n, max_n in ((1, 1), (1, 3), (4, 4), (0, 2)):
        subwords = Subwords(min_n, max_n, rng.normal(size=(31, 3)))
        vectors = WordVectors(Vocabulary(words, [4, 3, 2, 1]), rng.normal(size=(4, 3)), subwords=subwords)
        path = tmp_path / f"{min_n}-{max_n}.bin"
        write_vectors(vectors, path, format="fasttext")
        assert bits_equal(fasttext_vectors(path, words), read_vectors(path).matrix)
        # these were made by no model, so that the own vector need not exist to the last bit
        assert np.abs(read_vectors(path).matrix - vectors.matrix).max() < 5e-7
        assert bits_equal(fasttext_vectors(path, OTHER_WORDS), vectors[OTHER_WORDS])
