"""Train several models on the same texts, judge them on the same others, and say which is better."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wordlab import artifact, schema
from wordlab.payloads import json_value
from wordlab.progress import OnProgress
from wordlab.sentiment.base import TextModel
from wordlab.sentiment.data.labelled import LabelledTexts, check_classes
from wordlab.sentiment.features.seen import SeenTexts
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.judging.judge import score_unseen
from wordlab.sentiment.judging.metrics import McNemar, Scores, mcnemar, score, target_positions
from wordlab.sentiment.judging.reliability import reliability
from wordlab.sentiment.judging.trainers import SharedSettings, check_models, train_model

KIND = "comparison"
FORMAT_VERSION = 1
_LATENCY_TEXTS = 100
_RESULTS = {
    "entries": [{"model": str, "scores": dict}],
    "test": dict | None,
    "num_training": int,
    "classes": list[str],
    "seed": int,
}


@dataclass(frozen=True)
class Entry:
    """One model's results. `latency` is the median time in seconds for a text that comes alone.

    `train_seconds` runs from the texts to the trained model; `num_bytes` is its size when saved. `unseen`
    are the scores on the texts that were not trained on, where some were. `learnt` and `judged` say what
    the model read of the texts to learn from and to be judged on.
    """

    model: str
    scores: Scores
    calibration_error: float
    train_seconds: float
    latency: float
    num_bytes: int
    unseen: Scores | None
    learnt: Tally
    judged: Tally

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, for JSON."""
        facts = asdict(self)
        del facts["learnt"], facts["judged"]
        return {**facts, **self.judged.facts()}


@dataclass(frozen=True)
class Comparison:
    """The models' results, best accuracy first, and McNemar's test between the first two.

    `test` is None where only one model was trained. `num_seen` counts the texts to judge on that are also
    among the training texts.
    """

    entries: tuple[Entry, ...]
    test: McNemar | None
    num_training: int
    classes: tuple[str, ...]
    seed: int
    num_seen: int

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, for JSON."""
        return {**asdict(self), "entries": [entry.to_dict() for entry in self.entries]}

    def write(self, draft: artifact.Draft) -> None:
        """Write the results into an artefact of the kind "comparison"."""
        text = json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"
        draft.payload("results.json").write_text(text, encoding="utf-8")


def read_results(path: str | Path) -> dict[str, Any]:
    """The results of a comparison saved under `path`, as `Comparison.to_dict` gives them; ArtifactError."""
    source = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION)
    results: dict[str, Any] = json_value(source, "results.json")
    schema.checked(results, _RESULTS, str(source.payload("results.json")))
    return results


def compare(
    train: LabelledTexts,
    test: LabelledTexts,
    *,
    models: Sequence[str] = (),
    settings: SharedSettings | None = None,
    on_progress: OnProgress | None = None,
) -> Comparison:
    """Each of `models` (default all) trained on `train` with its default settings and judged on `test`.

    Raises ConfigError for an unknown model, CorpusError for texts from which nothing can be learnt and
    for labels of `test` that are not in `train`.
    """
    settings = settings or SharedSettings()
    chosen = check_models(models, has_vectors=settings.vectors is not None)
    check_classes(train)
    targets = target_positions(test.labels, train.classes)
    seen = SeenTexts.of(train.texts)
    judged: list[tuple[Entry, np.ndarray]] = []
    for name in chosen:
        start = time.perf_counter()
        model = train_model(name, train, settings, on_progress)
        seconds = time.perf_counter() - start
        tally = Tally()
        probabilities = model.predict_proba(test.texts, threads=settings.threads, tally=tally)
        entry = Entry(
            model=name,
            scores=score(test.labels, probabilities, model.classes),
            calibration_error=reliability(targets, probabilities).error,
            train_seconds=seconds,
            latency=_latency(model, test.texts, settings.threads),
            num_bytes=_saved_size(model),
            unseen=score_unseen(test, probabilities, model.classes, seen),
            learnt=model.tally or Tally(),
            judged=tally,
        )
        judged.append((entry, probabilities.argmax(axis=1) == targets))
    judged.sort(key=lambda pair: -pair[0].scores.accuracy)
    between = mcnemar(judged[0][1], judged[1][1]) if len(judged) > 1 else None
    entries = tuple(entry for entry, _ in judged)
    num_seen = int(seen.contains(test.texts).sum())
    return Comparison(entries, between, len(train), train.classes, settings.seed, num_seen)


def _latency(model: TextModel, texts: Sequence[str], threads: int | None) -> float:
    """The median time in seconds for one text alone, over a hundred texts from all over `texts`."""
    taken = []
    for text in texts[:: max(1, len(texts) // _LATENCY_TEXTS)][:_LATENCY_TEXTS]:
        start = time.perf_counter()
        model.predict_proba([text], threads=threads)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _saved_size(model: TextModel) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        model.save(path)
        return sum(file.stat().st_size for file in path.iterdir())
