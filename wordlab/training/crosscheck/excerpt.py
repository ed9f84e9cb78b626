"""The part of a corpus that gensim and wordlab both train on when they are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from wordlab.errors import CorpusError
from wordlab.text import Corpus
from wordlab.training.crosscheck.gensim_draws import BATCH_WORDS as LINE_WORDS

SENTENCE_WORDS = 100


@dataclass(frozen=True)
class Excerpt:
    """The part of a corpus that is trained on, as ids and as the lists of words that gensim reads."""

    corpus: Corpus
    token_ids: np.ndarray
    line_offsets: np.ndarray
    lines: Sequence[Sequence[str]]

    @classmethod
    def of(cls, corpus: Corpus, max_tokens: int) -> Excerpt:
        """The first lines of the corpus, `max_tokens` at most, none longer than gensim reads.

        Raises CorpusError if there is nothing to learn from them.
        """
        offsets = _split_long_lines(corpus.line_offsets, LINE_WORDS)
        num_lines = int(np.searchsorted(offsets, max_tokens, side="right")) - 1
        offsets = offsets[: num_lines + 1] if num_lines else np.array([0, min(offsets[1], max_tokens)])
        token_ids = corpus.token_ids[: offsets[-1]]
        if not len(token_ids) or not np.ptp(token_ids):
            raise CorpusError("expected two different words or more to train on, found less")
        if np.diff(offsets).max() < 2:
            raise CorpusError("expected a line of two words or more, found single words only")
        return cls._from_ids(corpus, token_ids, offsets)

    @classmethod
    def _from_ids(cls, corpus: Corpus, token_ids: np.ndarray, offsets: np.ndarray) -> Excerpt:
        words = corpus.vocabulary.words
        tokens = [words[id] for id in token_ids.tolist()]
        bounds = offsets.tolist()
        lines = [tokens[first:stop] for first, stop in pairwise(bounds)]
        return cls(corpus, token_ids, offsets, lines)

    def sentence(self) -> Excerpt:
        """A single line of 100 words at most, two of them different, whatever lines the text has.

        With only one word gensim builds no tree and then waits for ever for its worker.
        """
        change = int((self.token_ids != self.token_ids[0]).argmax())
        first = max(0, change - SENTENCE_WORDS // 2)
        token_ids = self.token_ids[first : first + SENTENCE_WORDS]
        return self._from_ids(self.corpus, token_ids, np.array([0, len(token_ids)]))


def _split_long_lines(line_offsets: np.ndarray, limit: int) -> np.ndarray:
    """The offsets with more of them wherever a line is longer than `limit`."""
    long = np.flatnonzero(np.diff(line_offsets) > limit)
    cuts = [np.arange(line_offsets[i] + limit, line_offsets[i + 1], limit) for i in long]
    return np.sort(np.concatenate([line_offsets, *cuts]))
