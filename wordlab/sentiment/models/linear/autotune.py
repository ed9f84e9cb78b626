"""Search the settings of the linear classifier on held-out texts, and train with the best on all."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import CorpusError, TrainingError
from wordlab.progress import OnProgress, Reporter
from wordlab.sentiment.data.inputs import check_texts, choose_tokenizer
from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.judging.held_out import Validation, held_out_rows
from wordlab.sentiment.judging.multi_label_choices import THRESHOLD
from wordlab.sentiment.judging.trials import Outcome, try_within
from wordlab.sentiment.models.linear.autotune_config import AutotuneConfig
from wordlab.sentiment.models.linear.config import LinearConfig
from wordlab.sentiment.models.linear.features import TokenisedTexts, join_blocks
from wordlab.sentiment.models.linear.goals import Goals, find_goals
from wordlab.sentiment.models.linear.model import LinearModel
from wordlab.sentiment.models.linear.quantising import pruned, quantise
from wordlab.sentiment.models.linear.quantising_config import QuantisingConfig
from wordlab.sentiment.models.linear.search import TUNED, propose
from wordlab.sentiment.models.linear.sizes import fitting_cutoff
from wordlab.sentiment.models.linear.training import train_linear, train_tokenised
from wordlab.text.tokenizers import Tokenizer

_LAST_SHARE = 1.3  # of the time of its trial, that the best takes with all texts


@dataclass(frozen=True)
class Trial:
    """Settings and how they did on the held-out texts; `score` is None where `failure` says why."""

    config: LinearConfig
    score: float | None
    seconds: float
    failure: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The settings that are searched and the outcome as plain values, for JSON."""
        fields = {name: getattr(self.config, name) for name in TUNED}
        return {**fields, "score": self.score, "seconds": self.seconds, "failure": self.failure}


class Tuned(NamedTuple):
    """The best, trained on all texts; all trials in order; what scores are; and which trial was kept."""

    model: LinearModel
    trials: tuple[Trial, ...]
    measure: str
    kept: int


class _Texts(NamedTuple):
    tokenised: TokenisedTexts
    goals: Goals

    def take(self, rows: np.ndarray) -> _Texts:
        return _Texts(self.tokenised.take(rows), self.goals.take(rows))


def autotune(
    texts: Sequence[str],
    labels: Sequence[str] | Sequence[Sequence[str]],
    config: LinearConfig | None = None,
    settings: AutotuneConfig | None = None,
    *,
    validation: Validation | None = None,
    vectors: WordVectors | None = None,
    tokenizer: Tokenizer | None = None,
    on_progress: OnProgress | None = None,
) -> Tuned:
    """The linear classifier with the settings that are best on held-out texts, trained on all of `texts`.

    The first trial has the settings of `config`, each other one is some random steps away from the best so
    far, in the fields `search.TUNED`. `validation` are texts to judge by in the place of a share of `texts`.
    Scores are accuracies, or micro-F1 where texts may have several labels. Time decides how many trials there
    are and nothing else: with equal numbers of them equal data, configs and seeds give equal bytes.

    Raises CorpusError for too few texts to hold some out, TrainingError if no trial had a result, and what
    `train_linear` raises.
    """
    config, limits = config or LinearConfig(), settings or AutotuneConfig()
    found, tokenizer = check_texts(texts), choose_tokenizer(tokenizer, vectors)
    goals = find_goals(len(found), labels, config)
    everything = _Texts(join_blocks(tokenise(found, tokenizer, threads=config.threads)), goals)
    training, judging = _parts(everything, validation, limits, config, tokenizer)

    def train(one: LinearConfig, listen: OnProgress) -> float:
        model = train_tokenised(training.tokenised, training.goals, one, tokenizer, vectors, listen)
        if limits.size is not None:
            model = pruned(model, _cutoff(model, limits.size))
        return _score(model, judging)

    if vectors is not None:  # which have dimensions of their own
        limits = replace(limits, fixed=(*limits.fixed, "dim"))
    trials = _search(train, config, limits, on_progress)
    for place in _best_first(trials):
        try:
            model = train_linear(
                found, labels, trials[place].config,
                vectors=vectors, tokenizer=tokenizer, on_progress=on_progress,
            )  # fmt: skip
        except TrainingError as error:  # what went well without the held-out texts may still diverge
            trials[place] = replace(trials[place], failure=f"on all texts: {error}")
            continue
        measure = "micro-F1" if goals.several else "accuracy"
        return Tuned(_fitting(model, limits, on_progress), tuple(trials), measure, place)
    raise TrainingError(f"no trial had a result; the first: {trials[0].failure}")


