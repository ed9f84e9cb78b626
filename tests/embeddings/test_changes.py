"""Neighbours of all words at once, and the words whose neighbours changed."""

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.changes import changed_words
from wordlab.embeddings.neighbours import all_neighbours
from wordlab.errors import CorpusError
from wordlab.progress import Reporter
from wordlab.text import Vocabulary

SILENT = Reporter(None, "", "")


def vectors_of(words, rows):
    return WordVectors(Vocabulary(words, np.zeros(len(words))), np.asarray(rows, np.float32))


def random_vectors(num_words, dim, seed):
    rows = np.random.default_rng(seed).normal(size=(num_words, dim))
    return vectors_of([f"w{id}" for id in range(num_words)], rows)


def test_all_neighbours_are_those_of_nearest(monkeypatch):
    monkeypatch.setattr("wordlab.embeddings.neighbours._AT_ONCE", 64)
    vectors = random_vectors(300, 5, seed=1)
    found = all_neighbours(vectors.matrix, 4, SILENT)
    answers = vectors.nearest(vectors.vocabulary.words, k=4)
    words = vectors.vocabulary.words
    assert [[words[id] for id in row] for row in found.ids] == [[n.word for n in row] for row in answers]
    assert found.cosines.tolist() == [[np.float32(n.similarity) for n in row] for row in answers]


@pytest.mark.parametrize(("num_words", "k", "expected"), [(1, 3, 0), (2, 3, 1), (4, 3, 3), (5, 3, 3)])
def test_few_words_have_few_neighbours(num_words, k, expected):
    rows = np.zeros((num_words, 2), np.float32)  # all cosines are 0
    found = all_neighbours(rows, k, SILENT)
    assert found.ids.shape == found.cosines.shape == (num_words, expected)
    assert not any(id in row for id, row in enumerate(found.ids))


def test_one_word_moves():
    """On a circle at 0, 1, 2, ... degrees; in the other set w0 is at the other end."""

    def on_a_circle(degrees):
        angles = np.radians(degrees)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)

    words = [f"w{id}" for id in range(10)]
    left = vectors_of(words, on_a_circle(np.arange(10) * 1.1 ** np.arange(10)))
    moved = np.arange(10) * 1.1 ** np.arange(10)
    moved[0] = 40
    right = vectors_of([*words[::-1], "new"], on_a_circle([*moved[::-1], 5]))
    found = changed_words(left, right, k=2)
    assert (found.words[0], found.overlaps[0]) == ("w0", 0)
    assert found.overlaps.tolist() == sorted(found.overlaps.tolist())
    assert len(found.words) == 10
    assert found.mean_overlap == pytest.approx(found.overlaps.mean())


def test_only_common_words_count():
    left, right = random_vectors(40, 6, seed=1), random_vectors(60, 3, seed=2)
    found = changed_words(left, right, k=5, num_words=30)
    words = left.vocabulary.words[:30]
    ours = left.subset(words).nearest(words, k=5)
    theirs = right.subset(words).nearest(words, k=5)
    expected = {
        word: len({n.word for n in one} & {n.word for n in two}) / 5
        for word, one, two in zip(words, ours, theirs, strict=True)
    }
    assert dict(zip(found.words, found.overlaps.tolist(), strict=True)) == pytest.approx(expected)


def test_a_set_and_itself():
    vectors = random_vectors(25, 6, seed=1)
    found = changed_words(vectors, vectors)
    assert found.overlaps.tolist() == 25 * [1.0]
    assert found.words == list(vectors.vocabulary.words)
    two = changed_words(vectors, vectors, num_words=2)
    assert two.overlaps.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("words", [["x"], ["w3", "x"]])
def test_too_few_common_words(words):
    with pytest.raises(CorpusError, match=f"found {len(words) - 1}"):
        changed_words(random_vectors(5, 2, seed=1), vectors_of(words, np.ones((len(words), 2))))
