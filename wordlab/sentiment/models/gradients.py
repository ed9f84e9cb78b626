"""Why a network predicts a class: words by integrated gradients, which suit any network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wordlab.extras import need
from wordlab.sentiment.results import Explanation, Reason

with need("torch"):
    import torch
    from torch import Tensor

if TYPE_CHECKING:
    from wordlab.sentiment.models.classifier import Classifier
    from wordlab.sentiment.models.network import Network

NUM_STEPS = 64


def explain_words(
    classifier: Classifier, text: str, *, label: str | None = None, num_steps: int = NUM_STEPS
) -> Explanation:
    """The words of `text` by integrated gradients, also for a network that explains itself otherwise.

    `label` defaults to the class predicted. Raises ConfigError if there is no such class.
    """
    label = classifier.choose_label(text, label)

    def reasons_of(tokens: Sequence[str], vectors: Tensor, lengths: Tensor, target: int) -> list[Reason]:
        return word_reasons(classifier.network, tokens, vectors, lengths, target, num_steps)

    logit, reasons = classifier.logit_and_reasons(text, classifier.classes.index(label), reasons_of)
    return Explanation.of(label, logit, reasons)


def word_reasons(
    network: Network,
    tokens: Sequence[str],
    vectors: Tensor,
    lengths: Tensor,
    target: int,
    num_steps: int = NUM_STEPS,
) -> list[Reason]:
    """What each token of one text adds to the logit of class `target`; `vectors` (1, longest, D)."""
    weights = integrated_gradients(network, vectors, lengths, target, num_steps)
    return [Reason((token,), i, w) for i, (token, w) in enumerate(zip(tokens, weights, strict=False))]


def integrated_gradients(
    network: Network, vectors: Tensor, lengths: Tensor, target: int, num_steps: int
) -> list[float]:
    """The attribution of each word of one text, the sum over its features; `vectors` (1, longest, D).

    Sundararajan, Taly and Yan 2017, equation 1: the path goes from zero vectors to the words' own, and
    the integral is taken at the midpoints of `num_steps` equal steps.
    """
    middles = (torch.arange(num_steps) + 0.5) / num_steps  # (num_steps,)
    path = (middles[:, None, None] * vectors).requires_grad_()  # (num_steps, longest, D)
    logits = network.classify(path, lengths.expand(num_steps))[:, target]  # (num_steps,)
    (gradients,) = torch.autograd.grad(logits.sum(), path)  # (num_steps, longest, D)
    found: list[float] = (gradients.mean(dim=0) * vectors[0]).sum(dim=1).tolist()
    return found
