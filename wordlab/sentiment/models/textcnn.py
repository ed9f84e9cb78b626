"""TextCNN (Kim 2014): looks for telling n-grams and keeps the strongest response to each pattern."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from wordlab.extras import need
from wordlab.sentiment.features.encoding import PADDING, EncodedTexts
from wordlab.sentiment.models.channels import WordChannels
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.sentiment.models.network import Network
from wordlab.sentiment.models.word_convolution import Maxima, WordProducts, maxima_of_words
from wordlab.sentiment.results import Reason

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
        products = WordProducts(self.convolutions, self.words.look_up(ids))
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
        one, zero = graph.tensor(np.int64(1)), graph.tensor(np.int64(0))
        maxima = []
        for convolution in self.convolutions:
            weights = [graph.tensor(convolution.weight), graph.tensor(convolution.bias)]
            activations = graph.node("Conv", [features, *weights])  # (batch, channels, positions)
            fewer = graph.tensor(np.int64(convolution.kernel_size[0] - 1))
            num_windows = graph.node("Max", [graph.node("Sub", ["lengths", fewer]), one])  # (batch,)
            axes = graph.tensor(np.array([1, 2], dtype=np.int64))
            num_windows = graph.node("Unsqueeze", [num_windows, axes])  # (batch, 1, 1)
            shape = graph.node("Shape", [activations])
            size = graph.node("Gather", [shape, graph.tensor(np.int64(2))])
            positions = graph.node("Range", [zero, size, one])
            beyond = graph.node("GreaterOrEqual", [positions, num_windows])  # (batch, 1, positions)
            masked = graph.node("Where", [beyond, graph.tensor(np.float32(-np.inf)), activations])
            maxima.append(graph.node("ReduceMax", [masked], axes=[2], keepdims=0))  # (batch, channels)
        return graph.node("Relu", [graph.node("Concat", maxima, axis=1)])
