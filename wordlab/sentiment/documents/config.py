"""EncodingConfig: the settings of encoding, checked when it is made; no array library is imported here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wordlab.checks import check_choice, check_number
from wordlab.sentiment.documents.choices import DOCUMENT_FORMATS, EXCERPT
from wordlab.sentiment.documents.poolings.names import make_pooling

if TYPE_CHECKING:
    from wordlab.sentiment.documents.poolings.base import Pooling

_LONGEST_EXCERPT = 1_000_000


@dataclass(frozen=True, kw_only=True)
class EncodingConfig:
    """How texts are encoded and stored.

    Raises ConfigError, which names the field, its value and what is allowed.
    """

    pooling: str | Pooling = "sif"
    """How the vectors of words become one: `mean`, `idf`, `sif` or `usif`."""
    output_format: str = "npy"
    """How vectors are stored: `npy`, which search maps, or with the ids in one `parquet` file."""
    excerpt: int = EXCERPT
    """Characters kept of the beginning of each text, to be shown with answers; 0 keeps none."""

    def __post_init__(self) -> None:
        make_pooling(self.pooling)
        check_choice(self, "output_format", DOCUMENT_FORMATS)
        check_number(self, "excerpt", int, 0, _LONGEST_EXCERPT)
