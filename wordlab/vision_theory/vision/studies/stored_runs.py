"""Runs of a study read back from the plain values in its artefact."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.scores import History
from wordlab.vision_theory.vision.studies.runs import TrainingRun


def restored_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a study's config, with tuples where JSON has lists."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in config.items()}


def restored_runs(
    configs: Sequence[VisionConfig], runs: Sequence[Mapping[str, Any]]
) -> tuple[TrainingRun, ...]:
    """The runs of a study, of which `configs` are the configs in the same order.

    The number of classes is not stored. Raises ValueError for another number of runs, or a run of
    another config.
    """
    found = []
    for config, run in zip(configs, runs, strict=True):
        names = {field.name for field in dataclasses.fields(VisionConfig)} & run.keys()
        if any(getattr(config, name) != run[name] for name in names):
            raise ValueError(f"expected the run of {config}, found another")
        history = {field.name: tuple(run[field.name]) for field in dataclasses.fields(History)}
        found.append(TrainingRun(config, History(**history), run["diverged"], None))
    return tuple(found)
