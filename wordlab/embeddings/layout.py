"""Words laid out in the plane by their vectors, for a picture."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np

from wordlab.embeddings import queries
from wordlab.embeddings.choices import LAYOUT_METHODS, LayoutMethod
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError
from wordlab.extras import need
from wordlab.resources import one_thread

_LARGEST_SEED = 2**32 - 1  # scikit-learn takes no other


def lay_out(
    vectors: WordVectors, words: Sequence[str], *, method: LayoutMethod = "tsne", seed: int = 1
) -> np.ndarray:
    """Where to draw `words`: their unit vectors reduced to two dimensions, float64 (num_words, 2).

    ``pca`` keeps the two directions of largest variance; ``tsne`` (van der Maaten & Hinton 2008) keeps
    neighbours together, but its long distances mean nothing; ``umap`` (McInnes et al. 2018, from
    umap-learn) does the same, with tighter groups. Equal seeds give equal points. Raises
    UnknownWordError for a word without a vector, ConfigError for fewer than three words or another
    method, MissingExtraError if umap-learn is not installed.
    """
    if method not in LAYOUT_METHODS:
        raise ConfigError(f"method: expected {', '.join(LAYOUT_METHODS)}, found {method!r}")
    if len(words) < 3:
        raise ConfigError(f"words: expected three or more to draw, found {len(words)}")
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= _LARGEST_SEED:
        raise ConfigError(f"seed: expected a whole number from 0 to {_LARGEST_SEED}, found {seed!r}")
    check_method(method)
    rows = queries.unit_rows(vectors[words])
    with one_thread():
        points = {"pca": _pca, "tsne": _tsne, "umap": _umap}[method](rows, seed)
    return np.asarray(points, dtype=np.float64)


def check_method(method: LayoutMethod) -> None:
    """Raise MissingExtraError now rather than after long reading, if `lay_out` would."""
    with need("umap-learn", extra="umap"):
        if method == "umap" and find_spec("umap") is None:
            raise ImportError


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
        warnings.simplefilter("ignore")  # that tensorflow is missing, and that a seed means one core
        from umap import UMAP

        # The usual 15 neighbours; there must be more points. The usual spectral start fails for few points.
        neighbours = min(15, len(rows) - 1)
        umap = UMAP(n_components=2, n_neighbors=neighbours, metric="cosine", init="pca", random_state=seed)
        return np.asarray(umap.fit_transform(rows))
