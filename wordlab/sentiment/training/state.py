"""The state of training between epochs: the weights of the best one, and a checkpoint to resume from."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

from torch import Tensor

from wordlab import artifact, checkpoint, schema
from wordlab.errors import ArtifactError
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.sentiment.models.history import History
from wordlab.sentiment.models.network import Network
from wordlab.sentiment.training.averaging import AveragedNetwork
from wordlab.sentiment.training.preparation import TrainingData
from wordlab.sentiment.training.step import make_optimizer

KIND = "classifier-checkpoint"
FORMAT_VERSION = 1
_STATE = {
    "network": dict,
    "optimizer": dict,
    "average": dict | None,
    "best": dict | None,
    "num_steps": int,
}
_FREE_FIELDS = ("epochs", "patience")  # training may continue for longer than was planned


def is_finished(directory: str | os.PathLike[str], config: ClassifierConfig) -> bool:
    """Whether the checkpoint in `directory` is that of the last epoch of `config`; ArtifactError."""
    source = artifact.load(directory, kind=KIND, format_version=FORMAT_VERSION, verify=False)
    history = History.from_dict(source.details.get("history"), f"{source.where}: details: history")
    return history.is_over(config.epochs, config.patience)


class TrainingState:
    """Network, optimiser, average, best weights and history; with `directory`, a checkpoint per epoch."""

    def __init__(
        self, network: Network, config: ClassifierConfig, data: TrainingData, directory: str | None
    ) -> None:
        self.network = network
        self.optimizer = make_optimizer(network, config)
        self.history = History()
        self._average = AveragedNetwork(network, config.averaging) if config.averaging else None
        self._best: dict[str, Tensor] | None = None
        self._num_steps = 0
        self._config = config
        self._directory = None if directory is None else Path(directory)
        self._is_ours = False  # whether this run wrote or restored what is there
        self._fingerprint = "" if directory is None else data.fingerprint()

    @property
    def judged(self) -> Network:
        """The network whose accuracy counts: the average, if there is one."""
        return self.network if self._average is None else self._average.network

    def count_step(self) -> None:
        """Count a step that was taken, and average its weights."""
        self._num_steps += 1
        if self._average is not None:
            self._average.update(self.network, self._num_steps)

    def end_epoch(
        self, loss: float, accuracy: float, held_out: tuple[float, float] | None, seconds: float
    ) -> None:
        """Add the epoch to the history, keep its weights if it is the best, and save the state."""
        history = self.history
        history.losses.append(loss)
        history.accuracies.append(accuracy)
        history.seconds.append(seconds)
        if held_out is not None:
            history.validation_losses.append(held_out[0])
            history.validation_accuracies.append(held_out[1])
        if history.best_epoch == history.num_epochs and held_out is not None:
            self._best = copy.deepcopy(self.judged.state_dict())
        if self._directory is not None:
            self._save(self._directory)

    def best_network(self) -> Network:
        """The network with the weights of the best epoch."""
        if self._best is not None:
            self.judged.load_state_dict(self._best)
        return self.judged

    def _save(self, directory: Path) -> None:
        state: dict[str, Any] = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": None if self._average is None else self._average.network.state_dict(),
            "best": self._best,
            "num_steps": self._num_steps,
        }
        with artifact.create(
            directory, kind=KIND, format_version=FORMAT_VERSION, overwrite=self._is_ours
        ) as draft:
            checkpoint.write_state(draft, "state", state)
            draft.details.update(
                config=self._config.to_dict(), data=self._fingerprint, history=self.history.to_dict()
            )
        self._is_ours = True

    def restore(self) -> None:
        """Resume from the state on disk, if there is one.

        Raises ArtifactError if it belongs to other data or another config, or is damaged.
        """
        directory = self._directory
        if directory is None or not directory.exists():
            return
        source = artifact.load(directory, kind=KIND, format_version=FORMAT_VERSION)
        self._check(source)
        state, where = checkpoint.read_state(source, "state"), str(source.payload("state.json"))
        schema.fields(state, _STATE, where)
        history = History.from_dict(source.details.get("history"), f"{source.where}: details: history")
        for network, name in ((self.network, "network"), (self.judged, "average"), (self.judged, "best")):
            if name == "network" or state[name] is not None:
                checkpoint.check_weights(network, state[name], f"{where}: {name}")
        if (state["average"] is None) is not (self._average is None):
            raise ArtifactError(f"{where}: average: expected that of the config, found another")
        if (state["best"] is None) is not (not history.validation_losses):
            raise ArtifactError(f"{where}: best: expected the weights of the best epoch, found none")
        checkpoint.load_optimizer(self.optimizer, state["optimizer"], f"{where}: optimizer")
        self._is_ours = True
        self.network.load_state_dict(state["network"])
        if self._average is not None:
            self._average.network.load_state_dict(state["average"])
        self._best, self._num_steps, self.history = state["best"], state["num_steps"], history

    def _check(self, source: artifact.Artifact) -> None:
        directory, where = source.directory, f"{source.where}: details"
        facts = schema.fields(source.details, {"config": dict, "data": str}, where)
        before = schema.config_from(facts["config"], type(self._config), f"{where}: config").to_dict()
        for name, mine in self._config.to_dict().items():
            if name not in _FREE_FIELDS and mine != before[name]:
                raise ArtifactError(
                    f"{directory}: expected a run with {name} {mine!r}, found {before[name]!r}"
                )
        if facts["data"] != self._fingerprint:
            raise ArtifactError(f"{directory}: expected a run on these texts and vectors, found other ones")
