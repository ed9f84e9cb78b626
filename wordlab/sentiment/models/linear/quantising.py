"""Store the vectors of a linear classifier in fewer bytes: the longest of them, as codes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from wordlab.checks import check_threads
from wordlab.embeddings.ngrams import LINE_END
from wordlab.errors import ConfigError
from wordlab.progress import OnProgress, Reporter
from wordlab.resources import available_cores, one_thread
from wordlab.sentiment.models.linear.codes import NUM_CENTROIDS, ProductCodes, parts_of
from wordlab.sentiment.models.linear.features import Features
from wordlab.sentiment.models.linear.model import LinearModel
from wordlab.sentiment.models.linear.quantising_config import QuantisingConfig
from wordlab.text.vocabulary import Vocabulary

_ROUNDS = 25  # of k-means, as in fastText
_MOST_POINTS = 1 << 16  # that centroids are learnt from, as in fastText


def quantise(
    model: LinearModel,
    config: QuantisingConfig | None = None,
    *,
    threads: int | None = None,
    on_progress: OnProgress | None = None,
) -> LinearModel:
    """The classifier with its vectors quantised; the outputs stay as they are.

    Of each part of the columns 255 centroids are learnt by k-means; the other one is zero, so that rows of
    zeros stay so. Equal models, configs and seeds give equal bytes with any number of threads. Raises
    ConfigError for a model that is quantised already, and for parts of more columns than there are.
    """
    config = config or QuantisingConfig()
    check_threads(threads)
    if model.codes is not None:
        raise ConfigError("model: expected one whose vectors are numbers, found a quantised one")
    if config.part > model.dim:
        raise ConfigError(f"part: expected at most the {model.dim} dimensions, found {config.part}")
    features, inputs = _longest(model, config.cutoff)
    codes = learn_codes(inputs, config, threads=threads, on_progress=on_progress)
    found = LinearModel(
        model.config, model.tokenizer, model.classes, features, codes.to_float32(), model.outputs,
        history=model.history, class_counts=model.class_counts, by_count=model.by_count,
        several=model.several, codes=codes,
    )  # fmt: skip
    found.seen = model.seen
    return found


def learn_codes(
    matrix: np.ndarray,
    config: QuantisingConfig,
    *,
    threads: int | None = None,
    on_progress: OnProgress | None = None,
) -> ProductCodes:
    """Codes of float32 `matrix` (num_rows, dim), and the centroids that they name."""
    norms = norm_codes = None
    if config.qnorm:
        lengths = np.sqrt(np.einsum("ij,ij->i", matrix, matrix, dtype=np.float64)).astype(np.float32)
        matrix = matrix / np.where(lengths > 0, lengths, np.float32(1))[:, None]
        found, norm_codes = _quantised(lengths[:, None], config.seed)
        norms = found[:, 0]
    parts = parts_of(matrix.shape[1], config.part)
    reporter = Reporter(on_progress, "quantise", "parts", len(parts))
    centroids = np.zeros((NUM_CENTROIDS, matrix.shape[1]), np.float32)
    codes = np.empty((len(matrix), len(parts)), np.uint8)
    # within a part on one thread, on which the order of sums depends
    with one_thread(), ThreadPoolExecutor(threads or available_cores()) as pool:
        each = pool.map(lambda columns: _quantised(matrix[:, columns], config.seed), parts)
        for number, (columns, learnt) in enumerate(zip(parts, each, strict=True)):
            centroids[:, columns], codes[:, number] = learnt
            reporter.report(number + 1)
    return ProductCodes(codes, centroids, config.part, norm_codes, norms)


def pruned(model: LinearModel, cutoff: int) -> LinearModel:
    """The classifier with its `cutoff` longest vectors, not yet quantised; with all of them for 0."""
    features, inputs = _longest(model, cutoff)
    return LinearModel(
        model.config, model.tokenizer, model.classes, features, inputs, model.outputs,
        history=model.history, class_counts=model.class_counts, by_count=model.by_count,
        several=model.several,
    )  # fmt: skip


def by_length(model: LinearModel) -> np.ndarray:
    """The rows by descending length of their vectors, the end of a text before all others."""
    lengths = np.einsum("ij,ij->i", model.inputs, model.inputs, dtype=np.float64)
    end = model.features.vocabulary.get(LINE_END)
    if end is not None:
        lengths[end] = np.inf
    return np.argsort(-lengths, kind="stable")


def _longest(model: LinearModel, number: int) -> tuple[Features, np.ndarray]:
    """The `number` longest rows, in their order, and the features that have only these; all for 0."""
    features, inputs = model.features, np.ascontiguousarray(model.inputs)
    if not 0 < number < len(inputs):
        return features, inputs
    kept = np.sort(by_length(model)[:number])
    words, buckets = kept[kept < len(features.vocabulary)], kept[kept >= len(features.vocabulary)]
    vocabulary = Vocabulary(
        [features.vocabulary.words[row] for row in words.tolist()], features.vocabulary.counts[words]
    )
    left = features.buckets[buckets - len(features.vocabulary)]
    return replace(features, vocabulary=vocabulary, buckets=left, drops_missing=True), inputs[kept]


def _quantised(points: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Centroids, float32 (256, width), the first of them zero, and the nearest to each of `points`, uint8."""
    from scipy.spatial import KDTree

    rows = np.arange(len(points))
    if len(points) > _MOST_POINTS:
        rows = np.sort(np.random.default_rng(seed).choice(len(points), _MOST_POINTS, replace=False))
    centroids = np.zeros((NUM_CENTROIDS, points.shape[1]), np.float32)
    learnt = _means(points[rows], seed)
    centroids[1 : len(learnt) + 1] = learnt
    _, nearest = KDTree(centroids[: len(learnt) + 1]).query(points)
    return centroids, nearest.astype(np.uint8)


def _means(points: np.ndarray, seed: int) -> np.ndarray:
    """Up to 255 means of `points` (num_points, width) by k-means; where they are few, the points."""
    from sklearn.cluster import KMeans

    distinct = np.unique(points, axis=0)
    if len(distinct) < NUM_CENTROIDS:
        return distinct
    found = KMeans(NUM_CENTROIDS - 1, n_init=1, max_iter=_ROUNDS, random_state=seed).fit(points)
    return np.asarray(found.cluster_centers_)
