"""TextCNN (Kim 2014): looks for telling n-grams and keeps the strongest response to each pattern."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from wordlab.sentiment.channels import WordChannels


class Maxima(NamedTuple):
    """What each channel of the convolutions saw at its strongest: value and position, (batch, channels)."""

    values: Tensor
    positions: Tensor


class TextCNN(nn.Module):
    """Convolutions of several widths over the words, ReLU, maximum over time, dropout, a linear output.

    Equations 2 to 4 of the paper. Padding has zero vectors and is masked out of the maximum; a text
    shorter than a kernel has one window, filled with zeros.
    """

    def __init__(
        self,
        words: WordChannels,
        num_classes: int,
        *,
        kernel_widths: Sequence[int],
        num_channels: Sequence[int],
        dropout: float,
    ) -> None:
        super().__init__()
        self.words = words
        self.convolutions = nn.ModuleList(
            nn.Conv1d(words.num_features, channels, width)
            for width, channels in zip(kernel_widths, num_channels, strict=True)
        )
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(sum(num_channels), num_classes)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """The logits (batch, num_classes) of `ids` (batch, longest), padded, of `lengths` (batch,)."""
        return self.classify(self.words(ids), lengths)

    def classify(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """The logits of texts whose words have these `vectors` (batch, longest, num_features)."""
        values = self.maxima(vectors, lengths).values
        encoding = torch.relu(values)  # (batch, sum of channels); the same before and after a maximum
        logits: Tensor = self.output(self.dropout(encoding))  # (batch, num_classes)
        return logits

    def maxima(self, vectors: Tensor, lengths: Tensor) -> Maxima:
        """The largest activation of each channel before ReLU, and the first position of its window."""
        widest = max(convolution.kernel_size[0] for convolution in self.convolutions)
        missing = max(0, widest - vectors.shape[1])
        features = nn.functional.pad(vectors.transpose(1, 2), (0, missing))  # (batch, features, longest)
        values, positions = [], []
        for convolution in self.convolutions:
            activations = convolution(features)  # (batch, channels, longest - width + 1)
            num_windows = (lengths - convolution.kernel_size[0] + 1).clamp(min=1)  # (batch,)
            beyond = torch.arange(activations.shape[2], device=lengths.device) >= num_windows[:, None]
            activations = activations.masked_fill(beyond[:, None, :], -torch.inf)
            largest = activations.max(dim=2)
            values.append(largest.values)
            positions.append(largest.indices)
        return Maxima(torch.cat(values, dim=1), torch.cat(positions, dim=1))
