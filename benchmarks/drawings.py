"""Pictures of the measurements: bars of ratios, and the kernel under its roof."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from pipelines.plots.colours import BLUE, GREY, ORANGE, RED


def draw_ratios(ratios: Sequence[dict[str, Any]]) -> Figure:
    """A bar for each ratio on a logarithmic axis, with a mark at the promised ratio if there is one."""
    figure = Figure(figsize=(9, 1 + 0.32 * len(ratios)), layout="constrained")
    axes = figure.add_subplot()
    places = np.arange(len(ratios))
    times = [each["times"] for each in ratios]
    axes.barh(places, [max(value, 1e-3) - 1 for value in times], left=1, height=0.65, color=BLUE)
    promised = [(place, each["least"]) for place, each in zip(places, ratios, strict=True) if each["least"]]
    if promised:
        axes.scatter(
            [least for _, least in promised],
            [place for place, _ in promised],
            marker="|",
            s=180,
            linewidths=2.5,
            color=ORANGE,
            zorder=3,
            label="promised",
        )
        axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1))
    for place, each in zip(places, ratios, strict=True):
        end, mark = max(each["times"], 1), each["least"] or 0
        end = mark if end <= mark < 1.6 * end else end  # a mark close to the end would cross out the number
        axes.annotate(
            f"{each['times']:.1f}", (end, place), xytext=(5, 0), textcoords="offset points", va="center"
        )
    axes.set_yticks(places, [f"{each['what']}  ({each['peer']})" for each in ratios])
    axes.set_ylim(len(ratios) - 0.4, -0.6)  # the first at the top
    axes.set_xscale("log")
    least, most = 0.9 * min(1, *times), 1.5 * max(10, *times)
    axes.set_xlim(least, most)
    steps = [base * step for base in (0.01, 0.1, 1, 10, 100, 1_000) for step in (1, 2, 5)]
    axes.set_xticks([step for step in steps if least <= step <= most], minor=False)
    axes.minorticks_off()
    axes.axvline(1, color=GREY, linewidth=1)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel("times as fast as the peer")
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    return figure


def draw_roofline(measured: dict[str, Any]) -> Figure:
    """Operations per second by operations per byte: the roofs of one and of all threads, and the kernel."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.add_subplot()
    standing = measured["standing"]
    intensity = measured["needs"]["operations"] / measured["needs"]["bytes"]
    x = np.geomspace(intensity / 16, intensity * 16, 200)
    chosen = dict.fromkeys([min(standing, key=int), max(standing, key=int)])
    for colour, threads in zip((BLUE, ORANGE), chosen, strict=False):
        each = {name: value / 1e9 for name, value in standing[threads].items()}
        who = "1 thread" if threads == "1" else f"{threads} threads"
        axes.plot(
            x, np.minimum(each["product"], x * each["copy"]), color=colour, label=f"{who}: copy, product"
        )
        rows = np.minimum(each["product"], x * each["rows"])
        axes.plot(x, rows, color=colour, linestyle="--", label=f"{who}: scattered rows, product")
        axes.plot(intensity, each["operations"], "o", color=colour, markersize=9, zorder=3)
        axes.annotate(
            f"kernel, {who}: {each['operations']:.0f}", (intensity, each["operations"]),
            xytext=(10, -4), textcoords="offset points", color=colour,
        )  # fmt: skip
    axes.axvline(intensity, color=RED, linewidth=0.8, linestyle=":")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel(f"operations a byte (the kernel: {intensity:.1f})")
    axes.set_ylabel("thousand million operations a second (GFLOP/s)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    return figure
