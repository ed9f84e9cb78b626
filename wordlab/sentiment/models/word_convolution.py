"""Convolution and maximum over time where words recur: each different word is multiplied once.

A convolution is a sum over the places of its window, and what a word adds at a place depends on the word
and the place alone. Most tokens of a batch are words that occur many times in it; so the products of
words and kernels are computed once for each different word, and for each token they are only looked up
and added. The gradient of a maximum goes to the window that won, so the backward pass needs the few
winning windows only. Values and gradients are those of `torch.nn.Conv1d` followed by a maximum, to float
rounding.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn


class Maxima(NamedTuple):
    """The largest activation of each channel of the convolutions: value and position, (batch, channels)."""

    values: Tensor
    positions: Tensor


def maxima_of_words(
    convolutions: Iterable[nn.Conv1d], vectors: Tensor, places: Tensor, lengths: Tensor
) -> Maxima:
    """The largest activation of each channel, before ReLU, and the first position of its window.

    `vectors` (num_words, features) are those of the different words, `places` (batch, longest) are the
    rows of the texts' words in them; padding is a word, too, whose vector is zero.
    """
    found = []
    for convolution in convolutions:
        values, positions = _Strongest.apply(vectors, convolution.weight, places, lengths)
        found.append((values + convolution.bias, positions))
    return Maxima(*(torch.cat(parts, dim=1) for parts in zip(*found, strict=True)))


class WordProducts:
    """The products of words and kernels, computed once for many batches; without gradients."""

    def __init__(self, convolutions: Iterable[nn.Conv1d], vectors: Tensor) -> None:
        self._products = [
            (products(vectors, kernels_of(convolution.weight)), convolution) for convolution in convolutions
        ]

    def maxima(self, places: Tensor, lengths: Tensor) -> Tensor:
        """The values that `maxima_of_words` gives, (batch, channels)."""
        found = []
        for table, convolution in self._products:
            activations = _activations(table, places, lengths, convolution.kernel_size[0])
            found.append(activations.amax(dim=1) + convolution.bias)  # (batch, channels)
        return torch.cat(found, dim=1)


def kernels_of(weight: Tensor) -> Tensor:
    """The weight (channels, features, width) as a matrix (width * channels, features)."""
    channels, features, width = weight.shape
    return weight.permute(2, 0, 1).reshape(width * channels, features)


def products(vectors: Tensor, kernels: Tensor) -> Tensor:
    """What each word adds at each place of each kernel, (num_words, width * channels)."""
    return vectors @ kernels.T


def _activations(table: Tensor, places: Tensor, lengths: Tensor, width: int) -> Tensor:
    """The convolution without its bias, (batch, positions, channels); minus infinity beyond the text."""
    windows = places.unfold(1, width, 1) * width + torch.arange(width)  # (batch, positions, width)
    batch, positions = windows.shape[:2]
    rows = table.view(table.shape[0] * width, -1)  # (num_words * width, channels)
    sums = nn.functional.embedding_bag(windows.reshape(-1, width), rows, mode="sum")
    activations = sums.view(batch, positions, -1)  # (batch, positions, channels)
    num_windows = (lengths - width + 1).clamp(min=1)  # (batch,)
    beyond = torch.arange(positions) >= num_windows[:, None]  # (batch, positions)
    return activations.masked_fill_(beyond.unsqueeze(2), -torch.inf)


class _Strongest(torch.autograd.Function):
    """Values and positions of the maxima; the backward pass is a sparse matrix of the winning windows."""

    @staticmethod
    def forward(ctx: Any, vectors: Tensor, weight: Tensor, places: Tensor, lengths: Tensor) -> Any:
        channels, _, width = weight.shape
        kernels = kernels_of(weight)  # (width * channels, features)
        values, positions = _activations(products(vectors, kernels), places, lengths, width).max(dim=1)
        steps = positions.unsqueeze(2) + torch.arange(width)  # (batch, channels, width)
        winners = places.gather(1, steps.flatten(1)).view(steps.shape)  # the words of the windows
        columns = torch.arange(width) * channels + torch.arange(channels)[:, None]  # (channels, width)
        ctx.save_for_backward(vectors, kernels, winners, columns)
        ctx.mark_non_differentiable(positions)
        return values, positions

    @staticmethod
    def backward(ctx: Any, gradient: Tensor, _: Tensor) -> Any:
        vectors, kernels, winners, columns = ctx.saved_tensors
        batch, channels, width = winners.shape
        indices = torch.stack([winners.flatten(), columns.expand(batch, -1, -1).flatten()])
        given = gradient.unsqueeze(2).expand(-1, -1, width).flatten()
        shape = (len(vectors), len(kernels))
        # sparse (num_words, width * channels): what reaches each product of a word and a kernel
        spread = torch.sparse_coo_tensor(indices, given, shape, check_invariants=False)
        to_vectors = torch.sparse.mm(spread, kernels) if ctx.needs_input_grad[0] else None
        to_kernels = torch.sparse.mm(spread.t(), vectors)  # (width * channels, features)
        to_weight = to_kernels.view(width, channels, -1).permute(1, 2, 0)  # (channels, features, width)
        return to_vectors, to_weight, None, None
