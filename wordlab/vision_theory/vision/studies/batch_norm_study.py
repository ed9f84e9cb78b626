"""Study: at which learning rates LeNet learns with and without batch normalisation, and what its layers see.

The course and Ioffe and Szegedy 2015 say that batch normalisation allows higher rates, and that the
inputs of each layer keep their distribution while the layers before it change. The study counts both.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from wordlab.extras import need
from wordlab.progress import OnProgress
from wordlab.vision_theory.vision.images import ImageData
from wordlab.vision_theory.vision.networks.lenet import LeNet
from wordlab.vision_theory.vision.studies.batch_norm_findings import (
    PERCENTILES,
    BatchNormFindings,
    BatchNormStudy,
    Distribution,
)
from wordlab.vision_theory.vision.studies.runner import StudyRunner
from wordlab.vision_theory.vision.studies.runs import limited
from wordlab.vision_theory.vision.training import Training

with need("torch"):
    import torch
    from torch import Tensor, nn

_PROBES = 256  # training images for which the distribution is recorded
_BINS = 60


def run_batch_norm_study(
    data: ImageData, study: BatchNormStudy | None = None, *, on_progress: OnProgress | None = None
) -> BatchNormFindings:
    """What LeNet learns with and without batch normalisation at all learning rates of `study`."""
    study = study or BatchNormStudy()
    data = limited(data, study.max_images)
    configs = study.configs()
    runner = StudyRunner(data, "batch-norm study", configs, on_progress)
    runs, watches = [], []
    for config in configs:
        watch = _ActivationWatch(data) if config.seed == 1 else None
        runs.append(runner.run(config, watch))
        if watch is not None and not runs[-1].diverged:
            watches.append(watch)
    findings = BatchNormFindings(study, data.name, tuple(runs), ("", 0.0), ())
    shown = _best_of_plain(findings)
    chosen = [watch for watch in watches if watch.cell == shown]
    if len(chosen) != 2:  # one of the two diverged: there is nothing to compare
        return dataclasses.replace(findings, shown=shown)
    return dataclasses.replace(findings, shown=shown, distributions=_distributions(chosen))


class _ActivationWatch:
    """Records the inputs of the last activation for some training images, epoch by epoch."""

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
    """The inputs of a LeNet's last activation for `pixels` in training, as one row of numbers."""
    model = training.model
    if not isinstance(model, LeNet):
        raise TypeError(f"expected a LeNet, found {type(model).__name__}")
    kept: list[Tensor] = []
    activation = [module for module in model.layers if isinstance(module, nn.Sigmoid | nn.ReLU)][-1]
    handle = activation.register_forward_hook(lambda _, inputs, __: kept.append(inputs[0].detach()))
    # The network normalises as in training, by this batch, but its running statistics must not move.
    state = {name: value.clone() for name, value in model.state_dict().items()}
    scaler = training.scaler()
    model.train()
    with torch.no_grad():
        model(scaler(torch.from_numpy(pixels)))
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


def _distributions(watches: Sequence[_ActivationWatch]) -> tuple[Distribution, ...]:
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
