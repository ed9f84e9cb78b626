"""BiRNN: reads a text in both directions and keeps the states of its first and its last word."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from wordlab.sentiment.models.channels import WordChannels

_CELLS = {"lstm": nn.LSTM, "gru": nn.GRU}
_WEIGHTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


class BiRNN(nn.Module):
    """A bidirectional LSTM or GRU; the encoder's first and last states, concatenated; a linear output.

    As in the course (d2l, section 16.2), but the last state is that of the text's last word, never of
    padding, as on packed sequences. A text without words is read as one padding vector, zero.
    """

    def __init__(
        self,
        words: WordChannels,
        num_classes: int,
        *,
        cell: str,
        hidden: int,
        num_layers: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.words = words
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
        self.output = nn.Linear(4 * hidden, num_classes)

    @torch.no_grad()
    def _open_forget_gates(self) -> None:
        """An LSTM begins by remembering (Jozefowicz et al. 2015): half forgotten at each word is all gone."""
        if self.encoder.mode == "LSTM":
            for name, bias in self.encoder.named_parameters():
                if name.startswith("bias_hh"):
                    bias.chunk(4)[1].fill_(1.0)  # input, forget, cell and output gate

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """The logits (batch, num_classes) of `ids` (batch, longest), padded, of `lengths` (batch,)."""
        return self.classify(self.words(ids), lengths)

    def classify(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """The logits of texts whose words have these `vectors` (batch, longest, num_features)."""
        lengths = lengths.clamp(min=1)
        states = self.read(vectors, lengths)  # (batch, longest, 2 * hidden)
        rows = torch.arange(len(states), device=states.device)
        encoding = torch.cat([states[:, 0], states[rows, lengths - 1]], dim=1)  # (batch, 4 * hidden)
        logits: Tensor = self.output(self.dropout(encoding))  # (batch, num_classes)
        return logits

    def read(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """The states at each word (batch, longest, 2 * hidden), those of both directions side by side.

        On a CPU torch needs several times as long for packed sequences as for padded ones (each step back
        fills a whole batch with zeros). Padding that follows a text changes nothing in what was read
        before; so the texts are turned round within their lengths, and both directions read forwards.
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


def _turn(vectors: Tensor, places: Tensor) -> Tensor:
    """`vectors` (batch, longest, n) in the order of `places` (batch, longest)."""
    return vectors.gather(1, places.unsqueeze(2).expand(-1, -1, vectors.shape[2]))
