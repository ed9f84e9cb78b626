"""safetensors: the arrays of `arrays` as tensors, which every deep learning framework reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from wordlab.embeddings.formats.arrays import read_arrays, to_arrays
from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.format import FileForm, Format
from wordlab.embeddings.formats.reading import ReadOptions
from wordlab.embeddings.formats.seekable import as_file
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError, SourceError

_NUMBERS_AT_ONCE = 1 << 22
_LONGEST_HEADER = 100_000_000  # bytes; the limit of the library


def read_safetensors(source: Source, options: ReadOptions) -> WordVectors:
    """The vectors in a safetensors file; numbers of float16 and float64 become float32. FormatError."""
    from safetensors import SafetensorError, safe_open

    with as_file(source) as path:
        try:
            with safe_open(path, framework="numpy") as tensors:
                return read_arrays(_Tensors(tensors, source.name), source, options, format="safetensors")
        except SafetensorError as error:
            raise FormatError(
                f"{source.name}: expected safetensors, found a damaged file ({error})"
            ) from error


def tensor_names(path: Path) -> Collection[str]:
    """The names of the tensors in a file; FormatError, or SourceError if it cannot be read."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as tensors:
            return frozenset(tensors.keys())
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
    except SafetensorError as error:
        raise FormatError(f"{path}: expected safetensors, found a damaged file ({error})") from error


def load_tensors(path: Path) -> dict[str, np.ndarray]:
    """All tensors in a file; FormatError, or SourceError if it cannot be read."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        found: dict[str, np.ndarray] = load_file(path)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (SafetensorError, TypeError, ValueError, KeyError) as error:  # numpy has no bfloat16
        raise FormatError(f"{path}: expected safetensors, found a damaged file ({error})") from error
    return found


def write_safetensors(vectors: WordVectors, stream: IO[bytes]) -> None:
    """Write the vectors as safetensors."""
    write_tensors(to_arrays(vectors), stream, format="wordlab")


def write_tensors(arrays: Mapping[str, np.ndarray], stream: IO[bytes], *, format: str) -> None:
    """Write arrays as safetensors; `format` is a note in the file: "pt" for readers that use PyTorch."""
    from safetensors.numpy import save

    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    stream.write(save(contiguous, metadata={"format": format}))


class _Tensors:
    """The tensors of an open file as `arrays.Arrays`."""

    def __init__(self, tensors: Any, name: str) -> None:
        self._tensors = tensors
        self._name = name
        self.names: Collection[str] = frozenset(tensors.keys())

    def shape(self, name: str) -> tuple[int, ...]:
        return tuple(self._tensors.get_slice(name).get_shape())

    def read(self, name: str) -> np.ndarray:
        try:
            return np.asarray(self._tensors.get_tensor(name))
        except (TypeError, ValueError, KeyError) as error:  # numpy has no bfloat16
            raise FormatError(
                f"{self._name}: {name}: expected numbers known to numpy, found {error}"
            ) from error

    def read_rows(self, name: str, rows: np.ndarray) -> np.ndarray:
        tensor = self._tensors.get_slice(name)
        num_rows, dim = tensor.get_shape()
        step = max(1, _NUMBERS_AT_ONCE // dim)
        parts = []
        for start in range(0, num_rows, step):
            end = min(start + step, num_rows)
            wanted = rows[slice(*np.searchsorted(rows, [start, end]))] - start
            if len(wanted):
                parts.append(np.asarray(tensor[start:end])[wanted])
        return np.concatenate(parts) if parts else np.empty((0, dim), np.float32)


def _has_signature(head: bytes) -> bool:
    """Whether the length of a header comes first, and then its JSON."""
    return 2 <= int.from_bytes(head[:8], "little") <= _LONGEST_HEADER and head[8:9] == b"{"


FORMAT = Format(file=FileForm(read=read_safetensors, write=write_safetensors, has_signature=_has_signature))
