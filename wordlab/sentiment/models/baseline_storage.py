"""Baselines on disk: weights as .npy, n-grams or words in Parquet, all else in the manifest.

The arrays are no safetensors so that a baseline needs no torch, not even its extra.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wordlab import artifact
from wordlab.embeddings import storage as vectors_storage
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ArtifactError, ConfigError
from wordlab.sentiment.features.transformer import WordVectorsTransformer
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.models.baseline_model import BaselineModel, make_estimator
from wordlab.sentiment.models.baselines import (
    NBSVM,
    Baseline,
    MeanVectorsClassifier,
    TfidfClassifier,
    make_counter,
)
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfTransformer

KIND = "classifier"
FORMAT_VERSION = 1


def write(
    model: BaselineModel,
    path: str | os.PathLike[str],
    *,
    overwrite: bool,
    parents: Mapping[str, str],
    metrics: Mapping[str, float],
) -> None:
    """Write `model` as an artefact, with `metrics`."""
    estimator = model.estimator
    with artifact.create(path, kind=KIND, format_version=FORMAT_VERSION, overwrite=overwrite) as draft:
        arrays = {"coef": estimator.coef_, "intercept": estimator.intercept_}
        if isinstance(estimator, NBSVM | TfidfClassifier):
            _write_ngrams(draft.payload("ngrams.parquet"), estimator.counter_.vocabulary_)
        if isinstance(estimator, TfidfClassifier):
            arrays["idf"] = estimator.weighting_.idf_
        if isinstance(estimator, MeanVectorsClassifier):
            vectors = estimator.vectors
            vectors_storage.write_payloads(draft, vectors.vocabulary, vectors.matrix, None, None)
            arrays["word_weights"] = estimator.transformer_.weights_
            if estimator.transformer_.component_ is not None:
                arrays["component"] = estimator.transformer_.component_
        for name, array in arrays.items():
            np.save(draft.payload(f"{name}.npy"), array, allow_pickle=False)
        draft.libraries.append("scikit-learn")
        draft.parents.update(parents)
        draft.details.update(
            config=model.config.to_dict(),
            classes=list(model.classes),
            tokenizer=model.tokenizer.to_dict(),
            metrics=dict(metrics),
        )


def read(path: str | os.PathLike[str], *, verify: bool) -> BaselineModel:
    """The classifier that `write` wrote; ArtifactError."""
    source = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION, verify=verify)
    details = source.details
    try:
        config = BaselineConfig.from_dict(details["config"])
        tokenizer = Tokenizer.from_dict(details["tokenizer"])
        classes = np.array([str(label) for label in details["classes"]])
    except (ConfigError, KeyError, TypeError, AttributeError) as error:
        manifest = source.directory / artifact.MANIFEST
        raise ArtifactError(
            f"{manifest}: expected the facts of a classifier, found others ({error})"
        ) from error
    num_rows = 1 if len(classes) == 2 else len(classes)
    if config.model == "mean-vectors":
        estimator, num_features = _read_mean_vectors(source, config, tokenizer)
    else:
        estimator, num_features = _read_counts(source, config, tokenizer)
    estimator.classes_ = classes
    estimator.coef_ = _read_array(source, "coef", (num_rows, num_features))
    estimator.intercept_ = _read_array(source, "intercept", (num_rows,))
    model = BaselineModel(config, estimator, tokenizer)
    model.digest = source.digest
    return model


def _read_counts(
    source: artifact.Artifact, config: BaselineConfig, tokenizer: Tokenizer
) -> tuple[Baseline, int]:
    """The estimator, without its weights, and its number of n-grams."""
    estimator = make_estimator(config, tokenizer=tokenizer)
    ngrams = _read_ngrams(source.payload("ngrams.parquet"))
    binary, min_count = isinstance(estimator, NBSVM), config.min_count or 1
    counter = make_counter(tokenizer, config.ngrams, min_count, binary=binary, vocabulary=ngrams)
    if isinstance(estimator, NBSVM | TfidfClassifier):
        estimator.tokenizer_, estimator.counter_ = tokenizer, counter
    if isinstance(estimator, TfidfClassifier):
        estimator.weighting_ = _weighting(_read_array(source, "idf", (len(ngrams),)))
    return estimator, len(ngrams)


def _weighting(idf: np.ndarray) -> TfidfTransformer:
    from sklearn.feature_extraction.text import TfidfTransformer

    weighting = TfidfTransformer(sublinear_tf=True)
    weighting.idf_ = idf
    return weighting


def _read_mean_vectors(
    source: artifact.Artifact, config: BaselineConfig, tokenizer: Tokenizer
) -> tuple[Baseline, int]:
    vocabulary = Vocabulary.read(source.payload("vocabulary.parquet"))
    matrix = _read_array(source, "matrix", (len(vocabulary), None))
    vectors = WordVectors(vocabulary, matrix, tokenizer=tokenizer)
    estimator = MeanVectorsClassifier(vectors, weighting=config.weighting, C=config.cost or 1.0)
    transformer = WordVectorsTransformer(vectors, weighting=config.weighting, tokenizer=tokenizer)
    transformer.tokenizer_ = tokenizer
    transformer.weights_ = _read_array(source, "word_weights", (len(vocabulary),))
    transformer.component_ = None
    if config.weighting == "sif":
        transformer.component_ = _read_array(source, "component", (vectors.dim,))
    estimator.transformer_ = transformer
    return estimator, vectors.dim


def _read_array(source: artifact.Artifact, name: str, shape: tuple[int | None, ...]) -> np.ndarray:
    path = source.payload(f"{name}.npy")
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise ArtifactError(f"{path}: expected an array, found a damaged file ({error})") from error
    fits = len(array.shape) == len(shape) and all(
        wanted in (None, size) for wanted, size in zip(shape, array.shape, strict=True)
    )
    if not fits or array.dtype not in (np.float32, np.float64):
        expected = " x ".join("any" if size is None else str(size) for size in shape)
        raise ArtifactError(
            f"{path}: expected numbers of shape {expected}, found {array.dtype} {array.shape}"
        )
    return np.asarray(array)


def _write_ngrams(path: Path, places: Mapping[str, int]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    ngrams = sorted(places, key=places.__getitem__)
    pq.write_table(pa.table({"ngram": pa.array(ngrams, type=pa.large_string())}), path, compression="zstd")


def _read_ngrams(path: Path) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        column = pq.read_table(path).column("ngram")
    except (pa.ArrowException, KeyError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise ArtifactError(f"{path}: expected n-grams, found a damaged file ({reason})") from error
    ngrams: list[str] = column.to_pylist()
    if column.type != pa.large_string() or column.null_count or len(set(ngrams)) != len(ngrams):
        raise ArtifactError(f"{path}: expected n-grams, each once, found {column.type} with gaps or repeats")
    return ngrams
