"""Train several models on the same texts, judge them on the same others, and say which is better."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from wordlab import artifact, schema
from wordlab.payloads import json_value
from wordlab.progress import OnProgress
from wordlab.representation import table_html
from wordlab.sentiment.base import TextModel
from wordlab.sentiment.data.labelled import LabelledTexts, check_classes
from wordlab.sentiment.features.seen import SeenTexts
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.judging.cross_validation import FoldScores
from wordlab.sentiment.judging.folds import rows_of_folds
from wordlab.sentiment.judging.keeping import Keeper
from wordlab.sentiment.judging.metrics import McNemar, Scores, mcnemar, score, target_positions
from wordlab.sentiment.judging.reliability import reliability
from wordlab.sentiment.judging.trainers import SharedSettings, check_models, check_own, train_model

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
    the model read of the texts to learn from and to be judged on. In a cross-validation the scores are those
    of all texts, each judged once, and `folds` has the accuracy of each fold; times are means of the folds,
    and `num_bytes` is the size of the last model.
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
    folds: FoldScores | None = None

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, for JSON."""
        facts = asdict(replace(self, learnt=Tally(), judged=Tally()))
        del facts["learnt"], facts["judged"]
        folds = None if self.folds is None else self.folds.to_dict()
        return {**facts, "folds": folds, **self.judged.facts()}


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
        return {
            "entries": [entry.to_dict() for entry in self.entries],
            "test": self.test and asdict(self.test),
            "num_training": self.num_training,
            "classes": list(self.classes),
            "seed": self.seed,
            "num_seen": self.num_seen,
        }

    def _repr_html_(self) -> str:
        rows = [
            (each.model, f"{each.scores.accuracy:.1%}", each.scores.macro_f1, each.train_seconds)
            for each in self.entries
        ]
        return table_html("Comparison", ("model", "accuracy", "macro F1", "seconds of training"), rows)

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
    keeper: Keeper | None = None,
    on_progress: OnProgress | None = None,
) -> Comparison:
    """Each of `models` (default all) trained on `train` and judged on `test`.

    Each has its default settings, or those in `settings`; `keeper` keeps models and predictions. Raises
    ConfigError for an unknown model, CorpusError for texts from which nothing can be learnt and for labels
    of `test` that are not in `train`.
    """
    settings = settings or SharedSettings()
    chosen = check_models(models, has_vectors=settings.vectors is not None)
    check_own(chosen, settings)
    check_classes(train)
    target_positions(test.labels, train.classes)
    is_seen = SeenTexts.of(train.texts).contains(test.texts)
    judged = []
    for name in chosen:
        run = _Run(name, test, train.classes, settings, keeper)
        run.judge(train, np.arange(len(test)), None, on_progress)
        judged.append((run.entry(is_seen, None), run.is_right))
    return _compared(judged, len(train), train.classes, settings.seed, int(is_seen.sum()))


def cross_validate(
    data: LabelledTexts,
    folds: np.ndarray,
    *,
    models: Sequence[str] = (),
    settings: SharedSettings | None = None,
    keeper: Keeper | None = None,
    on_progress: OnProgress | None = None,
) -> Comparison:
    """Each of `models` (default all) trained on `data` without each fold in turn, and judged on that.

    `folds` (num_texts,) says which fold each text is in (`cross_validation.choose_folds`). All scores are
    those of all texts, each judged once; `Entry.folds` has the folds' own. Raises what `compare` raises.
    """
    settings = settings or SharedSettings()
    chosen = check_models(models, has_vectors=settings.vectors is not None)
    check_own(chosen, settings)
    check_classes(data)
    is_seen = np.zeros(len(data), dtype=bool)
    for rows, held in rows_of_folds(folds):
        seen = SeenTexts.of(data.texts[row] for row in rows)
        is_seen[held] = seen.contains(data.texts[row] for row in held)
    judged = []
    for name in chosen:
        run = _Run(name, data, data.classes, settings, keeper)
        for fold, (rows, held) in enumerate(rows_of_folds(folds)):
            run.judge(data.take(rows.tolist()), held, fold, on_progress)
        judged.append((run.entry(is_seen, folds), run.is_right))
    return _compared(judged, len(data), data.classes, settings.seed, int(is_seen.sum()))


class _Run:
    """One model of a comparison: what it predicts for all texts to judge on, and what it took."""

    def __init__(
        self,
        name: str,
        test: LabelledTexts,
        classes: tuple[str, ...],
        settings: SharedSettings,
        keeper: Keeper | None,
    ) -> None:
        self.name, self._test, self._classes = name, test, classes
        self._settings, self._keeper = settings, keeper
        self._targets = target_positions(test.labels, classes)
        self._probabilities = np.zeros((len(test), len(classes)))
        self._seconds: list[float] = []
        self._latencies: list[float] = []
        self._learnt, self._judged = Tally(), Tally()
        self._num_bytes = 0

    @property
    def is_right(self) -> np.ndarray:
        """Whether each text was classified rightly, bool (num_texts,)."""
        return np.asarray(self._probabilities.argmax(axis=1) == self._targets)

    def judge(
        self, train: LabelledTexts, rows: np.ndarray, fold: int | None, on_progress: OnProgress | None
    ) -> None:
        """Train a model on `train`, and let it predict the texts to judge on at `rows`."""
        start = time.perf_counter()
        model = train_model(self.name, train, self._settings, on_progress)
        self._seconds.append(time.perf_counter() - start)
        texts = [self._test.texts[row] for row in rows]
        threads = self._settings.threads
        self._probabilities[rows] = model.predict_proba(texts, threads=threads, tally=self._judged)
        self._latencies.append(_latency(model, texts, threads))
        self._learnt = model.tally or Tally()
        self._num_bytes = _saved_size(model)
        if self._keeper is not None:
            self._keeper.keep_model(model, self.name, fold)

    def entry(self, is_seen: np.ndarray, folds: np.ndarray | None) -> Entry:
        """The results; `is_seen` are the texts that were also trained on, bool (num_texts,)."""
        if self._keeper is not None:
            self._keeper.keep_predictions(self.name, self._test, self._probabilities, self._classes, folds)
        unseen = np.flatnonzero(~is_seen)
        return Entry(
            model=self.name,
            scores=score(self._test.labels, self._probabilities, self._classes),
            calibration_error=reliability(self._targets, self._probabilities).error,
            train_seconds=statistics.mean(self._seconds),
            latency=statistics.mean(self._latencies),
            num_bytes=self._num_bytes,
            unseen=score(self._test.take(unseen.tolist()).labels, self._probabilities[unseen], self._classes)
            if 0 < len(unseen) < len(is_seen)
            else None,
            learnt=self._learnt,
            judged=self._judged,
            folds=None if folds is None else FoldScores.of(self.is_right, folds),
        )


def _compared(
    judged: list[tuple[Entry, np.ndarray]],
    num_training: int,
    classes: tuple[str, ...],
    seed: int,
    num_seen: int,
) -> Comparison:
    judged = sorted(judged, key=lambda pair: -pair[0].scores.accuracy)
    between = mcnemar(judged[0][1], judged[1][1]) if len(judged) > 1 else None
    return Comparison(tuple(entry for entry, _ in judged), between, num_training, classes, seed, num_seen)


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
