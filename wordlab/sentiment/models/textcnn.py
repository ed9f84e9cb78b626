"""TextCNN (Kim 2014): looks for telling n-grams and keeps the strongest response to each pattern."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from wordlab.sentiment.models.channels import WordChannels
from wordlab.sentiment.models.projection import Maxima, maxima_of_words


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
        self.widest = max(kernel_widths)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(sum(num_channels), num_classes)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """The logits (batch, num_classes) of `ids` (batch, longest), padded, of `lengths` (batch,)."""
        if ids.is_cuda:  # where convolutions are fast as they are
            return self.classify(self.words(ids), lengths)
        ids = nn.functional.pad(self.words.drop(ids), (0, max(0, self.widest - ids.shape[1])))
        words, places = torch.unique(ids, return_inverse=True)  # (num_words,), (batch, longest)
        vectors = self.words.look_up(words)  # (num_words, num_features)
        return self.decide(maxima_of_words(self.convolutions, vectors, places, lengths).values)

    def classify(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """The logits of texts whose words have these `vectors` (batch, longest, num_features)."""
        return self.decide(self.maxima(vectors, lengths).values)

    def decide(self, values: Tensor) -> Tensor:
        """The logits of texts whose maxima, before ReLU, are `values` (batch, sum of channels)."""
        encoding = torch.relu(values)  # the same before and after a maximum
        logits: Tensor = self.output(self.dropout(encoding))  # (batch, num_classes)
        return logits

    def maxima(self, vectors: Tensor, lengths: Tensor) -> Maxima:
        """The largest activation of each channel before ReLU, and the first position of its window."""
        missing = max(0, self.widest - vectors.shape[1])
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
