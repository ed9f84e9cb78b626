"""What reading a text shows besides the text: what was replaced, left out, or not as it was said to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath

from wordlab.text.sources import counted


@dataclass
class Findings:
    """What is known of some files, in order; those of others can be added."""

    num_replaced: int = 0
    """Replacement characters that stand for bytes that were not in the encoding."""
    left_out: list[str] = field(default_factory=list)
    """A sentence for each archive from which something was left out."""
    read_as_utf8: list[str] = field(default_factory=list)
    """The names of the files that were not in the encoding that was asked for."""

    def add(self, following: Findings) -> None:
        """Add what was found in the files that come next."""
        self.num_replaced += following.num_replaced
        self.left_out += following.left_out
        self.read_as_utf8 += following.read_as_utf8

    def notes(self, encoding: str) -> list[str]:
        """A sentence for each thing that was left out or read otherwise than in `encoding`."""
        if not self.read_as_utf8:
            return self.left_out
        what = f"{counted([PurePath(name) for name in self.read_as_utf8])} read as UTF-8, as the bytes show"
        return [*self.left_out, f"{what}, not as {encoding}"]
