"""The plane of largest variance, for any number of words: they are read twice, some megabytes at a time."""

from __future__ import annotations

import numpy as np

from wordlab.embeddings.queries import row_blocks, unit_rows
from wordlab.progress import OnProgress, Reporter
from wordlab.resources import one_thread


def project(rows: np.ndarray, on_progress: OnProgress | None = None) -> np.ndarray:
    """The unit vectors of `rows` (n, D) on their first two principal axes, float64 (n, 2).

    The larger entries of an axis decide its direction, so that equal rows always give equal points. With
    one dimension the second coordinate is 0.
    """
    reporter = Reporter(on_progress, "map: PCA", "words", 2 * len(rows))
    dim = rows.shape[1]
    total, products = np.zeros(dim), np.zeros((dim, dim))
    with one_thread():  # so that no sum depends on the number of threads
        done = 0
        for block in row_blocks(rows):
            unit = unit_rows(rows[block]).astype(np.float64)
            total += unit.sum(axis=0)
            products += unit.T @ unit
            reporter.update(done := done + len(unit))
        mean = total / len(rows)
        _, axes = np.linalg.eigh(products / len(rows) - np.outer(mean, mean))
        axes = axes[:, ::-1][:, :2]  # (D, 2), the largest variance first
        axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
        points = np.zeros((len(rows), 2))
        for block in row_blocks(rows):
            unit = unit_rows(rows[block]).astype(np.float64)
            points[block, : axes.shape[1]] = (unit - mean) @ axes
            reporter.update(done := done + len(unit))
    reporter.report(done)
    return points
