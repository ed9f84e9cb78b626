"""Word vectors in the plane, for a picture."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Literal, get_args

import numpy as np

from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError, MissingExtraError

ProjectionMethod = Literal["pca", "tsne", "umap"]
PROJECTION_METHODS: tuple[ProjectionMethod, ...] = get_args(ProjectionMethod)


def project(
    vectors: WordVectors, words: Sequence[str], *, method: ProjectionMethod = "tsne", seed: int = 1
) -> np.ndarray:
    """The unit vectors of `words` in two dimensions, float64 (num_words, 2).

    ``pca`` keeps the two directions of largest variance; ``tsne`` (van der Maaten & Hinton 2008) keeps
    neighbours together and means nothing by long distances; ``umap`` (McInnes et al. 2018, from
    umap-learn) does the same, with tighter groups. Equal seeds give equal points. Raises
    UnknownWordError for a word that is not there, ConfigError for fewer than three words or another
    method, MissingExtraError if umap-learn is not installed.
    """
    if method not in PROJECTION_METHODS:
        raise ConfigError(f"method: expected {', '.join(PROJECTION_METHODS)}, found {method!r}")
    if len(words) < 3:
        raise ConfigError(f"words: expected three or more to draw, found {len(words)}")
    check_method(method)
    rows = vectors.unit[vectors.vocabulary.ids(words)]
    points = {"pca": _pca, "tsne": _tsne, "umap": _umap}[method](rows, seed)
    return np.asarray(points, dtype=np.float64)


def check_method(method: ProjectionMethod) -> None:
    """Raise now the MissingExtraError that `project` would raise after long reading."""
    if method == "umap" and find_spec("umap") is None:
        raise MissingExtraError("umap-learn is not installed; pip install 'wordlab[umap]' brings it")


def _pca(rows: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.decomposition import PCA

    return np.asarray(PCA(n_components=2, random_state=seed).fit_transform(rows))


def _tsne(rows: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.manifold import TSNE

    # The usual perplexity is 30; it must stay below the number of points.
    perplexity = min(30.0, (len(rows) - 1) / 3)
    tsne = TSNE(n_components=2, perplexity=perplexity, metric="cosine", init="pca", random_state=seed)
    return np.asarray(tsne.fit_transform(rows))


def _umap(rows: np.ndarray, seed: int) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses tensorflow, and says that a seed makes it use one core
        from umap import UMAP

        # The usual 15 neighbours; there must be more points. The usual start, by eigenvectors, fails for few.
        neighbours = min(15, len(rows) - 1)
        umap = UMAP(n_components=2, n_neighbors=neighbours, metric="cosine", init="pca", random_state=seed)
        return np.asarray(umap.fit_transform(rows))
