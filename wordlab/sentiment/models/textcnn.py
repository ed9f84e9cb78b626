"""TextCNN (Kim 2014): looks for telling n-grams and keeps the strongest response to each pattern.

A convolution is a sum over the places of its window, and what a word adds at a place depends on the word
and the place alone. Most tokens of a batch are words that occur many times in it; so the products of
words and kernels are computed once for each different word, and for each token they are only looked up
and added. The gradient of a maximum goes to the window that won, so the backward pass needs the few
winning windows only. Values and gradients are those of `torch.nn.Conv1d` followed by a maximum, to float
rounding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from wordlab.extras import need
from wordlab.sentiment.base import Reason
from wordlab.sentiment.features.encoding import PADDING, EncodedTexts
from wordlab.sentiment.models.channels import WordChannels
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.sentiment.models.network import Network, composed_vectors

with need("torch"):
    import torch
    from torch import Tensor, nn

if TYPE_CHECKING:
    from wordlab.sentiment.models.onnx_graph import Graph


class TextCNN(Network):
    """Convolutions of several widths over the words, ReLU, maximum over time, dropout, a linear output.

    Equations 2 to 4 of the paper. Padding has zero vectors and is masked out of the maximum; a text
    shorter than a kernel has one window, filled with zeros.
    """

    title: ClassVar = "TextCNN"

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

    @classmethod
    def build(cls, words: WordChannels, num_classes: int, config: ClassifierConfig) -> TextCNN:
        """A TextCNN with the kernels of `config`."""
        return cls(
            words,
            num_classes,
            kernel_widths=config.kernel_widths,
            num_channels=config.num_channels,
            dropout=config.dropout,
        )

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

    def scorer(self, encoded: EncodedTexts) -> Callable[[np.ndarray], Tensor]:
        """A function from rows to logits; the products of words and kernels are made once for all texts."""
        words, places = np.unique(encoded.ids, return_inverse=True)
        ids = torch.from_numpy(np.concatenate([[PADDING], words]).astype(np.int64))  # (num_words,)
        products = WordProducts(self.convolutions, self.words.look_up(ids, composed_vectors(encoded)))
        placed = EncodedTexts((places + 1).astype(np.int32), encoded.offsets)  # 0 is padding here, too

        def logits_of(rows: np.ndarray) -> Tensor:
            batch = torch.from_numpy(placed.batch(rows))  # (batch, longest)
            batch = nn.functional.pad(batch, (0, max(0, self.widest - batch.shape[1])))
            values = products.maxima(batch, torch.from_numpy(placed.lengths[rows]))  # (batch, channels)
            return self.decide(values)  # (batch, num_classes)

        return logits_of

    @torch.no_grad()
    def reasons(self, tokens: Sequence[str], vectors: Tensor, lengths: Tensor, target: int) -> list[Reason]:
        """The n-grams that won the maxima, with what they add to the logit of class `target`.

        A channel adds its activation times its weight in the output, credited to the n-gram at its maximum.
        """
        maxima = self.maxima(vectors, lengths)
        shares = (torch.relu(maxima.values)[0] * self.output.weight[target]).tolist()  # (channels,)
        widths = [c.kernel_size[0] for c in self.convolutions for _ in range(c.out_channels)]
        weights: dict[tuple[int, int], float] = defaultdict(float)
        for width, start, share in zip(widths, maxima.positions[0].tolist(), shares, strict=True):
            weights[start, min(start + width, len(tokens))] += share
        return [
            Reason(tuple(tokens[start:stop]), start, weight)
            for (start, stop), weight in weights.items()
            if weight
        ]

    def encode_onnx(self, graph: Graph, vectors: str) -> str:
        """Add the convolutions and their maxima over time to `graph`."""
        features = graph.node("Transpose", [vectors], perm=[0, 2, 1])  # (batch, features, longest)
        room = graph.tensor(np.array([0, 0, 0, 0, 0, self.widest - 1], dtype=np.int64))
        features = graph.node("Pad", [features, room])
        one = graph.tensor(np.int64(1))
        maxima = []
        for convolution in self.convolutions:
            weights = [graph.tensor(convolution.weight), graph.tensor(convolution.bias)]
            activations = graph.node("Conv", [features, *weights])  # (batch, channels, positions)
            fewer = graph.tensor(np.int64(convolution.kernel_size[0] - 1))
            num_windows = graph.node("Max", [graph.node("Sub", ["lengths", fewer]), one])  # (batch,)
            masked = graph.masked(activations, num_windows, axis=2)
            maxima.append(graph.node("ReduceMax", [masked], axes=[2], keepdims=0))  # (batch, channels)
        return graph.node("Relu", [graph.node("Concat", maxima, axis=1)])


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
