"""Picture files, written whole or not at all: PNG, SVG or PDF by suffix, animations as GIF."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wordlab.errors import ConfigError
from wordlab.io.atomic import staged_file
from wordlab.io.places import check_apart, check_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")
ANIMATED = (".gif",)


def check_picture(
    path: Path | None,
    *,
    overwrite: bool = False,
    suffixes: Sequence[str] = SUFFIXES,
    inputs: Iterable[str | os.PathLike[str] | None] = (),
) -> None:
    """Raise now what saving would raise later: an unknown suffix, a file that exists or cannot be written.

    Also raises ArtifactError for a picture that is one of `inputs` or lies inside one.
    """
    if path is None:
        return
    check_suffix(path, suffixes)
    check_file(path, overwrite=overwrite, make_parents=True)
    check_apart(path, inputs)


def check_suffix(path: Path, suffixes: Sequence[str] = SUFFIXES) -> None:
    """Raise ConfigError for a name that does not end in one of the suffixes."""
    if path.suffix.lower() not in suffixes:
        raise ConfigError(f"{path}: expected a picture's name, which ends in {', '.join(suffixes)}")


def save_figure(figure: Figure, path: Path, *, overwrite: bool = False) -> None:
    """Write the picture to `path`; equal figures give equal bytes.

    Raises ConfigError for an unknown suffix, OutputExistsError, ArtifactError if it cannot be written.
    """
    import matplotlib

    check_picture(path, overwrite=overwrite)
    format = path.suffix.lower()[1:]
    undated = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[format]
    with (
        staged_file(path, overwrite=overwrite, make_parents=True) as staging,
        matplotlib.rc_context({"svg.hashsalt": "wordlab"}),
    ):
        figure.savefig(staging, format=format, dpi=150, metadata=undated)


def save_animation(
    figure: Figure, update: Callable[[int], None], num_frames: int, path: Path,
    *, frames_per_second: int = 5, overwrite: bool = False,
) -> None:  # fmt: skip
    """Write an animation that repeats; `update` changes the figure to frame 0, 1 and so on.

    The last frame stays for a second. Raises what `save_figure` raises.
    """
    from matplotlib.animation import PillowWriter

    check_picture(path, overwrite=overwrite, suffixes=ANIMATED)
    with staged_file(path, overwrite=overwrite, make_parents=True) as staging:
        writer = PillowWriter(fps=frames_per_second)
        with writer.saving(figure, str(staging), dpi=80):
            for frame in [*range(num_frames), *[num_frames - 1] * (frames_per_second - 1)]:
                update(frame)
                writer.grab_frame()
