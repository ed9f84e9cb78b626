"""Change vectors after training, one step after the other."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, NamedTuple

import numpy as np

from wordlab.embeddings.moments import find_moments
from wordlab.embeddings.postprocessing.config import PostprocessConfig
from wordlab.embeddings.postprocessing.lexicon import Lexicon, edges
from wordlab.embeddings.queries import row_blocks, unit_rows
from wordlab.embeddings.subwords import Subwords
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError


class Postprocessed(NamedTuple):
    """The new `vectors`; `facts` say what the steps met, ready for JSON."""

    vectors: WordVectors
    facts: dict[str, Any]


def postprocess(
    vectors: WordVectors, config: PostprocessConfig, *, lexicon: Lexicon | None = None
) -> Postprocessed:
    """The vectors after the steps of `config`; the given ones are left as they are.

    What is subtracted and removed is found from the words of the vocabulary, and n-grams of subwords go the
    same way, so that unknown words fit the others; scaling and retrofitting are not linear, and drop them.
    What only training needs is left out. Raises ConfigError where nothing is to be done, or for more
    dimensions than there are.
    """
    if lexicon is None and config == PostprocessConfig(rounds=config.rounds):
        raise ConfigError("expected something to do: a lexicon, centre, remove_top, dim or unit")
    wanted = config.remove_top + (config.dim or 1)
    if wanted > vectors.dim:
        raise ConfigError(
            f"expected remove_top and dim to be {vectors.dim} dimensions together at most, found {wanted}"
        )
    matrix, subwords = np.asarray(vectors.matrix), vectors.subwords
    facts: dict[str, Any] = {}
    if lexicon is not None:
        from wordlab.embeddings.postprocessing.retrofitting import retrofit

        related = edges(lexicon, vectors.vocabulary)
        if not len(related):
            raise ConfigError("lexicon: expected words of the vocabulary, found none that are related")
        matrix, subwords = retrofit(matrix, related, config.rounds), None
        facts["num_retrofitted"] = len(np.unique(related[:, 0]))
    if config.centre:
        moments = find_moments(matrix)
        first = config.remove_top
        kept = moments.axes[:, first : first + config.dim] if config.dim is not None else None
        top = moments.axes[:, :first]
        total = float(moments.variances.sum()) or 1.0
        facts["mean_length"] = float(np.linalg.norm(moments.mean))
        facts["variance_removed"] = float(moments.variances[:first].sum()) / total
        if config.dim is not None:
            facts["variance_kept"] = float(moments.variances[first : first + config.dim].sum()) / total
        matrix = _mapped(matrix, moments.mean, top, kept)
        subwords = None if subwords is None else _mapped_subwords(subwords, moments.mean, top, kept)
    if config.unit:
        matrix, subwords = unit_rows(matrix), None
    facts["subwords_dropped"] = vectors.subwords is not None and subwords is None
    details = {**vectors.details, "postprocessed": {**asdict(config), "retrofitted": lexicon is not None}}
    done = WordVectors(
        vectors.vocabulary, matrix, subwords=subwords, tokenizer=vectors.tokenizer, details=details
    )
    return Postprocessed(done, facts)


def _mapped(matrix: np.ndarray, mean: np.ndarray, top: np.ndarray, kept: np.ndarray | None) -> np.ndarray:
    """The rows less the mean, without their parts along `top` (D, n), on the axes `kept` (D, m) if any."""
    width = matrix.shape[1] if kept is None else kept.shape[1]
    mapped = np.empty((len(matrix), width), np.float32)
    for block in row_blocks(matrix):
        rows = matrix[block] - mean
        if kept is not None:
            rows = rows @ kept  # which are at right angles to `top`
        elif top.shape[1]:
            rows = rows - rows @ top @ top.T
        mapped[block] = rows
    return mapped


def _mapped_subwords(
    subwords: Subwords, mean: np.ndarray, top: np.ndarray, kept: np.ndarray | None
) -> Subwords:
    """The buckets in the same way; a word's vector is a mean of buckets, so that the mean goes off once."""
    matrix = _mapped(subwords.matrix, mean, top, kept)
    if subwords.buckets is not None:
        matrix[-1] = 0  # the row of buckets that training did not meet
    return replace(subwords.without_own(), matrix=matrix)
