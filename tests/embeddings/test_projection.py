import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.projection import project
from wordlab.errors import ConfigError, UnknownWordError
from wordlab.text import Vocabulary


@pytest.fixture(scope="module")
def vectors():
    """Three clusters of five words each."""
    rng = np.random.default_rng(1)
    centres = np.eye(10)[:3]
    matrix = np.concatenate([centre + 0.05 * rng.normal(size=(5, 10)) for centre in centres])
    return WordVectors(Vocabulary([f"w{i}" for i in range(15)], np.arange(15, 0, -1)), matrix)


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_clusters_stay_together(vectors, method):
    points = project(vectors, vectors.vocabulary.words, method=method)
    assert points.shape == (15, 2)
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = distances.argsort(axis=1)[:, :4]
    assert (nearest // 5 == np.arange(15)[:, None] // 5).all()


def test_equal_seeds_give_equal_points(vectors):
    words = vectors.vocabulary.words[:8]
    np.testing.assert_array_equal(project(vectors, words, seed=3), project(vectors, words, seed=3))


def test_nonsense_is_refused(vectors):
    with pytest.raises(ConfigError, match="method: expected pca or tsne, found 'umap'"):
        project(vectors, ["w1", "w2", "w3"], method="umap")
    with pytest.raises(ConfigError, match="words: expected three or more to draw, found 2"):
        project(vectors, ["w1", "w2"])
    with pytest.raises(UnknownWordError, match="'x1' is not among"):
        project(vectors, ["w1", "w2", "x1"])
