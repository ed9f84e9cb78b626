"""Checkpoints: the state of training on disk, from which it continues as if nothing had happened."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from wordlab import artifact, schema
from wordlab.errors import ConfigError, TrainingError
from wordlab.payloads import array
from wordlab.training.cooccurrences.storage import KIND as COUNTS
from wordlab.training.cooccurrences.storage import read_run
from wordlab.training.engines import DEFAULT_ENGINE
from wordlab.training.engines.base import Engine
from wordlab.training.ledger import Ledger
from wordlab.training.objectives import config_of
from wordlab.training.objectives.base import Objective

KIND = "word2vec-checkpoint"
FORMAT_VERSION = 2  # 1 was trained in another order, and cannot continue to the same bytes

_FACTS = {"config": dict[str, Any], "origin": dict[str, Any], "progress": dict[str, Any]}
_MAY_CHANGE = ("threads", "learning_rate", "min_learning_rate")  # when a run is resumed


def read_checkpoint_config(directory: str | os.PathLike[str]) -> dict[str, Any]:
    """The config, as plain values, of the run whose state is in `directory`; ArtifactError.

    The matrices are not read: `restore` verifies them.
    """
    if holds_counts(directory):
        config, where = read_run(directory), f"{os.fspath(directory)}: run"
    else:
        source = artifact.load(directory, kind=KIND, format_version=FORMAT_VERSION, verify=False)
        where = f"{source.where}: details: config"
        config = schema.fields(source.details, {"config": dict}, f"{source.where}: details")["config"]
    config_of(config, where)  # which checks it
    return config


def holds_counts(directory: str | os.PathLike[str]) -> bool:
    """Whether a run that counts first has come no further than that."""
    return artifact.kind_of(directory) == COUNTS


class Checkpoint:
    """A directory that holds the state of a run, replaced as a whole at intervals.

    `origin` says what the run began with, its corpus and the vectors it started from: it is resumed with
    nothing else.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        every: float,
        origin: dict[str, Any],
        objective: Objective,
        engine: Engine,
        ledger: Ledger,
    ) -> None:
        """`every` is in seconds."""
        self.directory, self._every, self._origin = Path(directory), every, origin
        self._objective, self._engine, self._ledger = objective, engine, ledger
        self._config = objective.config
        self._saved = time.monotonic()
        self._is_ours = holds_counts(directory)  # whether this run wrote or restored what is there

    @property
    def due(self) -> bool:
        """Whether the last one is older than `every` seconds."""
        return time.monotonic() - self._saved >= self._every

    def save(self) -> None:
        """Replace the state on disk, in one step; TrainingError for weights that are not finite."""
        self._engine.collect()
        state = self._objective.state
        if not all(np.isfinite(matrix).all() for matrix in state.values()):
            raise TrainingError(
                "a vector is no longer finite; "
                f"expected a learning_rate smaller than {self._config.learning_rate}"
            )
        with artifact.create(
            self.directory, kind=KIND, format_version=FORMAT_VERSION, overwrite=self._is_ours
        ) as draft:
            for name, matrix in state.items():
                np.save(draft.payload(f"{name}.npy"), matrix)
            draft.details.update(
                config=self._config.to_dict(), origin=self._origin, progress=self._ledger.state()
            )
            draft.details.update(self._engine.facts)
            self._engine.save(draft)
        self._is_ours = True
        self._saved = time.monotonic()

    def restore(self) -> None:
        """Continue from the state on disk, if there is one.

        Raises ConfigError if it is that of another run, ArtifactError if it is damaged.
        """
        if not self.directory.exists() or holds_counts(self.directory):
            return
        source = artifact.load(self.directory, kind=KIND, format_version=FORMAT_VERSION)
        where = f"{source.where}: details"
        details = schema.fields(source.details, _FACTS, where)
        self._check({**source.details, **details})
        for name, matrix in self._objective.state.items():
            matrix[:] = array(source, f"{name}.npy", dtype="float32", shape=matrix.shape)
        self._is_ours = True
        self._ledger.restore(details["progress"], f"{where}: progress")
        self._engine.restore(source, self._ledger.position)

    def _check(self, details: Any) -> None:
        facts = {"engine": DEFAULT_ENGINE, **self._engine.facts}
        for name, now in facts.items():
            before = details.get(name, DEFAULT_ENGINE if name == "engine" else now)
            if name != "device" and before != now:
                raise ConfigError(
                    f"{name}: expected {before}, as the training in {self.directory} began with, found {now}"
                )
        for name, found in self._origin.items():
            if details["origin"].get(name) != found:
                raise ConfigError(
                    f"{self.directory}: expected the {name} that this training began with, found another"
                )
        began = config_of(details["config"], f"{self.directory}: config")
        for name in {**self._config.to_dict(), **began.to_dict()}:  # which leave out what is not used
            before, now = (getattr(config, name, None) for config in (began, self._config))
            if name not in _MAY_CHANGE and before != now:
                raise ConfigError(
                    f"{name}: expected {before}, as the training in {self.directory} began with, found {now}"
                )
