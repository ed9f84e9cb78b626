"""Odd and damaged objects of gensim: the right vectors, or an error of one line, never wrong numbers."""

import numpy as np
import pytest
from gensim.models import FastText, KeyedVectors, Word2Vec

from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError, FormatError
from wordlab.text import Vocabulary
from wordlab.training import Word2VecConfig

SENTENCES = [["a", "b", "c", "d"], ["b", "c", "a", "e"]] * 20
SMALL = {"vector_size": 4, "min_count": 1, "epochs": 1, "workers": 1}
KEYED = "expected gensim's KeyedVectors or Word2Vec, found "
NUMBERS = "expected vectors of words made of real numbers, found "
COUNTS = "expected whole numbers from 0 to 2**62 as counts, found "
OPTIONS = "expected the options of a Word2Vec, found "
HINT = ": from_gensim(model.wv) takes its word vectors"


def keyed(keys=("a", "b"), matrix=((1, 2), (3, 4)), counts=None):
    """KeyedVectors with these very parts, which need not fit."""
    made = KeyedVectors(2)
    made.index_to_key, made.key_to_index = list(keys), {key: id for id, key in enumerate(keys)}
    made.vectors = np.array(matrix, np.float32) if isinstance(matrix, tuple) else matrix
    if counts is not None:
        made.expandos["count"] = np.array(counts)
    return made


def changed(made, **parts):
    for name, value in parts.items():
        if value is None:
            delattr(made, name)
        else:
            setattr(made, name, value)
    return made


def word2vec(**parts):
    return changed(Word2Vec(SENTENCES, **SMALL), **parts)


def fasttext(**parts):
    return changed(FastText(SENTENCES, **SMALL, bucket=10).wv, **parts)


@pytest.mark.parametrize(
    ("model", "words", "matrix"),
    [
        (keyed(matrix=np.array([[1, 2], [3, 2**40 + 1]])), "ab", [[1, 2], [3, 2**40]]),
        (keyed(matrix=np.array([[0.1, 2], [3, 4]])), "ab", [[np.float32(0.1), 2], [3, 4]]),
        (keyed(matrix=np.array([[1, 2], [3, 4]], np.float16)), "ab", [[1, 2], [3, 4]]),
        (keyed(matrix=np.zeros((2, 2))), "ab", [[0, 0], [0, 0]]),
        (keyed(keys=["a", ""]), ("a", ""), [[1, 2], [3, 4]]),
        (keyed(keys=["a", None]), "a", [[1, 2]]),  # as gensim's readers leave a duplicate
        (keyed(keys=list(np.array(["x", "y"]))), "xy", [[1, 2], [3, 4]]),
        (keyed(counts=[2.0, 5.0]), "ba", [[3, 4], [1, 2]]),
    ],
)
def test_odd_but_right(model, words, matrix):
    vectors = WordVectors.from_gensim(model)
    assert vectors.vocabulary.words == tuple(words)
    assert vectors.matrix.tolist() == np.array(matrix, np.float32).tolist()
    assert all(type(word) is str for word in vectors.vocabulary.words)


