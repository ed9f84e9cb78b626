"""The plane of largest variance, for any number of words: they are read some megabytes at a time."""

from __future__ import annotations

import numpy as np

from wordlab.embeddings.moments import find_moments
from wordlab.embeddings.queries import row_blocks, unit_rows
from wordlab.progress import OnProgress, Reporter
from wordlab.resources import one_thread


def project(rows: np.ndarray, on_progress: OnProgress | None = None) -> np.ndarray:
    """The unit vectors of `rows` (n, D) on their first two principal axes, float64 (n, 2).

    Equal rows always give equal points. With one dimension the second coordinate is 0.
    """
    reporter = Reporter(on_progress, "map: PCA", "words", len(rows))
    mean, axes, _ = find_moments(rows, unit=True)
    points = np.zeros((len(rows), 2))
    with one_thread():  # so that no sum depends on the number of threads
        for block in row_blocks(rows):
            centred = unit_rows(rows[block]) - mean
            points[block, : axes.shape[1]] = centred @ axes[:, :2]
            reporter.update(min(block.stop, len(rows)))
    reporter.report(len(rows))
    return points
