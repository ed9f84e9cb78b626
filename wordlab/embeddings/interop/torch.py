"""Word vectors handed to torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wordlab.extras import need

if TYPE_CHECKING:
    from torch import nn


def to_embedding(matrix: np.ndarray, *, freeze: bool) -> nn.Embedding:
    """A torch.nn.Embedding whose weight is a copy of the matrix; MissingExtraError without torch."""
    with need("torch"):
        import torch
    return torch.nn.Embedding.from_pretrained(torch.from_numpy(np.array(matrix)), freeze=freeze)
