"""numpy: the named arrays of `arrays` in one uncompressed .npz, for ``np.load(file, allow_pickle=False)``."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import IO

import numpy as np
from numpy.lib import format as npy

from wordlab.embeddings.formats.arrays import read_arrays, to_arrays
from wordlab.embeddings.formats.exact import ExactReader
from wordlab.embeddings.formats.files import Source, is_bomb
from wordlab.embeddings.formats.format import FileForm, Format
from wordlab.embeddings.formats.reading import ReadOptions
from wordlab.embeddings.formats.seekable import as_file
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError
from wordlab.io.arrays import Header, read_header
from wordlab.io.damage import damage

_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeError, ValueError,
    OverflowError, OSError, KeyError, SyntaxError, TypeError, MemoryError,
)  # fmt: skip
"""What zipfile and numpy raise for damaged archives and headers."""


def read_numpy(source: Source, options: ReadOptions) -> WordVectors:
    """The vectors in a .npz file; FormatError. Nothing is unpickled."""
    with (
        as_file(source) as path,
        damage(source.name, "a numpy archive", _DAMAGE),
        zipfile.ZipFile(path) as archive,
    ):
        return read_arrays(_Members(archive, source.name), source, options, format="numpy")


def write_numpy(vectors: WordVectors, stream: IO[bytes]) -> None:
    """Write the vectors as .npz; equal vectors give equal bytes."""
    with zipfile.ZipFile(_Written(stream), "w") as archive:
        for name, array in to_arrays(vectors).items():
            # a ZipInfo made here has a fixed date
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                npy.write_array(member, np.ascontiguousarray(array), allow_pickle=False)


class _Members:
    """The members of an archive as `arrays.Arrays`."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        self._members = members
        self.names: Collection[str] = members.keys()

    def shape(self, name: str) -> tuple[int, ...]:
        with self._open(name) as (header, _):
            return header.shape

    def read(self, name: str) -> np.ndarray:
        with self._open(name) as (header, reader):
            data = reader.take(math.prod(header.shape) * header.dtype.itemsize, name)
            reader.finish()
            array = np.frombuffer(data, header.dtype)
            if header.fortran:
                return array.reshape(header.shape[::-1]).T
            return array.reshape(header.shape)

    def read_rows(self, name: str, rows: np.ndarray) -> np.ndarray:
        with self._open(name) as (header, reader):
            if not header.fortran and header.dtype == np.float32:
                num_rows, dim = header.shape
                return reader.matrix(num_rows, dim, name, rows=rows)
        return np.asarray(self.read(name)[rows])

    @contextmanager
    def _open(self, name: str) -> Iterator[tuple[Header, ExactReader]]:
        info = self._members[name]
        packed = max(1, info.compress_size)
        if is_bomb(info.file_size, packed):
            raise FormatError(
                f"{self._name}: {name}: expected numbers, found {info.file_size} bytes packed into {packed}"
            )
        with damage(self._name, "a numpy archive", _DAMAGE), self._archive.open(info) as member:
            header = read_header(member, info.file_size, f"{self._name}: {name}")
            yield header, ExactReader(member, self._name)


class _Written:
    """A stream that can only be written to: zipfile then writes the same bytes to any stream."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, data: bytes, /) -> int:
        self._stream.write(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is buffered here."""

    def close(self) -> None:
        """The stream belongs to the caller."""


def _has_signature(head: bytes) -> bool:
    """Whether the first member of a zip archive is an array."""
    size = int.from_bytes(head[26:28], "little")
    return head.startswith(b"PK\x03\x04") and head[30 : 30 + size].endswith(b".npy")


FORMAT = Format(file=FileForm(read=read_numpy, write=write_numpy, has_signature=_has_signature))
