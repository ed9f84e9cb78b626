"""Classifiers on the Hugging Face Hub: fetched from a repository there, and put into one."""

from __future__ import annotations

import os
from collections.abc import Collection

from wordlab import artifact, hub
from wordlab.artifact import MANIFEST
from wordlab.errors import SourceError
from wordlab.hub import HubAddress
from wordlab.progress import OnProgress
from wordlab.sentiment import storage
from wordlab.sentiment.base import TextModel, load_classifier


def import_published(
    address: HubAddress,
    output: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    offline: bool = False,
    on_progress: OnProgress | None = None,
) -> TextModel:
    """The classifier at an address, which is then in `output` as it is there.

    Raises what `wordlab.hub.fetch` and `wordlab.artifact.create` do, and ArtifactError for what is no
    classifier.
    """
    artifact.check_output(output, overwrite=overwrite)
    if address.file is not None:
        raise SourceError(f"{address}: expected a repository, whose files are a classifier, found one file")
    fetched = hub.fetch(address, _wanted_files, offline=offline, on_progress=on_progress)
    load_classifier(fetched.path)
    source = artifact.load(
        fetched.path, kind=storage.KIND, format_version=storage.FORMAT_VERSION, verify=False
    )
    artifact.copy(source, output, overwrite=overwrite)
    return load_classifier(output, verify=False)


def _wanted_files(names: Collection[str]) -> list[str]:
    return hub.artefact_names(names) if MANIFEST in names else []
