"""The options of training under gensim's names, and back: the one place that maps them.

They come and go as plain values, the fields of Word2VecConfig as manifests hold them, because this room
may not know that class.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gensim.models import Word2Vec


def to_options(config: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments with which gensim's Word2Vec trains as `config` says.

    ``workers`` and ``min_count`` are not among them: the first changes no option of the training, and
    the second belongs to the vocabulary. ``seed`` is taken modulo 2**32. gensim subsamples by the
    `word2vec` form only.
    """
    return {
        "vector_size": config["dim"],
        "sg": int(config["model"] == "skipgram"),
        "hs": int(config["loss"] == "hierarchical"),
        "window": config["window"],
        "negative": config["negative"] if config["loss"] == "negative" else 0,
        # 1 is a share that keeps everything here, but gensim reads numbers from 1 as a count
        "sample": config["subsample"] if config["subsample"] < 1 else 0.0,
        "ns_exponent": config["ns_exponent"],
        "shrink_windows": config["shrink_windows"],
        "cbow_mean": int(config["cbow_mean"]),
        "epochs": config["epochs"],
        "alpha": config["learning_rate"],
        "min_alpha": config["min_learning_rate"],
        "seed": config["seed"] % 2**32,  # all that numpy's RandomState takes
    }


def to_subword_options(config: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments that gensim's FastText takes as well, for a `config` with subwords."""
    return {"min_n": config["min_ngram"], "max_n": config["max_ngram"], "bucket": config["buckets"]}


def from_options(model: Word2Vec, num_tokens: int) -> dict[str, Any]:
    """The config, as manifests hold it, with which training continues from gensim's `model`."""
    sample = float(model.sample or 0)
    if sample >= 1:  # gensim then reads it as a count
        sample = min(1.0, int(sample * (3 + np.sqrt(5)) / 2) / max(1, num_tokens))
    return {
        "model": "skipgram" if model.sg else "cbow",
        "loss": "hierarchical" if model.hs else "negative",
        "dim": int(model.vector_size),
        "window": int(model.window),
        "negative": int(model.negative) or 5,  # the default; hierarchical softmax does not use it
        "subsample": sample,
        "subsample_form": "word2vec",
        "ns_exponent": float(model.ns_exponent),
        "shrink_windows": bool(model.shrink_windows),
        "cbow_mean": bool(model.cbow_mean),
        "epochs": int(model.epochs),
        "learning_rate": float(model.alpha),
        "min_learning_rate": float(model.min_alpha),
        "deterministic": True,  # the default for what continues, whatever gensim's workers did
        "seed": int(model.seed),
    }