def _fitting(model: LinearModel, settings: AutotuneConfig, on_progress: OnProgress | None) -> LinearModel:
    """The classifier, quantised to fit if there is a limit of size."""
    if settings.size is None:
        return model
    to_fit = QuantisingConfig(cutoff=_cutoff(model, settings.size))
    small = quantise(model, to_fit, threads=model.config.threads, on_progress=on_progress)
    small.tally = model.tally
    return small


def _best_first(trials: Sequence[Trial]) -> list[int]:
    """The places of the trials that have a score, the best first; of equally good ones the first."""
    scores = {place: trial.score for place, trial in enumerate(trials) if trial.score is not None}
    return sorted(scores, key=lambda place: -scores[place])


def _cutoff(model: LinearModel, size: int) -> int:
    """The number of vectors that fit, 0 for all; TrainingError if none does."""
    cutoff = fitting_cutoff(model, size)
    if cutoff is None:
        raise TrainingError(f"no vector fits into {size:,} bytes")
    return cutoff


def _search(
    train: Callable[[LinearConfig, OnProgress], float],
    config: LinearConfig,
    settings: AutotuneConfig,
    on_progress: OnProgress | None,
) -> list[Trial]:
    """All trials within the limits, of which the first is `config`."""
    ends = None if settings.time_limit is None else time.perf_counter() + settings.time_limit
    reporter = Reporter(on_progress, "autotune", "trials", settings.trials)
    trials: list[Trial] = []
    best, takes = config, 0.0
    proposal: LinearConfig | None = config
    while proposal is not None and (settings.trials is None or len(trials) < settings.trials):
        over = None if ends is None or not trials else ends - _LAST_SHARE * takes
        if over is not None and time.perf_counter() > over:
            break
        one = proposal
        outcome: Outcome = try_within(lambda listen, one=one: train(one, listen), over)  # type: ignore[misc]
        trials.append(Trial(one, *outcome))
        for place in _best_first(trials)[:1]:
            best, takes = trials[place].config, trials[place].seconds
            reporter.report(len(trials), best=trials[place].score or 0.0)
        proposal = propose(best, config, len(trials), settings.fixed, [trial.config for trial in trials])
    return trials


def _parts(
    everything: _Texts, validation: Validation | None, settings: AutotuneConfig, config: LinearConfig,
    tokenizer: Tokenizer,
) -> tuple[_Texts, _Texts]:  # fmt: skip
    """The texts to train on and those to judge by."""
    goals = everything.goals
    if validation is not None:
        held = check_texts(validation.texts)
        tokenised = join_blocks(tokenise(held, tokenizer, threads=config.threads))
        return everything, _Texts(tokenised, goals.like(validation.labels))
    if goals.several:
        order = np.random.default_rng(config.seed).permutation(len(goals.bounds) - 1)
        number = round(settings.share * len(order))
        rows = (np.sort(order[number:]), np.sort(order[:number])) if 0 < number < len(order) else None
    else:
        rows = held_out_rows(goals.places, settings.share, seed=config.seed)
    if rows is None:
        raise CorpusError(
            f"labels: expected texts enough to hold out {settings.share:g} of each class, "
            f"found {len(goals.bounds) - 1} texts of {len(goals.classes)} classes"
        )
    return everything.take(rows[0]), everything.take(rows[1])


def _score(model: LinearModel, judging: _Texts) -> float:
    """The accuracy of `model`, or its micro-F1 where texts may have several labels; TrainingError."""
    with np.errstate(over="ignore", invalid="ignore"):  # of vectors that are large, but still numbers
        chances = model.block_probabilities(judging.tokenised.as_block())
    if not np.isfinite(chances).all():
        raise TrainingError("probabilities are not finite numbers")
    goals = judging.goals
    if not goals.several:
        return float(np.mean(chances.argmax(axis=1) == goals.places))
    given = np.zeros(chances.shape, dtype=bool)
    given[np.repeat(np.arange(len(given)), np.diff(goals.bounds)), goals.places] = True
    predicted = chances >= THRESHOLD
    return 2 * int((given & predicted).sum()) / max(1, int(given.sum() + predicted.sum()))
