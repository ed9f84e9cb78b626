"""Save and load an artefact: a directory of payloads with a manifest that says how it was made.

A directory appears under its name only when it is whole: payloads are written into a hidden
directory beside it, the manifest last, and then the directory is renamed. A crash leaves either
the old artefact, whole, or none. Nothing is pickled.

A path may be a URL: what is there is fetched, and what is written is sent, the manifest last.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from wordlab import schema
from wordlab.errors import ArtifactError, FormatError, OutputExistsError, SourceError
from wordlab.io.atomic import finish_leftovers, move_away, staged_directory
from wordlab.io.digests import file_digest, mismatch
from wordlab.io.fetching import Expected, fetch_directory
from wordlab.io.json_files import LONGEST_JSON, json_bytes, parse_json
from wordlab.io.leftovers import is_empty
from wordlab.io.places import check_apart, check_place, local_path, real_target
from wordlab.io.remote import look, read_bytes
from wordlab.io.uploading import remote_names
from wordlab.io.urls import PathName, Place, Url, place_of

MANIFEST = "manifest.json"
_LOADERS = {
    "corpus": "Corpus.load",
    "cooccurrences": "Cooccurrences.load",
    "vectors": "WordVectors.load",
    "classifier": "load_classifier",
    "documents": "DocumentVectors.load",
    "comparison": "read_results",
    "map": "WordMap.load",
    "image-classifier": "ImageClassifier.load",
    "vision-study": "load_study",
}
"""The loader of each kind, which the error names where another one was tried."""
_LIBRARIES = ("wordlab", "numpy", "numba", "pyarrow")
_FACTS = {
    "kind": str,
    "format_version": int,
    "details": dict,
    "libraries": dict[str, str],
    "payloads": dict[str, dict],
}
_PAYLOAD = {"bytes": int, "sha256": str}


@dataclass
class Draft:
    """An artefact being written: payloads go where `payload` says, facts into `details`.

    `libraries` are the distributions whose versions the manifest records; add those that the content
    depends on.
    """

    directory: Path
    details: dict[str, Any] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    libraries: list[str] = field(default_factory=lambda: list(_LIBRARIES))

    def payload(self, name: str) -> Path:
        """The path to write the payload called `name` to."""
        return self.directory / name


@dataclass(frozen=True)
class Artifact:
    """A loaded artefact: where it is on this machine, what its manifest says, and the `url` it comes from."""

    directory: Path
    manifest: Mapping[str, Any]
    url: Url | None = None

    @property
    def name(self) -> str:
        """What it is called: the last part of its path, or of the URL that it was fetched from."""
        return self.directory.resolve().name if self.url is None else self.url.name

    @property
    def details(self) -> Mapping[str, Any]:
        """What the maker wrote about the artefact: configuration, seed, results."""
        details: Mapping[str, Any] = self.manifest["details"]
        return details

    @property
    def where(self) -> str:
        """The path of the manifest, with which messages about its facts begin."""
        return str(self.directory / MANIFEST)

    def payload(self, name: str) -> Path:
        """The path of the payload called `name`; ArtifactError if the manifest has none."""
        if name not in self.manifest["payloads"]:
            raise ArtifactError(f"{self.where}: expected a payload {name!r}, found none")
        return self.directory / name

    @property
    def digest(self) -> str:
        """See `digest_of`."""
        return digest_of(self.directory)


@contextmanager
def as_artifact_error() -> Iterator[None]:
    """Inside, an error in the format of a file of an artefact, or in reading it, becomes an ArtifactError."""
    try:
        yield
    except (FormatError, SourceError) as error:
        raise ArtifactError(str(error)) from error


@contextmanager
def create(
    path: str | os.PathLike[str], *, kind: str, format_version: int, overwrite: bool = False
) -> Iterator[Draft]:
    """A Draft whose directory becomes `path` when the block ends without an error.

    Raises what `check_output` raises, before anything is written and again at the end, if something
    appeared at `path` meanwhile; ArtifactError if writing fails (a full disk, say).
    """
    check_output(path, overwrite=overwrite)
    with staged_directory(path, partial(_check_old, overwrite=overwrite), last=MANIFEST) as staging:
        draft = Draft(staging)
        yield draft
        _write_manifest(draft, kind=kind, format_version=format_version)


def check_output(
    path: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    inputs: Iterable[PathName | Url | None] = (),
    rewritten: bool = False,
) -> None:
    """Raise now what `create` would raise later, so that long work is not in vain.

    OutputExistsError if `path` exists, unless it is an empty directory, which is filled, or an artefact and
    `overwrite` is true: ``--overwrite`` must not be able to delete anybody's home directory. ArtifactError if
    nothing can be written there, or if it is one of `inputs`, contains one or lies inside one. `rewritten`
    says that it will be replaced again and again, as a checkpoint is. What killed runs left behind is
    cleared.
    """
    place = place_of(path)
    if isinstance(place, Url) and not rewritten:
        _check_old(place, overwrite=overwrite)
        check_apart(path, inputs)
        return
    target = local_path(path)
    check_place(target)
    _check_name(target)
    finish_leftovers(target, MANIFEST)
    _check_old(target, overwrite=overwrite)
    check_apart(target, inputs)
    if rewritten and target.is_dir():
        _check_replaceable(target)


def copy(source: Artifact, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Copy an artefact to `path`, byte by byte; raises as `create` does."""
    check_output(path, overwrite=overwrite)
    with staged_directory(path, partial(_check_old, overwrite=overwrite), last=MANIFEST) as staging:
        for name in (*source.manifest["payloads"], MANIFEST):
            shutil.copyfile(source.directory / name, staging / name)


