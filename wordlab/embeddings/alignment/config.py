"""AlignConfig: the settings of an alignment, in a module that loads no array library."""

from __future__ import annotations

from dataclasses import dataclass

from wordlab.checks import check_number

LEFT_OUT_OF_SHIFTS = 0.5
"""The share of the anchors to leave out where words that changed are looked for: up to half may have."""


@dataclass(frozen=True, kw_only=True)
class AlignConfig:
    """How to align; raises ConfigError, which names the field."""

    num_anchors: int = 20_000
    """Without anchors of one's own: how many of the most frequent words in common are anchors."""
    held_out: float = 0.1
    """The share of the anchors that judges the alignment and takes no part in it."""
    num_candidates: int = 20_000
    """Among how many of the most frequent words of the other set the held-out words are looked for."""
    left_out: float = 0.0
    """The share of the anchors to align without: those that change most in a first alignment by all."""
    seed: int = 1
    """Seed of the choice of held-out anchors."""

    def __post_init__(self) -> None:
        check_number(self, "num_anchors", int, 1, 2**31 - 1)
        check_number(self, "held_out", float, 0.0, 0.9)
        check_number(self, "num_candidates", int, 1, 2**31 - 1)
        check_number(self, "left_out", float, 0.0, 0.9)
        check_number(self, "seed", int, 0, 2**63 - 1)
