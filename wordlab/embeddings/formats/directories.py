"""Formats that are directories of files: written whole or not at all, as single files are."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from wordlab.errors import OutputExistsError
from wordlab.io.atomic import staged_directory
from wordlab.io.leftovers import is_hidden_name
from wordlab.io.places import check_place
from wordlab.io.uploading import remote_names
from wordlab.io.urls import Place, Url, place_of


@contextmanager
def open_directory_sink(
    target: str | os.PathLike[str], names: Collection[str], *, overwrite: bool = False
) -> Iterator[Path]:
    """A directory to write `names` into, which becomes `target` when the block ends without an error.

    An existing directory is replaced only if it is empty, or if `overwrite` is true and it holds
    nothing but these names. Raises OutputExistsError before anything is written; ArtifactError if
    writing fails.
    """
    place = place_of(target)
    if isinstance(place, Path):
        check_place(place, make_parents=False)  # as for single files, missing directories are not created
    with staged_directory(target, partial(_check, names=names, overwrite=overwrite)) as staging:
        yield staging


def _check(path: Place, names: Collection[str], *, overwrite: bool) -> None:
    if isinstance(path, Url):
        found = {name.partition("/")[0] for name in remote_names(path) or ()}
    elif not path.exists():
        return
    elif not path.is_dir():
        raise OutputExistsError(f"{path}: exists and is not a directory; this format needs a new name")
    else:
        found = {file.name for file in path.iterdir() if not is_hidden_name(file.name, "")}
    if found - set(names):
        raise OutputExistsError(f"{path}: exists and holds other files; left unchanged")
    if found and not overwrite:
        raise OutputExistsError(f"{path}: exists already; choose another name or use --overwrite")
