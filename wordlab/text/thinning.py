"""Write a subsampled corpus: counted anew, sorted anew, in bounded memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from wordlab import artifact
from wordlab.errors import CorpusError
from wordlab.text import storage
from wordlab.text.subsampling import SubsampleForm, check_seed, draw, keep_probabilities
from wordlab.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from wordlab.text.corpus import Corpus


def subsample(
    corpus: Corpus,
    output: str | os.PathLike[str],
    *,
    threshold: float,
    form: SubsampleForm,
    seed: int,
    overwrite: bool,
) -> None:
    """Write what `Corpus.subsample` returns.

    The tokens are drawn twice from the same seed: to count them, and to write them.
    """
    check_seed(seed)
    keep = keep_probabilities(corpus.vocabulary.counts, threshold, form=form)
    with artifact.create(
        output, kind=storage.KIND, format_version=storage.FORMAT_VERSION, overwrite=overwrite
    ) as draft:
        counts, first_seen = _count(corpus, keep, seed)
        order = np.lexsort((first_seen, -counts))[: np.count_nonzero(counts)]
        if not len(order):
            raise CorpusError(f"threshold {threshold} leaves not a single token of {corpus.num_tokens}")
        # The last place belongs to -1, the mark of a dropped token.
        new_ids = np.full(len(counts) + 1, -1, dtype=np.int32)
        new_ids[order] = np.arange(len(order), dtype=np.int32)
        words = pa.array([corpus.vocabulary.words[id] for id in order.tolist()], type=pa.string())
        vocabulary = Vocabulary(words, counts[order])
        drawn = draw(storage.split_chunks(corpus.token_ids, corpus.line_offsets), keep, seed)
        sizes = storage.write_payloads(
            draft, storage.compact((new_ids[ids], line_ends) for ids, line_ends in drawn), vocabulary
        )
        options = {"threshold": threshold, "form": form, "seed": seed}
        facts = {**corpus.details, "subsampling": {**options, "num_tokens_before": corpus.num_tokens}}
        draft.details = storage.describe(corpus.tokenizer, vocabulary, *sizes, facts)
        if corpus.digest is not None:
            draft.parents["corpus"] = corpus.digest


def _count(corpus: Corpus, keep: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Count and first place of each word among the kept tokens, both int64 (num_words,)."""
    counts = np.zeros(len(keep), dtype=np.int64)
    first_seen = np.full(len(keep), np.iinfo(np.int64).max)
    start = 0
    for ids, _ in draw(storage.split_chunks(corpus.token_ids, corpus.line_offsets), keep, seed):
        places = np.flatnonzero(ids >= 0)
        counts += np.bincount(ids[places], minlength=len(keep))
        np.minimum.at(first_seen, ids[places], start + places)
        start += len(ids)
    return counts, first_seen
