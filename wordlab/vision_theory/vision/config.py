"""VisionConfig: every choice that training an image classifier needs, checked when it is made."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, cast

from wordlab.checks import MAX_THREADS, check_choice, check_number
from wordlab.errors import ConfigError
from wordlab.resources import available_cores
from wordlab.vision_theory.vision.learning_rates import SCHEDULES
from wordlab.vision_theory.vision.models import ACTIVATIONS, NETWORKS

LEARNING_RATES = {"sgd": 0.1, "adam": 0.003}
"""The optimisers, and the learning rate of each where none is given."""


@dataclass(frozen=True, kw_only=True)
class VisionConfig:
    """How to train.

    Raises ConfigError, which names the field, its value and what is allowed.

    >>> config = VisionConfig(model="lenet", optimizer="adam")
    >>> config.activation, config.learning_rate
    ('sigmoid', 0.003)
    """

    model: str = "resnet20"
    """`lenet`, the course's `resnet18`, the small residual networks, or the plain ones of equal depth."""
    batch_norm: bool = False
    """Batch normalisation in LeNet; all other models always have it."""
    activation: str | None = None
    """LeNet's activation; all other models have relu."""
    pre_activation: bool = False
    """Normalise and activate before each convolution of a residual block, not after it."""
    zero_last_scale: bool = False
    """Begin with a scale of 0 in the last normalisation of each residual block."""
    optimizer: str = "sgd"
    """Stochastic gradient descent with momentum, or Adam."""
    momentum: float = 0.9
    """Share of the last step that the next one of SGD keeps."""
    learning_rate: float | None = None
    """The largest step size; the schedule says when."""
    schedule: str = "one-cycle"
    """`constant`; `cosine` falls to 0; one-cycle rises first; `step` falls to a tenth at 1/2 and at 3/4."""
    weight_decay: float = 5e-3
    """Pull of all weights towards 0, as a multiple of them in the gradient; for large data a tenth of it."""
    epochs: int = 20
    """Passes over the training images."""
    batch_size: int = 64
    """Images in a step."""
    shift: int = 0
    """Move each training image by up to this many pixels, drawn again in each epoch."""
    flip: bool = False
    """Mirror each training image with probability 1/2; not for letters and digits."""
    threads: int = dataclasses.field(default_factory=available_cores)
    """Threads of torch."""
    seed: int = 1
    """Seed of the initial weights and of every draw."""

    def __post_init__(self) -> None:
        check_choice(self, "model", tuple(NETWORKS))
        self._resolve()
        check_choice(self, "activation", ACTIVATIONS)
        check_choice(self, "schedule", tuple(SCHEDULES))
        for name, low, high in (
            ("epochs", 1, 100_000),
            ("batch_size", 2, 1_000_000),  # batch normalisation needs two
            ("shift", 0, 1_000),
            ("threads", 1, MAX_THREADS),
            ("seed", 0, 2**63 - 1),
        ):
            check_number(self, name, int, low, high)
        for name, least, most in (
            ("momentum", 0.0, 1.0),
            ("learning_rate", 0.0, 1_000.0),
            ("weight_decay", 0.0, 1.0),
        ):
            check_number(self, name, float, least, most)
        self._check_blocks()

    @property
    def depth(self) -> int | None:
        """The number of layers in the model's name; None for LeNet."""
        digits = self.model.lstrip("abcdefghijklmnopqrstuvwxyz")
        return int(digits) if digits else None

    def learning_rate_at(self, progress: float) -> float:
        """The step size when the share `progress` of all steps has been made."""
        rate = cast(float, self.learning_rate)  # never None after __post_init__
        return rate * SCHEDULES[self.schedule](progress)

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, for a manifest."""
        return dataclasses.asdict(self)

    def _resolve(self) -> None:
        """Put numbers and names in the place of None, and state what the model always has."""
        check_choice(self, "optimizer", tuple(LEARNING_RATES))
        network = NETWORKS[self.model]
        if self.learning_rate is None:
            object.__setattr__(self, "learning_rate", LEARNING_RATES[self.optimizer])
        object.__setattr__(self, "activation", self.activation or network.activations[0])
        if network.always_normalised:
            object.__setattr__(self, "batch_norm", True)
        if self.activation in ACTIVATIONS and self.activation not in network.activations:
            expected = " or ".join(network.activations)
            raise ConfigError(f"activation: expected {expected} for {self.model}, found {self.activation!r}")

    def _check_blocks(self) -> None:
        for name in ("pre_activation", "zero_last_scale"):
            if getattr(self, name) and not NETWORKS[self.model].residual:
                raise ConfigError(
                    f"{name}: expected False for {self.model}, which is not a resnet, found True"
                )
        if self.pre_activation and self.zero_last_scale:
            raise ConfigError("zero_last_scale: expected False with pre_activation, found True")
