"""What the study of batch normalisation tries, and what it finds."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordlab import schema
from wordlab.checks import check_number
from wordlab.errors import ArtifactError, ConfigError
from wordlab.resources import available_cores
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.studies.runs import TrainingRun
from wordlab.vision_theory.vision.studies.stored_runs import restored_runs

PERCENTILES = (15, 50, 85)
"""Those of figure 1 in Ioffe and Szegedy 2015."""
_STORED = {
    "config": dict,
    "data": str,
    "runs": list,
    "distributions": {
        "activation": str,
        "learning_rate": float,
        "networks": [
            {
                "batch_norm": bool,
                "counts": list[list[int]],
                "edges": list[float],
                "percentiles": list[list[float]],
            }
        ],
    },
}
_MAX_RUNS = 10_000
LEARNT = 0.8
"""A run has learnt if it recognises this share of the training images in its last epoch."""


@dataclass(frozen=True, kw_only=True)
class BatchNormStudy:
    """What is tried: each activation, with and without, at each learning rate, with seeds 1 .. `seeds`.

    The rates stay constant, without momentum and weight decay, as in the course.
    """

    learning_rates: tuple[float, ...] = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
    activations: tuple[str, ...] = ("sigmoid", "relu")
    epochs: int = 10
    batch_size: int = 64
    seeds: int = 3
    max_images: int = 10_000
    threads: int = dataclasses.field(default_factory=available_cores)

    def __post_init__(self) -> None:
        check_number(self, "seeds", int, 1, 100)
        check_number(self, "max_images", int, 2, 10_000_000)
        if not self.learning_rates or not self.activations:
            raise ConfigError("learning_rates: expected at least one, and one activation, found none")
        num_runs = 2 * len(self.learning_rates) * len(self.activations) * self.seeds
        if num_runs > _MAX_RUNS:
            raise ConfigError(f"seeds: expected at most {_MAX_RUNS} runs in all, found {num_runs}")
        self.configs()

    def configs(self) -> list[VisionConfig]:
        """The configs of all runs."""
        return [
            VisionConfig(
                model="lenet", activation=activation, batch_norm=batch_norm, learning_rate=rate,
                schedule="constant", momentum=0.0, weight_decay=0.0, epochs=self.epochs,
                batch_size=self.batch_size, threads=self.threads, seed=seed,
            )
            for activation in self.activations for batch_norm in (False, True)
            for rate in self.learning_rates for seed in range(1, self.seeds + 1)
        ]  # fmt: skip


@dataclass(frozen=True)
class Distribution:
    """The inputs of LeNet's last activation before training and after each epoch.

    `counts` (epochs + 1, bins) with `edges` (bins + 1,), `percentiles` (epochs + 1, 3).
    """

    batch_norm: bool
    counts: np.ndarray
    edges: np.ndarray
    percentiles: np.ndarray

    def widths(self) -> np.ndarray:
        """The distance between the 15th and the 85th percentile, (epochs + 1,)."""
        return np.asarray(self.percentiles[:, -1] - self.percentiles[:, 0])

    def variation(self) -> float:
        """The largest width as a multiple of the smallest."""
        widths = self.widths()
        return float(widths.max() / max(widths.min(), 1e-12))


@dataclass(frozen=True)
class BatchNormFindings:
    """All runs, and the distributions in the networks of seed 1, without and with, in one cell of the table.

    `shown`, its activation and learning rate, is where the network without learnt most; there are no
    distributions if one of the two diverged there.
    """

    study: BatchNormStudy
    data_name: str
    runs: tuple[TrainingRun, ...]
    shown: tuple[str, float]
    distributions: tuple[Distribution, ...]

    def of(self, activation: str, batch_norm: bool, rate: float) -> list[TrainingRun]:
        """The runs of one cell of the table, one for each seed."""
        wanted = (activation, batch_norm, rate)
        return [
            run
            for run in self.runs
            if (run.config.activation, run.config.batch_norm, run.config.learning_rate) == wanted
        ]

    def learnt_at(self, activation: str, batch_norm: bool) -> list[float]:
        """The learning rates at which every seed learnt."""
        return [
            rate
            for rate in self.study.learning_rates
            if all(run.train_accuracy >= LEARNT for run in self.of(activation, batch_norm, rate))
        ]

    def to_dict(self) -> dict[str, Any]:
        """All results as plain values."""
        runs = [
            {
                "activation": run.config.activation, "batch_norm": run.config.batch_norm,
                "learning_rate": run.config.learning_rate, "seed": run.config.seed,
                "diverged": run.diverged, **dataclasses.asdict(run.history),
            }
            for run in self.runs
        ]  # fmt: skip
        shown = [
            {"batch_norm": d.batch_norm, "percentiles": d.percentiles.tolist(), "counts": d.counts.tolist(),
             "edges": d.edges.tolist()}
            for d in self.distributions
        ]  # fmt: skip
        return {
            "study": "batch-norm", "data": self.data_name, "config": dataclasses.asdict(self.study),
            "runs": runs,
            "distributions": {"activation": self.shown[0], "learning_rate": self.shown[1], "networks": shown},
        }  # fmt: skip

    @classmethod
    def from_dict(cls, facts: Any, where: str) -> BatchNormFindings:
        """The findings that `to_dict` wrote, without the number of classes; ArtifactError."""
        found = schema.fields(facts, _STORED, where)
        study = schema.config_from(found["config"], BatchNormStudy, f"{where}: config")
        shown = found["distributions"]
        if shown["networks"] and len(shown["networks"]) != 2:
            raise ArtifactError(
                f"{where}: distributions: expected two networks, found {len(shown['networks'])}"
            )
        distributions = []
        for network in shown["networks"]:
            arrays = [np.array(network[name]) for name in ("counts", "edges", "percentiles")]
            bins = arrays[0].shape[-1]
            shapes = [(study.epochs + 1, bins), (bins + 1,), (study.epochs + 1, len(PERCENTILES))]
            if (found_shapes := [array.shape for array in arrays]) != shapes:
                raise ArtifactError(
                    f"{where}: distributions: expected arrays of shapes {shapes}, found {found_shapes}"
                )
            distributions.append(Distribution(network["batch_norm"], *arrays))
        return cls(
            study, found["data"], restored_runs(study.configs(), found["runs"], f"{where}: runs"),
            (shown["activation"], shown["learning_rate"]), tuple(distributions),
        )  # fmt: skip
