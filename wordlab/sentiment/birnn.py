"""BiRNN: reads a text in both directions and keeps the states of its first and its last word."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from wordlab.sentiment.channels import WordChannels

_CELLS = {"lstm": nn.LSTM, "gru": nn.GRU}


class BiRNN(nn.Module):
    """A bidirectional LSTM or GRU; the encoder's first and last states, concatenated; a linear output.

    As in the course (d2l, section 16.2), but on packed sequences: the last state is that of the
    text's last word, never of padding. A text without words is read as one padding vector, zero.
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
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(4 * hidden, num_classes)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """The logits (batch, num_classes) of `ids` (batch, longest), padded, of `lengths` (batch,)."""
        return self.classify(self.words(ids), lengths)

    def classify(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """The logits of texts whose words have these `vectors` (batch, longest, num_features)."""
        lengths = lengths.clamp(min=1)
        packed = pack_padded_sequence(vectors, lengths.cpu(), batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.encoder(packed)[0], batch_first=True)  # (batch, longest, 2h)
        rows = torch.arange(len(states), device=states.device)
        encoding = torch.cat([states[:, 0], states[rows, lengths - 1]], dim=1)  # (batch, 4h)
        logits: Tensor = self.output(self.dropout(encoding))  # (batch, num_classes)
        return logits
