"""Vectors on the Hugging Face Hub: fetched from a repository there, and put into one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import Any

from wordlab import artifact, hub
from wordlab.artifact import MANIFEST, Artifact
from wordlab.embeddings import storage
from wordlab.embeddings.formats.dispatch import read_vectors, write_vectors
from wordlab.embeddings.formats.format import directory_forms
from wordlab.embeddings.formats.names import HUB_FORMATS
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError
from wordlab.hub import HubAddress
from wordlab.progress import OnProgress

_DEEPEST = 2  # parts of a name: sentence-transformers has its modules in folders


def import_published(
    address: HubAddress,
    output: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    cache: str | os.PathLike[str] | None = None,
    offline: bool = False,
    on_progress: OnProgress | None = None,
    **reading: Any,
) -> WordVectors:
    """The vectors at an address, which are then saved in `output`: an artefact of ours as it is there.

    Files in other formats are read with the options `reading` of `read_vectors`, and ``details["hub"]`` says
    where they are from. Raises what `wordlab.hub.fetch`, `read_vectors` and `wordlab.artifact.create` do;
    ConfigError for an option where there is an artefact.
    """
    artifact.check_output(output, overwrite=overwrite)
    fetched = hub.fetch(address, wanted_files, cache=cache, offline=offline, on_progress=on_progress)
    if (fetched.path / MANIFEST).is_file():
        _check_unread(address, reading)
        WordVectors.load(fetched.path)
        source = artifact.load(
            fetched.path, kind=storage.KIND, format_version=storage.FORMAT_VERSION, verify=False
        )
        artifact.copy(source, output, overwrite=overwrite)
        return WordVectors.load(output, verify=False)
    read = read_vectors(fetched.path, on_progress=on_progress, **reading)
    vectors = WordVectors(
        read.vocabulary,
        read.matrix,
        subwords=read.subwords,
        tokenizer=read.tokenizer,
        details={**read.details, "origin": str(address), "hub": {"commit": fetched.commit}},
    )
    vectors.save(output, overwrite=overwrite, precision=read.precision)
    return vectors


def wanted_files(names: Collection[str]) -> list[str]:
    """Of the files of a repository, those of an artefact or, if it has none, of a format of vectors."""
    if MANIFEST in names:
        return hub.artefact_names(names)
    known = {name for form in directory_forms().values() for name in (*form.needed, *form.written)}
    parts = [(name, PurePosixPath(name).parts) for name in names]
    found = [name for name, steps in parts if len(steps) <= _DEEPEST and steps[-1] in known]
    needed = {name for form in directory_forms().values() for name in form.needed}
    return found if any(PurePosixPath(name).name in needed for name in found) else []


def publish_vectors(
    vectors: WordVectors,
    source: Artifact,
    repository: str,
    card: str,
    *,
    format: str = "wordlab",
    private: bool = False,
    overwrite: bool = False,
    on_progress: OnProgress | None = None,
) -> str:
    """The web address of the repository in which the vectors then are, with their card as README.md.

    `format` is one of HUB_FORMATS: "wordlab" for the files of their artefact, `source`; in the others
    `vectors` are written as they are given. Raises what `wordlab.hub.publish` and `write_vectors` do.
    """
    if format not in HUB_FORMATS:
        raise ConfigError(f"format: expected one of {', '.join(HUB_FORMATS)}, found {format!r}")
    options: dict[str, Any] = {"private": private, "overwrite": overwrite, "on_progress": on_progress}
    if format == "wordlab":
        return hub.publish(repository, hub.artefact_files(source, card), **options)
    with tempfile.TemporaryDirectory() as directory:
        written = Path(directory, "vectors")
        write_vectors(vectors, written, format=format)
        files = {path.name: path for path in sorted(written.iterdir())}
        return hub.publish(repository, {hub.CARD: card.encode("utf-8"), **files}, **options)


def _check_unread(address: HubAddress, reading: dict[str, Any]) -> None:
    """Raise ConfigError for an option that is for files of other formats."""
    usual = {"duplicates": "first", "encoding": "utf-8"}
    for name, value in reading.items():
        if value and value != usual.get(name):
            raise ConfigError(f"{name}: expected a file of vectors, found {address}, an artefact of wordlab")
