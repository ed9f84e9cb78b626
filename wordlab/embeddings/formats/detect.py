"""Which format a file or a directory has, by its content; the name of a file plays no part."""

from __future__ import annotations

from pathlib import Path

from wordlab.artifact import MANIFEST
from wordlab.embeddings.formats.format import directory_forms, file_forms
from wordlab.errors import FormatError, SourceError
from wordlab.io.lines import without_byte_order_mark

_PICKLE = "a pickle, which can run code; if gensim wrote it and you trust it, name the format gensim"
_NO_VECTORS = {
    **dict.fromkeys([b"\x80" + bytes([protocol]) for protocol in range(2, 6)], _PICKLE),
    **dict.fromkeys([b"PK\x03\x04", b"PK\x05\x06"], "a zip archive without numpy arrays; unpack it first"),
    b"\x93NUMPY": "a numpy array without words; the numpy format is an .npz of words and matrix",
    b"\x89HDF\r\n": "HDF5",
}


def detect_format(head: bytes, name: str) -> str:
    """The name of a file's format, from its first (decompressed) bytes; `name` is the file's.

    Formats with a signature are asked first, then those that only look like themselves. Never one
    that runs code, such as "gensim": the caller has to name it. Raises FormatError for an empty file
    and for one of no known format.
    """
    if not without_byte_order_mark(head).strip():
        raise FormatError(f"{name}: expected vectors, found an empty file")
    for format, form in file_forms().items():
        if form.has_signature is not None and form.has_signature(head):
            return format
    _refuse_what_holds_no_vectors(head, name)
    for format, form in file_forms().items():
        if form.looks_like is not None and form.looks_like(head):
            return format
    raise FormatError(f"{name}: expected vectors in a known format, found other binary data")


def detect_directory(directory: Path) -> str | None:
    """The name of a directory's format, or None; SourceError for an artefact of wordlab."""
    for format, form in directory_forms().items():
        if form.is_one(directory):
            return format
    if (directory / MANIFEST).is_file():
        raise SourceError(f"{directory}: expected a file of vectors, found an artefact of wordlab")
    return None


def _refuse_what_holds_no_vectors(head: bytes, name: str) -> None:
    for beginning, found in _NO_VECTORS.items():
        if head.startswith(beginning):
            raise FormatError(f"{name}: expected vectors in a known format, found {found}")
    if head[257:262] == b"ustar" and b"\0" in head[:257]:
        raise FormatError(f"{name}: expected vectors in a known format, found a tar archive; unpack it first")
