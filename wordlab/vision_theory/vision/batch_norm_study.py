"""Study: at which learning rates LeNet learns with batch normalisation and without, and what it sees.

The course and Ioffe and Szegedy 2015 say that batch normalisation allows higher rates, and that the
inputs of each layer keep their distribution while the layers before it change. Here both are counted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordlab.checks import check_number
from wordlab.errors import ConfigError, MissingExtraError
from wordlab.progress import OnProgress
from wordlab.resources import available_cores
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.images import ImageData
from wordlab.vision_theory.vision.lenet import LeNet
from wordlab.vision_theory.vision.studies import Run, Runner, limited
from wordlab.vision_theory.vision.training import Training

try:
    import torch
    from torch import Tensor, nn
except ImportError as error:
    raise MissingExtraError("torch is not installed; pip install 'wordlab[torch]' brings it") from error

PERCENTILES = (15, 50, 85)
"""Those of figure 1 in Ioffe and Szegedy 2015."""
LEARNT = 0.8
"""A run has learnt if it recognises so many of the training images in its last epoch."""
_PROBES = 256  # training images on which the distribution is looked at
_BINS = 60


@dataclass(frozen=True, kw_only=True)
class BatchNormStudy:
    """What is tried: each activation, with and without, at each learning rate, with seeds 1 .. `seeds`.

    The rates stay constant, and there is neither momentum nor weight decay, as in the course.
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
    """What the last activation of LeNet saw before training and after each epoch.

    `counts` (epochs + 1, bins) with `edges` (bins + 1,), `percentiles` (epochs + 1, 3).
    """

    batch_norm: bool
    counts: np.ndarray
    edges: np.ndarray
    percentiles: np.ndarray

    def widths(self) -> np.ndarray:
        """Between the 15th and the 85th percentile, (epochs + 1,)."""
        return np.asarray(self.percentiles[:, -1] - self.percentiles[:, 0])


@dataclass(frozen=True)
class BatchNormFindings:
    """All runs, and what the networks of seed 1 saw, without and with, in one cell of the table.

    `shown`, its activation and learning rate, is where the network without learnt most; there are no
    distributions if one of the two diverged there.
    """

    study: BatchNormStudy
    data_name: str
    runs: tuple[Run, ...]
    shown: tuple[str, float]
    distributions: tuple[Distribution, ...]

    def of(self, activation: str, batch_norm: bool, rate: float) -> list[Run]:
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

    def sentences(self) -> list[str]:
        """What was seen, worked out from the runs."""
        said = [self._about_rates(activation) for activation in self.study.activations]
        return said + ([self._about_distributions()] if self.distributions else [])

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
            "seen": self.sentences(), "runs": runs,
            "distributions": {"activation": self.shown[0], "learning_rate": self.shown[1], "networks": shown},
        }  # fmt: skip

    def _about_rates(self, activation: str) -> str:
        plain, normalised = (self.learnt_at(activation, batch_norm) for batch_norm in (False, True))
        only = [rate for rate in normalised if rate not in plain]
        return (
            f"With {activation}, LeNet learnt at {_rates(plain)} without batch normalisation and at "
            f"{_rates(normalised)} with it"
            + (f"; only with it at {_rates(only)}." if only else "; it widened nothing.")
        )

    def _about_distributions(self) -> str:
        factors = []
        for distribution in self.distributions:
            widths = distribution.widths()
            factors.append(float(widths.max() / max(widths.min(), 1e-12)))
        steadier = "steadier" if factors[1] < factors[0] else "no steadier"
        return (
            f"At learning rate {self.shown[1]:g} with {self.shown[0]}, the width of what the last activation "
            f"sees (15th to 85th percentile) varied by a factor of {factors[0]:.2g} during training without "
            f"and of {factors[1]:.2g} with batch normalisation, which was {steadier}."
        )


def run_batch_norm_study(
    data: ImageData, study: BatchNormStudy | None = None, *, on_progress: OnProgress | None = None
) -> BatchNormFindings:
    """What LeNet does with and without batch normalisation at all learning rates of `study`."""
    study = study or BatchNormStudy()
    data = limited(data, study.max_images)
    configs = study.configs()
    runner = Runner(data, "batch-norm study", configs, on_progress)
    runs, watches = [], []
    for config in configs:
        watch = _Watch(data) if config.seed == 1 else None
        runs.append(runner.run(config, watch))
        if watch is not None and not runs[-1].diverged:
            watches.append(watch)
    findings = BatchNormFindings(study, data.name, tuple(runs), ("", 0.0), ())
    shown = _best_of_plain(findings)
    chosen = [watch for watch in watches if watch.cell == shown]
    if len(chosen) != 2:  # one of the two diverged: there is nothing to compare
        return dataclasses.replace(findings, shown=shown)
    return dataclasses.replace(findings, shown=shown, distributions=_distributions(chosen))


class _Watch:
    """Keeps what the last activation sees of some training images, epoch by epoch."""

    def __init__(self, data: ImageData) -> None:
        self._pixels = data.train.pixels[:_PROBES]
        self.batch_norm = False
        self.cell: tuple[str | None, float | None] = (None, None)
        self.values: list[np.ndarray] = []

    def __call__(self, training: Training) -> None:
        config = training.config
        self.batch_norm, self.cell = config.batch_norm, (config.activation, config.learning_rate)
        self.values.append(last_inputs(training, self._pixels))


def last_inputs(training: Training, pixels: np.ndarray) -> np.ndarray:
    """What the last activation of a LeNet gets for `pixels` in training, all numbers in a row."""
    model = training.model
    if not isinstance(model, LeNet):
        raise TypeError(f"expected a LeNet, found {type(model).__name__}")
    kept: list[Tensor] = []
    activation = [module for module in model.layers if isinstance(module, nn.Sigmoid | nn.ReLU)][-1]
    handle = activation.register_forward_hook(lambda _, inputs, __: kept.append(inputs[0].detach()))
    # The network normalises as in training, by this batch, but its running statistics must not move.
    state = {name: value.clone() for name, value in model.state_dict().items()}
    reader = training.reader()
    model.train()
    with torch.no_grad():
        model(reader(torch.from_numpy(pixels)))
    handle.remove()
    model.load_state_dict(state)
    return np.asarray(kept[0].flatten().numpy())


def _best_of_plain(findings: BatchNormFindings) -> tuple[str, float]:
    """The activation and the rate at which the network without batch normalisation learnt most."""
    study = findings.study

    def mean_accuracy(cell: tuple[str, float]) -> float:
        return float(np.mean([run.train_accuracy for run in findings.of(cell[0], False, cell[1])]))

    return max(
        ((name, rate) for name in study.activations for rate in study.learning_rates), key=mean_accuracy
    )


def _distributions(watches: Sequence[_Watch]) -> tuple[Distribution, ...]:
    """The histograms of two networks on one axis of values, from the 1st to the 99th percentile of all."""
    everything = np.concatenate([values for watch in watches for values in watch.values])
    low, high = np.percentile(everything, (1, 99))
    edges = np.linspace(low, high + 1e-9, _BINS + 1)
    return tuple(
        Distribution(
            watch.batch_norm,
            np.array([np.histogram(values, edges)[0] for values in watch.values]),
            edges,
            np.array([np.percentile(values, PERCENTILES) for values in watch.values]),
        )
        for watch in watches
    )


def _rates(rates: Sequence[float]) -> str:
    if not rates:
        return "no learning rate"
    return "learning rate" + ("s " if len(rates) > 1 else " ") + ", ".join(f"{rate:g}" for rate in rates)
