"""The first layer of every network: words to vectors, in a frozen channel, a trained one, or both."""

from __future__ import annotations

from wordlab.extras import need
from wordlab.sentiment.features.encoding import PADDING

with need("torch"):
    import torch
    from torch import Tensor, nn


class WordChannels(nn.Module):
    """Looks the vectors of words up in one matrix, or two side by side (Kim 2014, section 3.1).

    Both channels start as `matrix` (num_ids, dim); its row of padding is zero and stays so. The static
    channel is a buffer, which no gradient reaches.
    """

    static: Tensor | None

    def __init__(self, matrix: Tensor, channels: str, *, word_dropout: float = 0.0) -> None:
        super().__init__()
        matrix = matrix.clone()
        matrix[PADDING] = 0.0
        self.word_dropout = word_dropout
        self.register_buffer("static", matrix if channels in ("static", "both") else None)
        self.tuned = None
        if channels in ("tuned", "both"):
            self.tuned = nn.Embedding.from_pretrained(matrix.clone(), freeze=False, padding_idx=PADDING)
        self.dim = matrix.shape[1]
        self.num_features = self.dim * (2 if channels == "both" else 1)

    def forward(self, ids: Tensor) -> Tensor:
        """The vectors of `ids` (batch, length), float32 (batch, length, num_features)."""
        return self.look_up(self.drop(ids))

    def drop(self, ids: Tensor) -> Tensor:
        """In training, `ids` with the share `word_dropout` of them replaced by padding."""
        if not (self.training and self.word_dropout):
            return ids
        return ids.masked_fill(torch.rand(ids.shape, device=ids.device) < self.word_dropout, PADDING)

    @property
    def num_ids(self) -> int:
        """Number of ids that have vectors here."""
        matrix = self.static if self.tuned is None else self.tuned.weight
        return 0 if matrix is None else len(matrix)

    def look_up(self, ids: Tensor, composed: Tensor | None = None) -> Tensor:
        """The vectors of `ids` (...), (..., num_features); in training scaled up for the words dropped.

        Ids beyond the others have those `composed` (num_composed, dim) of n-grams, in each channel.
        """
        beyond = None if composed is None else ids >= self.num_ids
        if beyond is not None and composed is not None:
            rows = composed[ids[beyond] - self.num_ids]  # (num_beyond, dim)
            ids = ids.masked_fill(beyond, PADDING)
        found = []
        if self.static is not None:
            found.append(nn.functional.embedding(ids, self.static))  # (..., dim)
        if self.tuned is not None:
            found.append(self.tuned(ids))  # (..., dim)
        for vectors in found if beyond is not None else ():
            vectors[beyond] = rows
        vectors = found[0] if len(found) == 1 else torch.cat(found, dim=-1)
        return vectors / (1 - self.word_dropout) if self.training and self.word_dropout else vectors

    @torch.no_grad()
    def extend(self, rows: Tensor) -> None:
        """Append `rows` (n, dim), the vectors of words that no training text had, to each channel."""
        if self.static is not None:
            self.static = torch.cat([self.static, rows])
        if self.tuned is not None:
            weight = torch.cat([self.tuned.weight, rows])
            self.tuned = nn.Embedding.from_pretrained(weight, freeze=False, padding_idx=PADDING)
