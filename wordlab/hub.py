"""Repositories on the Hugging Face Hub: what is fetched from one, and what is put into one.

Everything goes through huggingface_hub: its cache, its token (HF_TOKEN, or `hf auth login`), its other
variables. The token is looked at only to take it out of what a server says.
"""

from __future__ import annotations

import io
import logging
import os
import re
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wordlab.artifact import MANIFEST, Artifact
from wordlab.errors import ConfigError, OutputExistsError, SourceError, WordlabError
from wordlab.extras import need
from wordlab.progress import OnProgress, Reporter
from wordlab.visible import clipped, listed

_PREFIX = "hf://"
# pathlib makes one slash of two
_ADDRESS = re.compile(r"hf:/{1,2}([\w.-]+/[\w.-]+)(?:@(refs/[\w.-]+/[\w.-]+|[^/]+))?(?:/(.+))?", re.ASCII)
_NOT_MODELS = ("datasets", "spaces", "buckets", "kernels", "models")
CARD = "README.md"
"""The file that the Hub shows on the page of a repository."""
_OWN = ".gitattributes"  # which the Hub makes
_NUM_SHOWN = 4
_CREDENTIALS = re.compile(r"(?<=//)[^\s/]*@")
_LOG_IN = "log in by `hf auth login`, or set HF_TOKEN"


@dataclass(frozen=True)
class HubAddress:
    """A repository of a model, a `revision` of it (None: the newest) and a `file` in it (None: all)."""

    repository: str
    revision: str | None = None
    file: str | None = None

    def __str__(self) -> str:
        revision = "" if self.revision is None else f"@{self.revision}"
        return f"{_PREFIX}{self.repository}{revision}" + ("" if self.file is None else f"/{self.file}")


def artefact_names(names: Collection[str]) -> list[str]:
    """Of the files of a repository that holds an artefact, those that can belong to it."""
    return [name for name in names if "/" not in name and not name.startswith(".") and name != CARD]


def artefact_files(source: Artifact, card: str) -> dict[str, Path | bytes]:
    """What to publish of an artefact: its files, and its card."""
    names = (MANIFEST, *source.manifest["payloads"])
    return {CARD: card.encode("utf-8"), **{name: source.directory / name for name in names}}


@dataclass(frozen=True)
class Fetched:
    """What was fetched: a directory, or the file of the address, and the commit it belongs to."""

    path: Path
    commit: str


def find_address(source: str | os.PathLike[str]) -> HubAddress | None:
    """The address that ``hf://user/name[@revision][/file]`` stands for; None for what begins otherwise.

    SourceError for what begins so and goes on in another way.

    >>> find_address("hf://ann/news@v1.0/vectors.txt")
    HubAddress(repository='ann/news', revision='v1.0', file='vectors.txt')
    >>> find_address("vectors.txt") is None
    True
    """
    name = os.fspath(source)
    if not name.startswith("hf:/"):
        return None
    found = _ADDRESS.fullmatch(name)
    if found is None or ".." in Path(found[3] or "").parts or found[1].split("/")[0] in _NOT_MODELS:
        raise SourceError(f"{clipped(name)}: expected a model, as hf://user/name[@revision][/file]")
    return HubAddress(found[1], found[2], found[3])


