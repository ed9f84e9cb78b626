"""Pictures of results: drawn without a display, written whole or not at all, PNG or SVG by suffix."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordlab.errors import ArtifactError, ConfigError, OutputExistsError

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

    from wordlab.text.subsampling import SubsamplingReport

SUFFIXES = (".png", ".svg", ".pdf")
_BEFORE, _AFTER = "#9aa5b1", "#1f6feb"


def check_picture(path: Path | None, *, overwrite: bool = False) -> None:
    """Raise now what `save_figure` would raise later: an unknown suffix, or a file that is there."""
    if path is None:
        return
    if path.suffix.lower() not in SUFFIXES:
        raise ConfigError(f"{path}: expected a picture's name, which ends in {', '.join(SUFFIXES)}")
    if path.is_dir():
        raise OutputExistsError(f"{path}: exists and is a directory; it is left alone")
    if path.exists() and not overwrite:
        raise OutputExistsError(f"{path}: exists already; choose another name or ask to overwrite")


def save_figure(figure: Figure, path: Path, *, overwrite: bool = False) -> None:
    """Write the picture to `path`; equal figures give equal bytes.

    Raises ConfigError for an unknown suffix, OutputExistsError, ArtifactError if it cannot be written.
    """
    import matplotlib

    check_picture(path, overwrite=overwrite)
    format = path.suffix.lower()[1:]
    undated = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[format]
    staging = path.absolute().parent / f".{path.name}.partial-{secrets.token_hex(4)}"
    try:
        staging.parent.mkdir(parents=True, exist_ok=True)
        with matplotlib.rc_context({"svg.hashsalt": "wordlab"}):
            figure.savefig(staging, format=format, dpi=150, metadata=undated)
        staging.replace(path)
    except OSError as error:
        raise ArtifactError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        staging.unlink(missing_ok=True)


def draw_line_lengths(report: SubsamplingReport) -> Figure:
    """A histogram of line lengths before and after subsampling.

    The bins grow with the length, so the axis of lengths is logarithmic; lines left empty stand in a
    bar of their own at 0.
    """
    import numpy as np
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    # The bin of length 0 goes from 0.5 to 1: a logarithmic axis has no 0.
    edges = np.concatenate(([0.5], report.length_edges[1:]))
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    before = f"before: {report.num_tokens:,} tokens"
    axes.stairs(report.lines_before, edges, fill=True, color=_BEFORE, alpha=0.6, label=before)
    after = f"after: {report.num_kept:,} tokens"
    axes.stairs(report.lines_after, edges, color=_AFTER, linewidth=2, label=after)
    axes.set_xscale("log")
    axes.set_xlim(edges[0], edges[-1])
    ticks = _ticks(int(edges[-1]))
    axes.set_xticks([0.7, *ticks], labels=["0", *(f"{tick:,}" for tick in ticks)])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel("tokens in a line (bins widen with the length)")
    axes.set_ylabel("lines in each bin")
    how = f"threshold {report.threshold:g} ({report.form})"
    axes.set_title(f"Subsampling with {how} keeps {report.share_kept:.1%} of the tokens")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


def _ticks(longest: int) -> list[int]:
    """1, 2, 5, 10, 20, 50 ... up to `longest`; only powers of ten where that would be too many."""
    ticks, scale = [], 1
    while scale <= longest:
        ticks += [scale * step for step in (1, 2, 5) if scale * step <= longest]
        scale *= 10
    return ticks if len(ticks) <= 13 else ticks[::3]


def draw_words(words: Sequence[str], points: np.ndarray, title: str) -> Figure:
    """Words at their points (num_words, 2), the first ones on top.

    A word whose label would cover that of an earlier one is shown as a dot only, so that all labels
    can be read.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 9), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.scatter(points[:, 0], points[:, 1], s=6, color=_AFTER, alpha=0.5, linewidths=0)
    labels = [
        axes.annotate(word, point, xytext=(3, 2), textcoords="offset points", fontsize=8, parse_math=False)
        for word, point in zip(words, points, strict=True)
    ]
    axes.set_xticks([])  # directions and distances of a projection have no unit
    axes.set_yticks([])
    axes.set_title(title)
    renderer: Any = canvas.get_renderer()  # type: ignore[no-untyped-call]
    figure.draw(renderer)
    taken: list[Bbox] = []
    for label in labels:
        box = label.get_window_extent(renderer)
        if box.count_overlaps(taken):
            label.remove()
        else:
            taken.append(box)
    return figure
