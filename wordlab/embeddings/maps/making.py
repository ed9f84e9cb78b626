"""Make a map: PCA of all words, or UMAP of the most frequent and the others placed among them."""

from __future__ import annotations

import logging

import numpy as np

from wordlab.embeddings.maps import landmarks, pca, umap_worker
from wordlab.embeddings.maps.config import MapConfig, check_installed
from wordlab.embeddings.maps.value import WordMap, scaled
from wordlab.embeddings.queries import unit_rows
from wordlab.embeddings.vectors import WordVectors
from wordlab.progress import OnProgress

_logger = logging.getLogger(__name__)


def make_map(
    vectors: WordVectors, config: MapConfig | None = None, *, on_progress: OnProgress | None = None
) -> WordMap:
    """The map of the words that `config` asks for, made anew; `kept_map` makes it only once.

    Words that UMAP has too few of are laid out by PCA, which is logged. Raises FormatError for vectors that
    are not finite, MissingExtraError for UMAP without umap-learn, ResourceError if its process ends early.
    """
    config = config or MapConfig()
    if config.method == "umap":
        check_installed()
    vectors.norms  # noqa: B018 - refuses vectors that are not finite
    rows = vectors.matrix[: config.words_of(len(vectors))]
    if config.method == "umap" and len(rows) >= umap_worker.FEWEST:
        return WordMap(scaled(_umap(rows, config, on_progress)), "umap", config)
    if config.method == "umap":
        _logger.info("%d words are laid out by PCA: UMAP needs %d", len(rows), umap_worker.FEWEST)
    return WordMap(scaled(pca.project(rows, on_progress)), "pca", config)


def _umap(rows: np.ndarray, config: MapConfig, on_progress: OnProgress | None) -> np.ndarray:
    points = umap_worker.lay_out(unit_rows(rows[: config.num_landmarks]), config.seed, on_progress)
    if len(points) == len(rows):
        return points
    return landmarks.place(rows, points, on_progress)
