"""Which tokens of a text that is longer than a model reads are left out."""

from __future__ import annotations

import numpy as np


def kept_tokens(line_ends: np.ndarray, max_tokens: int, cut: str) -> np.ndarray:
    """Whether each token is read, bool (num_tokens,); texts end at `line_ends` (num_texts,).

    Of a text of more than `max_tokens` the "end" is cut, or the "start", or the "middle", which leaves as
    many tokens of its beginning as of its end, or both "ends", which leaves its middle. Where a number is
    odd, the beginning has one more.
    """
    lengths = np.diff(line_ends, prepend=0)  # (num_texts,)
    beyond = np.repeat(np.maximum(lengths - max_tokens, 0), lengths)  # (num_tokens,)
    within = np.arange(len(beyond)) - np.repeat(line_ends - lengths, lengths)
    if cut == "middle":
        half = (max_tokens + 1) // 2
        return np.asarray((within < half) | (within >= half + beyond))
    first = {"end": np.zeros_like(beyond), "start": beyond, "ends": beyond // 2}[cut]
    return np.asarray((within >= first) & (within < first + max_tokens))
