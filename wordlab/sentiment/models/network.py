"""Network: what all networks have in common, and what each of them may do in its own way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from wordlab.errors import ConfigError
from wordlab.extras import need
from wordlab.sentiment.base import Reason
from wordlab.sentiment.features.encoding import EncodedTexts
from wordlab.sentiment.models.channels import WordChannels
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.sentiment.models.gradients import word_reasons
from wordlab.sentiment.models.names import model_class
from wordlab.sentiment.models.settings import check_config

with need("torch"):
    import torch
    from torch import Tensor, nn

if TYPE_CHECKING:
    from wordlab.sentiment.models.onnx_graph import Graph


class Network(nn.Module, ABC):
    """Vectors of words, an encoding of the text, and a linear output.

    A network is a file with a subclass, and a line in `wordlab.sentiment.models.names`. It defines
    `title`, `build` and `classify`; `encode_onnx` if it is to be exported, and the other methods where it
    can do better. Settings that no other network has are the fields of a subclass of ClassifierConfig, its
    `config_class`.
    """

    title: ClassVar[str]
    config_class: ClassVar[type[ClassifierConfig]] = ClassifierConfig
    words: WordChannels
    output: nn.Linear

    @classmethod
    @abstractmethod
    def build(cls, words: WordChannels, num_classes: int, config: ClassifierConfig) -> Self:
        """The network with the settings of `config`, its weights drawn at random."""

    @abstractmethod
    def classify(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """The logits (batch, num_classes) of texts whose words have these `vectors`.

        `vectors` are (batch, longest, num_features), with zeros for padding; `lengths` (batch,) may be 0.
        """

    def encode_onnx(self, graph: Graph, vectors: str) -> str:
        """Add nodes to `graph` that make the output's input from `vectors`; the name of the last one.

        The graph's inputs are called "ids" (batch, longest) and "lengths" (batch,). Raises ConfigError if
        ONNX cannot hold the network.
        """
        raise ConfigError(f"model: expected a network that ONNX can hold, found a {self.title}")

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """The logits (batch, num_classes) of `ids` (batch, longest), padded, of `lengths` (batch,)."""
        return self.classify(self.words(ids), lengths)

    def scorer(self, encoded: EncodedTexts) -> Callable[[np.ndarray], Tensor]:
        """A function from the rows of some of these texts to their logits."""

        composed = composed_vectors(encoded)

        def logits_of(rows: np.ndarray) -> Tensor:
            vectors = self.words.look_up(torch.from_numpy(encoded.batch(rows)), composed)
            return self.classify(vectors, torch.from_numpy(encoded.lengths[rows]))  # (batch, num_classes)

        return logits_of

    def reasons(self, tokens: Sequence[str], vectors: Tensor, lengths: Tensor, target: int) -> list[Reason]:
        """What the `tokens` of one text add to the logit of class `target`, by integrated gradients.

        `vectors` (1, longest, num_features) are those of the tokens, `lengths` (1,) is their number.
        """
        return word_reasons(self.classify, tokens, vectors, lengths, target)


def composed_vectors(encoded: EncodedTexts) -> Tensor | None:
    """The vectors of the ids beyond the vocabulary's, float32 (num_composed, dim); None if there are none."""
    return None if encoded.composed is None else torch.from_numpy(encoded.composed)


def meta_network(
    config: ClassifierConfig, num_ids: int, dim: int, num_classes: int, *, pretrained: bool
) -> Network:
    """What `build_network` makes of a matrix (num_ids, dim), on the meta device: it takes no memory."""
    with torch.device("meta"):
        return build_network(config, torch.empty(num_ids, dim), num_classes, pretrained=pretrained)


def build_network(config: ClassifierConfig, matrix: Tensor, num_classes: int, *, pretrained: bool) -> Network:
    """The network that `config` describes, whose words start with the rows of `matrix`.

    Without pretrained vectors no channel is worth freezing: there is one, and it is trained.
    """
    channels = config.channels if pretrained else "tuned"
    words = WordChannels(matrix, channels, word_dropout=config.word_dropout)
    kind = model_class(config.model)
    check_config(config, kind.config_class, config.model)
    network: Network = kind.build(words, num_classes, config)
    return network
