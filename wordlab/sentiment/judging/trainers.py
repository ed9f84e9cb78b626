"""The models that can be compared, and the one call that trains any of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wordlab.errors import ConfigError
from wordlab.progress import OnProgress, Progress, Reporter
from wordlab.sentiment.data.labelled import LabelledTexts
from wordlab.sentiment.models.baseline_config import BASELINES, BaselineConfig
from wordlab.sentiment.models.config import MODELS as NETWORKS
from wordlab.sentiment.models.config import ClassifierConfig

if TYPE_CHECKING:
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.sentiment.models.baseline_model import BaselineModel
    from wordlab.sentiment.models.classifier import Classifier
    from wordlab.text.tokenizers import Tokenizer

MODELS = (*BASELINES, *NETWORKS)
_NEED_VECTORS = ("mean-vectors",)


@dataclass(frozen=True, kw_only=True)
class SharedSettings:
    """What all models of a comparison share; None for `epochs` and `threads` keeps a config's default."""

    vectors: WordVectors | None = None
    tokenizer: Tokenizer | None = None
    epochs: int | None = None
    threads: int | None = None
    seed: int = 1


def check_models(models: Sequence[str], *, has_vectors: bool) -> tuple[str, ...]:
    """`models` in their order, or, if there are none, all that can be trained; ConfigError for bad ones."""
    if not models:
        return tuple(name for name in MODELS if has_vectors or name not in _NEED_VECTORS)
    for name in models:
        if name not in MODELS:
            raise ConfigError(f"models: expected some of {', '.join(MODELS)}, found {name!r}")
    if len(set(models)) < len(models):
        raise ConfigError(f"models: expected each model once, found {', '.join(models)}")
    for name in models:
        if name in _NEED_VECTORS and not has_vectors:
            raise ConfigError(f"models: expected vectors for {name!r}, found none")
    return tuple(models)


def train_model(
    name: str, data: LabelledTexts, settings: SharedSettings, on_progress: OnProgress | None
) -> Classifier | BaselineModel:
    """The model `name`, trained on `data` with its default settings."""
    task = f"train {name}"
    shared: dict[str, Any] = {"vectors": settings.vectors, "tokenizer": settings.tokenizer}
    if name in BASELINES:
        from wordlab.sentiment.models.baseline_model import train_baseline

        reporter = Reporter(on_progress, task, "texts", len(data))
        model = train_baseline(
            data.texts, data.labels, BaselineConfig(model=name, seed=settings.seed), **shared
        )
        reporter.report(len(data))
        return model
    from wordlab.sentiment.training.loop import train

    def renamed(event: Progress) -> None:
        if on_progress is not None:
            on_progress(dataclasses.replace(event, task=task))

    optional = {"epochs": settings.epochs, "threads": settings.threads}
    given: dict[str, Any] = {key: value for key, value in optional.items() if value is not None}
    config = ClassifierConfig(model=name, seed=settings.seed, **given)
    return train(data.texts, data.labels, config, on_progress=renamed, **shared)
