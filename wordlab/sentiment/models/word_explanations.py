"""Explanations by words for every network, also for one that explains itself otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from wordlab.extras import need
from wordlab.sentiment.base import Explanation, Reason
from wordlab.sentiment.models.classifier import Classifier
from wordlab.sentiment.models.gradients import NUM_STEPS, word_reasons

with need("torch"):
    from torch import Tensor


def explain_words(
    classifier: Classifier, text: str, *, label: str | None = None, num_steps: int = NUM_STEPS
) -> Explanation:
    """What the words of `text` add to a class, by integrated gradients.

    `label` defaults to the class predicted. Raises ConfigError if there is no such class.
    """
    label = classifier.choose_label(text, label)

    def reasons_of(tokens: Sequence[str], vectors: Tensor, lengths: Tensor, target: int) -> list[Reason]:
        return word_reasons(classifier.network.classify, tokens, vectors, lengths, target, num_steps)

    logit, reasons = classifier.logit_and_reasons(text, classifier.classes.index(label), reasons_of)
    return Explanation.of(label, logit, reasons)
