"""Train several models on the same texts, judge them on the same others, and say which is better."""

from __future__ import annotations

import dataclasses
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wordlab import artifact
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ArtifactError, ConfigError
from wordlab.progress import OnProgress, Progress
from wordlab.sentiment.base import TextModel
from wordlab.sentiment.data.labelled import LabelledTexts, inspect
from wordlab.sentiment.judging.calibration import reliability
from wordlab.sentiment.judging.metrics import McNemar, Scores, mcnemar, score, target_positions
from wordlab.sentiment.models.names import MODELS, model_class, trainer
from wordlab.text.tokenizers import Tokenizer

KIND = "comparison"
FORMAT_VERSION = 1
_LATENCY_TEXTS = 100


@dataclass(frozen=True)
class Entry:
    """One model's results. `latency` is the median time in seconds for a text that comes alone.

    `train_seconds` contain everything from the texts to the trained model; `num_bytes` is the size of
    the saved one.
    """

    model: str
    scores: Scores
    calibration_error: float
    train_seconds: float
    latency: float
    num_bytes: int


@dataclass(frozen=True)
class Comparison:
    """The models' results, best accuracy first, and McNemar's test between the first two.

    `test` is None where only one model was trained.
    """

    entries: tuple[Entry, ...]
    test: McNemar | None
    num_training: int
    classes: tuple[str, ...]
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, for JSON."""
        return asdict(self)

    def write(self, draft: artifact.Draft) -> None:
        """Write the results into an artefact of the kind "comparison"."""
        text = json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"
        draft.payload("results.json").write_text(text, encoding="utf-8")


def read_results(path: str | Path) -> dict[str, Any]:
    """The results of a comparison saved under `path`, as `Comparison.to_dict` gives them; ArtifactError."""
    source = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION)
    payload = source.payload("results.json")
    try:
        results: dict[str, Any] = json.loads(payload.read_bytes())
    except ValueError as error:
        raise ArtifactError(f"{payload}: expected JSON, found a damaged file ({error})") from error
    return results


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What all models of a comparison share; `epochs` None is what the networks' config says."""

    vectors: WordVectors | None = None
    tokenizer: Tokenizer | None = None
    epochs: int | None = None
    threads: int | None = None
    seed: int = 1


def check_models(models: Sequence[str], *, has_vectors: bool) -> tuple[str, ...]:
    """`models` in their order, or all that can be trained if there are none; ConfigError for an odd one."""
    if not models:
        return tuple(name for name in MODELS if has_vectors or not MODELS[name].needs_vectors)
    for name in models:
        if name not in MODELS:
            raise ConfigError(f"models: expected some of {', '.join(MODELS)}, found {name!r}")
    if len(set(models)) < len(models):
        raise ConfigError(f"models: expected each model once, found {', '.join(models)}")
    for name in models:
        if MODELS[name].needs_vectors and not has_vectors:
            raise ConfigError(f"models: expected vectors for {name!r}, found none")
    return tuple(models)


def compare(
    train: LabelledTexts,
    test: LabelledTexts,
    *,
    models: Sequence[str] = (),
    setting: Setting | None = None,
    on_progress: OnProgress | None = None,
) -> Comparison:
    """Each of `models` (default all) trained on `train` with its default settings and judged on `test`.

    Raises ConfigError for a model that there is not, CorpusError for texts that nothing can be learnt
    from or labels of `test` that are not in `train`.
    """
    setting = setting or Setting()
    chosen = check_models(models, has_vectors=setting.vectors is not None)
    inspect(train)
    targets = target_positions(test.labels, train.classes)
    judged: list[tuple[Entry, np.ndarray]] = []
    for name in chosen:
        start = time.perf_counter()
        model = _train(name, train, setting, on_progress)
        seconds = time.perf_counter() - start
        probabilities = model.predict_proba(test.texts, threads=setting.threads)
        entry = Entry(
            model=name,
            scores=score(test.labels, probabilities, model.classes),
            calibration_error=reliability(targets, probabilities).error,
            train_seconds=seconds,
            latency=_latency(model, test.texts, setting.threads),
            num_bytes=_saved_size(model),
        )
        judged.append((entry, probabilities.argmax(axis=1) == targets))
    judged.sort(key=lambda pair: -pair[0].scores.accuracy)
    between = mcnemar(judged[0][1], judged[1][1]) if len(judged) > 1 else None
    entries = tuple(entry for entry, _ in judged)
    return Comparison(entries, between, len(train), train.classes, setting.seed)


def _train(name: str, data: LabelledTexts, setting: Setting, on_progress: OnProgress | None) -> TextModel:
    def renamed(event: Progress) -> None:
        if on_progress is not None:
            on_progress(dataclasses.replace(event, task=f"train {name}"))

    config_class = model_class(name).config_class
    fields = {field.name for field in dataclasses.fields(config_class)}
    optional = {"epochs": setting.epochs, "threads": setting.threads}
    given = {key: value for key, value in optional.items() if value is not None and key in fields}
    model: TextModel = trainer(name)(
        data.texts, data.labels, config_class(model=name, seed=setting.seed, **given),
        vectors=setting.vectors, tokenizer=setting.tokenizer, on_progress=renamed,
    )  # fmt: skip
    return model


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
