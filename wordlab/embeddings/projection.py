"""Word vectors in the plane, for a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np

from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError

ProjectionMethod = Literal["pca", "tsne"]


def project(
    vectors: WordVectors, words: Sequence[str], *, method: ProjectionMethod = "tsne", seed: int = 1
) -> np.ndarray:
    """The unit vectors of `words` in two dimensions, float64 (num_words, 2), by scikit-learn.

    ``pca`` keeps the two directions of largest variance; ``tsne`` (van der Maaten & Hinton 2008) keeps
    neighbours together and means nothing by long distances. Raises UnknownWordError for a word that
    is not there, ConfigError for fewer than three words or another method.
    """
    if method not in get_args(ProjectionMethod):
        raise ConfigError(f"method: expected {' or '.join(get_args(ProjectionMethod))}, found {method!r}")
    if len(words) < 3:
        raise ConfigError(f"words: expected three or more to draw, found {len(words)}")
    rows = vectors.unit[vectors.vocabulary.ids(words)]
    if method == "pca":
        from sklearn.decomposition import PCA

        return np.asarray(PCA(n_components=2, random_state=seed).fit_transform(rows), dtype=np.float64)
    from sklearn.manifold import TSNE

    # The usual perplexity is 30; it must stay below the number of points.
    perplexity = min(30.0, (len(words) - 1) / 3)
    tsne = TSNE(n_components=2, perplexity=perplexity, metric="cosine", init="pca", random_state=seed)
    return np.asarray(tsne.fit_transform(rows), dtype=np.float64)
