"""Word vectors handed to torch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from wordlab.embeddings.choices import UNKNOWN_ROWS, UnknownRow
from wordlab.errors import ConfigError
from wordlab.extras import need
from wordlab.text.vocabulary import Vocabulary

with need("torch"):
    import torch
    from torch import Tensor, nn


class WordEmbedding(nn.Embedding):
    """An nn.Embedding (num_rows, D) that knows its words: `ids` and `batch` say which rows are theirs.

    `padding_idx` and `unknown_idx` are the rows of padding and of unknown words, None where there is none.
    They come before the words', which are in the order of `vocabulary`.
    """

    vocabulary: Vocabulary
    unknown_idx: int | None

    @property
    def num_special(self) -> int:
        """Rows before those of the words: word i of the vocabulary has row ``i + num_special``."""
        return int(self.num_embeddings) - len(self.vocabulary)

    def ids(self, tokens: Sequence[str]) -> Tensor:
        """The rows of `tokens`, int64 (num_tokens,); UnknownWordError where unknown ones have no row."""
        if isinstance(tokens, str):
            raise TypeError("expected a list of tokens, found a single string; put it in a list")
        if self.unknown_idx is None:
            found = self.vocabulary.ids(tokens) + self.num_special
        else:
            places = self.vocabulary.find(tokens)
            found = np.where(places < 0, self.unknown_idx, places + self.num_special)
        return torch.from_numpy(found)

    def batch(self, texts: Sequence[Sequence[str]]) -> Tensor:
        """The rows of the tokens of some texts, int64 (num_texts, longest), padded at their ends.

        Raises ConfigError where padding has no row, and what `ids` raises.
        """
        if self.padding_idx is None:
            raise ConfigError("padding: expected an embedding with padding=True, found one without")
        if any(isinstance(text, str) for text in texts):
            raise TypeError("expected lists of tokens, found a single string; a tokenizer cuts it")
        lengths = [len(text) for text in texts]
        if not lengths:
            return torch.zeros((0, 0), dtype=torch.int64)
        rows = self.ids(list(chain.from_iterable(texts)))
        return nn.utils.rnn.pad_sequence(
            rows.split(lengths), batch_first=True, padding_value=self.padding_idx
        )  # (num_texts, longest)


def to_embedding(
    vocabulary: Vocabulary, matrix: np.ndarray, *, freeze: bool, padding: bool, unknown: UnknownRow | None
) -> WordEmbedding:
    """The embedding whose weight is a copy of the matrix, below the rows asked for; ConfigError."""
    if unknown is not None and unknown not in UNKNOWN_ROWS:
        raise ConfigError(f"unknown: expected one of {', '.join(UNKNOWN_ROWS)}, or None, found {unknown!r}")
    special = np.zeros((int(padding) + (unknown is not None), matrix.shape[1]), np.float32)
    if unknown == "mean":
        special[-1] = matrix.mean(axis=0, dtype=np.float64)
    weight = torch.from_numpy(np.concatenate([special, matrix]))  # (num_rows, D)
    embedding: WordEmbedding = WordEmbedding.from_pretrained(
        weight, freeze=freeze, padding_idx=0 if padding else None
    )
    embedding.vocabulary = vocabulary
    embedding.unknown_idx = None if unknown is None else int(padding)
    return embedding
