"""ProductCodes: a matrix of which each row has a byte for some dimensions together.

Jégou, Douze & Schmid (2011), "Product Quantization for Nearest Neighbor Search", section II.B; see
QuantMatrix and ProductQuantizer in fastText's source, which stores the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from wordlab import artifact, payloads
from wordlab.errors import ArtifactError
from wordlab.sentiment import storage

NUM_CENTROIDS = 256
"""As a code is a byte."""
CODES, _NORM_CODES = "input_codes.npy", "input_norm_codes.npy"


@dataclass(frozen=True, eq=False)
class ProductCodes:
    """Row i has in part p of the columns those of ``centroids[codes[i, p]]``.

    `codes` are uint8 (num_rows, num_parts), `centroids` float32 (256, dim); a part has `part` columns, the
    last one perhaps fewer. With norms, a row is that times ``norms[norm_codes[i]]``, uint8 (num_rows,) and
    float32 (256,).
    """

    codes: np.ndarray
    centroids: np.ndarray
    part: int
    norm_codes: np.ndarray | None = None
    norms: np.ndarray | None = None

    @property
    def dim(self) -> int:
        """Columns of the matrix."""
        return int(self.centroids.shape[1])

    def take(self, rows: np.ndarray | slice) -> ProductCodes:
        """The same of some rows, in their order."""
        norm_codes = None if self.norm_codes is None else self.norm_codes[rows]
        return replace(self, codes=self.codes[rows], norm_codes=norm_codes)

    def to_float32(self) -> np.ndarray:
        """The matrix, float32 (num_rows, dim)."""
        matrix = np.empty((len(self.codes), self.dim), np.float32)
        for number, columns in enumerate(parts_of(self.dim, self.part)):
            matrix[:, columns] = self.centroids[:, columns][self.codes[:, number]]
        if self.norms is not None and self.norm_codes is not None:
            matrix *= self.norms[self.norm_codes][:, None]
        matrix += np.float32(0)  # fastText adds to zero, of which no −0 is left
        return matrix

    def write(self, draft: artifact.Draft) -> None:
        """Write the arrays as payloads, and the number of columns of a part as a fact."""
        np.save(draft.payload(CODES), self.codes, allow_pickle=False)
        storage.write_array(draft, "input_centroids", self.centroids)
        if self.norm_codes is not None and self.norms is not None:
            np.save(draft.payload(_NORM_CODES), self.norm_codes, allow_pickle=False)
            storage.write_array(draft, "input_norms", self.norms)
        draft.details["quantised"] = {"part": self.part}

    @classmethod
    def read(cls, source: artifact.Artifact, part: int) -> ProductCodes:
        """What `write` wrote; ArtifactError."""
        centroids = payloads.array(
            source, "input_centroids.npy", dtype="float32", shape=(NUM_CENTROIDS, None)
        )
        dim = centroids.shape[1]
        if not 1 <= part <= max(1, dim):
            raise ArtifactError(
                f"{source.where}: details: quantised: part: expected 1 to {dim} columns, found {part}"
            )
        codes = payloads.array(source, CODES, dtype="uint8", shape=(None, -(-dim // part)))
        if _NORM_CODES not in source.manifest["payloads"]:
            return cls(codes, centroids, part)
        norm_codes = payloads.array(source, _NORM_CODES, dtype="uint8", shape=(len(codes),))
        norms = payloads.array(source, "input_norms.npy", dtype="float32", shape=(NUM_CENTROIDS,))
        return cls(codes, centroids, part, norm_codes, norms)


def parts_of(dim: int, part: int) -> list[slice]:
    """The columns of each part."""
    return [slice(start, min(start + part, dim)) for start in range(0, dim, part)]
