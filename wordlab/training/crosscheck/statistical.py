"""The fast path against gensim with equal settings, over several seeds.

Threads, shared noise words and other random numbers make single vectors differ; what must agree is
what they are worth. The rule: for each measure, the means over seeds may differ by three standard
errors of that difference, estimated from the spread of both sides, and by a fixed tolerance for what
so few seeds cannot show.
"""

from __future__ import annotations

import dataclasses
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, permutations, product
from pathlib import Path
from typing import Any

import numpy as np

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import evaluate_analogies, evaluate_similarity
from wordlab.embeddings.evaluation.datasets import DataSet, data_sets
from wordlab.errors import ConfigError, CorpusError
from wordlab.progress import OnProgress, Reporter
from wordlab.text import Corpus, Vocabulary
from wordlab.training.crosscheck.excerpt import Excerpt
from wordlab.training.crosscheck.gensim_draws import renumber
from wordlab.training.crosscheck.gensim_side import train_vectors
from wordlab.training.loop import train
from wordlab.training.objectives.word2vec.config import LOSSES, MODELS, Word2VecConfig
from wordlab.training.objectives.word2vec.scoring import heldout_loss

STANDARD_ERRORS = 3.0
HELDOUT_SHARE = 0.05
MAX_HELDOUT_TOKENS = 50_000
WORDS_READ = 10_000_000  # by each model, epochs together
NUM_NEIGHBOURS = 10
NUM_PROBES = 200  # words of each frequency band whose neighbours are compared
MIN_QUESTIONS = 30  # a test set with fewer questions covered says nothing

TOLERANCES = {
    "held-out loss": 0.03,
    "neighbours of frequent words": 0.06,
    "neighbours of middling words": 0.06,
    "neighbours of rare words": 0.06,
}
"""What the means may differ by beyond chance: a share of the loss, and shares of neighbours.

The tolerance of a data set stands beside it in `wordlab.embeddings.evaluation.datasets`.

Calibrated with 3 seeds on two corpora, 350k tokens read 30 times and 2M read 5 times. There the fast
path's loss was 0.2 and 0.7 % larger than gensim's, correlations and accuracies differed by 0.02 at the
most, and the share of neighbours in common with gensim was up to 0.05 below that of gensim with itself:
noise words drawn for windows instead of pairs, and threads, leave that much of a mark."""

Train = Callable[[Corpus, Word2VecConfig], WordVectors]
Models = dict[str, list[WordVectors]]


@dataclass(frozen=True)
class Measure:
    """One measure of both sides, a value for each seed (or for each pair of models compared)."""

    name: str
    gensim: tuple[float, ...]
    wordlab: tuple[float, ...]
    tolerance: float

    @property
    def difference(self) -> float:
        """wordlab's mean less gensim's."""
        return statistics.fmean(self.wordlab) - statistics.fmean(self.gensim)

    @property
    def allowed(self) -> float:
        """The largest difference that passes."""
        errors = [statistics.variance(side) / len(side) for side in (self.gensim, self.wordlab)]
        return STANDARD_ERRORS * math.sqrt(sum(errors)) + self.tolerance

    @property
    def passed(self) -> bool:
        """Whether the difference is within what is allowed; one that is not a number is not."""
        return abs(self.difference) <= self.allowed

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        facts = {"difference": self.difference, "allowed": self.allowed, "passed": self.passed}
        return {**dataclasses.asdict(self), **facts}


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
    train_wordlab: Train = train,
    on_progress: OnProgress | None = None,
) -> StatisticalResult:
    """Train with both sides and seeds 1, 2, ... and compare what the vectors are worth.

    `train_wordlab` replaces `train` where the check itself is to be tested. The last
    twentieth of the lines is held out. Raises ConfigError for fewer than two seeds, whose
    spread nobody can see, and CorpusError if too few lines are left.
    """
    if num_seeds < 2:
        raise ConfigError(f"seeds: expected 2 or more, to see their spread, found {num_seeds}")
    seeds = tuple(range(1, num_seeds + 1))
    training, heldout = split(corpus)
    models: Models = {"gensim": [], "wordlab": []}
    speeds: dict[str, list[float]] = {"gensim": [], "wordlab": []}
    reporter = Reporter(on_progress, "train", "models", 2 * num_seeds)
    for seed in seeds:
        for side, train_side in (("gensim", train_vectors), ("wordlab", train_wordlab)):
            began = time.perf_counter()
            models[side].append(train_side(training, dataclasses.replace(config, seed=seed)))
            speeds[side].append(training.num_tokens * config.epochs / (time.perf_counter() - began))
            reporter.report(len(models["gensim"]) + len(models["wordlab"]))
    measures = [
        _loss(models, heldout, config),
        *_similarities(models),
        *_analogies(models),
        *_neighbours(models),
    ]
    return StatisticalResult(
        config, seeds, tuple(measures), tuple(speeds["gensim"]), tuple(speeds["wordlab"])
    )


