"""Postprocessing: each step beside scikit-learn, numpy or a plain loop."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from wordlab.embeddings import WordVectors
from wordlab.embeddings.moments import find_moments
from wordlab.embeddings.postprocessing import PostprocessConfig, postprocess, read_lexicon, retrofit
from wordlab.embeddings.postprocessing.lexicon import edges
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import ConfigError, FormatError
from wordlab.text import Vocabulary

WORDS = [f"w{number}" for number in range(80)]


def vectors_of(matrix, **more):
    return WordVectors(Vocabulary(WORDS[: len(matrix)], range(len(matrix), 0, -1)), matrix, **more)


@pytest.fixture
def vectors():
    rng = np.random.default_rng(1)
    return vectors_of(rng.normal(size=(80, 6)) * [5, 3, 2, 1, 1, 0.5] + [1, 2, 0, 0, -1, 0])


def test_centre(vectors):
    done = postprocess(vectors, PostprocessConfig(centre=True))
    expected = vectors.matrix.astype(float) - vectors.matrix.astype(float).mean(axis=0)
    assert done.vectors.matrix == pytest.approx(expected, abs=1e-6)
    mean_length = np.linalg.norm(vectors.matrix.astype(float).mean(axis=0))
    assert done.facts["mean_length"] == pytest.approx(mean_length)
    assert done.facts["variance_removed"] == 0


def test_all_but_the_top(vectors):
    centred = vectors.matrix.astype(float) - vectors.matrix.astype(float).mean(axis=0)
    _, s, axes = np.linalg.svd(centred, full_matrices=False)
    expected = centred - centred @ axes[:2].T @ axes[:2]
    done = postprocess(vectors, PostprocessConfig(remove_top=2))
    assert done.vectors.matrix == pytest.approx(expected, abs=1e-5)
    assert done.facts["variance_removed"] == pytest.approx((s[:2] ** 2).sum() / (s**2).sum())


def test_fewer_dimensions_are_those_of_scikit_learn(vectors):
    expected = PCA(3).fit_transform(vectors.matrix.astype(float))
    done = postprocess(vectors, PostprocessConfig(dim=3))
    assert np.abs(done.vectors.matrix) == pytest.approx(np.abs(expected), abs=1e-5)
    assert done.facts["variance_kept"] == pytest.approx(
        PCA(3).fit(vectors.matrix).explained_variance_ratio_.sum()
    )
    later = postprocess(vectors, PostprocessConfig(remove_top=1, dim=2)).vectors.matrix
    assert np.abs(later) == pytest.approx(np.abs(expected[:, 1:]), abs=1e-5)


def test_unit_length_comes_last(vectors):
    done = postprocess(vectors, PostprocessConfig(centre=True, unit=True)).vectors
    assert np.linalg.norm(done.matrix, axis=1) == pytest.approx(np.ones(80), abs=1e-6)
    centred = postprocess(vectors, PostprocessConfig(centre=True)).vectors
    assert done.similarity("w1", "w2") == pytest.approx(centred.similarity("w1", "w2"), abs=1e-6)


def test_retrofitting_is_the_loop_of_the_paper(vectors):
    related = {0: [1, 2], 1: [0], 2: [0, 3], 3: [2]}
    old = vectors.matrix.astype(float)
    new = old.copy()
    for _ in range(10):
        for word, others in related.items():
            n = len(others)
            new[word] = (n * old[word] + sum(new[other] for other in others)) / (2 * n)
    lexicon = [("w0", ["w1", "w2", "unknown"]), ("w2", ["w3", "w2"]), ("unknown", ["w5"])]
    done = postprocess(vectors, PostprocessConfig(), lexicon=lexicon)
    assert done.vectors.matrix == pytest.approx(new, abs=1e-6)
    assert done.facts["num_retrofitted"] == 4
    assert done.vectors.details["postprocessed"]["retrofitted"]
    assert done.vectors.similarity("w0", "w1") > vectors.similarity("w0", "w1")
    assert (retrofit(vectors.matrix, np.zeros((0, 2), np.int64)) == vectors.matrix).all()


@pytest.mark.parametrize("num_hashes", [0, 2])
def test_unknown_words_go_the_way_of_the_others(num_hashes):
    rng = np.random.default_rng(2)
    subwords = Subwords(2, 4, rng.normal(size=(50, 6)).astype(np.float32), num_hashes=num_hashes)
    plain = vectors_of(rng.normal(size=(80, 6)), subwords=subwords)
    for config in (PostprocessConfig(remove_top=1), PostprocessConfig(dim=4)):
        done = postprocess(plain, config).vectors
        moments = find_moments(plain.matrix)
        row, top = plain["unseen"] - moments.mean, moments.axes[:, 0]
        expected = row @ moments.axes[:, :4] if config.dim else row - top * (row @ top)
        assert done["unseen"] == pytest.approx(expected, abs=1e-5)
    assert postprocess(plain, PostprocessConfig(unit=True)).vectors.subwords is None
    assert postprocess(plain, PostprocessConfig(unit=True)).facts["subwords_dropped"]


def test_the_same_bytes_again_and_nothing_given_is_changed(vectors):
    before = vectors.matrix.copy()
    config = PostprocessConfig(remove_top=2, dim=3, unit=True)
    first, second = (postprocess(vectors, config).vectors.matrix for _ in range(2))
    assert (first == second).all()
    assert (vectors.matrix == before).all()


def test_odd_sets():
    alone = vectors_of(np.ones((1, 3)))
    assert (postprocess(alone, PostprocessConfig(centre=True, unit=True)).vectors.matrix == 0).all()
    alike = vectors_of(np.ones((5, 3)))
    assert (postprocess(alike, PostprocessConfig(remove_top=1)).vectors.matrix == 0).all()


@pytest.mark.parametrize(
    ("config", "lexicon", "message"),
    [
        ({}, None, "expected something to do"),
        ({"rounds": 3}, None, "expected something to do"),
        ({"dim": 7}, None, "remove_top and dim to be 6 dimensions together at most, found 7"),
        ({"dim": 5, "remove_top": 2}, None, "found 7"),
        ({"remove_top": 6}, None, "found 7"),
        ({}, [("x", ["y"])], "lexicon: expected words of the vocabulary, found none that are related"),
        ({}, [("w1", ["w1"])], "found none that are related"),
    ],
)
def test_what_cannot_be_done(vectors, config, lexicon, message):
    with pytest.raises(ConfigError, match=message):
        postprocess(vectors, PostprocessConfig(**config), lexicon=lexicon)


@pytest.mark.parametrize("field", [{"rounds": 0}, {"remove_top": -1}, {"dim": 0}])
def test_settings_are_checked(field):
    with pytest.raises(ConfigError, match=f"{next(iter(field))}: "):
        PostprocessConfig(**field)


class TestLexicon:
    def test_lines(self, tmp_path):
        path = tmp_path / "lexicon.txt"
        path.write_text("cat feline  kitty\n\ndog\thound\n")
        assert read_lexicon(path) == [("cat", ["feline", "kitty"]), ("dog", ["hound"])]

    @pytest.mark.parametrize(
        ("content", "message"),
        [("", "found none"), ("cat kitty\ndog\n", "lexicon.txt:2: expected a word and others related to it")],
    )
    def test_other_files(self, tmp_path, content, message):
        path = tmp_path / "lexicon.txt"
        path.write_text(content)
        with pytest.raises(FormatError, match=message):
            read_lexicon(path)

    def test_edges_go_both_ways_once(self):
        vocabulary = Vocabulary(["a", "b", "c"], [3, 2, 1])
        found = edges([("a", ["b", "b", "x"]), ("b", ["a", "c"])], vocabulary)
        assert found.tolist() == [[0, 1], [1, 0], [1, 2], [2, 1]]
