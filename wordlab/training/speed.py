"""How fast training is here: a short run on a sample of the corpus, with nothing kept."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba.core.event import TimingListener, install_listener

from wordlab.embeddings import WordVectors
from wordlab.progress import Progress
from wordlab.text import Corpus
from wordlab.training.loop import train

SECONDS = 2.0
"""How long a calibration trains."""

_SAMPLE = 1 << 21  # tokens: what they touch of the matrices is much larger than any cache
_PARTS = 16
_EPOCHS = 200  # more than any machine trains in that time
_WARM_UP = ["one two three four five six seven eight nine ten"] * 100


@dataclass(frozen=True)
class Calibration:
    """What a short run of training showed."""

    words_per_second: float
    """Tokens of the corpus read in a second, those that subsampling drops included, as `train` reports."""
    compilation: float
    """Seconds that compiling took; 0 where numba's cache had the kernels."""


def calibrate(
    corpus: Corpus,
    config: Any,
    *,
    start: WordVectors | None = None,
    seconds: float = SECONDS,
    **engine: Any,
) -> Calibration:
    """The speed of ``train(corpus, config, start=start, **engine)``, measured for about `seconds` seconds.

    The matrices are as large as in training, so that caches and memory work as they will then. Writes
    nothing but what numba keeps of kernels that had to be compiled.

    Raises what `train` raises.
    """
    compilation = _warm_up(config, engine)
    clock = _Clock(seconds)
    part = sample(corpus)
    whole = part.num_tokens == corpus.num_tokens
    epochs = config.epochs if whole else max(config.epochs, _EPOCHS)
    # A corpus that takes less time is trained on to the end.
    with contextlib.suppress(_EnoughError):
        train(part, dataclasses.replace(config, epochs=epochs), start=start, on_progress=clock, **engine)
    return Calibration(clock.rate, compilation)


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
    return Corpus(token_ids, np.concatenate(bounds), corpus.vocabulary, corpus.tokenizer)


def _warm_up(config: Any, engine: dict[str, Any]) -> float:
    """Compile or load the kernels of `config`; returns the seconds that compiling took."""
    corpus = Corpus.from_lines(_WARM_UP)
    window = min(config.window, corpus.num_tokens - 1)
    timer = TimingListener()
    with install_listener("numba:compile", timer):
        train(corpus, dataclasses.replace(config, epochs=1, subsample=0.0, window=window), **engine)
    return timer.duration if timer.done else 0.0


class _EnoughError(Exception):
    """Ends a training run from its listener."""


class _Clock:
    """Listens to training and ends it after some seconds; `rate` is that of all but the first moment."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._first: Progress | None = None
        self.rate = 0.0

    def __call__(self, event: Progress) -> None:
        first = self._first = self._first or event
        if event.elapsed - first.elapsed > self._seconds / 2:  # at first memory is touched for the first time
            self.rate = (event.done - first.done) / (event.elapsed - first.elapsed)
        else:
            self.rate = event.rate
        if event.elapsed > self._seconds and self.rate > 0:  # with a large dim the first span may take longer
            raise _EnoughError
