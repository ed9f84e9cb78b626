"""Formats that are directories of files: written whole or not at all, as single files are."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from wordlab.errors import ArtifactError, OutputExistsError


@contextmanager
def open_directory_sink(
    target: str | os.PathLike[str], names: Collection[str], *, overwrite: bool = False
) -> Iterator[Path]:
    """A directory to write `names` into, which becomes `target` when the block ends without an error.

    An existing directory is only replaced if it is empty, or if it was asked for and there is nothing
    in it but these names. Raises OutputExistsError before anything is written; ArtifactError if
    writing fails.
    """
    path = Path(target)
    _check(path, names, overwrite=overwrite)
    place = path.absolute().parent
    staging = place / f".{path.name}.partial-{secrets.token_hex(4)}"
    try:
        staging.mkdir()
        yield staging
        for file in staging.iterdir():
            with file.open("rb+") as opened:
                os.fsync(opened.fileno())
        old = place / f".{path.name}.old-{secrets.token_hex(4)}"
        if path.exists():
            path.rename(old)
        staging.rename(path)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        if error.errno is None:
            raise
        raise ArtifactError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _check(path: Path, names: Collection[str], *, overwrite: bool) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        raise OutputExistsError(f"{path}: exists and is not a directory; this format needs a new name")
    found = {file.name for file in path.iterdir()}
    if found - set(names):
        raise OutputExistsError(f"{path}: exists and holds other files; left unchanged")
    if found and not overwrite:
        raise OutputExistsError(f"{path}: exists already; choose another name or use --overwrite")
