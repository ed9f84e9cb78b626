"""Mini-batches: the excess loss by epoch, and the gradient error by batch size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.plots.colours import BLUE, CYCLE, GREY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wordlab.vision_theory.theory.batch_sizes import BatchStudy


def draw_batches(studies: Sequence[BatchStudy], learning_rate: float) -> Figure:
    """The excess loss by epoch, a line for each batch size; the gradient error by batch size."""
    import numpy as np
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(11, 4.2), layout="constrained")
    figure.suptitle(f"Linear regression, learning rate {learning_rate:g}")
    left, right = figure.subplots(1, 2)
    for colour, study in zip(CYCLE * len(studies), studies, strict=False):
        label = f"{study.batch_size} ({study.num_steps:,} steps)"
        losses = np.maximum(study.losses, 1e-16)
        left.plot(range(len(losses)), losses, "o-", color=colour, markersize=4, label=label)
    left.set_yscale("log")
    left.xaxis.set_major_locator(MaxNLocator(integer=True))
    left.set_xlabel("epoch")
    left.set_title("loss above the minimum", fontsize=11)
    figure.legend(title="batch size", loc="outside lower left", ncols=4, frameon=False)
    sizes = np.array([study.batch_size for study in studies])
    errors = np.array([study.gradient_error for study in studies])
    seen = errors > 1e-9  # a batch of all examples has no error, and a logarithmic axis no zero
    if seen.any():
        first = int(np.flatnonzero(seen)[0])
        fine = np.geomspace(sizes.min(), max(sizes.max(), sizes.min() + 1), 50)
        falling = errors[first] * np.sqrt(sizes[first] / fine)
        right.plot(fine, falling, color=GREY, linestyle="--", label="proportional to 1 / √(batch size)")
        right.plot(sizes[seen], errors[seen], "o", color=BLUE, label="measured before training")
        right.set_xscale("log")
        right.set_yscale("log")
        right.legend(frameon=False)
    right.set_xlabel("batch size")
    right.set_title("gradient error", fontsize=11)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    return figure