def digest_of(path: str | os.PathLike[str]) -> str:
    """SHA-256 of the manifest in directory `path`, which holds the digests of all payloads."""
    place = place_of(path)
    if isinstance(place, Url):
        return hashlib.sha256(read_bytes(place / MANIFEST, LONGEST_JSON)).hexdigest()
    return file_digest(place / MANIFEST)


def kind_of(path: str | os.PathLike[str]) -> str | None:
    """The kind of the artefact in directory `path`; None if there is none that can be read."""
    try:
        kind = _read_manifest(place_of(path))[0]["kind"]
    except ArtifactError:
        return None
    return str(kind)


def remove(path: str | os.PathLike[str]) -> None:
    """Remove the artefact in directory `path`, if there is one; a kill leaves it whole or gone."""
    directory = local_path(path)
    if (directory / MANIFEST).is_file():
        move_away(directory)


def _check_old(target: Place, *, overwrite: bool) -> None:
    """Raise OutputExistsError if what is at `target` must not be filled or replaced."""
    if isinstance(target, Url):
        names = remote_names(target, MANIFEST)
        if names is not None:
            _check_found(target, overwrite=overwrite, is_artefact=MANIFEST in names)
        return
    if not target.exists():
        return
    if not target.is_dir():
        raise OutputExistsError(f"{target}: exists and is not a directory; an artefact needs a new name")
    if is_empty(target):
        return
    _check_found(target, overwrite=overwrite, is_artefact=(target / MANIFEST).is_file())
    _check_replaceable(target)


def _check_found(target: Place, *, overwrite: bool, is_artefact: bool) -> None:
    if not is_artefact:
        raise OutputExistsError(f"{target}: exists and is not a wordlab artefact; left unchanged")
    if not overwrite:
        raise OutputExistsError(f"{target}: exists already; choose another name or use --overwrite")


def _check_replaceable(target: Path) -> None:
    """Raise OutputExistsError for a directory that another cannot replace."""
    real = target.resolve()
    if real.is_mount():
        raise OutputExistsError(f"{target}: is the root of a file system, which cannot be replaced")
    here = Path.cwd()
    if real in (here, *here.parents):
        raise OutputExistsError(
            f"{target}: is or contains the working directory; replace it from another directory"
        )


def _check_name(path: Path) -> None:
    """Raise ArtifactError for a path that is not UTF-8: libraries that write payloads refuse it."""
    try:
        os.fspath(real_target(path)).encode("utf-8")
    except UnicodeEncodeError:
        shown = os.fsencode(path).decode("utf-8", "backslashreplace")
        raise ArtifactError(f"{shown}: cannot be written: expected a path in UTF-8") from None


def load(path: str | os.PathLike[str], *, kind: str, format_version: int, verify: bool = True) -> Artifact:
    """The artefact in directory `path`, checked; one at a URL is fetched into the cache first.

    Kind, version and payload sizes are always checked, digests unless `verify` is false (for
    files too large to be read a second time). Raises ArtifactError.
    """
    place = place_of(path)
    manifest, content = _read_manifest(place)
    found = manifest["kind"]
    if found != kind:
        loader = f", which {_LOADERS[found]} loads" if found in _LOADERS else ""
        raise ArtifactError(f"{place}: expected an artefact of kind {kind!r}, found {found!r}{loader}")
    if manifest["format_version"] != format_version:
        raise ArtifactError(
            f"{place}: expected {kind} format version {format_version}, "
            f"found {manifest['format_version']} (written by wordlab {manifest['libraries'].get('wordlab')})"
        )
    return _checked(place, (manifest, content), verify)


def read(path: str | os.PathLike[str], *, verify: bool = True) -> Artifact:
    """The artefact in directory `path`, of any kind and version, checked as `load` does."""
    place = place_of(path)
    return _checked(place, _read_manifest(place), verify)


