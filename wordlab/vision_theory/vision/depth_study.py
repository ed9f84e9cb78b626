"""Study: what more layers do to the training error of plain and of residual networks.

He et al. 2016a, figures 1 and 6: plain networks get worse with depth on the very images they are
trained on, so it is no overfitting; residual networks do not.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordlab.checks import check_number
from wordlab.errors import ConfigError
from wordlab.progress import OnProgress
from wordlab.resources import available_cores
from wordlab.vision_theory.vision.config import DEPTHS, VisionConfig
from wordlab.vision_theory.vision.images import ImageData
from wordlab.vision_theory.vision.studies import Run, Runner, limited

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
        if len(self.depths) < 2 or not set(self.depths) <= set(DEPTHS):
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
    runs: tuple[Run, ...]

    @property
    def depths(self) -> list[int]:
        """The depths, the smallest first."""
        return sorted(self.study.depths)

    def of(self, kind: str, depth: int) -> list[Run]:
        """The runs of one network, one for each seed."""
        return [run for run in self.runs if run.config.model == f"{kind}{depth}"]

    def train_errors(self, kind: str, depth: int) -> np.ndarray:
        """The share of training images not recognised in the last epoch, for each seed."""
        return np.array([1 - run.train_accuracy for run in self.of(kind, depth)])

    def test_errors(self, kind: str, depth: int) -> np.ndarray:
        """The share of test images not recognised in the end, for each seed."""
        return np.array([1 - run.test_accuracy for run in self.of(kind, depth)])

    def curves(self, kind: str, depth: int) -> np.ndarray:
        """Training errors (seed, epoch) of the runs that did not diverge."""
        runs = [run for run in self.of(kind, depth) if not run.diverged]
        return 1 - np.array([run.history.accuracies for run in runs]).reshape(len(runs), self.study.epochs)

    def sentences(self) -> list[str]:
        """What was seen, worked out from the runs."""
        return [self._about(kind) for kind in KINDS]

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
            "seen": self.sentences(), "runs": runs,
        }  # fmt: skip

    def _about(self, kind: str) -> str:
        shallow, deep = self.depths[0], self.depths[-1]
        before, after = self.train_errors(kind, shallow), self.train_errors(kind, deep)
        worse = int((after > before).sum())
        name = "plain" if kind == "plain" else "residual"
        diverged = sum(run.diverged is not None for depth in self.depths for run in self.of(kind, depth))
        return (
            f"From {shallow} to {deep} layers the training error of {name} networks went from "
            f"{before.mean():.2%} to {after.mean():.2%}: worse with depth in {worse} of {len(before)} "
            f"{'run' if len(before) == 1 else 'runs'}"
            + (f" ({diverged} of all runs diverged, which counts as answers by chance)." if diverged else ".")
        )


def run_depth_study(
    data: ImageData, study: DepthStudy | None = None, *, on_progress: OnProgress | None = None
) -> DepthFindings:
    """What plain and residual networks of all depths of `study` do."""
    study = study or DepthStudy()
    data = limited(data, study.max_images)
    configs = study.configs()
    runner = Runner(data, "depth study", configs, on_progress)
    return DepthFindings(study, data.name, tuple(runner.run(config) for config in configs))
