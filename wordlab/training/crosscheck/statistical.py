"""The fast path against gensim with equal settings, over several seeds.

Threads, shared noise words and other random numbers make single vectors differ; what must agree is
what they are worth (measures.py), by more than chance explains (rule.py).
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar

import numpy as np

from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError, CorpusError
from wordlab.progress import OnProgress, Reporter
from wordlab.text import Corpus, Vocabulary
from wordlab.training.crosscheck.excerpt import Excerpt
from wordlab.training.crosscheck.gensim_draws import renumber
from wordlab.training.crosscheck.gensim_side import check_subwords, train_vectors
from wordlab.training.crosscheck.measures import Models, measure_all
from wordlab.training.crosscheck.rule import FALSE_ALARMS, Measure
from wordlab.training.loop import train
from wordlab.training.objectives.subwords.config import SubwordConfig
from wordlab.training.objectives.word2vec.config import LOSSES, MODELS, Ties, Word2VecConfig

HELDOUT_SHARE = 0.05
MAX_HELDOUT_TOKENS = 50_000
WORDS_READ = 10_000_000  # by each model, epochs together

Train = Callable[[Corpus, Word2VecConfig], WordVectors]


@dataclass(frozen=True, kw_only=True)
class GensimsSubwordConfig(SubwordConfig):
    """A SubwordConfig with gensim's Huffman tree, in which words of equal count have other places."""

    ties: ClassVar[Ties] = "gensim"


@dataclass(frozen=True)
class StatisticalResult:
    """All measures, and how fast both sides were."""

    config: Word2VecConfig
    seeds: tuple[int, ...]
    measures: tuple[Measure, ...]
    gensim_words_per_second: tuple[float, ...]
    wordlab_words_per_second: tuple[float, ...]

    @property
    def passed(self) -> bool:
        """Whether all measures passed."""
        return all(measure.passed for measure in self.measures)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        measures = [measure.to_dict() for measure in self.measures]
        return {**dataclasses.asdict(self), "measures": measures, "passed": self.passed}


def statistical(
    corpus: Corpus,
    config: Word2VecConfig,
    *,
    num_seeds: int = 3,
    level: float = FALSE_ALARMS,
    train_wordlab: Train = train,
    on_progress: OnProgress | None = None,
) -> StatisticalResult:
    """Train with both sides and seeds 1, 2, ... and compare what the vectors are worth.

    `level` is the probability that chance puts any measure out of bounds. `train_wordlab` replaces
    `train` where the check itself is to be tested. The last twentieth of the lines is held out. Raises
    ConfigError for fewer than two seeds, whose spread nobody can see, CorpusError if too few lines are
    left, and ResourceError if memory cannot hold all buckets, as gensim does.
    """
    if num_seeds < 2:
        raise ConfigError(f"seeds: expected 2 or more, to see their spread, found {num_seeds}")
    if isinstance(config, SubwordConfig):
        check_subwords(config)
    seeds = tuple(range(1, num_seeds + 1))
    training, heldout = split(corpus)
    models = Models([], [], [])
    speeds: dict[str, list[float]] = {"gensim": [], "wordlab": []}

    def train_gensim(text: Corpus, given: Word2VecConfig) -> WordVectors:
        return train_vectors(text, given, before_last=models.unfinished.append)

    reporter = Reporter(on_progress, "train", "models", 2 * num_seeds)
    for seed in seeds:
        for side, trained, train_side in (
            ("gensim", models.gensim, train_gensim),
            ("wordlab", models.wordlab, train_wordlab),
        ):
            began = time.perf_counter()
            vectors = train_side(training, dataclasses.replace(config, seed=seed))
            speeds[side].append(training.num_tokens * config.epochs / (time.perf_counter() - began))
            trained.append(_without_subwords(vectors))
            reporter.report(len(models.gensim) + len(models.wordlab))
    measures = measure_all(models, heldout, config)
    measures = [dataclasses.replace(measure, level=level / len(measures)) for measure in measures]
    return StatisticalResult(
        config, seeds, tuple(measures), tuple(speeds["gensim"]), tuple(speeds["wordlab"])
    )


def _without_subwords(vectors: WordVectors) -> WordVectors:
    """The vectors of the vocabulary alone: gensim's of unknown n-grams are random, ours are zero."""
    return WordVectors(vectors.vocabulary, vectors.matrix, outputs=vectors.outputs, details=vectors.details)


def statistical_grid(
    corpus: Corpus,
    *,
    subwords: bool = False,
    epochs: int | None = None,
    num_seeds: int = 3,
    max_tokens: int = 2_000_000,
    on_progress: OnProgress | None = None,
    **options: Any,
) -> tuple[StatisticalResult, ...]:
    """`statistical` for skip-gram and CBOW with negative sampling and with hierarchical softmax.

    Only the first lines are read, `max_tokens` at most, none longer than gensim reads. A small corpus
    is read more often, 10 million words in all: half-trained vectors say little. With `subwords` gensim
    trains its FastText. `options` are fields of a Word2VecConfig or a SubwordConfig; `dim` is 50 where
    it is not given.
    """
    kind = GensimsSubwordConfig if subwords else Word2VecConfig
    excerpt = Excerpt.of(corpus, max_tokens)
    epochs = epochs or min(50, max(5, WORDS_READ // len(excerpt.token_ids)))
    text = Corpus(excerpt.token_ids, excerpt.line_offsets, corpus.vocabulary, corpus.tokenizer)
    configs = [
        kind(**{"dim": 50, **options, "model": model, "loss": loss, "epochs": epochs})
        for model, loss in product(MODELS, LOSSES)
    ]
    level = FALSE_ALARMS / len(configs)
    return tuple(
        statistical(text, config, num_seeds=num_seeds, level=level, on_progress=on_progress)
        for config in configs
    )


def split(corpus: Corpus) -> tuple[Corpus, Corpus]:
    """The corpus without its last lines, its vocabulary counted again, and these lines in its ids.

    Words of equal count stand as gensim puts them: under hierarchical softmax their order decides
    their places in the tree, and with these a part of their neighbours.
    """
    num_heldout = min(int(corpus.num_tokens * HELDOUT_SHARE), MAX_HELDOUT_TOKENS)
    line = int(np.searchsorted(corpus.line_offsets, corpus.num_tokens - num_heldout, side="right")) - 1
    if line < 1 or line >= corpus.num_lines:
        raise CorpusError(f"expected lines enough to hold some out, found {corpus.num_lines}")
    cut = int(corpus.line_offsets[line])
    order, token_ids, counts = renumber(np.array(corpus.token_ids[:cut]))
    vocabulary = Vocabulary([corpus.vocabulary.words[id] for id in order.tolist()], counts)
    offsets = np.array(corpus.line_offsets[: line + 1])
    training = Corpus(token_ids, offsets, vocabulary, corpus.tokenizer)
    new_ids = np.full(len(corpus.vocabulary), -1, dtype=np.int32)
    new_ids[order] = np.arange(len(order), dtype=np.int32)
    ids = new_ids[corpus.token_ids[cut:]]
    kept = np.concatenate([[0], np.cumsum(ids >= 0)])
    offsets = kept[np.array(corpus.line_offsets[line:]) - cut]
    return training, Corpus(ids[ids >= 0], offsets, vocabulary, corpus.tokenizer)
