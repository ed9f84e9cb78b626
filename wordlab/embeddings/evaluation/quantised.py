"""Vectors stored in fewer bytes, and what that costs in scores."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from wordlab import artifact
from wordlab.embeddings.choices import Precision
from wordlab.embeddings.evaluation.before_after import Score, compare_scores
from wordlab.embeddings.vectors import WordVectors
from wordlab.io.places import size_at
from wordlab.progress import OnProgress

_ROWS_AT_ONCE = 1 << 16


@dataclass(frozen=True)
class QuantisationResult:
    """What `quantise_saved` wrote, and what it cost."""

    vectors: WordVectors
    precision: Precision
    outputs_dropped: bool
    glove_dropped: bool
    largest_change: float
    """The largest absolute change of any number in the matrix."""

    num_bytes: tuple[int, int]
    """The sizes of both artefacts, before and after."""

    scores: tuple[Score, ...]

    def to_dict(self) -> dict[str, Any]:
        """The facts as nested dicts, ready for JSON."""
        return {
            "num_words": len(self.vectors),
            "dim": self.vectors.dim,
            "precision": self.precision,
            "outputs_dropped": self.outputs_dropped,
            "glove_dropped": self.glove_dropped,
            "largest_change": self.largest_change,
            "bytes": dict(zip(("before", "after"), self.num_bytes, strict=True)),
            "scores": [asdict(score) for score in self.scores],
        }


def quantise_saved(
    path: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    precision: Precision,
    overwrite: bool = False,
    on_progress: OnProgress | None = None,
) -> QuantisationResult:
    """Store the vectors saved in `path` in another precision under `output`, and evaluate both.

    `outputs` and `glove`, which only training needs, are left out. Raises what `WordVectors.load` and `save`
    raise.
    """
    artifact.check_output(output, overwrite=overwrite, inputs=[path])
    before = WordVectors.load(path)
    parents = {"vectors": before.digest} if before.digest else {}
    before.save(output, overwrite=overwrite, parents=parents, precision=precision)
    after = WordVectors.load(output)
    scores = compare_scores(before, after, on_progress)
    return QuantisationResult(
        vectors=after,
        precision=precision,
        outputs_dropped=before.outputs is not None,
        glove_dropped=before.glove is not None,
        largest_change=_largest_change(before.matrix, after.matrix),
        num_bytes=(size_at(path), size_at(output)),
        scores=scores,
    )


def _largest_change(before: np.ndarray, after: np.ndarray) -> float:
    blocks = (slice(start, start + _ROWS_AT_ONCE) for start in range(0, len(before), _ROWS_AT_ONCE))
    return float(max(np.abs(before[block] - after[block]).max() for block in blocks))