def statistical_grid(
    corpus: Corpus,
    *,
    dim: int = 50,
    epochs: int | None = None,
    num_seeds: int = 3,
    max_tokens: int = 2_000_000,
    on_progress: OnProgress | None = None,
) -> tuple[StatisticalResult, ...]:
    """`statistical` for skip-gram and CBOW with negative sampling and with hierarchical softmax.

    Only the first lines are read, `max_tokens` at most, none longer than gensim reads. A small corpus
    is read more often, 10 million words in all: half-trained vectors say little.
    """
    excerpt = Excerpt.of(corpus, max_tokens)
    epochs = epochs or min(50, max(5, WORDS_READ // len(excerpt.token_ids)))
    text = Corpus(excerpt.token_ids, excerpt.line_offsets, corpus.vocabulary, corpus.tokenizer)
    configs = [
        Word2VecConfig(model=model, loss=loss, dim=dim, epochs=epochs)
        for model, loss in product(MODELS, LOSSES)
    ]
    return tuple(
        statistical(text, config, num_seeds=num_seeds, on_progress=on_progress) for config in configs
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


def _loss(models: Models, heldout: Corpus, config: Word2VecConfig) -> Measure:
    def loss(vectors: WordVectors) -> float:
        if vectors.outputs is None:
            raise ConfigError("expected vectors with their outputs, found none")
        if vectors.vocabulary != heldout.vocabulary:
            raise RuntimeError("gensim numbers words in another way than crosscheck.gensim_draws says")
        counts = heldout.vocabulary.counts
        return heldout_loss(
            vectors.matrix, vectors.outputs, heldout.token_ids, heldout.line_offsets, counts, config
        )

    sides = {side: tuple(map(loss, vectors)) for side, vectors in models.items()}
    # The tolerance is a share of the loss, which grows with the number of noise words.
    return Measure("held-out loss", **sides, tolerance=TOLERANCES["held-out loss"] * max(sides["gensim"]))


def _measure(data: DataSet, models: Models, score: Callable[[WordVectors], float]) -> Measure:
    sides = {side: tuple(map(score, vectors)) for side, vectors in models.items()}
    return Measure(data.name, **sides, tolerance=data.tolerance)


def _similarities(models: Models) -> list[Measure]:
    measures = []
    for data in data_sets("similarity"):
        path = data.path
        if evaluate_similarity(models["gensim"][0], path, num_resamples=2).num_pairs >= MIN_QUESTIONS:
            measures.append(_measure(data, models, partial(_spearman, path=path)))
    return measures


def _spearman(vectors: WordVectors, path: Path) -> float:
    spearman = evaluate_similarity(vectors, path, num_resamples=2).spearman
    return math.nan if spearman is None else spearman


def _analogies(models: Models) -> list[Measure]:
    measures = []
    for data in data_sets("analogy"):
        accuracy = partial(_accuracy, path=data.path)
        if not math.isnan(accuracy(models["gensim"][0])):
            measures.append(_measure(data, models, accuracy))
    return measures


def _accuracy(vectors: WordVectors, path: Path) -> float:
    (result,) = evaluate_analogies(vectors, path, methods=["3cosadd"])
    return result.total.accuracy if result.total.num_used >= MIN_QUESTIONS else math.nan


def _neighbours(models: Models) -> list[Measure]:
    """How many of a word's ten nearest two models share: gensim with itself, and wordlab with gensim."""
    num_words = len(models["gensim"][0])
    bands = {"frequent": (0.0, 0.1), "middling": (0.1, 0.5), "rare": (0.5, 1.0)}
    measures = []
    for band, (low, high) in bands.items():
        ids = np.unique(np.linspace(low * num_words, high * num_words - 1, NUM_PROBES).astype(int))
        words = [models["gensim"][0].vocabulary.words[id] for id in ids]
        nearest = {side: [_nearest(vectors, words) for vectors in each] for side, each in models.items()}
        within = [_overlap(a, b) for a, b in combinations(nearest["gensim"], 2)]
        # Models of equal seed begin with equal vectors, which would bring rare words together.
        pairs = permutations(range(len(models["gensim"])), 2)
        between = [_overlap(nearest["gensim"][i], nearest["wordlab"][j]) for i, j in pairs]
        if len(within) < 2:  # two seeds make one pair, which has no spread of its own
            within = within * 2
        name = f"neighbours of {band} words"
        measures.append(Measure(name, tuple(within), tuple(between), TOLERANCES[name]))
    return measures


def _nearest(vectors: WordVectors, words: Sequence[str]) -> list[set[str]]:
    return [{neighbour.word for neighbour in row} for row in vectors.nearest(words, NUM_NEIGHBOURS)]


def _overlap(one: Sequence[set[str]], other: Sequence[set[str]]) -> float:
    return statistics.fmean(len(a & b) / NUM_NEIGHBOURS for a, b in zip(one, other, strict=True))
