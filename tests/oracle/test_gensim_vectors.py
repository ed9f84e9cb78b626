"""WordVectors against gensim's KeyedVectors: the same questions, the same answers."""

import numpy as np
import pytest
from gensim.models import KeyedVectors, Word2Vec
from gensim.models.word2vec import LineSentence
from gensim.test.utils import datapath

from wordlab.embeddings import WordVectors


@pytest.fixture(scope="module")
def keyed() -> KeyedVectors:
    sentences = LineSentence(datapath("lee_background.cor"))
    return Word2Vec(sentences, vector_size=24, min_count=3, epochs=8, seed=1, workers=1).wv


@pytest.fixture(scope="module")
def vectors(keyed) -> WordVectors:
    return WordVectors.from_gensim(keyed)


def test_from_gensim(keyed, vectors):
    assert list(vectors.vocabulary.words) == keyed.index_to_key
    assert vectors.matrix.tobytes() == keyed.vectors.tobytes()
    assert vectors.vocabulary.counts.tolist() == [keyed.get_vecattr(w, "count") for w in keyed.index_to_key]


def test_to_gensim(keyed, vectors):
    back = vectors.to_gensim()
    assert back.index_to_key == keyed.index_to_key
    assert back.key_to_index == keyed.key_to_index
    assert np.array_equal(back.vectors, keyed.vectors)
    word = keyed.index_to_key[5]
    assert back.get_vecattr(word, "count") == keyed.get_vecattr(word, "count")
    assert back.most_similar(word) == keyed.most_similar(word)
    back.add_vectors(["a new word"], np.ones((1, 24), np.float32))  # a KeyedVectors like any other
    assert np.array_equal(back["a new word"], np.ones(24))


def test_gensim_without_counts_or_in_another_order():
    keyed = KeyedVectors(2)
    keyed.add_vectors(["a", "b"], np.eye(2))
    assert WordVectors.from_gensim(keyed).vocabulary.counts.tolist() == [0, 0]
    assert not WordVectors.from_gensim(keyed).to_gensim().expandos
    keyed.set_vecattr("a", "count", 2)
    keyed.set_vecattr("b", "count", 5)
    vectors = WordVectors.from_gensim(keyed)
    assert vectors.vocabulary.words == ("b", "a")
    assert vectors.matrix.tolist() == [[0, 1], [1, 0]]
    tags = KeyedVectors(2)
    tags.add_vectors([0, 1], np.eye(2))
    with pytest.raises(ValueError, match="expected strings as keys"):
        WordVectors.from_gensim(tags)


def same(found, expected):
    """The same scores, and the same words wherever float32 can tell gensim's scores apart.

    `expected` has more answers than `found`, in case the last place is shared.
    """
    scores = dict(expected)
    for (word, score), (expected_word, expected_score) in zip(found, expected, strict=False):
        assert score == pytest.approx(expected_score, abs=1e-6)
        assert word == expected_word or scores[word] == pytest.approx(expected_score, abs=1e-6)


def test_nearest(keyed, vectors):
    words = keyed.index_to_key[::40]
    for word, found in zip(words, vectors.nearest(words, k=12), strict=True):
        same(found, keyed.most_similar(word, topn=20))


def test_nearest_to_vectors(keyed, vectors):
    queries = np.random.default_rng(0).normal(size=(20, 24)).astype(np.float32)
    for query, found in zip(queries, vectors.nearest(queries, k=7), strict=True):
        same(found, keyed.similar_by_vector(query, topn=20))


def test_analogies(keyed, vectors):
    rng = np.random.default_rng(2)
    triples = [tuple(keyed.index_to_key[i] for i in row) for row in rng.integers(0, len(keyed), (60, 3))]
    triples.append(tuple(keyed.index_to_key[i] for i in (3, 3, 4)))
    for (a, b, c), found in zip(triples, vectors.analogies(triples, 6), strict=True):
        same(found, keyed.most_similar(positive=[b, c], negative=[a], topn=20))
    for (a, b, c), found in zip(triples, vectors.analogies(triples, 6, method="3cosmul"), strict=True):
        same(found, keyed.most_similar_cosmul(positive=[b, c], negative=[a], topn=20))


def test_similarities(keyed, vectors):
    pairs = list(zip(keyed.index_to_key[:200], keyed.index_to_key[100:300], strict=True))
    expected = [keyed.similarity(*pair) for pair in pairs]
    assert vectors.similarities(pairs) == pytest.approx(np.array(expected), abs=1e-6)


def random_lists(keyed, num_lists, length):
    rng = np.random.default_rng(3)
    return [[keyed.index_to_key[i] for i in row] for row in rng.integers(0, len(keyed), (num_lists, length))]


@pytest.mark.parametrize("length", [3, 4, 9])
def test_odd_one_out(keyed, vectors, length):
    for words in random_lists(keyed, 60, length):
        found = vectors.odd_one_out(words)
        assert found[0].word == keyed.doesnt_match(words)
        ranked = keyed.rank_by_centrality(words)[::-1]
        assert [word for word, _ in found] == [word for _, word in ranked]
        assert [cosine for _, cosine in found] == pytest.approx([c for c, _ in ranked], abs=1e-6)


def test_list_similarity(keyed, vectors):
    for words in random_lists(keyed, 60, 7):
        expected = keyed.n_similarity(words[:3], words[3:])
        assert vectors.list_similarity(words[:3], words[3:]) == pytest.approx(expected, abs=1e-6)
