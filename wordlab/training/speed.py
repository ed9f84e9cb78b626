"""How fast training is here: a short run on a sample of the corpus, with nothing kept."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba.core.event import TimingListener, install_listener

from wordlab.embeddings import WordVectors
from wordlab.progress import Progress
from wordlab.text import Corpus
from wordlab.training.cooccurrences import Cooccurrences
from wordlab.training.engines import DEFAULT_ENGINE, make_engine
from wordlab.training.history import History
from wordlab.training.loop import train
from wordlab.training.objectives import objective_class

SECONDS = 2.0
"""How long a calibration trains."""

_SAMPLE = 1 << 21  # tokens: what they touch of the matrices is much larger than any cache
_PARTS = 16
_EPOCHS = 200  # more than any machine trains in that time
_WARM_UP = ["one two three four five six seven eight nine ten"]


@dataclass(frozen=True)
class Calibration:
    """What a short run of training showed."""

    rate: float
    """Tokens of the corpus read in a second, those that subsampling drops included, as `train` reports; or
    pairs."""
    compilation: float
    """Seconds that compiling took; 0 where numba's cache had the kernels."""
    counting: float | None = None
    """Seconds that counting the pairs of the whole corpus will take; None where nothing is counted."""


def calibrate(
    corpus: Corpus | Cooccurrences,
    config: Any,
    *,
    start: WordVectors | None = None,
    seconds: float = SECONDS,
    engine: str = DEFAULT_ENGINE,
    **options: Any,
) -> Calibration:
    """The speed of ``train(corpus, config, start=start, ...)``, measured for about `seconds` seconds.

    The matrices are as large as in training, so that caches and memory work as they will then. Writes
    nothing but what numba keeps of kernels that had to be compiled.

    Raises what `train` raises.
    """
    config = objective_class(config.objective).settled(corpus, config)
    compilation = _warm_up(config, engine, options)
    clock = _Clock(seconds)
    part = corpus.sample(_SAMPLE) if isinstance(corpus, Cooccurrences) else sample(corpus)
    epochs = config.epochs if part is corpus else max(config.epochs, _EPOCHS)
    # A corpus that takes less time is trained on to the end.
    with contextlib.suppress(_EnoughError):
        train(
            part, dataclasses.replace(config, epochs=epochs), start=start, engine=engine, on_progress=clock,
            **options,
        )  # fmt: skip
    counting = None if clock.counted is None else corpus.num_tokens / clock.counted
    return Calibration(clock.rate, compilation, counting)


def sample(corpus: Corpus, num_tokens: int = _SAMPLE) -> Corpus:
    """`corpus` itself, or about `num_tokens` of it from places spread evenly, the vocabulary as it is."""
    if corpus.num_tokens <= num_tokens:
        return corpus
    size = num_tokens // _PARTS
    starts = np.linspace(0, corpus.num_tokens - size, _PARTS, dtype=np.int64)
    token_ids = np.concatenate([corpus.token_ids[first : first + size] for first in starts])
    bounds = [np.zeros(1, np.int64)]
    for number, first in enumerate(starts):
        low, high = np.searchsorted(corpus.line_offsets, [first + 1, first + size])
        bounds += [corpus.line_offsets[low:high] - first + number * size, np.array([(number + 1) * size])]
    offsets = np.concatenate(bounds)
    return Corpus(token_ids, offsets, corpus.vocabulary, corpus.tokenizer, details=corpus.details)


def _warm_up(config: Any, engine: str, options: Mapping[str, Any]) -> float:
    """Compile or load the kernels of `config`; returns the seconds that compiling took."""
    corpus = Corpus.from_lines(_WARM_UP)
    timer = TimingListener()
    with install_listener("numba:compile", timer):
        kind = objective_class(config.objective)
        with kind.source(corpus, config) as source:
            objective = kind.begin(source, config, None, History.of(None, {}))
            with make_engine(engine, options, config).running(objective, None):
                pass
    return timer.duration if timer.done else 0.0


class _EnoughError(Exception):
    """Ends a training run from its listener."""


class _Clock:
    """Listens to training and ends it after some seconds; `rate` is that of all but the first moment.

    `counted` is how many tokens a second were counted before, if any were.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._first: Progress | None = None
        self.rate = 0.0
        self.counted: float | None = None

    def __call__(self, event: Progress) -> None:
        if event.task == "count pairs":
            self.counted = event.rate
        if event.task == "train":
            self._look(event)

    def _look(self, event: Progress) -> None:
        first = self._first = self._first or event
        if event.elapsed - first.elapsed > self._seconds / 2:  # at first memory is touched for the first time
            self.rate = (event.done - first.done) / (event.elapsed - first.elapsed)
        else:
            self.rate = event.rate
        if event.elapsed > self._seconds and self.rate > 0:  # with a large dim the first span may take longer
            raise _EnoughError