def test_vectors_added_to_counted_ones_have_no_count():
    model = word2vec()
    model.wv.add_vectors(["new"], np.ones((1, 4), np.float32))
    vectors = WordVectors.from_gensim(model.wv)
    assert vectors.vocabulary.words[-1] == "new"
    assert vectors.vocabulary.counts[-1] == 0
    assert vectors["new"].tolist() == [1, 1, 1, 1]
    assert np.array_equal(vectors["a"], model.wv["a"])


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (None, TypeError, KEYED + "none"),
        ("model.bin", TypeError, KEYED + "an object of str"),
        ({"a": [1, 2]}, TypeError, KEYED + "an object of dict"),
        (KeyedVectors, TypeError, KEYED + "an object of type"),
        (type("Other", (), {"wv": 1})(), TypeError, KEYED + "an object of Other"),
        (KeyedVectors(3), ValueError, "expected at least one word, found none; is the vocabulary built?"),
        (KeyedVectors(3, count=2), ValueError,
         "expected at least one word, found none; is the vocabulary built?"),
        (keyed(keys=["a", "a"]), ValueError, "expected each word once, found duplicates"),
        (keyed(keys=[b"a", b"b"]), ValueError, "expected strings as keys, found b'a' (document tags?)"),
        (keyed(keys=["a", "\udce9"]), ValueError, r"expected keys in Unicode, found '\udce9'"),
        (changed(keyed(), key_to_index={"a": 1, "b": 0}), ValueError,
         "expected key_to_index['a'] to be 0, as in index_to_key, found 1"),
        (changed(keyed(), vectors=None), TypeError, "expected an array of vectors of words, found none"),
        (keyed(matrix=[[1, 2], [3, 4]]), TypeError,
         "expected an array of vectors of words, found an object of list"),
        (keyed(matrix=np.array([[1, 1j], [0, 0]])), TypeError, NUMBERS + "an array of complex128"),
        (keyed(matrix=np.array([["1", "2"], ["3", "4"]])), TypeError, NUMBERS + "an array of <U1"),
        (keyed(matrix=np.array([[1, 2], [3, 4]], "M8[s]")), TypeError, NUMBERS + "an array of datetime64[s]"),
        (keyed(matrix=np.ma.masked_less(np.ones((2, 2)), 2)), TypeError, NUMBERS + "masked numbers"),
        (keyed(matrix=np.ones((3, 2))), ValueError,
         "expected a vector for each of 2 words, found an array of shape (3, 2)"),
        (keyed(matrix=np.ones(2)), ValueError,
         "expected a vector for each of 2 words, found an array of shape (2,)"),
        (keyed(matrix=((1, 2), (np.nan, 4))), FormatError,
         "expected finite numbers in the matrix, found NaN in the vector of 'b'"),
        (keyed(matrix=np.array([[1, 2], [3, 1e300]])), FormatError,
         "expected finite numbers in the matrix, found infinity in the vector of 'b'"),
        (keyed(counts=[3, -1]), ValueError, COUNTS + "-1"),
        (keyed(counts=[2.5, 1]), ValueError, COUNTS + "2.5"),
        (keyed(counts=[np.nan, 1]), ValueError, COUNTS + "nan"),
        (keyed(counts=["3", "1"]), ValueError, "expected whole numbers as counts, found <U1"),
        (keyed(counts=np.array([2**64 - 1, 1], np.uint64)), ValueError, COUNTS + "18446744073709551615"),
        (keyed(counts=[2**62 - 1, 2**62 - 1]), ValueError,
         "expected counts of less than 2**62 in total, found more"),
        (keyed(counts=[1, 2, 3]), ValueError, "expected a count for each of 2 keys, found shape (3,)"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("error")
def test_what_is_not_a_set_of_vectors(model, error, message):
    with pytest.raises(error) as caught:
        WordVectors.from_gensim(model)
    assert str(caught.value) == message


@pytest.mark.parametrize("options", [{"bucket": 0}, {"max_n": 0}, {"bucket": 5, "min_n": 5, "max_n": 3}])
def test_fasttext_without_subwords(options):
    model = FastText(SENTENCES, **SMALL, **options)
    vectors = WordVectors.from_gensim(model.wv)
    assert vectors.subwords is None
    assert all(np.array_equal(vectors[word], model.wv[word]) for word in vectors.vocabulary)


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [
        ({"vectors_ngrams": None}, TypeError, "expected an array of vectors of buckets, found none"),
        ({"vectors_ngrams": np.ones((5, 4))}, ValueError,
         "expected a vector for each of 10 buckets, found an array of shape (5, 4)"),
        ({"vectors_ngrams": np.full((10, 4), np.nan)}, FormatError,
         "expected finite numbers in the buckets, found NaN in row 0"),
    ],
)  # fmt: skip
def test_damaged_subwords(parts, error, message):
    with pytest.raises(error) as caught:
        WordVectors.from_gensim(fasttext(**parts))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [
        ({"wv": 3}, TypeError, KEYED + "an object of int"),
        ({"hs": None}, ValueError, "expected all options of a Word2Vec, found no hs" + HINT),
        ({"syn1neg": None}, ValueError, "expected as many output vectors as words, found 0 for 5 words"),
        ({"syn1neg": np.ones((5, 3))}, ValueError, "expected outputs of shape (5, 4), found (5, 3)"),
        ({"syn1neg": np.full((5, 4), 1j)}, TypeError,
         "expected vectors of outputs made of real numbers, found an array of complex128"),
        ({"alpha": np.nan}, ValueError, "learning_rate: expected a finite number, found nan" + HINT),
        ({"window": "x"}, ValueError,
         OPTIONS + "invalid literal for int() with base 10: 'x'" + HINT),
        ({"corpus_count": None}, ValueError,
         OPTIONS + "'Word2Vec' object has no attribute 'corpus_count'" + HINT),
    ],
)  # fmt: skip
def test_damaged_models(parts, error, message):
    with pytest.raises(error) as caught:
        WordVectors.from_gensim(word2vec(**parts))
    assert str(caught.value) == message


def test_a_model_before_training():
    with pytest.raises(ValueError, match="expected at least one word, found none; is the vocabulary built"):
        WordVectors.from_gensim(Word2Vec(vector_size=4))
    begun = Word2Vec(vector_size=4, min_count=1)
    begun.build_vocab(SENTENCES)
    vectors = WordVectors.from_gensim(begun)  # as gensim would begin
    assert all(np.array_equal(vectors[word], begun.wv[word]) for word in "abcde")
    assert not vectors.outputs.any()


def test_the_result_is_a_copy():
    for options in ({}, {"hs": 1, "negative": 0}):
        model = Word2Vec(SENTENCES, **SMALL, **options)
        vectors = WordVectors.from_gensim(model)
        matrix, outputs = vectors.matrix.copy(), vectors.outputs.copy()
        model.train(SENTENCES, total_examples=40, epochs=3)
        assert np.array_equal(vectors.matrix, matrix)
        assert np.array_equal(vectors.outputs, outputs)


def test_the_vectors_decide_the_dimensions():
    vectors = WordVectors.from_gensim(word2vec(vector_size=99))
    assert vectors.details["config"]["dim"] == vectors.dim == 4


def test_options_that_make_no_sense_are_refused_when_training_goes_on():
    vectors = WordVectors.from_gensim(word2vec(window=0))
    with pytest.raises(ConfigError, match="window: expected a whole number from 1 to 1000, found 0"):
        Word2VecConfig(**vectors.details["config"])


def test_a_full_model_of_another_config():
    vectors = WordVectors(
        Vocabulary(["a", "b"], [2, 1]), np.eye(2), outputs=np.eye(2), details={"config": {}}
    )
    with pytest.raises(
        ConfigError, match="full_model: expected the config of word2vec, found one without 'model'"
    ):
        vectors.to_gensim(full_model=True)


def test_nan_in_a_mapped_matrix(tmp_path):
    np.save(tmp_path / "m.npy", np.array([[1, np.nan], [1, 2]], np.float32))
    mapped = np.load(tmp_path / "m.npy", mmap_mode="r")
    vectors = WordVectors(Vocabulary(["a", "b"], [0, 0]), mapped)
    with pytest.raises(
        FormatError, match="expected finite numbers in the matrix, found NaN in the vector of 'a'"
    ):
        vectors.to_gensim()
