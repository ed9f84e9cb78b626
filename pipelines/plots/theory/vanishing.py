"""Vanishing gradients: activations with their derivatives, and gradients by layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipelines.plots.colours import BLUE, CYCLE, ORANGE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wordlab.vision_theory.theory.vanishing import LayerNorms


def draw_vanishing(norms: Mapping[str, LayerNorms], initial: str) -> Figure:
    """A panel for each activation and its derivative, and one with the gradients of all layers."""
    import numpy as np
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    from wordlab.vision_theory.theory.vanishing import activate, derivative

    figure = Figure(figsize=(3.2 * len(norms) + 5, 4.2), layout="constrained")
    *panels, right = figure.subplots(1, len(norms) + 1, width_ratios=[*[1] * len(norms), 1.5])
    z = np.linspace(-8, 8, 401)
    for axes, name in zip(panels, norms, strict=True):
        axes.plot(z, activate(name, z), color=BLUE, label=name)
        axes.plot(z, derivative(name, z), color=ORANGE, linestyle="--", label="derivative")
        axes.set_xlabel("input of a unit")
        axes.set_ylim(-1.1, 2.1)
        axes.legend(frameon=False, loc="upper left")
    for colour, (name, found) in zip(CYCLE, norms.items(), strict=False):
        layers = np.arange(1, len(found.gradients) + 1)
        right.plot(layers, np.maximum(found.gradients, 1e-300), "o-", color=colour, markersize=4, label=name)
    right.set_yscale("log")
    low, high = right.get_ylim()
    middle = (low * high) ** 0.5  # at least four powers of ten, so that small changes look small
    right.set_ylim(min(low, middle / 100), max(high, middle * 100))
    right.xaxis.set_major_locator(MaxNLocator(integer=True))
    right.set_xlabel("layer, from the input")
    right.set_title(f"gradient norm, initial weights: {initial}", fontsize=11)
    right.legend(frameon=False)
    for axes in (*panels, right):
        axes.spines[["top", "right"]].set_visible(False)
    return figure
