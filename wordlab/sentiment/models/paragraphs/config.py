"""ParagraphConfig: the settings of the classifier on paragraph vectors, checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from wordlab.checks import MAX_THREADS, check_number
from wordlab.resources import available_cores
from wordlab.sentiment.models.names import PARAGRAPHS
from wordlab.sentiment.models.paragraphs.settings import ParagraphSettings
from wordlab.sentiment.models.settings import ModelConfig


@dataclass(frozen=True, kw_only=True)
class ParagraphConfig(ParagraphSettings, ModelConfig):
    """How to train a classifier on paragraph vectors. Raises ConfigError, which names the field.

    >>> ParagraphConfig(ngrams=2).model
    'paragraph-vectors'
    """

    choices: ClassVar = {"model": PARAGRAPHS, "class_weights": ("none", "balanced")}

    model: str = "paragraph-vectors"
    """The classifier by name; there is one of this kind."""
    ratio_power: float = 0.5
    """How much more those n-grams count that tell the classes apart: their naive-Bayes ratio to this power;
    0 for all alike."""
    cost: float = 1.0
    """Cost of an error for the weights of n-grams, scikit-learn's C: the larger, the less regularised."""
    vector_cost: float = 0.01
    """The same for the weights of the vectors, whose dimensions are standardised."""
    stacking_folds: int = 5
    """Parts of the labelled texts that the other parts predict, to weigh vectors and n-grams by."""
    class_weights: str = "none"
    """`balanced` weights the errors of each class by the inverse of its share."""
    threads: int | None = None
    """Threads to train with, by default all cores; any number gives the same bytes."""

    def __post_init__(self) -> None:
        ModelConfig.__post_init__(self)
        super().__post_init__()
        check_number(self, "ratio_power", float, 0.0, 10.0)
        check_number(self, "cost", float, 1e-9, 1e9)
        check_number(self, "vector_cost", float, 1e-9, 1e9)
        check_number(self, "stacking_folds", int, 2, 1_000)
        if self.threads is not None:
            check_number(self, "threads", int, 1, MAX_THREADS)

    @property
    def num_threads(self) -> int:
        """The threads to train with."""
        return self.threads or available_cores()

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, for a manifest; without `threads`, which change nothing."""
        fields = super().to_dict()
        del fields["threads"]
        return fields
