"""Files of pictures: written whole or not at all, PNG, SVG or PDF by suffix."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from wordlab.errors import ArtifactError, ConfigError, OutputExistsError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")


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
