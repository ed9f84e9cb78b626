"""Why a classifier says what it says: the n-grams that won TextCNN's maxima, or words by gradients."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import torch
from torch import Tensor

from wordlab.errors import ConfigError
from wordlab.sentiment.models.classifier import Classifier
from wordlab.sentiment.models.networks import own_torch_state
from wordlab.sentiment.models.textcnn import TextCNN
from wordlab.sentiment.results import Explanation, Reason

NUM_STEPS = 64


def explain_ngrams(classifier: Classifier, text: str, *, label: str | None = None) -> Explanation:
    """The n-grams that won the maxima of a TextCNN, with what they add to the logit of `label`.

    A channel adds its activation times its weight in the output, and the n-gram at its maximum bears
    that. `label` defaults to the class predicted. Raises ConfigError for a BiRNN or an unknown label.
    """
    network = classifier.network
    if not isinstance(network, TextCNN):
        raise ConfigError(f"model: expected a textcnn to have n-grams, found {classifier.config.model!r}")
    tokens, ids, lengths = _encode(classifier, text)
    with torch.no_grad(), own_torch_state(1):
        maxima = network.maxima(network.words(ids), lengths)
        values = torch.relu(maxima.values)[0]  # (channels,)
        logits = network.output(values)  # (num_classes,)
        target = _target(classifier, logits, label)
        parts = (values * network.output.weight[target]).tolist()
        bias = float(network.output.bias[target])
    widths = [w for w, n in zip(classifier.config.kernel_widths, classifier.config.num_channels, strict=True)
              for _ in range(n)]  # fmt: skip
    weights: dict[tuple[int, int], float] = defaultdict(float)
    for width, start, part in zip(widths, maxima.positions[0].tolist(), parts, strict=True):
        weights[start, min(start + width, len(tokens))] += part
    reasons = [
        Reason(tuple(tokens[start:stop]), start, weight)
        for (start, stop), weight in weights.items()
        if weight
    ]
    return _sorted(classifier, target, float(logits[target]), bias, reasons)


def explain_words(
    classifier: Classifier, text: str, *, label: str | None = None, num_steps: int = NUM_STEPS
) -> Explanation:
    """The words of `text` by integrated gradients (Sundararajan, Taly and Yan 2017, equation 1).

    The path goes from zero vectors to the words' own; the integral is taken at the midpoints of
    `num_steps` equal steps. Raises ConfigError for an unknown label.
    """
    tokens, ids, lengths = _encode(classifier, text)
    network = classifier.network
    with own_torch_state(1):
        vectors = network.words(ids).detach()  # (1, longest, num_features)
        with torch.no_grad():
            logits = network.classify(vectors, lengths)[0]  # (num_classes,)
        target = _target(classifier, logits, label)
        weights = integrated_gradients(network, vectors, lengths, target, num_steps)
    reasons = [Reason((token,), i, w) for i, (token, w) in enumerate(zip(tokens, weights, strict=False))]
    logit = float(logits[target])
    return _sorted(classifier, target, logit, logit - sum(reason.weight for reason in reasons), reasons)


def integrated_gradients(
    network: torch.nn.Module, vectors: Tensor, lengths: Tensor, target: int, num_steps: int
) -> list[float]:
    """The attribution of each word of one text, the sum over its features; `vectors` (1, longest, D)."""
    middles = (torch.arange(num_steps) + 0.5) / num_steps  # (num_steps,)
    path = (middles[:, None, None] * vectors).requires_grad_()  # (num_steps, longest, D)
    logits = network.classify(path, lengths.expand(num_steps))[:, target]  # (num_steps,)
    (gradients,) = torch.autograd.grad(logits.sum(), path)  # (num_steps, longest, D)
    found: list[float] = (gradients.mean(dim=0) * vectors[0]).sum(dim=1).tolist()
    return found


def _encode(classifier: Classifier, text: str) -> tuple[list[str], Tensor, Tensor]:
    """The tokens that are read, their ids (1, longest) and the length (1,)."""
    encoded = classifier.encoder.encode([text])
    tokens = classifier.encoder.tokenizer(text.replace("\n", " "))[: classifier.config.max_tokens]
    ids = torch.from_numpy(encoded.batch(np.array([0])))
    return tokens, ids, torch.from_numpy(encoded.lengths)


def _target(classifier: Classifier, logits: Tensor, label: str | None) -> int:
    if label is None:
        return int(logits.argmax())
    if label not in classifier.classes:
        raise ConfigError(f"label: expected one of {', '.join(classifier.classes)}, found {label!r}")
    return classifier.classes.index(label)


def _sorted(
    classifier: Classifier, target: int, logit: float, rest: float, reasons: list[Reason]
) -> Explanation:
    ordered = sorted(reasons, key=lambda reason: (-abs(reason.weight), reason.position, reason.words))
    return Explanation(classifier.classes[target], logit, rest, tuple(ordered))
