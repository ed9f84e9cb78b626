"""Whole models, from which training can continue, handed to gensim and taken from it.

gensim names the parts after word2vec.c: the matrix of inputs is ``wv.vectors``, once syn0; the outputs
are ``syn1neg`` for negative sampling and ``syn1`` for hierarchical softmax, whose last row is unused:
a tree with V leaves has V - 1 inner nodes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from wordlab.embeddings.interop import gensim_vectors
from wordlab.embeddings.interop.gensim_options import from_options, to_options
from wordlab.errors import ConfigError
from wordlab.resources import available_cores
from wordlab.text.subsampling import keep_probabilities
from wordlab.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from gensim.models import Word2Vec

_HINT = "from_gensim(model.wv) takes its word vectors"


def to_model(
    vocabulary: Vocabulary, matrix: np.ndarray, outputs: np.ndarray | None, details: Mapping[str, Any]
) -> Word2Vec:
    """A Word2Vec with copies of `matrix` and `outputs`, and all that gensim needs to continue training.

    The options are those of the config in `details`; ``workers`` is its threads or all cores. gensim does
    not know the forms `paper` and `fasttext` of subsampling, but its table is filled by them here and stays
    so until ``build_vocab``. Words that ``build_vocab(update=True)`` finds must be as frequent as the rarest
    one here. Raises ConfigError if the outputs, the config or the counts are missing.
    """
    from gensim.models import Word2Vec

    config = details.get("config")
    if outputs is None or not isinstance(config, Mapping):
        raise ConfigError("full_model: expected vectors with outputs and config, found none")
    if not vocabulary.num_tokens:
        raise ConfigError("full_model: expected a vocabulary with counts, found none")
    try:
        options = to_options({**config, "dim": matrix.shape[1]})
        keep = keep_probabilities(
            vocabulary.counts,
            config["subsample"],
            form=config["subsample_form"],
            num_tokens_read=details.get("num_tokens_read"),
        )
    except KeyError as error:
        raise ConfigError(
            f"full_model: expected the config of word2vec, found one without {error}"
        ) from error
    model = Word2Vec(
        **options,
        min_count=max(1, int(vocabulary.counts[-1])),
        workers=config.get("threads", available_cores()),
    )
    model.effective_min_count = model.min_count
    lock_factors = model.wv.vectors_lockf
    model.wv = gensim_vectors.to_keyed_vectors(vocabulary, matrix)
    model.wv.vectors_lockf = lock_factors
    model.wv.expandos["sample_int"] = (keep * (2**32 - 1)).astype(np.uint32)
    if config["loss"] == "hierarchical":
        model.syn1 = np.zeros_like(matrix)
        model.syn1[: len(outputs)] = outputs
        model.create_binary_tree()
    else:
        model.syn1neg = np.array(outputs)
        model.make_cum_table()
    runs = details.get("runs") or [{}]
    model.corpus_count = runs[-1].get("corpus", {}).get("num_lines", 0)
    model.corpus_total_words = vocabulary.num_tokens
    return model


def from_model(model: Word2Vec) -> tuple[Vocabulary, np.ndarray, np.ndarray, dict[str, Any]]:
    """Vocabulary, matrix, outputs and details of a Word2Vec, by descending count.

    Raises ConfigError for a model with both losses, or with a tree over words in another order;
    ValueError for FastText, Doc2Vec and a model without a vocabulary, with a vector whose word it was not
    trained on, or with unusable options; ValueError and TypeError as `gensim_vectors` does.
    """
    _check_model(model)
    vocabulary, rows = gensim_vectors.vocabulary_of(model.wv)
    num_words = len(model.wv)
    matrix = gensim_vectors.checked_rows(getattr(model.wv, "vectors", None), num_words, "words")
    outputs = getattr(model, "syn1" if model.hs else "syn1neg", ())
    if len(outputs) != num_words:
        raise ValueError(
            f"expected as many output vectors as words, found {len(outputs)} for {num_words} words"
        )
    outputs = gensim_vectors.checked_rows(outputs, num_words, "outputs")
    if not model.hs:
        outputs = outputs[rows]
    elif np.array_equal(rows, np.arange(len(rows))):
        outputs = outputs[: max(1, len(rows) - 1)].copy()
    else:  # as build_vocab(update=True) leaves it; the tree depends on the order of equal counts
        raise ConfigError(f"expected a tree over words in descending count, found another order: {_HINT}")
    details = _details(model, matrix.shape[1], vocabulary.num_tokens)
    return vocabulary, gensim_vectors.as_float32(matrix[rows]), gensim_vectors.as_float32(outputs), details


def _details(model: Word2Vec, dim: int, num_tokens: int) -> dict[str, Any]:
    try:
        config = {**from_options(model, num_tokens), "dim": dim}
        corpus = {
            "digest": None,
            "fingerprint": None,
            "num_tokens": int(model.corpus_total_words),
            "num_lines": int(model.corpus_count),
        }
    except (AttributeError, TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"expected the options of a Word2Vec, found {error}: {_HINT}") from error
    for name, value in config.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{name}: expected a finite number, found {value}: {_HINT}")
    details: dict[str, Any] = {"config": config, "losses": []}
    return {**details, "runs": [{**details, "corpus": corpus, "start": None}]}


def _check_model(model: Word2Vec) -> None:
    """Raise TypeError or ValueError for a model that cannot be taken."""
    from gensim.models import Doc2Vec, FastText, Word2Vec

    if isinstance(model, FastText | Doc2Vec):
        raise ValueError(f"expected a Word2Vec, found a {type(model).__name__}: {_HINT}")
    if not isinstance(model, Word2Vec):
        raise TypeError(f"expected gensim's KeyedVectors or Word2Vec, found {gensim_vectors.kind_of(model)}")
    for name in ("hs", "negative"):
        if getattr(model, name, None) is None:
            raise ValueError(f"expected all options of a Word2Vec, found no {name}: {_HINT}")
    if bool(model.hs) == bool(model.negative):
        raise ConfigError(f"expected either hs or negative, found {model.hs} and {model.negative}: {_HINT}")
