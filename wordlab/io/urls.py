"""Which names are URLs, and what they name: ``s3://bucket/key``, ``gs://``, ``hf://``, ``memory://``.

``file://`` is another way to write a path. Nothing is asked of anybody here, and fsspec is not loaded.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from wordlab.errors import SourceError

PathName = str | os.PathLike[str]

# two letters at least: one is a Windows drive
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):(?P<slashes>/{1,3})(?P<rest>.*)", re.DOTALL)
FILE_URL = re.compile(r"file:/", re.IGNORECASE)
_VERSION = "?versionId="  # which s3fs takes out of the key
_OWNER = re.compile(r"[^/]*@")


@dataclass(frozen=True)
class Scheme:
    """What lies behind the first word of a URL: the package that fsspec needs, and what brings it.

    `log_in` says where credentials come from, `copy` what brings a folder to this machine. With
    `has_buckets`, what follows is the name of one.
    """

    package: str
    extra: str
    log_in: str = ""
    copy: str = "fsspec"
    has_buckets: bool = True


SCHEMES = {
    "s3": Scheme(
        "s3fs", "s3", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use `aws configure`",
        "aws s3 cp --recursive",
    ),
    "gs": Scheme(
        "gcsfs", "gcs", "use `gcloud auth application-default login`", "gcloud storage cp --recursive"
    ),
    "hf": Scheme(
        "huggingface_hub", "hub", "log in by `hf auth login`, or set HF_TOKEN", "hf download",
        has_buckets=False,
    ),
    "memory": Scheme("fsspec", "s3", has_buckets=False),
}  # fmt: skip
"""Every scheme by its name. A new one is a line here, and an extra in setup.py."""
_ALIASES = {"s3a": "s3", "s3n": "s3", "gcs": "gs"}


@dataclass(frozen=True)
class Url:
    """A file or a folder elsewhere: one of SCHEMES, and the bucket and the key, as they are typed."""

    scheme: str
    rest: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.rest}"

    def __truediv__(self, name: str) -> Url:
        return Url(self.scheme, f"{self.rest.rstrip('/')}/{name}")

    @property
    def name(self) -> str:
        """The last part, as of a path."""
        return PurePosixPath(self.rest).name

    @property
    def suffix(self) -> str:
        """The end of the name from its last point on, as of a path."""
        return PurePosixPath(self.rest).suffix

    @property
    def bucket(self) -> str:
        """The first part."""
        return self.rest.partition("/")[0]

    @property
    def key(self) -> str:
        """What follows the bucket; nothing if this is one."""
        return self.rest.partition("/")[2]

    @property
    def parents(self) -> Iterator[Url]:
        """The folders that it lies in, the nearest first, without the bucket."""
        rest = self.rest.rstrip("/")
        while rest.count("/") > 1:
            rest = rest.rpartition("/")[0]
            yield Url(self.scheme, rest)

    @property
    def hint(self) -> str:
        """What to do where only a place on this machine will do."""
        return f"copy it to this machine first, by `{SCHEMES[self.scheme].copy}`"

    def contains(self, other: Url) -> bool:
        """Whether `other` lies below it."""
        return self.scheme == other.scheme and other.rest.startswith(self.rest.rstrip("/") + "/")


Place = Path | Url
"""Where something is: on this machine, or elsewhere."""


def place_of(name: PathName | Url) -> Place:
    """The URL that `name` is, else a path; SourceError for a URL that nobody here can open.

    pathlib makes one slash of two, and both are understood. Credentials have no place in a URL.

    >>> place_of("s3://bucket/a b.txt")
    Url(scheme='s3', rest='bucket/a b.txt')
    >>> place_of("a:b.txt").name, place_of("file:///tmp/a%20b.txt").name
    ('a:b.txt', 'a b.txt')
    """
    if isinstance(name, Url):
        return name
    text = os.fsdecode(name)
    found = _URL.match(text)
    if found is None:
        return Path(name)
    scheme = _ALIASES.get(found["scheme"].lower(), found["scheme"].lower())
    if scheme == "file":
        return _local(text, found)
    if scheme in SCHEMES:
        return _checked(scheme, found)
    if len(found["slashes"]) < 2 or os.path.lexists(text):
        return Path(name)
    shown = _OWNER.sub("", found["rest"]).partition("?")[0]  # a query may be a signature
    hint = "; download it, or pipe it in" if scheme in ("http", "https", "ftp") else ""
    raise SourceError(f"{scheme}://{shown}: expected a path, or a URL of {', '.join(SCHEMES)} or file{hint}")


def is_url(name: PathName | Url) -> bool:
    """Whether `name` is a URL that is not a path; raises as `place_of` does."""
    return isinstance(place_of(name), Url)


def _checked(scheme: str, found: re.Match[str]) -> Url:
    """The URL; SourceError for one that cannot name a file, or that holds a secret."""
    rest = found["rest"]
    if scheme == "memory" or (len(found["slashes"]) > 2 and not SCHEMES[scheme].has_buckets):
        rest = rest.lstrip("/")
    url = Url(scheme, rest)
    if SCHEMES[scheme].has_buckets and "@" in url.bucket:
        shown = Url(scheme, _OWNER.sub("", rest))
        raise SourceError(f"{shown}: expected no credentials in the URL; {SCHEMES[scheme].log_in}")
    if not url.bucket or (len(found["slashes"]) > 2 and SCHEMES[scheme].has_buckets):
        raise SourceError(f"{found[0]}: expected {scheme}:// with a place behind it, found none")
    if "\0" in rest or _VERSION in rest:
        odd = "a NUL" if "\0" in rest else f"{_VERSION}; only the newest version can be read"
        raise SourceError(f"{url}: expected a name of a file, found {odd}")
    return url


def _local(text: str, found: re.Match[str]) -> Path:
    """The path that a file URL names, as RFC 8089 says: bytes may be written as %20."""
    host = "" if len(found["slashes"]) != 2 else found["rest"].partition("/")[0]
    if host.lower() not in ("", "localhost"):
        raise SourceError(f"{text}: expected file:/// and a path on this machine, found the host {host!r}")
    path = unquote("/" + found["rest"][len(host) :].lstrip("/"), errors="surrogateescape")
    return Path(path)
