"""What subsampling does to a corpus: a report on words, tokens and line lengths, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wordlab.errors import ConfigError
from wordlab.text.choices import SubsampleForm
from wordlab.text.corpus import Corpus
from wordlab.text.storage import CHUNK, split_chunks
from wordlab.text.subsampling import check_seed, draw


@dataclass(frozen=True)
class WordSample:
    """What subsampling does to one word: its `rank` (0 is the most frequent), counts before and after."""

    word: str
    rank: int
    count: int
    keep_probability: float
    num_kept: int


@dataclass(frozen=True)
class SubsamplingReport:
    """What subsampling with one seed does to a corpus.

    `length_edges` int64 (num_bins + 1,) are the edges of the bins of line lengths in tokens, with the
    lower but not the upper edge; `lines_before` and `lines_after` int64
    (num_bins,) count the lines in them. The first bin holds the lines left without any token.
    """

    threshold: float
    form: SubsampleForm
    seed: int
    num_tokens: int
    num_kept: int
    num_lines: int
    num_lines_kept: int
    words: tuple[WordSample, ...]
    length_edges: np.ndarray
    lines_before: np.ndarray
    lines_after: np.ndarray

    @property
    def share_kept(self) -> float:
        """Tokens kept as a share of all."""
        return self.num_kept / self.num_tokens


def subsampling_report(
    corpus: Corpus,
    *,
    threshold: float = 1e-4,
    form: SubsampleForm = "word2vec",
    seed: int = 1,
    num_frequent: int = 10,
    words: Sequence[str] | None = None,
) -> SubsamplingReport:
    """What one epoch's subsampling does to `corpus`, counted in one pass with bounded memory.

    It reports on `words`, or else on the `num_frequent` most frequent words and on rarer ones at ranks
    that grow by powers of ten. `Corpus.subsample` with the same seed keeps the same tokens. Raises
    ConfigError for invalid options and UnknownWordError for an unknown word.
    """
    vocabulary = corpus.vocabulary
    keep = corpus.keep_probabilities(threshold, form=form)
    check_seed(seed)
    if num_frequent < 0:
        raise ConfigError(f"num_frequent: expected 0 or more, found {num_frequent}")
    ranks = _ranks(len(vocabulary), num_frequent) if words is None else vocabulary.ids(words).tolist()
    edges = _length_edges(corpus.line_offsets)
    num_kept = np.zeros(len(vocabulary), dtype=np.int64)
    before = np.zeros(len(edges) - 1, dtype=np.int64)
    after = before.copy()
    read = _LineLengths()
    kept = _LineLengths()
    for ids, line_ends in draw(split_chunks(corpus.token_ids, corpus.line_offsets), keep, seed):
        is_kept = ids >= 0
        num_kept += np.bincount(ids[is_kept], minlength=len(vocabulary))
        before += np.histogram(read.add(np.ones(len(ids), dtype=bool), line_ends), edges)[0]
        after += np.histogram(kept.add(is_kept, line_ends), edges)[0]
    samples = tuple(
        WordSample(
            vocabulary.words[rank], rank, int(vocabulary.counts[rank]), float(keep[rank]), int(num_kept[rank])
        )
        for rank in ranks
    )
    return SubsamplingReport(
        threshold=threshold,
        form=form,
        seed=seed,
        num_tokens=corpus.num_tokens,
        num_kept=int(num_kept.sum()),
        num_lines=corpus.num_lines,
        num_lines_kept=int(after.sum() - after[0]),
        words=samples,
        length_edges=edges,
        lines_before=before,
        lines_after=after,
    )


class _LineLengths:
    """Lengths of the lines that end in each chunk, counting only chosen tokens."""

    def __init__(self) -> None:
        self._num_tokens = 0
        self._num_chosen = 0
        self._last_end = 0

    def add(self, chosen: np.ndarray, line_ends: np.ndarray) -> np.ndarray:
        before = np.zeros(len(chosen) + 1, dtype=np.int64)
        np.cumsum(chosen, out=before[1:])
        ends = self._num_chosen + before[line_ends - self._num_tokens]
        lengths: np.ndarray = np.diff(ends, prepend=self._last_end)
        self._num_tokens += len(chosen)
        self._num_chosen += int(before[-1])
        self._last_end = int(ends[-1]) if len(ends) else self._last_end
        return lengths


def _ranks(num_words: int, num_frequent: int) -> list[int]:
    """The first ranks, then 10, 20, 50, 100, 200, 500 ... up to the number of words."""
    ranks = set(range(min(num_frequent, num_words)))
    scale = 10
    while scale <= num_words:
        ranks |= {scale * step - 1 for step in (1, 2, 5) if num_frequent < scale * step <= num_words}
        scale *= 10
    return sorted(ranks)


def _length_edges(line_offsets: np.ndarray, num_bins: int = 30) -> np.ndarray:
    """Edges of bins whose widths grow with the length: a bin for 0, then up to the longest line."""
    longest = 1
    for start in range(0, len(line_offsets), CHUNK):
        longest = max(longest, int(np.diff(line_offsets[start : start + CHUNK + 1]).max(initial=1)))
    grown = np.geomspace(1, longest + 1, num_bins + 1).round().astype(np.int64)
    return np.asarray(np.unique(np.concatenate(([0], grown))))
