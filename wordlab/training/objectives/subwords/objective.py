"""Subword vectors as an objective: word2vec's windows and loss, on words that are means of n-grams.

Bojanowski, Grave, Joulin & Mikolov (2017), "Enriching Word Vectors with Subword Information": the vector
x_w of a word is the mean of its own vector and of those of its n-grams (fastText's mean, where section 3.2
has a sum), and each of them takes the whole gradient of x_w. As in floret, a word can do without its own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from wordlab.compiled.rows import without_padding
from wordlab.embeddings import WordVectors
from wordlab.embeddings.subwords import Subwords
from wordlab.text import Corpus
from wordlab.training.history import History
from wordlab.training.objectives.base import Arrays, Objective
from wordlab.training.objectives.subwords import memory
from wordlab.training.objectives.subwords import weights as subwords
from wordlab.training.objectives.subwords.config import SubwordConfig
from wordlab.training.objectives.word2vec import kernel
from wordlab.training.objectives.word2vec.objective import Word2Vec
from wordlab.training.objectives.word2vec.weights import Weights, begun_weights


class SubwordWord2Vec(Word2Vec):
    """Skip-gram or CBOW, with negative sampling or hierarchical softmax, on subwords."""

    config_class = SubwordConfig
    config: SubwordConfig
    less_memory = "fewer buckets or a corpus with a larger min_count"

    def __init__(
        self,
        corpus: Corpus,
        config: SubwordConfig,
        words: Weights,
        *,
        start: WordVectors | None = None,
        num_runs: int = 0,
        epochs_before: int = 0,
    ) -> None:
        """`words` are the weights of the words alone."""
        kept = np.empty(0, np.uint32) if start is None or start.subwords is None else start.subwords.known
        names = words.vocabulary.words
        in_row_order = [names[id] for id in words.word_ids]
        members, self._buckets = subwords.find_members(in_row_order, config, kept)
        weights = subwords.with_buckets(words, self._buckets, config, start, num_runs)
        super().__init__(corpus, config, weights, epochs_before=epochs_before)
        self._members = members

    @classmethod
    def check(cls, corpus: Corpus, config: Any, start: WordVectors | None) -> None:
        """Also raise ConfigError for a `start` with other n-grams, or without."""
        super().check(corpus, config, start)
        if start is not None:
            subwords.check_start(start, config)

    @classmethod
    def begin(
        cls, corpus: Corpus, config: Any, start: WordVectors | None, history: History
    ) -> SubwordWord2Vec:
        """Bound to fresh weights, or to those of `start` extended by words and buckets that it lacks."""
        own = None if start is None else subwords.own_vectors(start)
        words = begun_weights(corpus, config, own, history)
        return cls(
            corpus, config, words, start=start, num_runs=len(history.runs), epochs_before=history.num_epochs
        )

    @classmethod
    def array_bytes(
        cls, corpus: Corpus, config: Any, start: WordVectors | None, num_words: int
    ) -> Callable[[int], Arrays]:
        """See `memory.array_bytes`."""
        return memory.array_bytes(corpus, config, start, num_words)

    def torch_step(self, batch_size: int) -> Any:
        """ConfigError: torch has no modules for subwords."""
        return Objective.torch_step(self, batch_size)

    def _round_length(self) -> int:
        return int(max(1, min(super()._round_length(), self._fitting / (self.config.window + 1))))

    def _stretch(self, round_length: int) -> int:
        return int(max(round_length, min(kernel.LONGEST_ROUND, self._fitting))) + 2 * self.config.window

    @cached_property
    def _fitting(self) -> float:
        """How many words may be made together before any is changed more than a few times.

        A word also changes with those that share its members, by as much as they share.
        """
        members, kept = self._members, self.weights.counts * self._text.keep
        sizes = np.diff(members.offsets)
        mass = np.bincount(members.ids, weights=np.repeat(kept / max(1, kept.sum()), sizes))
        hits = np.add.reduceat(mass[members.ids], members.offsets[:-1]) / sizes
        return kernel.allowed_hits(self.config) / float(hits.max())

    def vectors(self, details: dict[str, Any]) -> WordVectors:
        """The means, with the n-grams, own and output vectors beside them."""
        config, weights = self.config, self.weights
        inputs = without_padding(weights.inputs, config.dim)
        num_own = config.num_own(len(weights.rows))
        own = weights.in_order(inputs[:num_own]) if num_own else None
        outputs = without_padding(weights.outputs, config.dim)
        outputs = outputs if config.hierarchical else weights.in_order(outputs)
        ngrams = Subwords(matrix=inputs[num_own:], buckets=self._buckets, own=own, **config.ngrams)
        return WordVectors(
            weights.vocabulary,
            ngrams.compose(weights.vocabulary.words, own),
            outputs=outputs,
            position_weights=self._position_weights(),
            subwords=ngrams,
            tokenizer=self._corpus.tokenizer,
            details=details,
        )
