"""What training subword vectors takes in memory, beside what word2vec takes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wordlab.compiled.rows import padded
from wordlab.embeddings import WordVectors
from wordlab.embeddings.ngrams import hash_ngrams
from wordlab.text import Corpus
from wordlab.training.objectives.base import Arrays
from wordlab.training.objectives.subwords.config import SubwordConfig
from wordlab.training.objectives.word2vec import memory
from wordlab.training.objectives.word2vec.sizes import most_copies, most_words, span_length

SHORTEST_SPAN = 16  # tokens
_LONGEST_PERIOD = 8_192  # tokens: words recur in it, but learn nothing of each other by their n-grams


def longest_span(num_tokens: int, config: SubwordConfig) -> int:
    """Tokens that each shard trains in a period, at most, for a corpus of `num_tokens`."""
    return max(SHORTEST_SPAN, span_length(num_tokens, 1, longest=_LONGEST_PERIOD) // config.num_shards)


def array_bytes(
    corpus: Corpus, config: SubwordConfig, start: WordVectors | None, num_words: int
) -> Callable[[int], Arrays]:
    """A function that says what arrays of some dimension take, for a result of `num_words` words."""
    of_words = memory.array_bytes(corpus, config, start, num_words)
    num_buckets, num_members = _count(corpus, config, start)
    span = longest_span(corpus.num_tokens, config)
    # Each team of threads has a period of its own: those that race; or one thread, and all, of which the
    # faster trains.
    num_teams = min(2, config.threads) if config.deterministic else config.threads

    def needed(dim: int) -> Arrays:
        words = of_words(dim)
        num_own = config.num_own(num_words)
        rows = 4 * (num_buckets - num_words + num_own) * padded(dim)
        copies = config.num_shards * most_copies(num_words, span, config).inputs
        period = 4 * (2 * most_words(num_words, span, config) + copies) * padded(dim)
        finding = 40 * num_members  # hashes, sorted, and as rows
        composing = 4 * num_words * dim + 9 * num_members + num_buckets * dim  # with a bool for each number
        return Arrays(
            words.matrices + rows + num_teams * period,  # at most
            words.targets + 4 * num_members + 8 * num_words,
            max(words.temporary + 4 * num_words * padded(dim), finding, composing),
            words.stored + 4 * num_own * dim + 4 * num_buckets * (dim + 1),
        )

    return needed


def _count(corpus: Corpus, config: SubwordConfig, start: WordVectors | None) -> tuple[int, int]:
    """How many buckets will have vectors, and how many members all words have together."""
    words = list(corpus.vocabulary.words)
    found = [np.empty(0, np.int64)]
    if start is not None:
        words += [word for word in start.vocabulary.words if word not in corpus.vocabulary]
        if start.subwords is not None:
            found.append(start.subwords.known.astype(np.int64))
    num_ngrams = 0
    for part in hash_ngrams(words, **config.ngrams):
        found.append(np.unique(part.buckets))
        num_ngrams += len(part.buckets)
    return len(np.unique(np.concatenate(found))), num_ngrams + config.num_own(len(words))