def local_directory(path: str | os.PathLike[str]) -> Path:
    """The directory of an artefact on this machine; of one at a URL, that of a copy in the cache."""
    place = place_of(path)
    return place if isinstance(place, Path) else read(path, verify=False).directory


def _checked(place: Place, read: tuple[dict[str, Any], bytes], verify: bool) -> Artifact:
    manifest, content = read
    payloads = manifest["payloads"]
    _check_names(payloads, str(place / MANIFEST))
    source = Artifact(place, manifest) if isinstance(place, Path) else _fetched(place, manifest, content)
    _check_sizes(source.directory, payloads)
    if verify:
        verify_digests(source)
    return source


def _fetched(url: Url, manifest: dict[str, Any], content: bytes) -> Artifact:
    """An artefact at a URL, of which there is then a copy on this machine."""
    files = {name: Expected(facts["bytes"], facts["sha256"]) for name, facts in manifest["payloads"].items()}
    with as_artifact_error():
        return Artifact(fetch_directory(url, MANIFEST, content, files), manifest, url)


def verify_digests(source: Artifact, stopping: threading.Event | None = None) -> None:
    """Compare the digest of each payload with the manifest; ArtifactError names the first that differs.

    A thread that runs this ends soon, with an error, when `stopping` is set.
    """
    payloads = source.manifest["payloads"]
    stopping = stopping or threading.Event()
    with ThreadPoolExecutor() as pool:  # hashing runs without the interpreter's lock
        try:
            digests = pool.map(lambda name: _digest(source.directory / name, stopping), payloads)
            for (name, facts), digest in zip(payloads.items(), digests, strict=True):
                if digest != facts["sha256"]:
                    raise ArtifactError(
                        f"{source.directory / name}: {mismatch(facts['sha256'], digest)}: "
                        "the file was changed or damaged"
                    )
        finally:
            stopping.set()  # so that Ctrl-C does not wait for large files


def _read_manifest(place: Place) -> tuple[dict[str, Any], bytes]:
    """What the manifest of an artefact says, and its bytes; ArtifactError."""
    path = place / MANIFEST
    with as_artifact_error():
        found = _missing(place)
        if found is not None:
            raise ArtifactError(f"{place}: expected an artefact made by wordlab, found no {found}")
        content = read_bytes(path, LONGEST_JSON) if isinstance(path, Url) else json_bytes(path)
        manifest: Any = parse_json(content, str(path))
    if not isinstance(manifest, dict) or "kind" not in manifest:
        raise ArtifactError(f"{path}: expected a wordlab manifest with 'kind', found none")
    schema.fields(manifest, _FACTS, str(path))
    return manifest, content


def _missing(place: Place) -> str | None:
    """What an artefact lacks: its directory or its manifest; None if both are there."""
    if isinstance(place, Path):
        return "directory" if not place.is_dir() else None if (place / MANIFEST).exists() else MANIFEST
    if place.scheme == "hf":
        raise ArtifactError(
            f"{place}: expected an artefact on this machine or in a store, found one on the Hub; "
            "`wordlab embeddings import` and `wordlab sentiment import` bring it here"
        )
    return MANIFEST if look(place / MANIFEST) is None else None


def _check_names(payloads: Mapping[str, Any], where: str) -> None:
    for name, facts in payloads.items():
        if name in ("", "..", MANIFEST) or Path(name).name != name or "\0" in name:
            raise ArtifactError(f"{where}: expected the name of a payload, found {name!r}")
        schema.fields(facts, _PAYLOAD, f"{where}: payloads: {name}")


def _check_sizes(directory: Path, payloads: Mapping[str, Any]) -> None:
    for name, facts in payloads.items():
        path = directory / name
        if not path.is_file():
            raise ArtifactError(f"{path}: expected a payload of {facts['bytes']} bytes, found no file")
        size = path.stat().st_size
        if size != facts["bytes"]:
            raise ArtifactError(f"{path}: expected {facts['bytes']} bytes, found {size}")


def _digest(path: Path, stopping: threading.Event) -> str:
    try:
        return file_digest(path, stopping)
    except OSError as error:
        raise ArtifactError(f"{path}: cannot be read: {error.strerror}") from error


def _write_manifest(draft: Draft, *, kind: str, format_version: int) -> None:
    payloads = sorted(path for path in draft.directory.iterdir() if path.name != MANIFEST)
    manifest = {
        "kind": kind,
        "format_version": format_version,
        "details": draft.details,
        "parents": draft.parents,
        "libraries": {name: version(name) for name in draft.libraries},
        "payloads": {
            path.name: {"bytes": path.stat().st_size, "sha256": file_digest(path)} for path in payloads
        },
    }
    # No time stamp: equal inputs and seeds give equal bytes, the manifest's included.
    path = draft.directory / MANIFEST
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")  # names of files need not be UTF-8
