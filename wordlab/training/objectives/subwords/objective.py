"""Subword vectors as an objective: word2vec's windows and loss, on words that are means of n-grams.

Bojanowski, Grave, Joulin & Mikolov (2017), "Enriching Word Vectors with Subword Information": the vector
x_w of a word is the mean of its own vector and of those of its n-grams (fastText's mean, where section 3.2
has a sum), and each of them takes the whole gradient of x_w. As in floret, a word can do without its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wordlab.compiled.rows import padded_zeros, without_padding
from wordlab.compiled.shards import shared_matrix
from wordlab.embeddings import WordVectors
from wordlab.embeddings.subwords import Subwords
from wordlab.text import Corpus
from wordlab.training.history import History
from wordlab.training.objectives.base import Arrays, Objective
from wordlab.training.objectives.subwords import memory
from wordlab.training.objectives.subwords import weights as subwords
from wordlab.training.objectives.subwords.config import SubwordConfig
from wordlab.training.objectives.subwords.memory import SHORTEST_SPAN, longest_span
from wordlab.training.objectives.word2vec import kernel, periods
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.objective import Word2Vec
from wordlab.training.objectives.word2vec.sizes import most_copies, most_words
from wordlab.training.objectives.word2vec.weights import Weights, begun_weights

_ALLOWED_HITS = 150.0  # of a word, in a period, by words with the same members, at the default rate


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
        self.members = members
        self.num_threads = config.threads  # making words of members, and back, is work for all
        longest = longest_span(corpus.num_tokens, config)
        self.span = int(np.clip(self._period() // self.num_shards, SHORTEST_SPAN, longest))

    @classmethod
    def check(cls, corpus: Corpus, config: Any, start: WordVectors | None) -> None:
        """Also raise ConfigError for a `start` with other n-grams, or without."""
        super().check(corpus, config, start)
        if start is not None:
            subwords.check_start(start, config)

    @classmethod
    def usual_shards(cls, corpus: Corpus) -> int:
        """One: shards would spoil what words learn of each other by their n-grams."""
        return 1

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

    def matrices(self) -> tuple[kernel.Weights, periods.Words]:
        """The words of a period take the place of the inputs, which are the rows of all members."""
        weights, num_words, num_shards = self.weights, len(self.weights.counts), self.num_shards
        copies = most_copies(num_words, self.span, self.config)
        most = most_words(num_words, self.span, self.config)
        dim = self.config.dim
        words = periods.Words(
            self.members,
            weights.inputs,
            padded_zeros(most, dim),
            np.empty(most, np.uint32),
            np.zeros(1, np.int64),
        )
        inputs = shared_matrix(
            padded_zeros(most + num_shards * copies.inputs, dim),
            most,
            num_shards,
            apart=num_shards > 1,
            num_listed=num_words,
        )
        outputs = self._shared(weights.outputs, copies.outputs)
        return kernel.Weights(inputs, outputs, self._shared(weights.positions, copies.positions)), words

    def _period(self) -> int:
        """Tokens that may be trained before the changes of words are added to their members.

        A member gets the sum of the changes of all its words, all found from the same state. So the words of
        a period may share only so many members.
        """
        members, kept = self.members, self.weights.counts * self.text.keep
        sizes = np.diff(members.offsets)
        mass = np.bincount(members.ids, weights=np.repeat(kept / max(1, kept.sum()), sizes))
        shares = np.add.reduceat(mass[members.ids], members.offsets[:-1]) / sizes
        kept_share = kept.sum() / max(1, self.weights.counts.sum())
        return int(_allowed_hits(self.config) / max(1e-9, float(shares.max()) * kept_share))

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


def _allowed_hits(config: SubwordConfig) -> float:
    """How often a word may change with others in a period: less often if by more each time than by default.

    In skip-gram a row changes with every word of a window, or every noise word; and the learning rate counts
    twice, as vectors grow with it, too. CBOW, with one row a window, needs none of this.
    """
    if config.cbow:
        return _ALLOWED_HITS
    growth = (config.window + 1) / (Word2VecConfig.window + 1)
    if not config.hierarchical:
        growth *= (config.negative + 1) / (Word2VecConfig.negative + 1)
    growth *= (config.learning_rate_at(0) / config.learning_rates[config.model]) ** 2
    return _ALLOWED_HITS / max(1.0, growth)
