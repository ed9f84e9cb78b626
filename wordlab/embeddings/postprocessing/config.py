"""PostprocessConfig: what is done to vectors after training, in a module that loads no array library."""

from __future__ import annotations

from dataclasses import dataclass

from wordlab.checks import check_number


@dataclass(frozen=True, kw_only=True)
class PostprocessConfig:
    """What to do, in this order: retrofit, centre, remove, reduce, scale. Raises ConfigError.

    >>> PostprocessConfig(remove_top=2).centre
    True
    """

    rounds: int = 10
    """Rounds of retrofitting, where there is a lexicon (Faruqui et al. 2015, section 2)."""
    centre: bool = False
    """Subtract the mean of all vectors."""
    remove_top: int = 0
    """Remove so many directions of largest variance, and centre (Mu and Viswanath 2018, "All-but-the-Top");
    the authors take a hundredth of the dimensions."""
    dim: int | None = None
    """Keep so many dimensions, those of largest variance (PCA), and centre."""
    unit: bool = False
    """Scale each vector to length 1."""

    def __post_init__(self) -> None:
        check_number(self, "rounds", int, 1, 1_000)
        check_number(self, "remove_top", int, 0, 100_000)
        if self.dim is not None:
            check_number(self, "dim", int, 1, 100_000)
        if self.remove_top or self.dim is not None:
            object.__setattr__(self, "centre", True)
