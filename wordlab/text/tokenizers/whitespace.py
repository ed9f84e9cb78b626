"""``whitespace``: ``str.split()``, exactly.

Whatever stands between white space (as Unicode defines it) is a token. Keeps the case unless asked
otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from wordlab.text.tokenizers.splitter import SPACES, EncodedBlock, Splitter

# What str.split() calls white space and Arrow's ASCII kernels do not.
_ODD_SPACE = re.compile("[\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_ODD_SPACE_IN_ASCII = b"\x1c\x1d\x1e\x1f"
_PLAIN_SPACE = bytes.maketrans(_ODD_SPACE_IN_ASCII, b"    ")


@dataclass(frozen=True)
class Whitespace(Splitter):
    """Splits at white space; blocks go through Arrow's kernels, which run without the interpreter's lock."""

    block_size = 4 << 20
    cut_after = SPACES
    runs_in_threads = True

    def split(self, line: str) -> list[str]:
        """The tokens of `line`, in order."""
        tokens = line.split()
        return [self.lower(token) for token in tokens] if self.lowercase else tokens

    def encode_block(self, data: bytes) -> EncodedBlock:
        """The tokens of `data`, lines of UTF-8."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        data = self._plain(data)
        text = pa.array([data.removesuffix(b"\n")], type=pa.string())
        lines = pc.ascii_trim_whitespace(pc.split_pattern(text, "\n").flatten())
        filled = pc.not_equal(pc.binary_length(lines), 0)
        num_tokens = np.zeros(len(lines), dtype=np.int64)
        if not pc.all(filled).as_py():  # Arrow splits an empty string into one empty token
            lines = lines.filter(filled)
        per_line = pc.ascii_split_whitespace(lines)
        num_tokens[filled.to_numpy(zero_copy_only=False)] = np.diff(per_line.offsets.to_numpy())
        line_ends = np.cumsum(num_tokens)
        encoded = per_line.flatten().dictionary_encode()
        return EncodedBlock(
            _strings(encoded.dictionary),
            encoded.indices.to_numpy(),
            line_ends if data.endswith(b"\n") else line_ends[:-1],
        )

    def _plain(self, data: bytes) -> bytes:
        """`data` lower-cased if it should be, with no white space but what Arrow knows."""
        if self.language is not None or not data.isascii():
            return _ODD_SPACE.sub(" ", self.lower(data.decode("utf-8"))).encode("utf-8")
        data = data.lower() if self.lowercase else data
        if any(space in data for space in _ODD_SPACE_IN_ASCII):
            data = data.translate(_PLAIN_SPACE)
        return data


def _strings(array: Any) -> list[str]:
    """Arrow's words as Python's: ten times as fast as to_pylist. None of them holds a line feed."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(array):
        return []
    whole = pa.ListArray.from_arrays([0, len(array)], array)
    return str(pc.binary_join(whole, "\n")[0].as_py()).split("\n")
