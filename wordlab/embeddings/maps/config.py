"""MapConfig: which words a map shows, and how they are laid out."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Any, Literal, get_args

from wordlab.checks import check_choice, check_number
from wordlab.extras import need

_logger = logging.getLogger(__name__)

MapMethod = Literal["umap", "pca"]
MAP_METHODS: tuple[MapMethod, ...] = get_args(MapMethod)
CHOICES = ("auto", *MAP_METHODS)
"""What an option may say: auto is UMAP where umap-learn is installed, else PCA."""
MAX_WORDS = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class MapConfig:
    """Which words a map shows, and how they are laid out; equal configs and vectors give equal maps.

    Raises ConfigError, which names the field, its value and what is allowed.
    """

    method: MapMethod = "umap"
    """umap keeps neighbours together (extra `umap`); pca keeps the two directions of largest variance."""
    num_words: int = 0
    """Words shown, the most frequent; 0 for all."""
    num_landmarks: int = 20_000
    """Words that UMAP lays out, the most frequent; the others are placed among their nearest of these."""
    seed: int = 1
    """Seed of UMAP."""

    def __post_init__(self) -> None:
        check_choice(self, "method", MAP_METHODS)
        check_number(self, "num_words", int, 0, MAX_WORDS)
        check_number(self, "num_landmarks", int, 100, MAX_WORDS)
        check_number(self, "seed", int, 0, 2**32 - 1)  # scikit-learn takes no other

    def words_of(self, num_words: int) -> int:
        """How many words are shown of `num_words`."""
        return min(self.num_words or num_words, num_words)

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, from which the config can be made again."""
        return asdict(self)


def choose_method(choice: str) -> MapMethod:
    """The method that one of `CHOICES` stands for; it is logged where PCA takes the place of UMAP.

    MissingExtraError for "umap" if umap-learn is not installed.
    """
    if choice == "pca":
        return "pca"
    if choice == "auto" and find_spec("umap") is None:
        _logger.info(
            "the map is made by PCA; pip install 'wordlab[umap]' brings UMAP, which keeps neighbours together"
        )
        return "pca"
    check_installed()
    return "umap"


def check_installed() -> None:
    """Raise MissingExtraError if umap-learn is not installed."""
    with need("umap-learn", extra="umap"):
        if find_spec("umap") is None:
            raise ImportError
