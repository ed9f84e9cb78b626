"""Subsampling of frequent words: how likely each word is kept, and which tokens a seed keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from wordlab.errors import ConfigError, CorpusError
from wordlab.text.choices import SUBSAMPLE_FORMS, SubsampleForm
from wordlab.text.storage import Chunk


def keep_probabilities(
    counts: np.ndarray,
    threshold: float,
    *,
    form: SubsampleForm = "word2vec",
    num_tokens_read: int | None = None,
) -> np.ndarray:
    """The probability with which a token of each word is kept, float64 (num_words,).

    With f a word's share of all tokens and t the threshold, ``paper`` is sqrt(t / f) (Mikolov et al.
    2013, "Distributed Representations of Words and Phrases and their Compositionality", equation 5)
    and ``word2vec`` is (sqrt(f / t) + 1) * t / f, as word2vec.c and gensim compute it. ``fasttext`` is
    the same with f as a share of `num_tokens_read`, which fastText counts: also rare words, and the ends of
    lines. All are cut off at 1. A threshold of 0 keeps everything. Raises ConfigError for a negative
    threshold, an unknown form or too small a `num_tokens_read`, CorpusError if ``fasttext`` has none.

    >>> keep_probabilities(np.array([90, 9, 1]), 0.09, form="paper").round(3)
    array([0.316, 1.   , 1.   ])
    >>> keep_probabilities(np.array([90, 9, 1]), 0.09).round(3)
    array([0.416, 1.   , 1.   ])
    >>> keep_probabilities(np.array([90, 9, 1]), 0.09, form="fasttext", num_tokens_read=200).round(3)
    array([0.647, 1.   , 1.   ])
    """
    if not (0 <= threshold < np.inf):
        raise ConfigError(f"threshold: expected 0 (keep everything) or more, found {threshold}")
    if form not in SUBSAMPLE_FORMS:
        raise ConfigError(f"form: expected one of {', '.join(SUBSAMPLE_FORMS)}, found {form!r}")
    counts = np.asarray(counts, dtype=np.float64)
    if threshold == 0 or not counts.any():
        return np.ones(len(counts))
    with np.errstate(divide="ignore"):  # a word that never occurs: t / 0 is infinite, cut off at 1
        ratio = threshold * _num_tokens(counts, form, num_tokens_read) / counts
    keep = np.sqrt(ratio) if form == "paper" else np.sqrt(ratio) + ratio
    return np.asarray(np.minimum(keep, 1.0))


def _num_tokens(counts: np.ndarray, form: SubsampleForm, num_tokens_read: int | None) -> float:
    """The number of tokens of which a count is a share."""
    counted = float(counts.sum())
    if form != "fasttext":
        return counted
    if num_tokens_read is None:
        raise CorpusError(
            "the form fasttext of subsampling: expected a corpus that records how many tokens were read, "
            "rare ones included, found none recorded"
        )
    if num_tokens_read < counted:
        raise ConfigError(f"num_tokens_read: expected {counted:.0f} or more, found {num_tokens_read}")
    return num_tokens_read


def draw(chunks: Iterable[Chunk], keep: np.ndarray, seed: int) -> Iterator[Chunk]:
    """The chunks with the id of each token that subsampling drops replaced by -1.

    `keep` is float64 (num_words,). What is drawn depends only on the seed and on a token's position in
    the corpus, not on the size of the chunks.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    for ids, line_ends in chunks:
        yield np.where(generator.random(len(ids)) < keep[ids], ids, np.int32(-1)), line_ends


def check_seed(seed: int) -> None:
    """Raise ConfigError if `seed` is negative."""
    if seed < 0:
        raise ConfigError(f"seed: expected 0 or more, found {seed}")
