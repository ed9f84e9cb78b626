"""fastText's files in other shapes than those that are written here: quantised, pruned, without a version."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

import numpy as np

from wordlab.embeddings import WordVectors, write_vectors

_SIGNED = struct.Struct("<2i")
_SETTINGS = struct.Struct("<12id")
_SIZES = struct.Struct("<3iq")
_NUM_PRUNED = struct.Struct("<q")
_SHAPE = struct.Struct("<2q")


@dataclass
class Parts:
    """What a `.bin` of version 12 consists of."""

    settings: list[float]
    """dim, window, epochs, minCount, negative, wordNgrams, loss, model, buckets, min, max, rate, threshold"""

    sizes: list[int]
    """of entries, words, labels and tokens"""

    entries: bytes
    vectors: np.ndarray
    """float32 (num_words + num_buckets, dim)"""

    outputs: np.ndarray
    """float32 (num_words, dim)"""


def take_apart(vectors: WordVectors) -> Parts:
    """The parts of the `.bin` of `vectors`."""
    stream = io.BytesIO()
    write_vectors(vectors, stream, format="fasttext")
    data = stream.getvalue()
    settings = _SETTINGS.unpack_from(data, _SIGNED.size)
    sizes = _SIZES.unpack_from(data, _SIGNED.size + _SETTINGS.size)
    start = end = _SIGNED.size + _SETTINGS.size + _SIZES.size + _NUM_PRUNED.size
    for _ in range(sizes[0]):
        end = data.index(b"\0", end) + 10  # with the count and the type
    matrices, place = [], end
    for _ in range(2):
        shape = _SHAPE.unpack_from(data, place + 1)
        place += 1 + _SHAPE.size
        size = 4 * shape[0] * shape[1]
        matrices.append(np.frombuffer(data[place : place + size], "<f4").reshape(shape))
        place += size
    return Parts([*settings], [*sizes], data[start:end], *matrices)


def unversioned(parts: Parts) -> bytes:
    """The parts as fastText of 2016 wrote them: nothing says what is quantised or pruned."""
    return b"".join(
        [_packed(parts.settings), _SIZES.pack(*parts.sizes), parts.entries]
        + [_SHAPE.pack(*matrix.shape) + matrix.tobytes() for matrix in (parts.vectors, parts.outputs)]
    )


def versioned(parts: Parts, *, version: int = 12, num_pruned: int = -1) -> bytes:
    """The parts as fastText has written them since May 2017."""
    matrices = [
        b"\0" + _SHAPE.pack(*matrix.shape) + matrix.tobytes() for matrix in (parts.vectors, parts.outputs)
    ]
    return _beginning(parts, version, num_pruned) + b"".join(matrices)


def quantised(
    parts: Parts,
    rng: np.random.Generator,
    *,
    size: int = 2,
    has_norms: bool = False,
    has_quantised_outputs: bool = False,
    pruned: np.ndarray | None = None,
) -> bytes:
    """A `.ftz` of the words, with random centroids and codes for parts of `size` dimensions.

    `pruned`, int32 (n, 2), are the buckets that are left and their rows.
    """
    dim, num_words = parts.vectors.shape[1], parts.sizes[1]
    num_rows = len(parts.vectors) if pruned is None else num_words + len(pruned)
    outputs = b"\0" + _SHAPE.pack(*parts.outputs.shape) + parts.outputs.tobytes()
    if has_quantised_outputs:
        outputs = b"\1" + _codes(rng, len(parts.outputs), dim, size, has_norms=has_norms)
    return b"".join(
        [
            _beginning(parts, 12, -1 if pruned is None else len(pruned)),
            b"" if pruned is None else pruned.astype("<i4").tobytes(),
            b"\1",
            _codes(rng, num_rows, dim, size, has_norms=has_norms),
            outputs,
        ]
    )


def _beginning(parts: Parts, version: int, num_pruned: int) -> bytes:
    sizes = _SIZES.pack(*parts.sizes) + _NUM_PRUNED.pack(num_pruned)
    return _SIGNED.pack(793712314, version) + _packed(parts.settings) + sizes + parts.entries


def _packed(settings: list[float]) -> bytes:
    return _SETTINGS.pack(*map(int, settings[:12]), settings[12])


def _codes(rng: np.random.Generator, num_rows: int, dim: int, size: int, *, has_norms: bool) -> bytes:
    num_parts = -(-dim // size)
    head = bytes([has_norms]) + _SHAPE.pack(num_rows, dim) + struct.pack("<i", num_rows * num_parts)
    data = head + rng.bytes(num_rows * num_parts) + _quantiser(rng, dim, size)
    return data + (rng.bytes(num_rows) + _quantiser(rng, 1, 1) if has_norms else b"")


def _quantiser(rng: np.random.Generator, dim: int, size: int) -> bytes:
    centroids = rng.normal(size=256 * dim).astype("<f4")
    return struct.pack("<4i", dim, -(-dim // size), size, dim % size or size) + centroids.tobytes()
