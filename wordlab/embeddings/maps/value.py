"""WordMap: coordinates of the most frequent words, and how they were made."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from wordlab import artifact, schema
from wordlab.embeddings.maps.config import MAP_METHODS, MapConfig, MapMethod
from wordlab.errors import ArtifactError
from wordlab.payloads import array

KIND = "map"
FORMAT_VERSION = 1
_FACTS = {"config": dict, "method": Literal[*MAP_METHODS]}
_FLAT = 1e-6  # an extent that is nothing but rounding: of unit vectors, or of UMAP's coordinates


@dataclass(frozen=True, eq=False)
class WordMap:
    """Where the first n words of a vocabulary lie: `coordinates`, float32 (n, 2) in [-1, 1], read-only.

    `method` made it. It is "pca" although `config` asked for UMAP where there are too few words for that.
    """

    coordinates: np.ndarray
    method: MapMethod
    config: MapConfig

    def __post_init__(self) -> None:
        found = np.array(self.coordinates, np.float32)
        if found.ndim != 2 or found.shape[1] != 2 or not len(found) or not (np.abs(found) <= 1).all():
            raise ValueError(f"expected coordinates (n, 2) from -1 to 1, found {found.shape} or others")
        found.flags.writeable = False
        object.__setattr__(self, "coordinates", found)

    def __len__(self) -> int:
        return len(self.coordinates)

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        parents: Mapping[str, str] | None = None,
    ) -> None:
        """Write the map as an artefact; `parents` are the digests of what it was made from.

        Raises OutputExistsError and ArtifactError as `wordlab.artifact.create` does.
        """
        with artifact.create(path, kind=KIND, format_version=FORMAT_VERSION, overwrite=overwrite) as draft:
            np.save(draft.payload("coordinates.npy"), self.coordinates, allow_pickle=False)
            draft.details.update(config=self.config.to_dict(), method=self.method)
            draft.libraries += ["umap-learn", "scikit-learn"] if self.method == "umap" else []
            draft.parents.update(parents or {})

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> WordMap:
        """The map saved under `path`; ArtifactError."""
        source = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION)
        facts = schema.fields(source.details, _FACTS, f"{source.where}: details")
        config = schema.config_from(facts["config"], MapConfig, f"{source.where}: details: config")
        coordinates = array(source, "coordinates.npy", dtype="float32", shape=(None, 2))
        try:
            return cls(coordinates, facts["method"], config)
        except ValueError as error:
            raise ArtifactError(f"{Path(path) / 'coordinates.npy'}: {error}") from error


def scaled(points: np.ndarray) -> np.ndarray:
    """Points (n, 2) moved and scaled into [-1, 1] with one scale for both axes, float32.

    Points that differ by nothing but rounding are all put into the middle.
    """
    points = points.astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    half = float((high - low).max()) / 2
    if half < _FLAT:
        return np.zeros(points.shape, np.float32)
    return np.asarray(np.clip((points - (low + high) / 2) / half, -1, 1), np.float32)
