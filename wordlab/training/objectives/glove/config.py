"""GloveConfig: what is counted, and how vectors are fitted to the counts."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

from wordlab.checks import MAX_THREADS, check_choice, check_number
from wordlab.resources import available_cores
from wordlab.training.cooccurrences.config import DEFAULT_MEMORY, CooccurrenceConfig

RESULTS = ("sum", "word", "context")


@dataclass(frozen=True, kw_only=True)
class GloveConfig(CooccurrenceConfig):
    """How to count and how to train; the defaults are the paper's (Pennington et al. 2014, section 4.2).

    Raises ConfigError, which names the field, its value and what is allowed.

    >>> config = GloveConfig(dim=300, epochs=50)
    >>> config.window, config.x_max, config.alpha
    (10, 100.0, 0.75)
    """

    dim: int = 100
    """Numbers in a word vector."""
    x_max: float = 100.0
    """The count from which on a pair weighs 1; below it f(x) = (x / x_max) ** alpha (equation 9)."""
    alpha: float = 0.75
    """The exponent of the weights of rare pairs."""
    epochs: int = 25
    """Passes over the pairs, at most."""
    tolerance: float | None = None
    """Stop after an epoch whose mean loss is less than this share below that of the epoch before, say 0.01.

    None stands for none: all epochs are trained."""
    learning_rate: float = 0.05
    """Step size, divided by the root of the sum of the squares of all steps before (AdaGrad)."""
    result: str = "sum"
    """The vectors of the result: w + c as `sum`, or those of `word` or `context` alone. All are kept beside
    them, for further training."""
    threads: int = dataclasses.field(default_factory=available_cores)
    """Threads that train side by side."""
    deterministic: bool = True
    """Equal corpora, configs and seeds give equal bytes, with any number of threads; otherwise threads
    update the same vectors without waiting for each other (Hogwild, Niu et al. 2011)."""
    memory: int = DEFAULT_MEMORY
    """Bytes that counting may take, and the pairs after it; what does not fit is kept in temporary files."""
    seed: int = 1
    """Seed of the initial vectors and of the order of the pairs."""

    objective: ClassVar[str] = "glove"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(self, "result", RESULTS)
        for name, low, high in (
            ("dim", 1, 10_000),
            ("epochs", 1, 1_000_000),
            ("threads", 1, MAX_THREADS),
            ("memory", 1, 2**63 - 1),
            ("seed", 0, 2**63 - 1),
        ):
            check_number(self, name, int, low, high)
        for name, least, most in (
            ("x_max", 1e-3, 1e9),
            ("alpha", 0.0, 10.0),
            ("learning_rate", 0.0, 10.0),
        ):
            check_number(self, name, float, least, most)
        if self.tolerance is not None:
            check_number(self, "tolerance", float, 0.0, 1.0)

    @property
    def counting(self) -> CooccurrenceConfig:
        """What is counted."""
        return CooccurrenceConfig(**super().to_dict())

    def learning_rate_at(self, progress: float) -> float:
        """The same from beginning to end: the sums of squares make steps smaller."""
        return self.learning_rate

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, with the objective, without what changes nothing."""
        fields = {"objective": self.objective, **dataclasses.asdict(self)}
        del fields["memory"]
        if self.deterministic:
            del fields["threads"]
        return fields
