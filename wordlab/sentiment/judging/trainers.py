"""The models that can be compared, and the one call that trains any of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wordlab.checks import check_number, check_threads
from wordlab.errors import ConfigError
from wordlab.progress import OnProgress, Progress
from wordlab.sentiment.data.labelled import LabelledTexts
from wordlab.sentiment.models.names import MODELS, NETWORKS, model_class, trainer

if TYPE_CHECKING:
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.sentiment.base import TextModel
    from wordlab.text.tokenizers import Tokenizer


@dataclass(frozen=True, kw_only=True)
class SharedSettings:
    """What all models of a comparison share; None for `epochs` and `threads` keeps a config's default.

    `epochs` are those of networks, as other models have enough of few. `own` are the fields of single models'
    configs, by the names of the models. They win over the others.
    Raises ConfigError, which names the field, its value and what is allowed.
    """

    vectors: WordVectors | None = None
    tokenizer: Tokenizer | None = None
    epochs: int | None = None
    threads: int | None = None
    seed: int = 1
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_number(self, "seed", int, 0, 2**31 - 1)
        if self.epochs is not None:
            check_number(self, "epochs", int, 1, 1_000_000)
        check_threads(self.threads)


def check_models(models: Sequence[str], *, has_vectors: bool) -> tuple[str, ...]:
    """`models` in their order, or, if there are none, all that can be trained; ConfigError for bad ones."""
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


def config_of(name: str, settings: SharedSettings) -> Any:
    """The config with which the model `name` is trained; ConfigError."""
    config_class = model_class(name).config_class
    fields = {known.name for known in dataclasses.fields(config_class)}
    epochs = settings.epochs if name in NETWORKS else None
    optional = {"epochs": epochs, "threads": settings.threads}
    given = {key: value for key, value in optional.items() if value is not None and key in fields}
    return config_class(**{"model": name, "seed": settings.seed, **given, **settings.own.get(name, {})})


def check_own(models: Sequence[str], settings: SharedSettings) -> None:
    """Raise ConfigError for settings of models that are not among `models`, or that make no sense."""
    for name in settings.own:
        if name not in models:
            raise ConfigError(f"own: expected settings of {', '.join(models)}, found those of {name!r}")
    for name in models:
        config_of(name, settings)


def train_model(
    name: str, data: LabelledTexts, settings: SharedSettings, on_progress: OnProgress | None
) -> TextModel:
    """The model `name`, trained on `data` with its default settings, or those that `settings` has."""

    def renamed(event: Progress) -> None:
        if on_progress is not None:
            on_progress(dataclasses.replace(event, task=f"train {name}"))

    model: TextModel = trainer(name)(
        data.texts, data.labels, config_of(name, settings),
        vectors=settings.vectors, tokenizer=settings.tokenizer, on_progress=renamed,
    )  # fmt: skip
    return model
