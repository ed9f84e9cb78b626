"""One request for a file or the rest of it: over https only, redirects included."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from wordlab.embeddings.pretrained.deadlines import Deadline
from wordlab.visible import clipped, first_line

_REDIRECTS = (301, 302, 303, 307, 308)
_MAX_REDIRECTS = 5
_WORTH_ANOTHER_TRY = (408, 425, 429, 500, 502, 503, 504)
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18})", re.ASCII)
_NO_RANGE = re.compile(r"bytes \*/(\d{1,18})", re.ASCII)
_LENGTH = re.compile(r"\d{1,18}", re.ASCII)
_VERSION = re.compile(r"[ -~]{1,200}")  # what can be sent back
_CREDENTIALS = re.compile(r"(?<=//)\S*@")


class Refused(Exception):  # noqa: N818 - a state of the download, which becomes a SourceError
    """The reply is wrong, and trying again would not help."""


class Broken(Exception):  # noqa: N818
    """The reply is missing or cut off; trying again may help."""


class Outdated(Broken):
    """What has arrived is not a part of the file that the server has now."""


@dataclass(frozen=True)
class Reply:
    """A reply with content: where in the file it starts, and how long the whole file is."""

    response: requests.Response
    start: int
    total: int | None
    """Bytes of the whole file; None if the server does not say."""
    version: str | None
    """The server's name for this version of the file; None if it gives no reliable one."""
    socket: socket.socket | None = None
    """The connection that it comes through."""
    is_at_end: bool = False
    """Whether there is nothing from `start` on."""

    @property
    def is_chunked(self) -> bool:
        """Whether the end of the content is marked, so that a cut shows even without a length."""
        return "chunked" in self.response.headers.get("Transfer-Encoding", "").lower()

    @property
    def is_page(self) -> bool:
        """Whether the server says that it is an HTML page."""
        return "text/html" in self.response.headers.get("Content-Type", "").lower()

    def chunks(self, size: int, *, least: int, window: float) -> Iterator[bytes]:
        """The bytes as sent, not decoded; Broken if they stop or fewer than `least` come in a `window`."""
        if self.is_at_end:
            return
        with ExitStack() as stack:
            deadline = stack.enter_context(Deadline(self.socket, window)) if self.socket is not None else None
            num_new = 0
            try:
                for data in self.response.raw.stream(min(size, max(1, least)), decode_content=False):
                    yield data
                    num_new += len(data)
                    if deadline is not None and num_new >= least:
                        deadline.postpone()
                        num_new = 0
            except (urllib3.exceptions.HTTPError, OSError) as error:
                if deadline is not None and deadline.has_passed:
                    raise Broken(_slow(least, window)) from error
                if isinstance(error, urllib3.exceptions.ReadTimeoutError):
                    raise Broken("expected more data, found none within the time allowed") from error
                raise Broken("expected more data, found that the connection broke") from error
            if deadline is not None and deadline.has_passed:
                raise Broken(_slow(least, window))


def _slow(least: int, window: float) -> str:
    return f"expected {least / window:,.0f} bytes a second or more, found fewer"


@contextmanager
def open_reply(
    session: requests.Session, url: str, start: int, version: str | None, *, timeout: tuple[float, float]
) -> Iterator[Reply]:
    """The reply to a request for all bytes from `start`, if the server still has `version`.

    A server with another version, or without support for ranges, sends the file from its beginning.
    `timeout` is for connecting and for silence, in seconds. Raises Refused and Broken.
    """
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
        if version:
            headers["If-Range"] = version
    with _follow(session, url, headers, timeout) as response:
        adapter = session.get_adapter("https://")
        reply = _understood(response, start, version)
        yield replace(reply, socket=getattr(adapter, "socket", None))


@contextmanager
def _follow(
    session: requests.Session, url: str, headers: Mapping[str, str], timeout: tuple[float, float]
) -> Iterator[requests.Response]:
    for _ in range(_MAX_REDIRECTS + 1):
        if not url.startswith("https://"):
            raise Refused(f"expected https throughout, found a redirect to {without_credentials(url)}")
        try:
            response = session.get(url, headers=headers, timeout=timeout, stream=True, allow_redirects=False)
        except requests.exceptions.SSLError as error:
            raise Refused(f"expected a certificate that can be trusted, found {_reason(error)}") from error
        except requests.exceptions.Timeout as error:
            raise Broken("expected a reply, found none within the time allowed") from error
        except requests.exceptions.ConnectionError as error:
            raise Broken(f"expected a connection to {_host(url)}, found none") from error
        except (OSError, ValueError) as error:  # an invalid address, reply or file of certificates
            reason = without_credentials(first_line(error))
            raise Refused(f"expected a reply, found none ({reason})") from error
        with response:
            if response.status_code not in _REDIRECTS or "Location" not in response.headers:
                yield response
                return
            url = _joined(url, response.headers["Location"])
    raise Refused(f"expected a file, found more than {_MAX_REDIRECTS} redirects")


def without_credentials(text: str) -> str:
    """`text` without the user names and passwords in its addresses.

    >>> without_credentials("no reply from https://ann:secret@example.org/a.zip")
    'no reply from https://example.org/a.zip'
    """
    return _CREDENTIALS.sub("", text)


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise Refused(
            f"expected an address to be redirected to, found {clipped(without_credentials(location), 80)!r}"
        ) from error


def _understood(response: requests.Response, start: int, version: str | None) -> Reply:
    status = response.status_code
    if status == 206:
        found = response.headers.get("Content-Range", "no range")
        match = _CONTENT_RANGE.fullmatch(found)
        if match is None or int(match[1]) != start:
            raise Refused(f"expected the bytes from {start:,} on, found {found}")
        if _version(response) != version:
            raise Outdated("expected the rest of a file, found that it has changed")
        return Reply(response, start, int(match[2]), version)
    if status == 200:
        length = response.headers.get("Content-Length", "")
        total = int(length) if _LENGTH.fullmatch(length) else None
        return Reply(response, 0, total, _version(response))
    if status == 416 and start:  # `start` is at the end, or behind it: a break before the last step
        match = _NO_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if match is None or int(match[1]) != start:
            raise Outdated("expected the rest of a file, found that it is shorter now")
        return Reply(response, start, start, version, is_at_end=True)
    what = f"expected HTTP 200 OK, found {status} {response.reason}".rstrip()
    raise Broken(what) if status in _WORTH_ANOTHER_TRY else Refused(what)


def _version(response: requests.Response) -> str | None:
    etag: str = response.headers.get("ETag", "")
    # a weak one can stay the same when bytes differ
    version: str = "" if etag.startswith("W/") else etag
    version = version or response.headers.get("Last-Modified", "")
    return version if _VERSION.fullmatch(version) else None


def _reason(error: BaseException) -> str:
    """OpenSSL's message, from the exceptions that wrap it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        inner = cause.args[0] if cause.args else None
        inner = getattr(inner, "reason", inner)
        cause = inner if isinstance(inner, BaseException) else cause.__cause__ or cause.__context__
    return "none"
