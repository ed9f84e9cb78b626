"""ClassifierConfig: the settings of networks and of their training, checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wordlab.checks import MAX_THREADS, check_number
from wordlab.errors import ConfigError
from wordlab.sentiment.models.names import NETWORKS
from wordlab.sentiment.models.settings import ModelConfig

CELLS = ("lstm", "gru")
STATES = ("ends", "max")
CHANNELS = ("static", "tuned", "both")
CUTS = ("end", "start", "middle", "ends")
UNKNOWN = ("zero", "mean", "random", "subword")
OPTIMIZERS = ("adamw", "adadelta")
CLASS_WEIGHTS = ("none", "balanced")
LEARNING_RATES = {"adamw": 1e-3, "adadelta": 1.0}


@dataclass(frozen=True, kw_only=True)
class ClassifierConfig(ModelConfig):
    """Which network to train, and how.

    A network with settings of its own has a subclass of this. Raises ConfigError, which names the field,
    its value and what is allowed.

    >>> config = ClassifierConfig(kernel_widths=(2, 4), num_channels=10)
    >>> config.num_channels, config.learning_rate
    ((10, 10), 0.001)
    """

    choices: ClassVar = {
        "model": NETWORKS,
        "channels": CHANNELS,
        "unknown": UNKNOWN,
        "cut": CUTS,
        "cell": CELLS,
        "states": STATES,
        "optimizer": OPTIMIZERS,
        "class_weights": CLASS_WEIGHTS,
    }

    model: str = "textcnn"
    """A network by name: `textcnn` (Kim 2014), `birnn`, or another in `models.names`."""
    channels: str = "both"
    """Whether word vectors stay as they are (`static`), are trained (`tuned`), or `both`, side by side.
    Without vectors there is one channel, trained from a random start."""
    unknown: str = "random"
    """What a word without a vector gets: `zero`; the `mean` of the vectors; `random`, its own random vector
    (Kim 2014); `subword`, the vector of the word that shares most of its rare letter groups."""
    extra_words: int = 50_000
    """Words of the vectors, most frequent first, that are known although no training text has them."""
    dim: int = 100
    """Dimensions of the word vectors where none are given, and of those that unlabelled texts give."""
    max_tokens: int = 1_000
    """Tokens read of each text; the rest is ignored."""
    cut: str = "end"
    """What is left out of a text of more than `max_tokens`: its `end`, its `start`, its `middle`, or both
    `ends`."""
    kernel_widths: tuple[int, ...] = (3, 4, 5)
    """TextCNN: lengths of the n-grams to look for."""
    num_channels: tuple[int, ...] = (100,)
    """TextCNN: output channels of each width; a single number applies to all."""
    cell: str = "lstm"
    """BiRNN: `lstm` (Hochreiter & Schmidhuber 1997) or `gru` (Cho et al. 2014)."""
    num_layers: int = 1
    """BiRNN: recurrent layers."""
    hidden: int = 100
    """BiRNN: hidden units in each direction."""
    states: str = "ends"
    """BiRNN: what stands for a text: the states at its `ends`, first and last, or the `max` of all."""
    dropout: float = 0.5
    """Share of the encoding's features dropped in training."""
    word_dropout: float = 0.0
    """Share of the word vectors dropped in training, each as a whole."""
    optimizer: str = "adamw"
    """`adamw` (Loshchilov & Hutter 2019) or `adadelta` (Zeiler 2012; Kim 2014)."""
    learning_rate: float | None = None
    """Step size, the same throughout.

    None stands for 0.001 with AdamW and 1 with Adadelta, and is replaced by it.
    """
    weight_decay: float = 0.01
    """AdamW: share of the weights, word vectors excepted, that a step of size 1 removes."""
    max_norm: float = 0.0
    """Largest length of the output layer's rows, restored after each step; 0 for no limit (Kim 2014: 3)."""
    clip_norm: float = 1.0
    """Largest length of the gradient of all weights together; 0 for no limit."""
    averaging: float = 0.0
    """Decay of a moving average of the weights, which becomes the result; 0 for none."""
    class_weights: str = "none"
    """`balanced` weights the loss of each class by the inverse of its share."""
    epochs: int = 10
    """Passes over the training texts, at most."""
    batch_size: int = 64
    """Texts in a step."""
    validation: float = 0.1
    """Share of the texts held out to choose the best epoch; 0 trains for all epochs on all texts."""
    patience: int = 2
    """Epochs without a better accuracy on the held-out texts before training stops."""
    threads: int = 1
    """Threads; equal seeds give equal bytes only with equal numbers of threads. More than one pay off only
    with long texts or wide layers, on cores that are otherwise idle."""
    seed: int = 1
    """Seed of the initial weights and of every random draw."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.learning_rate is None:
            object.__setattr__(self, "learning_rate", LEARNING_RATES[self.optimizer])
        for name, least, most in (
            ("extra_words", 0, 10_000_000),
            ("dim", 1, 10_000),
            ("max_tokens", 1, 1_000_000),
            ("num_layers", 1, 100),
            ("hidden", 1, 100_000),
            ("epochs", 1, 1_000_000),
            ("batch_size", 1, 1_000_000),
            ("patience", 1, 1_000_000),
            ("threads", 1, MAX_THREADS),
            ("seed", 0, 2**63 - 1),
        ):
            check_number(self, name, int, least, most)
        for name, low, high in (
            ("dropout", 0.0, 0.99),
            ("word_dropout", 0.0, 0.99),
            ("learning_rate", 0.0, 100.0),
            ("weight_decay", 0.0, 1.0),
            ("max_norm", 0.0, 1e6),
            ("clip_norm", 0.0, 1e6),
            ("averaging", 0.0, 0.99999),
            ("validation", 0.0, 0.9),
        ):
            check_number(self, name, float, low, high)
        self._check_kernels()

    def _check_kernels(self) -> None:
        for name, most in (("kernel_widths", 1_000), ("num_channels", 100_000)):
            value = getattr(self, name)
            numbers = (value,) if isinstance(value, int) else tuple(value)
            if not numbers or any(type(n) is not int or not 1 <= n <= most for n in numbers):
                raise ConfigError(f"{name}: expected whole numbers from 1 to {most}, found {value!r}")
            object.__setattr__(self, name, numbers)
        if len(set(self.kernel_widths)) < len(self.kernel_widths):
            raise ConfigError(f"kernel_widths: expected each width once, found {self.kernel_widths}")
        if len(self.num_channels) == 1:
            object.__setattr__(self, "num_channels", self.num_channels * len(self.kernel_widths))
        if len(self.num_channels) != len(self.kernel_widths):
            raise ConfigError(
                f"num_channels: expected one number, or one for each of {len(self.kernel_widths)} widths, "
                f"found {self.num_channels}"
            )
