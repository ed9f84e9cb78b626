"""What vectors are worth, measured alike on both sides: their loss, their scores, their neighbours."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, permutations
from pathlib import Path

import numpy as np

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import evaluate_analogies, evaluate_similarity
from wordlab.embeddings.evaluation.analogy_scores import AnalogyScore
from wordlab.embeddings.evaluation.datasets import DataSet, data_sets
from wordlab.errors import ConfigError
from wordlab.text import Corpus, keep_probabilities
from wordlab.training.crosscheck.rule import Measure
from wordlab.training.objectives.subwords.config import SubwordConfig
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.scoring import heldout_loss, word_sizes

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

SUBWORD_NEIGHBOURS = 0.09
"""The tolerance of shared neighbours with subwords, where one step moves all words with the same n-grams.

Calibrated with 3 seeds on 500k tokens read 20 times: the share in common with gensim was up to 0.08 below
that of gensim with itself. Of that, gensim's rules for skip-gram make 0.02 to 0.03."""


@dataclass(frozen=True)
class Models:
    """The models of both sides, one for each seed, and those of gensim before their last epoch."""

    gensim: list[WordVectors]
    wordlab: list[WordVectors]
    unfinished: list[WordVectors]


def measure_all(models: Models, heldout: Corpus, config: Word2VecConfig) -> list[Measure]:
    """All measures that the vocabulary allows."""
    return [
        _loss(models, heldout, config),
        *_similarities(models),
        *_analogies(models),
        *_neighbours(models, config),
    ]


def _loss(models: Models, heldout: Corpus, config: Word2VecConfig) -> Measure:
    """The loss on held-out lines without the words that training drops.

    With them it says nothing of learning: frequent words, which training hardly sees, would be most of it,
    and vectors that know nothing would often have the lowest. In early epochs the loss falls so fast that
    any delay looks like a difference; wordlab may be as far behind as gensim was before its last epoch.
    """
    vocabulary = heldout.vocabulary
    kept, offsets = _subsampled(heldout, config)
    sizes = word_sizes(vocabulary.words, config)

    def loss(vectors: WordVectors) -> float:
        if vectors.outputs is None:
            raise ConfigError("expected vectors with their outputs, found none")
        if vectors.vocabulary != vocabulary:
            raise RuntimeError("gensim numbers words in another way than crosscheck.gensim_draws says")
        return heldout_loss(
            vectors.matrix, vectors.outputs, kept, offsets, vocabulary.counts, config, sizes=sizes
        )

    gensim, wordlab, earlier = (
        tuple(map(loss, side)) for side in (models.gensim, models.wordlab, models.unfinished)
    )
    last_epoch = abs(statistics.fmean(earlier) - statistics.fmean(gensim))
    # The tolerance is a share of the loss, which grows with the number of noise words.
    tolerance = TOLERANCES["held-out loss"] * max(gensim) + last_epoch
    return Measure("held-out loss", gensim, wordlab, tolerance)


def _subsampled(heldout: Corpus, config: Word2VecConfig) -> tuple[np.ndarray, np.ndarray]:
    """Ids and line offsets of the words that are left where training would drop some, the same each time."""
    keep = keep_probabilities(heldout.vocabulary.counts, config.subsample, form=config.subsample_form)
    is_kept = np.random.default_rng(1).random(heldout.num_tokens) < keep[heldout.token_ids]
    return heldout.token_ids[is_kept], np.concatenate([[0], np.cumsum(is_kept)])[heldout.line_offsets]


def _measure(
    data: DataSet, models: Models, score: Callable[[WordVectors], float], step: float = 0.0
) -> Measure:
    gensim, wordlab = (tuple(map(score, side)) for side in (models.gensim, models.wordlab))
    return Measure(data.name, gensim, wordlab, data.tolerance, step=step)


def _similarities(models: Models) -> list[Measure]:
    measures = []
    for data in data_sets("similarity"):
        path = data.path
        if evaluate_similarity(models.gensim[0], path, num_resamples=2).num_pairs >= MIN_QUESTIONS:
            measures.append(_measure(data, models, partial(_spearman, path=path)))
    return measures


def _spearman(vectors: WordVectors, path: Path) -> float:
    spearman = evaluate_similarity(vectors, path, num_resamples=2).spearman
    return math.nan if spearman is None else spearman


def _analogies(models: Models) -> list[Measure]:
    measures = []
    for data in data_sets("analogy"):
        num_used = _answers(models.gensim[0], data.path).num_used
        if num_used >= MIN_QUESTIONS:
            accuracy = partial(_accuracy, path=data.path)
            measures.append(_measure(data, models, accuracy, step=1 / num_used))
    return measures


def _accuracy(vectors: WordVectors, path: Path) -> float:
    return _answers(vectors, path).accuracy


def _answers(vectors: WordVectors, path: Path) -> AnalogyScore:
    (result,) = evaluate_analogies(vectors, path, methods=["3cosadd"])
    total: AnalogyScore = result.total
    return total


def _neighbours(models: Models, config: Word2VecConfig) -> list[Measure]:
    """How many of a word's ten nearest two models share: gensim with itself, and wordlab with gensim.

    As with the loss, wordlab may be as far behind as gensim was before its last epoch.
    """
    vocabulary = models.gensim[0].vocabulary
    num_words = len(vocabulary)
    bands = {"frequent": (0.0, 0.1), "middling": (0.1, 0.5), "rare": (0.5, 1.0)}
    # Models of equal seed begin with equal vectors, which would bring rare words together.
    pairs = list(permutations(range(len(models.gensim)), 2))
    measures = []
    for band, (low, high) in bands.items():
        ids = np.unique(np.linspace(low * num_words, high * num_words - 1, NUM_PROBES).astype(int))
        words = [vocabulary.words[id] for id in ids]
        gensim, wordlab, earlier = (
            [_nearest(vectors, words) for vectors in side]
            for side in (models.gensim, models.wordlab, models.unfinished)
        )
        within = [_overlap(a, b) for a, b in combinations(gensim, 2)]
        between = [_overlap(gensim[i], wordlab[j]) for i, j in pairs]
        before = [_overlap(gensim[i], earlier[j]) for i, j in pairs]
        last_epoch = abs(statistics.fmean(within) - statistics.fmean(before))
        if len(within) < 2:  # two seeds make one pair, which has no spread of its own
            within = within * 2
        name = f"neighbours of {band} words"
        tolerance = SUBWORD_NEIGHBOURS if isinstance(config, SubwordConfig) else TOLERANCES[name]
        measures.append(Measure(name, tuple(within), tuple(between), tolerance + last_epoch))
    return measures


def _nearest(vectors: WordVectors, words: Sequence[str]) -> list[set[str]]:
    return [{neighbour.word for neighbour in row} for row in vectors.nearest(words, NUM_NEIGHBOURS)]


def _overlap(one: Sequence[set[str]], other: Sequence[set[str]]) -> float:
    return statistics.fmean(len(a & b) / NUM_NEIGHBOURS for a, b in zip(one, other, strict=True))
