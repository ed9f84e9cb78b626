"""Runs of a study read back from the plain values in its artefact."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from wordlab import schema
from wordlab.errors import ArtifactError
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.scores import History
from wordlab.vision_theory.vision.studies.runs import TrainingRun


def restored_runs(
    configs: Sequence[VisionConfig], runs: Sequence[Any], where: str
) -> tuple[TrainingRun, ...]:
    """The runs of a study, of which `configs` are the configs in the same order.

    The number of classes is not stored. Raises ArtifactError, which begins with `where`, for another number
    of runs, or a run of another config.
    """
    if len(runs) != len(configs):
        raise ArtifactError(f"{where}: expected {len(configs)} runs, found {len(runs)}")
    found = []
    for number, (config, run) in enumerate(zip(configs, runs, strict=True)):
        place = f"{where}: {number}"
        names = {field.name for field in dataclasses.fields(VisionConfig)} & schema.checked(
            run, dict, place
        ).keys()
        if any(getattr(config, name) != run[name] for name in names):
            raise ArtifactError(f"{place}: expected the run of {config}, found another")
        epochs = {field.name: tuple[float, ...] for field in dataclasses.fields(History)}
        facts = schema.fields(run, {**epochs, "diverged": str | None}, place)
        diverged = facts.pop("diverged")
        sizes = {len(values) for values in facts.values()}
        if len(sizes) > 1 or (diverged is None and sizes != {config.epochs}):
            raise ArtifactError(f"{place}: expected values of {config.epochs} epochs, found {sorted(sizes)}")
        found.append(TrainingRun(config, History(**facts), diverged, None))
    return tuple(found)
