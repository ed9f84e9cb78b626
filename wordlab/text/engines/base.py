"""What an engine does: encode the text of some files, in order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from wordlab.text.encoder import Encoder
from wordlab.text.findings import Findings
from wordlab.text.hints import Hints
from wordlab.text.sources import Source
from wordlab.text.tokenizers.splitter import EncodedBlock


class Piece(NamedTuple):
    """Some of a text, encoded, and how many bytes of its files have been read up to its end."""

    block: EncodedBlock
    num_read: int


@dataclass
class Work:
    """What is to be encoded, and what shows on the way."""

    encoder: Encoder
    sources: Sequence[Source]
    hints: Hints
    findings: Findings = field(default_factory=Findings)


class Engine(ABC):
    """Encodes texts. What the pieces make together is the same with every engine; where they end is not."""

    def check(self, sources: Sequence[Source], encoder: Encoder) -> None:
        """Raise now if the engine cannot read these files, or not in this way."""
        return

    @abstractmethod
    def encode(self, work: Work) -> Generator[Piece, None, None]:
        """The text of all sources, encoded, in order; a few pieces are in memory at a time.

        Hints and findings are whole when it ends. Close the iterator if you leave it early.
        """
