from importlib.util import find_spec

import numpy as np
import pytest

from wordlab.embeddings import WordVectors, layout
from wordlab.embeddings.choices import LAYOUT_METHODS
from wordlab.embeddings.layout import check_method, lay_out
from wordlab.errors import ConfigError, MissingExtraError, UnknownWordError
from wordlab.text import Vocabulary

METHODS = [
    pytest.param(
        method,
        marks=pytest.mark.skipif(
            method == "umap" and find_spec("umap") is None,
            reason="umap-learn is not installed; pip install 'wordlab[umap]' brings it",
        ),
    )
    for method in LAYOUT_METHODS
]


@pytest.fixture(scope="module")
def vectors():
    """Three clusters of five words each."""
    rng = np.random.default_rng(1)
    centres = np.eye(10)[:3]
    matrix = np.concatenate([centre + 0.05 * rng.normal(size=(5, 10)) for centre in centres])
    return WordVectors(Vocabulary([f"w{i}" for i in range(15)], np.arange(15, 0, -1)), matrix)


@pytest.mark.parametrize("method", METHODS)
def test_clusters_stay_together(vectors, method):
    points = lay_out(vectors, vectors.vocabulary.words, method=method)
    assert points.shape == (15, 2)
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = distances.argsort(axis=1)[:, :4]
    assert (nearest // 5 == np.arange(15)[:, None] // 5).all()


@pytest.mark.parametrize("method", METHODS)
def test_equal_seeds_give_equal_points(vectors, method):
    words = vectors.vocabulary.words[:8]
    points = [lay_out(vectors, words, method=method, seed=3) for _ in range(2)]
    np.testing.assert_array_equal(*points)
    assert points[0].dtype == np.float64


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("num_words", [3, 4])
def test_few_words(vectors, method, num_words):
    points = lay_out(vectors, vectors.vocabulary.words[:num_words], method=method)
    assert points.shape == (num_words, 2)
    assert np.isfinite(points).all()


def test_a_missing_extra_is_named(vectors, monkeypatch):
    monkeypatch.setattr(layout, "find_spec", lambda name: None)
    message = r"umap-learn is not installed; pip install 'wordlab\[umap\]' brings it"
    with pytest.raises(MissingExtraError, match=message):
        lay_out(vectors, ["w1", "w2", "w3"], method="umap")
    with pytest.raises(MissingExtraError, match=message):
        check_method("umap")
    check_method("tsne")


def test_nonsense_is_refused(vectors):
    with pytest.raises(ConfigError, match="method: expected pca, tsne, umap, found 'lda'"):
        lay_out(vectors, ["w1", "w2", "w3"], method="lda")
    with pytest.raises(ConfigError, match="words: expected three or more to draw, found 2"):
        lay_out(vectors, ["w1", "w2"])
    with pytest.raises(UnknownWordError, match="'x1' is not among"):
        lay_out(vectors, ["w1", "w2", "x1"])
