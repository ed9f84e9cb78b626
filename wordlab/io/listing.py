"""The files that a URL stands for: one, those below a folder, or those that match a pattern."""

from __future__ import annotations

import glob
from typing import NamedTuple

from wordlab.errors import SourceError
from wordlab.io.remote import Facts, below, look, matching
from wordlab.io.urls import Url


class Listing(NamedTuple):
    """Files, sorted by name, with what is known of each, and whether the URL is the folder they are in."""

    files: list[tuple[Url, Facts]]
    is_folder: bool


def files_at(url: Url) -> Listing:
    """The files that `url` stands for; a pattern (``*``, ``?``, ``[...]``, ``**``) may be a file's own name.

    SourceError if there is nothing.
    """
    found = look(url)
    if found is not None and not found.is_folder:
        return Listing([(url, found)], False)
    if found is not None:
        return Listing([each for each in below(url) if each[0] != url], True)
    if not glob.has_magic(url.rest):
        raise SourceError(f"{url}: cannot be read: there is no such file or folder")
    matched = matching(url)
    if not matched:
        raise SourceError(f"{url}: expected files that match the pattern, found none")
    return Listing(matched, False)
