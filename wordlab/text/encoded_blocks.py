"""A block of lines, encoded: its different words in first-seen order, and the index of each token's word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import count
from typing import NamedTuple

import numpy as np


class EncodedBlock(NamedTuple):
    """The tokens of a block.

    `words` are the different words in first-seen order, `ids` (num_tokens,) int32 index them, and
    `line_ends` int64 holds, for each line that a line feed ends, the number of tokens up to its end.
    """

    words: list[str]
    ids: np.ndarray
    line_ends: np.ndarray


def encode_lines(data: bytes, split: Callable[[str], list[str]]) -> EncodedBlock:
    """`data`, lines of UTF-8 each ended by a line feed, encoded line by line; `split` finds the tokens."""
    tokens: list[str] = []
    line_ends = []
    for line in data.decode("utf-8").split("\n"):
        tokens += split(line)
        line_ends.append(len(tokens))
    index: dict[str, int] = defaultdict(count().__next__)  # a new word gets the next number
    ids = np.fromiter(map(index.__getitem__, tokens), dtype=np.int32, count=len(tokens))
    return EncodedBlock(list(index), ids, np.array(line_ends[:-1], dtype=np.int64))
