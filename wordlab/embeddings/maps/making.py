"""Make a map: PCA, or UMAP of the most frequent words and the others placed among them."""

from __future__ import annotations

from wordlab.embeddings.maps import pca
from wordlab.embeddings.maps.config import MapConfig
from wordlab.embeddings.maps.value import WordMap, scaled
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress


def make_map(
    vectors: WordVectors, config: MapConfig | None = None, *, on_progress: OnProgress | None = None
) -> WordMap:
    """The map of the words that `config` asks for, made anew; `kept_map` makes it only once.

    Raises FormatError for vectors that are not finite, MissingExtraError for UMAP without umap-learn.
    """
    config = config or MapConfig()
    vectors.norms  # noqa: B018 - refuses vectors that are not finite
    rows = vectors.matrix[: config.words_of(len(vectors))]
    return WordMap(scaled(pca.project(rows, on_progress)), "pca", config)
