"""BiRNN: reads a text in both directions and keeps the states at its ends, or the largest of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from wordlab.extras import need
from wordlab.sentiment.models.channels import WordChannels
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.sentiment.models.network import Network

with need("torch"):
    import torch
    from torch import Tensor, nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

if TYPE_CHECKING:
    from wordlab.sentiment.models.onnx_graph import Graph

_CELLS = {"lstm": nn.LSTM, "gru": nn.GRU}
_WEIGHTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
# Where ONNX's gates are among torch's: i o f c of i f g o; z r h of r z n.
_ONNX_GATES = {"LSTM": (0, 3, 1, 2), "GRU": (1, 0, 2)}


class BiRNN(Network):
    """A bidirectional LSTM or GRU; its first and last states, or the largest of all; a linear output.

    The first and the last, concatenated, as in the course (d2l, section 16.2), but the last state is that of
    the text's last word, never of padding, as on packed sequences. The largest, number by number, as in
    Conneau et al. (2017, section 3.2.2). A text without words is read as one padding vector, zero.
    """

    title: ClassVar = "BiRNN"

    def __init__(
        self,
        words: WordChannels,
        num_classes: int,
        *,
        cell: str,
        hidden: int,
        num_layers: int,
        dropout: float,
        states: str = "ends",
    ) -> None:
        super().__init__()
        self.words, self.states = words, states
        self.encoder = _CELLS[cell](
            words.num_features,
            hidden,
            num_layers,
            bidirectional=True,
            batch_first=True,
            dropout=dropout if num_layers > 1 else 0.0,
        )
        self._open_forget_gates()
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear((4 if states == "ends" else 2) * hidden, num_classes)

    @torch.no_grad()
    def _open_forget_gates(self) -> None:
        """Let an LSTM start by remembering (Jozefowicz et al. 2015): halving at each word loses all."""
        if self.encoder.mode == "LSTM":
            for name, bias in self.encoder.named_parameters():
                if name.startswith("bias_hh"):
                    bias.chunk(4)[1].fill_(1.0)  # input, forget, cell and output gate

    @classmethod
    def build(cls, words: WordChannels, num_classes: int, config: ClassifierConfig) -> BiRNN:
        """A BiRNN with the cell and layers of `config`."""
        return cls(
            words,
            num_classes,
            cell=config.cell,
            hidden=config.hidden,
            num_layers=config.num_layers,
            dropout=config.dropout,
            states=config.states,
        )

    def classify(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """The logits of texts whose words have these `vectors` (batch, longest, num_features)."""
        lengths = lengths.clamp(min=1)
        states = self.read(vectors, lengths)  # (batch, longest, 2 * hidden)
        if self.states == "max":
            places = torch.arange(states.shape[1], device=states.device)  # (longest,)
            beyond = (places >= lengths[:, None]).unsqueeze(2)  # (batch, longest, 1)
            encoding = states.masked_fill(beyond, -torch.inf).amax(dim=1)  # (batch, 2 * hidden)
        else:
            rows = torch.arange(len(states), device=states.device)
            encoding = torch.cat([states[:, 0], states[rows, lengths - 1]], dim=1)  # (batch, 4 * hidden)
        logits: Tensor = self.output(self.dropout(encoding))  # (batch, num_classes)
        return logits

    def read(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """The states at each word (batch, longest, 2 * hidden), those of both directions side by side.

        On a CPU torch takes several times as long for packed sequences as for padded ones (each step back
        fills a whole batch with zeros). Padding after a text does not change what was read before it; so
        the texts are reversed within their lengths, and both directions read forwards.
        """
        if vectors.is_cuda:
            packed = pack_padded_sequence(vectors, lengths.cpu(), batch_first=True, enforce_sorted=False)
            packed_states: Tensor = pad_packed_sequence(self.encoder(packed)[0], batch_first=True)[0]
            return packed_states
        places = torch.arange(vectors.shape[1])  # (longest,)
        turned = lengths[:, None] - 1 - places  # (batch, longest)
        turned = torch.where(turned >= 0, turned, places)  # padding stays where it is
        states = vectors
        for layer in range(self.encoder.num_layers):
            if layer and self.encoder.dropout:
                states = nn.functional.dropout(states, self.encoder.dropout, self.training)
            forwards = self._read_forwards(states, f"_l{layer}")  # (batch, longest, hidden)
            backwards = self._read_forwards(_turn(states, turned), f"_l{layer}_reverse")
            states = torch.cat([forwards, _turn(backwards, turned)], dim=2)  # (batch, longest, 2 * hidden)
        return states

    def _read_forwards(self, vectors: Tensor, suffix: str) -> Tensor:
        """The states of one layer in one direction, (batch, longest, hidden)."""
        weights = [getattr(self.encoder, name + suffix) for name in _WEIGHTS]
        start = vectors.new_zeros((1, len(vectors), self.encoder.hidden_size))
        # has_biases, num_layers, dropout, train, bidirectional, batch_first
        options = (True, 1, 0.0, self.training, False, True)
        if self.encoder.mode == "LSTM":
            states: Tensor = torch.lstm(vectors, (start, start), weights, *options)[0]
        else:
            states = torch.gru(vectors, start, weights, *options)[0]
        return states

    def encode_onnx(self, graph: Graph, vectors: str) -> str:
        """Add the recurrent layers, and the choice among states, to `graph`."""
        lengths = graph.node("Max", ["lengths", graph.tensor(np.int64(1))])  # (batch,)
        narrow = graph.cast(lengths, np.int32)
        operator, hidden = self.encoder.mode, self.encoder.hidden_size
        extra: dict[str, Any] = {"linear_before_reset": 1} if operator == "GRU" else {}
        states = graph.node("Transpose", [vectors], perm=[1, 0, 2])  # (longest, batch, features)
        for layer in range(self.encoder.num_layers):
            weights = [graph.tensor(array) for array in self._onnx_weights(layer)]
            states = graph.node(
                operator, [states, *weights, narrow], direction="bidirectional", hidden_size=hidden, **extra
            )  # (longest, 2, batch, hidden)
            states = graph.node("Transpose", [states], perm=[0, 2, 1, 3])
            shape = graph.tensor(np.array([0, 0, 2 * hidden], dtype=np.int64))
            states = graph.node("Reshape", [states, shape])  # (longest, batch, 2 * hidden)
        states = graph.node("Transpose", [states], perm=[1, 0, 2])  # (batch, longest, 2 * hidden)
        if self.states == "max":
            return graph.node("ReduceMax", [graph.masked(states, lengths, axis=1)], axes=[1], keepdims=0)
        first = graph.node("Gather", [states, graph.tensor(np.int64(0))], axis=1)  # (batch, 2 * hidden)
        last = graph.node("Sub", [lengths, graph.tensor(np.int64(1))])
        last = graph.node("Unsqueeze", [last, graph.tensor(np.array([1], dtype=np.int64))])
        return graph.node("Concat", [first, graph.node("GatherND", [states, last], batch_dims=1)], axis=1)

    def _onnx_weights(self, layer: int) -> list[np.ndarray]:
        """W (2, gates * hidden, inputs), R (2, gates * hidden, hidden) and B (2, 2 * gates * hidden)."""
        gates = _ONNX_GATES[self.encoder.mode]

        def found(name: str, direction: str) -> np.ndarray:
            weight = getattr(self.encoder, f"{name}_l{layer}{direction}").detach().numpy()
            parts = np.split(weight, len(gates))
            return np.concatenate([parts[gate] for gate in gates])

        both = ("", "_reverse")
        inputs, recurrent = (np.stack([found(name, d) for d in both]) for name in ("weight_ih", "weight_hh"))
        biases = np.stack([np.concatenate([found("bias_ih", d), found("bias_hh", d)]) for d in both])
        return [inputs, recurrent, biases]


def _turn(vectors: Tensor, places: Tensor) -> Tensor:
    """`vectors` (batch, longest, n) in the order of `places` (batch, longest)."""
    return vectors.gather(1, places.unsqueeze(2).expand(-1, -1, vectors.shape[2]))
