"""One pass: the phrases of a text, by their keys."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from wordlab.progress import Reporter
from wordlab.text.phrases.config import PhraseConfig
from wordlab.text.phrases.counting import Work
from wordlab.text.phrases.pairs import PairReader
from wordlab.text.phrases.scorers import SCORERS, Counts
from wordlab.text.phrases.spelling import count_strings
from wordlab.text.phrases.value import Phrase


class Found(NamedTuple):
    """The keys of the pairs that are phrases, ascending int64 (num_found,), and the phrase of each.

    `nearest` is the best pair that is none, if any pair occurs often enough.
    """

    keys: np.ndarray
    phrases: list[Phrase]
    nearest: Phrase | None


def find(reader: PairReader, config: PhraseConfig, work: Work, reporter: Reporter) -> Found:
    """The pairs of a text whose score is above the threshold."""
    strings = count_strings(reader, config.min_count, work, reporter)
    first, _, second = reader.parts(strings.keys)
    counts = Counts(
        strings.words[first],
        strings.words[second],
        strings.pairs,
        reader.text.num_tokens,
        strings.num_strings,
    )
    scores = SCORERS[config.scorer].score(counts, config.min_count)
    if config.threshold is None:
        raise RuntimeError("a config settles its threshold")
    above = scores > config.threshold
    below = np.flatnonzero(~above & np.isfinite(scores))
    nearest = below[np.argmax(scores[below]), None] if len(below) else below

    def phrases(rows: np.ndarray) -> list[Phrase]:
        return _phrases(reader, strings.keys[rows], strings.pairs[rows], scores[rows])

    return Found(strings.keys[above], phrases(np.flatnonzero(above)), next(iter(phrases(nearest)), None))


def _phrases(reader: PairReader, keys: np.ndarray, counts: np.ndarray, scores: np.ndarray) -> list[Phrase]:
    first, run, second = reader.parts(keys)
    words = reader.text.words
    columns = (
        words.take(pa.array(first)).to_pylist(),
        [between or "" for between in reader.runs.joined().take(pa.array(run)).to_pylist()],
        words.take(pa.array(second)).to_pylist(),
        counts.tolist(),
        scores.tolist(),
    )
    return [Phrase(*fields) for fields in zip(*columns, strict=True)]
