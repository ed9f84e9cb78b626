"""What `sentiment train` makes of texts once they are read: one training, the best of some, or a search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pipelines.config_options import was_typed
from pipelines.sentiment.autotune import tuning_facts
from pipelines.sentiment.folds import find_folds
from wordlab.sentiment.models.names import trainer

if TYPE_CHECKING:
    import numpy as np

    from wordlab.embeddings.vectors import WordVectors
    from wordlab.progress import OnProgress
    from wordlab.sentiment.data.labelled import LabelledTexts, MultiLabelTexts
    from wordlab.sentiment.models.linear.autotune_config import AutotuneConfig
    from wordlab.text.tokenizers import Tokenizer


class Fitted(NamedTuple):
    """A trained TextModel, and what else there is to tell: by the names of the command's JSON."""

    model: Any
    facts: dict[str, Any]


@dataclass(frozen=True)
class Fitting:
    """The texts to learn from, and all that goes with them; `more` are keywords of the model's trainer."""

    texts: LabelledTexts | MultiLabelTexts
    vectors: WordVectors | None
    tokenizer: Tokenizer | None
    more: Mapping[str, Any]
    on_progress: OnProgress | None

    def train(self, config: Any) -> Fitted:
        """The model that `config` describes."""
        model = trainer(config.model)(
            self.texts.texts, self.texts.labels, config, vectors=self.vectors, tokenizer=self.tokenizer,
            on_progress=self.on_progress, **self.more,
        )  # fmt: skip
        return Fitted(model, {})

    def train_best(self, fields: Mapping[str, Any], time_limit: float | None) -> Fitted:
        """The best of a few models for these texts, and how each did."""
        from wordlab.sentiment.judging.auto import train_best
        from wordlab.sentiment.judging.trainers import SharedSettings

        given = {name: fields[name] for name in ("threads", "seed") if was_typed(name)}
        limit = {} if time_limit is None else {"time_limit": time_limit}
        settings = SharedSettings(vectors=self.vectors, tokenizer=self.tokenizer, **given)
        found = train_best(self._one_label("--model auto"), settings, **limit, on_progress=self.on_progress)
        return Fitted(found.model, {"trials": [trial.to_dict() for trial in found.trials]})

    def tune(self, config: Any, search: AutotuneConfig) -> Fitted:
        """The linear classifier with the best settings found, and what was tried."""
        from wordlab.sentiment.judging.held_out import Validation
        from wordlab.sentiment.models.linear.autotune import autotune

        held_out = None
        if "validation" in self.more:
            texts, labels = self.more["validation"]
            held_out = Validation(texts=texts, labels=labels)
        found = autotune(
            self.texts.texts, self.texts.labels, config, search, validation=held_out, vectors=self.vectors,
            tokenizer=self.tokenizer, on_progress=self.on_progress,
        )  # fmt: skip
        return Fitted(found.model, {"autotune": tuning_facts(found)})

    def cross_validate(
        self, config: Any, given: Mapping[str, Any], data: Sequence[Path], columns: Mapping[str, Any]
    ) -> Fitted:
        """The model trained on all texts, and the accuracies of such models on the folds that are `given`."""
        texts = self._one_label("--folds")
        scores = self._scores(config, texts, find_folds(given, data, texts, columns, config.seed))
        return Fitted(self.train(config).model, {"cross_validation": scores})

    def _scores(self, config: Any, texts: LabelledTexts, folds: np.ndarray) -> dict[str, Any]:
        """The folds' accuracies, their mean and deviation."""
        from wordlab.sentiment.judging.comparison import cross_validate
        from wordlab.sentiment.judging.trainers import SharedSettings

        own = {name: value for name, value in config.to_dict().items() if name not in ("model", "seed")}
        settings = SharedSettings(
            vectors=self.vectors, tokenizer=self.tokenizer, seed=config.seed % 2**31, own={config.model: own}
        )
        found = cross_validate(
            texts, folds, models=(config.model,), settings=settings, on_progress=self.on_progress
        )
        scores: dict[str, Any] = found.entries[0].to_dict()["folds"]
        return scores

    def _one_label(self, option: str) -> LabelledTexts:
        from wordlab.sentiment.data.labelled import LabelledTexts

        if not isinstance(self.texts, LabelledTexts):
            raise click.UsageError(
                f"{option}: expected texts of one label each, found several in {self.texts.source}"
            )
        return self.texts