def fetch(
    address: HubAddress,
    choose: Callable[[Collection[str]], Collection[str]],
    *,
    cache: str | os.PathLike[str] | None = None,
    offline: bool = False,
    on_progress: OnProgress | None = None,
) -> Fetched:
    """What `address` names, in the Hub's cache: its file, or the directory of the files that are chosen.

    `choose` gets the names of all files of the repository and returns those to be fetched. What is in the
    cache is not fetched again, and what was interrupted goes on. `offline` asks nobody. SourceError if that
    fails; MissingExtraError without huggingface_hub.
    """
    with need("huggingface_hub", extra="hub"):
        from huggingface_hub import HfApi, get_cached_repo_tree, snapshot_download
    reporter = Reporter(on_progress, f"fetch {address}", "bytes")
    place: dict[str, Any] = {"revision": address.revision, "cache_dir": cache}
    received = _received(reporter)
    with _translated(address):
        if offline:
            commit, names = None, {file.path for file in get_cached_repo_tree(address.repository, **place)}
        else:
            # The client would answer from its cache if the Hub refuses; this asks first, and says why not.
            info = HfApi().model_info(address.repository, revision=address.revision)
            commit, names = info.sha, {sibling.rfilename for sibling in info.siblings or ()}
        # of patterns, only those without special characters mean themselves
        patterns = [re.sub(r"([*?\[])", r"[\1]", name) for name in _wanted(address, names, choose)]
        folder = snapshot_download(
            address.repository, allow_patterns=patterns, local_files_only=offline, tqdm_class=received,
            **place,
        )  # fmt: skip
    reporter.total = received.num_bytes
    reporter.report(received.num_bytes)
    found = Path(folder)
    if commit not in (None, found.name):
        raise SourceError(f"{address}: expected one commit, found that it has changed meanwhile; try again")
    return Fetched(found if address.file is None else found / address.file, found.name)


def _wanted(
    address: HubAddress, names: Collection[str], choose: Callable[[Collection[str]], Collection[str]]
) -> Collection[str]:
    """The file of the address, or those of all `names` that are chosen; SourceError if there are none."""
    found = choose(names) if address.file is None else {address.file} & set(names)
    if not found:
        what = "a file of this name" if address.file is not None else "files of a known format"
        raise SourceError(f"{address}: expected {what}, found {listed(sorted(names), _NUM_SHOWN) or 'none'}")
    return found


def check_repository(name: str) -> None:
    """Raise ConfigError for what can be no name of a repository."""
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name, re.ASCII):
        raise ConfigError(f"repository: expected a name such as user/name, found {name!r}")


def publish(
    repository: str,
    files: Mapping[str, Path | bytes],
    *,
    private: bool = False,
    overwrite: bool = False,
    on_progress: OnProgress | None = None,
) -> str:
    """The web address of `repository` on the Hub, in which there are then these `files` by their names.

    The repository is made if there is none, for its owner's eyes only if `private`. One commit puts
    everything in place, or nothing; with `overwrite` it removes all other files, which the history keeps.
    Raises OutputExistsError for one that has files, unless `overwrite`; SourceError for one that may not be
    written, that is not private though it should be, and if the network fails; ConfigError for an impossible
    name.
    """
    with need("huggingface_hub", extra="hub"):
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, get_token
    check_repository(repository)
    where = HubAddress(repository)
    if get_token() is None:
        raise SourceError(f"{where}: expected a token of the Hub, found none; {_LOG_IN}")
    api = HfApi()
    sizes = [file.stat().st_size if isinstance(file, Path) else len(file) for file in files.values()]
    reporter = Reporter(on_progress, f"put into {where}", "bytes", sum(sizes))
    reporter.report(0)
    with _translated(where):
        made = api.create_repo(repository, private=private or None, exist_ok=True)
        info = api.model_info(repository)
        if private and not info.private:
            raise SourceError(
                f"{where}: expected a private repository, found a public one; make it private on the Hub"
            )
        found = {sibling.rfilename for sibling in info.siblings or ()} - {_OWN}
        if found and not overwrite:
            raise OutputExistsError(
                f"{where}: exists already, with {listed(sorted(found), _NUM_SHOWN)}; choose another name or "
                "use --overwrite"
            )
        operations: list[Any] = [CommitOperationDelete(name) for name in sorted(found - files.keys())]
        done = 0
        for name, file in files.items():
            # A large file is sent beforehand, and part of nothing until the commit.
            operations.append(CommitOperationAdd(name, file))
            api.preupload_lfs_files(repository, operations[-1:], free_memory=False)
            done += operations[-1].upload_info.size
            reporter.update(done)
        api.create_commit(repository, operations, commit_message="Upload by wordlab", parent_commit=info.sha)
    reporter.report(sum(sizes))
    return str(made)


