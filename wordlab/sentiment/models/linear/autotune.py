"""Search the settings of the linear classifier on held-out texts, and train with the best on all."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import TrainingError
from wordlab.progress import OnProgress, Reporter
from wordlab.sentiment.data.inputs import check_texts, choose_tokenizer
from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.judging.held_out import HeldOut, Validation
from wordlab.sentiment.judging.trials import Outcome, try_within
from wordlab.sentiment.models.linear.autotune_config import AutotuneConfig
from wordlab.sentiment.models.linear.config import LinearConfig
from wordlab.sentiment.models.linear.features import join_blocks
from wordlab.sentiment.models.linear.goals import find_goals
from wordlab.sentiment.models.linear.model import LinearModel
from wordlab.sentiment.models.linear.quantising import pruned, quantise
from wordlab.sentiment.models.linear.quantising_config import QuantisingConfig
from wordlab.sentiment.models.linear.search import TUNED, propose
from wordlab.sentiment.models.linear.sizes import fitting_cutoff
from wordlab.sentiment.models.linear.training import train_linear, train_tokenised
from wordlab.sentiment.models.linear.trial_texts import Part, Texts, held_out_parts, judged
from wordlab.text.tokenizers import Tokenizer

_LAST_SHARE = 1.3  # of the time of its trial, that the best takes with all texts
_BEHIND = 0.5  # over the root of the texts judged: the deviation of a score where half of them are right


@dataclass(frozen=True)
class Trial:
    """Settings and how they did on the held-out texts, or on those before a `failure`; None without any."""

    config: LinearConfig
    score: float | None
    seconds: float
    failure: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The settings that are searched and the outcome as plain values, for JSON."""
        fields = {name: getattr(self.config, name) for name in TUNED}
        return {**fields, "score": self.score, "seconds": self.seconds, "failure": self.failure}


