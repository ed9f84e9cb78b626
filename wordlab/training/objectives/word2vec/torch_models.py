"""SkipGram and CBOW as torch modules: the formulas of word2vec, one line each.

Names and shapes are those of the Dive into Deep Learning course (section 15.4): a batch of
embeddings times a batch of embeddings gives logits, and a mask says which of them count. The
orientation is word2vec.c's and gensim's: the input vector x of a word of the window predicts the
centre word among the targets t. `docs/explanation/torch.md` derives the gradients by hand.

Both modules serve both losses. With negative sampling the targets are the centre word and noise
words, and `outputs` has a vector for each word. With hierarchical softmax the targets are the inner
nodes on the centre word's path in the Huffman tree, and `outputs` has a vector for each node.
"""

from __future__ import annotations

import numpy as np

from wordlab.extras import need
from wordlab.training.objectives.word2vec.config import Word2VecConfig

with need("torch"):
    import torch
    from torch import Tensor, nn
    from torch.nn import functional as F  # noqa: N812 - the name that all of torch's own texts use


def build_model(config: Word2VecConfig, num_words: int, num_outputs: int) -> SkipGram | CBOW:
    """The module of the config's variant."""
    if config.cbow:
        return CBOW(
            num_words, config.dim, mean=config.cbow_mean, word2vec_gradient=True, num_outputs=num_outputs
        )
    return SkipGram(num_words, config.dim, num_outputs=num_outputs)


class SkipGram(nn.Module):
    """Each word of a window predicts the centre word (Mikolov et al. 2013b, equation 4).

    `num_outputs` is the number of output vectors: num_words for negative sampling (the default),
    num_words - 1 for hierarchical softmax. Gradients are sparse: they have the rows of the batch only.

    >>> model = SkipGram(num_words=10, dim=4)
    >>> model(torch.tensor([[1, 2, 3]]), torch.tensor([[0, 8]])).shape
    torch.Size([1, 3, 2])
    """

    def __init__(self, num_words: int, dim: int, *, num_outputs: int | None = None) -> None:
        super().__init__()
        self.inputs = nn.Embedding(num_words, dim, sparse=True)
        self.outputs = nn.Embedding(num_outputs or num_words, dim, sparse=True)
        initialise(self.inputs, self.outputs)

    def forward(self, contexts: Tensor, targets: Tensor) -> Tensor:
        """The logit of each target for each word of the window, (batch, context, target)."""
        x = self.inputs(contexts)  # (batch, context, dim)
        t = self.outputs(targets)  # (batch, target, dim)
        return torch.bmm(x, t.mT)  # (batch, context, target)

    def loss(
        self, contexts: Tensor, context_mask: Tensor, targets: Tensor, target_mask: Tensor, labels: Tensor
    ) -> Tensor:
        """The sum of the losses of all pairs of a word of a window and a target, in nats."""
        logits = self(contexts, targets)  # (batch, context, target)
        mask = context_mask.unsqueeze(2) & target_mask.unsqueeze(1)  # (batch, context, target)
        return masked_logistic_loss(logits, labels.unsqueeze(1), mask)  # ()

    @staticmethod
    def num_pairs(context_mask: np.ndarray) -> int:
        """Pairs of a centre word and one word of its window, in a batch."""
        return int(context_mask.sum())


class CBOW(nn.Module):
    """All words of a window together, as their mean or sum, predict the centre word.

    The derivative of a mean over m words gives each of them 1/m of the gradient. word2vec.c and
    gensim leave that factor out, and put it in for the sum; `word2vec_gradient` does as they do.
    Without it the gradient is the true one. The loss is the same either way.

    >>> model = CBOW(num_words=10, dim=4)
    >>> mask = torch.tensor([[True, True, False]])
    >>> model(torch.tensor([[1, 2, 3]]), mask, torch.tensor([[0, 8]])).shape
    torch.Size([1, 1, 2])
    """

    def __init__(
        self,
        num_words: int,
        dim: int,
        *,
        mean: bool = True,
        word2vec_gradient: bool = False,
        num_outputs: int | None = None,
    ) -> None:
        super().__init__()
        self.mean = mean
        self.word2vec_gradient = word2vec_gradient
        self.inputs = nn.Embedding(num_words, dim, sparse=True)
        self.outputs = nn.Embedding(num_outputs or num_words, dim, sparse=True)
        initialise(self.inputs, self.outputs)

    def forward(self, contexts: Tensor, context_mask: Tensor, targets: Tensor) -> Tensor:
        """The logit of each target for the window as a whole, (batch, 1, target)."""
        x = self.inputs(contexts)  # (batch, context, dim)
        t = self.outputs(targets)  # (batch, target, dim)
        weights = context_mask.unsqueeze(1).to(x.dtype)  # (batch, 1, context): 1 for a word, 0 for padding
        total = torch.bmm(weights, x)  # (batch, 1, dim)
        mean = total / weights.sum(dim=2, keepdim=True)  # (batch, 1, dim)
        h, other = (mean, total) if self.mean else (total, mean)  # (batch, 1, dim)
        if self.word2vec_gradient:
            h = h.detach() + (other - other.detach())  # the value of the one, the gradient of the other
        return torch.bmm(h, t.mT)  # (batch, 1, target)

    def loss(
        self, contexts: Tensor, context_mask: Tensor, targets: Tensor, target_mask: Tensor, labels: Tensor
    ) -> Tensor:
        """The sum of the losses of all pairs of a window and a target, in nats."""
        logits = self(contexts, context_mask, targets)  # (batch, 1, target)
        return masked_logistic_loss(logits, labels.unsqueeze(1), target_mask.unsqueeze(1))  # ()

    @staticmethod
    def num_pairs(context_mask: np.ndarray) -> int:
        """Pairs of a centre word and its window, in a batch."""
        return len(context_mask)


def masked_logistic_loss(logits: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
    """The sum of -log sigmoid(z) where the label is 1 and of -log sigmoid(-z) where it is 0.

    `labels` and `mask` are of the shape of `logits` or can be spread to it; what the mask leaves
    out has neither loss nor gradient.
    """
    return F.binary_cross_entropy_with_logits(
        logits, labels.expand_as(logits), weight=mask.to(logits.dtype), reduction="sum"
    )


def initialise(inputs: nn.Embedding, outputs: nn.Embedding) -> None:
    """Input vectors uniform in [-1 / dim, 1 / dim) as in gensim, output vectors zero."""
    nn.init.uniform_(inputs.weight, -1 / inputs.embedding_dim, 1 / inputs.embedding_dim)
    nn.init.zeros_(outputs.weight)
