"""Files of pictures: written whole or not at all, PNG, SVG or PDF by suffix, animations as GIF."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wordlab.errors import ArtifactError, ConfigError, OutputExistsError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")
ANIMATED = (".gif",)


def check_picture(path: Path | None, *, overwrite: bool = False, suffixes: Sequence[str] = SUFFIXES) -> None:
    """Raise now what saving would raise later: an unknown suffix, or a file that is there."""
    if path is None:
        return
    if path.suffix.lower() not in suffixes:
        raise ConfigError(f"{path}: expected a picture's name, which ends in {', '.join(suffixes)}")
    if path.is_dir():
        raise OutputExistsError(f"{path}: exists and is a directory; left unchanged")
    if path.exists() and not overwrite:
        raise OutputExistsError(f"{path}: exists already; choose another name or use --overwrite")


def save_figure(figure: Figure, path: Path, *, overwrite: bool = False) -> None:
    """Write the picture to `path`; equal figures give equal bytes.

    Raises ConfigError for an unknown suffix, OutputExistsError, ArtifactError if it cannot be written.
    """
    import matplotlib

    check_picture(path, overwrite=overwrite)
    format = path.suffix.lower()[1:]
    undated = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[format]
    with _staged(path) as staging, matplotlib.rc_context({"svg.hashsalt": "wordlab"}):
        figure.savefig(staging, format=format, dpi=150, metadata=undated)


def save_animation(
    figure: Figure, update: Callable[[int], None], num_frames: int, path: Path,
    *, frames_per_second: int = 5, overwrite: bool = False,
) -> None:  # fmt: skip
    """Write an animation that repeats: `update` changes the figure to frame 0, 1 and so on.

    The last frame stays for a second. Raises as `save_figure` does.
    """
    from matplotlib.animation import PillowWriter

    check_picture(path, overwrite=overwrite, suffixes=ANIMATED)
    with _staged(path) as staging:
        writer = PillowWriter(fps=frames_per_second)
        with writer.saving(figure, str(staging), dpi=80):
            for frame in [*range(num_frames), *[num_frames - 1] * (frames_per_second - 1)]:
                update(frame)
                writer.grab_frame()


@contextmanager
def _staged(path: Path) -> Iterator[Path]:
    """A name beside `path`; what is written there becomes `path` when the block ends without an error."""
    staging = path.absolute().parent / f".{path.stem}.partial-{secrets.token_hex(4)}{path.suffix}"
    try:
        staging.parent.mkdir(parents=True, exist_ok=True)
        yield staging
        staging.replace(path)
    except OSError as error:
        raise ArtifactError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        staging.unlink(missing_ok=True)
