"""What the study of depth tries, and what it finds."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordlab import schema
from wordlab.checks import check_number
from wordlab.errors import ConfigError
from wordlab.resources import available_cores
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.models import DEPTHS
from wordlab.vision_theory.vision.studies.runs import TrainingRun
from wordlab.vision_theory.vision.studies.stored_runs import restored_runs

KINDS = ("plain", "resnet")


@dataclass(frozen=True, kw_only=True)
class DepthStudy:
    """What is tried: each kind of network at each depth, with seeds 1 .. `seeds`."""

    depths: tuple[int, ...] = (8, 20, 32, 56)
    epochs: int = 10
    batch_size: int = 128
    seeds: int = 3
    max_images: int = 5_000
    threads: int = dataclasses.field(default_factory=available_cores)

    def __post_init__(self) -> None:
        check_number(self, "seeds", int, 1, 100)
        check_number(self, "max_images", int, 2, 10_000_000)
        if not 2 <= len(self.depths) <= len(DEPTHS) or not set(self.depths) <= set(DEPTHS):
            allowed = ", ".join(map(str, DEPTHS))
            raise ConfigError(f"depths: expected two or more of {allowed}, found {self.depths}")
        self.configs()

    def configs(self) -> list[VisionConfig]:
        """The configs of all runs."""
        return [
            VisionConfig(
                model=f"{kind}{depth}", weight_decay=5e-4, epochs=self.epochs, batch_size=self.batch_size,
                threads=self.threads, seed=seed,
            )
            for kind in KINDS for depth in sorted(self.depths) for seed in range(1, self.seeds + 1)
        ]  # fmt: skip


@dataclass(frozen=True)
class DepthFindings:
    """All runs of the study."""

    study: DepthStudy
    data_name: str
    runs: tuple[TrainingRun, ...]

    @property
    def depths(self) -> list[int]:
        """The depths, the smallest first."""
        return sorted(self.study.depths)

    def of(self, kind: str, depth: int) -> list[TrainingRun]:
        """The runs of one network, one for each seed."""
        return [run for run in self.runs if run.config.model == f"{kind}{depth}"]

    def train_errors(self, kind: str, depth: int) -> np.ndarray:
        """The share of training images not recognised in the last epoch, for each seed."""
        return np.array([1 - run.train_accuracy for run in self.of(kind, depth)])

    def test_errors(self, kind: str, depth: int) -> np.ndarray:
        """The share of test images not recognised after the last epoch, for each seed."""
        return np.array([1 - run.test_accuracy for run in self.of(kind, depth)])

    def curves(self, kind: str, depth: int) -> np.ndarray:
        """Training errors (seed, epoch) of the runs that did not diverge."""
        runs = [run for run in self.of(kind, depth) if not run.diverged]
        return 1 - np.array([run.history.accuracies for run in runs]).reshape(len(runs), self.study.epochs)

    def num_worse(self, kind: str) -> int:
        """The number of seeds with a larger training error in the deepest network than in the shallowest."""
        shallow, deep = self.depths[0], self.depths[-1]
        return int((self.train_errors(kind, deep) > self.train_errors(kind, shallow)).sum())

    def num_diverged(self, kind: str) -> int:
        """The number of runs that diverged, at all depths."""
        return sum(run.diverged is not None for depth in self.depths for run in self.of(kind, depth))

    def to_dict(self) -> dict[str, Any]:
        """All results as plain values."""
        runs = [
            {
                "model": run.config.model, "seed": run.config.seed, "diverged": run.diverged,
                **dataclasses.asdict(run.history),
            }
            for run in self.runs
        ]  # fmt: skip
        return {
            "study": "depth", "data": self.data_name, "config": dataclasses.asdict(self.study),
            "runs": runs,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, facts: Any, where: str) -> DepthFindings:
        """The findings that `to_dict` wrote, without the number of classes; ArtifactError."""
        found = schema.fields(facts, {"config": dict, "data": str, "runs": list}, where)
        study = schema.config_from(found["config"], DepthStudy, f"{where}: config")
        return cls(study, found["data"], restored_runs(study.configs(), found["runs"], f"{where}: runs"))
