"""Why a network predicts a class: words by integrated gradients, which suit any network."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wordlab.extras import need
from wordlab.sentiment.base import Reason

with need("torch"):
    import torch
    from torch import Tensor

NUM_STEPS = 64

Classify = Callable[[Tensor, Tensor], Tensor]
"""`Network.classify`: vectors (batch, longest, D) and lengths (batch,) to logits (batch, num_classes)."""


def word_reasons(
    classify: Classify,
    tokens: Sequence[str],
    vectors: Tensor,
    lengths: Tensor,
    target: int,
    num_steps: int = NUM_STEPS,
) -> list[Reason]:
    """What each token of one text adds to the logit of class `target`; `vectors` (1, longest, D)."""
    weights = integrated_gradients(classify, vectors, lengths, target, num_steps)
    return [Reason((token,), i, w) for i, (token, w) in enumerate(zip(tokens, weights, strict=False))]


def integrated_gradients(
    classify: Classify, vectors: Tensor, lengths: Tensor, target: int, num_steps: int
) -> list[float]:
    """The attribution of each word of one text, the sum over its features; `vectors` (1, longest, D).

    Sundararajan, Taly and Yan 2017, equation 1: the path goes from zero vectors to the words' own, and
    the integral is taken at the midpoints of `num_steps` equal steps.
    """
    middles = (torch.arange(num_steps) + 0.5) / num_steps  # (num_steps,)
    path = (middles[:, None, None] * vectors).requires_grad_()  # (num_steps, longest, D)
    logits = classify(path, lengths.expand(num_steps))[:, target]  # (num_steps,)
    (gradients,) = torch.autograd.grad(logits.sum(), path)  # (num_steps, longest, D)
    found: list[float] = (gradients.mean(dim=0) * vectors[0]).sum(dim=1).tolist()
    return found