def _received(reporter: Reporter) -> Any:
    """A class of progress bars that draw nothing: they report the bytes that came, and count them."""
    from tqdm import tqdm

    class Received(tqdm):
        monitor_interval = 0
        num_bytes = 0

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **{**options, "disable": False, "file": io.StringIO()})

        def display(self, *_: Any, **__: Any) -> bool:
            return True

        def update(self, n: float | None = 1) -> bool | None:
            shown: bool | None = super().update(n)
            if self.unit == "B":  # others count files
                Received.num_bytes = max(Received.num_bytes, int(self.n))
                reporter.total = int(self.total) if self.total else None
                reporter.update(Received.num_bytes)
            return shown

    return Received


@contextmanager
def _translated(address: HubAddress) -> Iterator[None]:
    """Inside, the client is quiet, and what it raises becomes a SourceError of one line without a token."""
    with _quiet():
        try:
            yield
        except WordlabError:
            raise
        except Exception as error:
            reason = _reason(error, address)
            if reason is None:
                raise
            raise SourceError(f"{address}: {_without_secrets(reason)}") from error


def _reason(error: Exception, address: HubAddress) -> str | None:
    """What went wrong; None for what is not the Hub's or the network's."""
    from huggingface_hub import constants, errors, get_token

    log_in = _LOG_IN if get_token() is None else "the token may not see it"
    kinds = {each.__name__ for each in type(error).__mro__}
    if isinstance(error, errors.GatedRepoError):
        return "expected access, found a gated repository: ask for access on its page"
    if isinstance(error, errors.RepositoryNotFoundError):
        return f"expected a repository on the Hub, found none; if it is private, {log_in}"
    if isinstance(error, errors.RevisionNotFoundError):
        return f"expected the revision {address.revision or 'main'}, found none"
    if isinstance(error, errors.HfHubHTTPError):
        return _refusal(error)
    if isinstance(error, errors.OfflineModeIsEnabled):
        return "expected a connection to the Hub, found HF_HUB_OFFLINE set"
    if isinstance(error, errors.LocalEntryNotFoundError | errors.CachedRepoTreeNotFoundError):
        return "expected it in the cache, found none or not all, and nothing may be fetched"
    if "TransportError" in kinds:
        return f"expected a connection to {constants.ENDPOINT}, found none or a broken one"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be kept in the cache: {error.strerror}; HF_HOME names another place"
    if isinstance(error, OSError | ValueError | RuntimeError | LookupError):
        said = " ".join(str(error).split())
        return f"expected what the Hub and its client agree on, found {type(error).__name__}: {said}"
    return None


def _refusal(error: Any) -> str:
    """What a server's refusal means."""
    status, message = error.response.status_code, _without_secrets(error.server_message or "")
    said = f" ({clipped(' '.join(message.split()), 200)})" if message else ""
    if status == 401:
        return f"expected a token that is valid, found one that is not, or none; {_LOG_IN}"
    if status == 403:
        return f"expected a token that allows this, found one that does not{said}"
    if status == 412:
        return "expected one commit, found that it has changed meanwhile; try again"
    return f"expected HTTP 200 OK, found {status} {error.response.reason_phrase}{said}"


def _without_secrets(text: str) -> str:
    """`text` without the token, and without user names and passwords in addresses."""
    from huggingface_hub import get_token

    token = get_token()
    return _CREDENTIALS.sub("", text.replace(token, "...") if token else text)


@contextmanager
def _quiet() -> Iterator[None]:
    """Inside, huggingface_hub draws no bars and logs no warnings: what there is to say, we say."""
    from huggingface_hub.utils.tqdm import (
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )

    logger = logging.getLogger("huggingface_hub")
    level, had_bars = logger.level, not are_progress_bars_disabled()
    logger.setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        disable_progress_bars()
        try:
            yield
        finally:
            logger.setLevel(level)
            if had_bars:
                enable_progress_bars()
