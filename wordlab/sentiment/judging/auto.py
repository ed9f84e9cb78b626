"""The best of a few models for some texts: each is tried on held-out ones, within a limit of time."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from wordlab.checks import check_value
from wordlab.errors import TrainingError
from wordlab.progress import OnProgress
from wordlab.sentiment.data.labelled import LabelledTexts, stratified_split
from wordlab.sentiment.judging.candidates import CANDIDATES
from wordlab.sentiment.judging.metrics import score
from wordlab.sentiment.judging.trainers import SharedSettings, train_model
from wordlab.sentiment.judging.trials import try_within

if TYPE_CHECKING:
    from wordlab.sentiment.base import TextModel

HELD_OUT = 0.1
"""The share of each class on which they are judged."""


@dataclass(frozen=True)
class Trial:
    """How a model did on the held-out texts; `accuracy` is None where `failure` says why there is none."""

    model: str
    accuracy: float | None
    seconds: float
    failure: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Choice:
    """The best model, trained on all texts, and how all did that were tried, in their order."""

    model: TextModel
    trials: tuple[Trial, ...]


def train_best(
    data: LabelledTexts,
    settings: SharedSettings | None = None,
    *,
    time_limit: float = 300.0,
    on_progress: OnProgress | None = None,
) -> Choice:
    """The one of `CANDIDATES` that is best on a tenth of `data`, then trained on all of it.

    Trials may take half of `time_limit`, in seconds, as training the best again takes about as long as its
    trial; a network that would take longer is stopped, and what has not begun is left out. The first is
    tried in any case. Which models fit into the limit depends on the machine: everything else on the data,
    the settings and their seed.

    Raises ConfigError for a limit out of range, CorpusError for too few texts of a class, and
    TrainingError if no model could be trained.
    """
    check_value("time_limit", time_limit, float, 1e-3, 1e9)
    settings = settings or SharedSettings()
    kept, held_out = stratified_split(data, HELD_OUT, seed=settings.seed)
    ends, trials = time.perf_counter() + time_limit / 2, []
    for number, name in enumerate(CANDIDATES):
        if number and time.perf_counter() > ends:
            trials.append(Trial(name, None, 0.0, "no time was left"))
        else:
            trials.append(_try(name, kept, held_out, settings, ends if number else None, on_progress))
    scored = [trial for trial in trials if trial.accuracy is not None]
    if not scored:
        raise TrainingError("; ".join(f"{trial.model}: {trial.failure}" for trial in trials))
    best = max(scored, key=lambda trial: trial.accuracy or 0.0)
    return Choice(train_model(best.model, data, settings, on_progress), tuple(trials))


def _try(
    name: str,
    kept: LabelledTexts,
    held_out: LabelledTexts,
    settings: SharedSettings,
    ends: float | None,
    on_progress: OnProgress | None,
) -> Trial:
    def train(listen: OnProgress) -> float:
        model = train_model(name, kept, settings, listen)
        probabilities = model.predict_proba(held_out.texts, threads=settings.threads)
        return score(held_out.labels, probabilities, model.classes).accuracy

    return Trial(name, *try_within(train, ends, on_progress))
