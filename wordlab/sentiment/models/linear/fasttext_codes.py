"""A quantised matrix as fastText's `.ftz` has it; see QuantMatrix::save and ProductQuantizer::save there."""

from __future__ import annotations

import struct
from typing import IO

import numpy as np

from wordlab.embeddings.formats.fasttext_matrices import SHAPE
from wordlab.sentiment.models.linear.codes import ProductCodes, parts_of

_NUM_CODES, _SIZES = struct.Struct("<i"), struct.Struct("<4i")


def write_codes(stream: IO[bytes], codes: ProductCodes, places: np.ndarray, num_rows: int) -> None:
    """Write the matrix of `num_rows` rows that has those of `codes` at `places`; others have the code 0."""
    spread = np.zeros((num_rows, codes.codes.shape[1]), np.uint8)
    spread[places] = codes.codes
    has_norms = codes.norm_codes is not None and codes.norms is not None
    stream.write(struct.pack("<??", True, has_norms) + SHAPE.pack(num_rows, codes.dim))
    stream.write(_NUM_CODES.pack(spread.size) + spread.tobytes())
    _write_quantiser(stream, codes.centroids, codes.part)
    if codes.norm_codes is not None and codes.norms is not None:
        norms = np.zeros(num_rows, np.uint8)
        norms[places] = codes.norm_codes
        stream.write(norms.tobytes())
        _write_quantiser(stream, codes.norms[:, None], 1)


def _write_quantiser(stream: IO[bytes], centroids: np.ndarray, part: int) -> None:
    """Write the centroids (256, dim), those of each part after those of the one before."""
    dim = centroids.shape[1]
    stream.write(_SIZES.pack(dim, -(-dim // part), part, dim % part or part))
    for columns in parts_of(dim, part):
        stream.write(np.ascontiguousarray(centroids[:, columns], "<f4").tobytes())