class Tuned(NamedTuple):
    """The best; all trials in order; what scores are; which trial was kept; and the texts that judged it."""

    model: LinearModel
    trials: tuple[Trial, ...]
    measure: str
    kept: int
    num_judged: int


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
    far, in the fields `search.TUNED`. `validation` are texts to judge by in the place of a share of `texts`;
    where a share is held out, so are others in turn, until 5,000 texts have been, and a trial that is clearly
    behind after some of them is given up. Scores are accuracies, or micro-F1 where texts may have several
    labels; the best one is the model's `held_out`. Time decides how many trials there are and nothing else:
    with equal numbers of them equal data, configs and seeds give equal bytes.

    Raises CorpusError for too few texts to hold some out, TrainingError if no trial had a result, and what
    `train_linear` raises.
    """
    config, limits = config or LinearConfig(), settings or AutotuneConfig()
    found, tokenizer = check_texts(texts), choose_tokenizer(tokenizer, vectors)
    goals = find_goals(len(found), labels, config)
    everything = Texts(join_blocks(tokenise(found, tokenizer, threads=config.threads)), goals)
    parts = _parts(everything, validation, limits, config, tokenizer)

    def train(one: LinearConfig, part: Part, listen: OnProgress) -> float:
        training = part.training
        model = train_tokenised(training.tokenised, training.goals, one, tokenizer, vectors, listen)
        if limits.size is not None:
            model = pruned(model, _cutoff(model, limits.size))
        return judged(model, part.judging)

    if vectors is not None:  # which have dimensions of their own
        limits = replace(limits, fixed=(*limits.fixed, "dim"))
    trials = _search(train, parts, config, limits, on_progress)
    kept = None if limits.retrain else parts[0].rows
    rows = range(len(found)) if kept is None else kept.tolist()
    learnt: Any = [labels[row] for row in rows]
    for place in _best_first(trials):
        try:
            model = train_linear(
                [found[row] for row in rows], learnt, trials[place].config,
                vectors=vectors, tokenizer=tokenizer, on_progress=on_progress,
            )  # fmt: skip
        except TrainingError as error:  # what went well without the held-out texts may still diverge
            trials[place] = replace(trials[place], failure=f"on all texts: {error}")
            continue
        model = _fitting(model, limits, on_progress)
        if not goals.several:
            model.held_out = _held_out(trials[place], parts)
        measure = "micro-F1" if goals.several else "accuracy"
        return Tuned(model, tuple(trials), measure, place, sum(len(part.judging) for part in parts))
    raise TrainingError(f"no trial had a result; the first: {trials[0].failure}")


def _held_out(trial: Trial, parts: Sequence[Part]) -> HeldOut:
    num_texts = sum(len(part.judging) for part in parts)
    return HeldOut(trial.score or 0.0, num_texts, len(parts) if len(parts) > 1 else None)


def _fitting(model: LinearModel, settings: AutotuneConfig, on_progress: OnProgress | None) -> LinearModel:
    """The classifier, quantised to fit if there is a limit of size."""
    if settings.size is None:
        return model
    to_fit = QuantisingConfig(cutoff=_cutoff(model, settings.size))
    small = quantise(model, to_fit, threads=model.config.threads, on_progress=on_progress)
    small.tally = model.tally
    return small


def _best_first(trials: Sequence[Trial]) -> list[int]:
    """The places of the trials without a failure, the best first; of equally good ones the first."""
    scores = {place: trial.score or 0.0 for place, trial in enumerate(trials) if trial.failure is None}
    return sorted(scores, key=lambda place: -scores[place])


def _cutoff(model: LinearModel, size: int) -> int:
    """The number of vectors that fit, 0 for all; TrainingError if none does."""
    cutoff = fitting_cutoff(model, size)
    if cutoff is None:
        raise TrainingError(f"no vector fits into {size:,} bytes")
    return cutoff


def _search(
    train: Callable[[LinearConfig, Part, OnProgress], float],
    parts: Sequence[Part],
    config: LinearConfig,
    settings: AutotuneConfig,
    on_progress: OnProgress | None,
) -> list[Trial]:
    """All trials within the limits, of which the first is `config`."""
    ends = None if settings.time_limit is None else time.perf_counter() + settings.time_limit
    reporter = Reporter(on_progress, "autotune", "trials", settings.trials)
    trials: list[Trial] = []
    best, takes, leading = config, 0.0, _Race()
    proposal: LinearConfig | None = config
    while proposal is not None and (settings.trials is None or len(trials) < settings.trials):
        over = None if ends is None or not trials else ends - _LAST_SHARE * takes / len(parts)
        if over is not None and time.perf_counter() > over:
            break
        one, race = proposal, _Race(leading)
        outcome: Outcome = try_within(partial(race.run, parts, partial(train, one)), over)
        trials.append(Trial(one, race.score, outcome.seconds, outcome.failure))
        for place in _best_first(trials)[:1]:
            if place == len(trials) - 1:
                best, takes, leading = one, outcome.seconds, race
            reporter.report(len(trials), best=trials[place].score or 0.0)
        proposal = propose(best, config, len(trials), settings.fixed, [trial.config for trial in trials])
    return trials


class _Race:
    """A trial's scores, part by part; it is given up once it is clearly behind the `leading` one."""

    def __init__(self, leading: _Race | None = None) -> None:
        self._scores: list[float] = []
        self._to_beat = [] if leading is None else leading._scores

    @property
    def score(self) -> float | None:
        """The mean of the scores so far; None before the first."""
        return float(np.mean(self._scores)) if self._scores else None

    def run(
        self, parts: Sequence[Part], score: Callable[[Part, OnProgress], float], listen: OnProgress
    ) -> float:
        """The mean score of the parts; TrainingError for a trial that is given up."""
        num_texts = 0
        for part in parts:
            self._scores.append(score(part, listen))
            num_texts += len(part.judging)
            done = len(self._scores)
            if done < len(parts) and done <= len(self._to_beat):
                behind = float(np.mean(self._to_beat[:done]) - np.mean(self._scores))
                if behind > _BEHIND / math.sqrt(num_texts):
                    raise TrainingError(f"given up after {done} of {len(parts)} parts")
        return float(np.mean(self._scores))


def _parts(
    everything: Texts, validation: Validation | None, settings: AutotuneConfig, config: LinearConfig,
    tokenizer: Tokenizer,
) -> list[Part]:  # fmt: skip
    """The texts to train on and those to judge by, once or several times."""
    if validation is None:
        most = None if settings.retrain else 1
        return held_out_parts(everything, settings.share, seed=config.seed, most=most)
    held = check_texts(validation.texts)
    tokenised = join_blocks(tokenise(held, tokenizer, threads=config.threads))
    return [Part(everything, Texts(tokenised, everything.goals.like(validation.labels)))]
