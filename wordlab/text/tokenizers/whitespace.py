"""``whitespace``: ``str.split()``, exactly.

Whatever stands between white space (as Unicode defines it) is a token. Keeps the case unless asked
otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wordlab.text.tokenizers.compiled_splitter import CompiledSplitter
from wordlab.text.tokenizers.splitter import SPACES

if TYPE_CHECKING:
    from wordlab.text.tokenizers.code_points import CodePoints


@dataclass(frozen=True)
class Whitespace(CompiledSplitter):
    """Splits at white space, and large blocks by compiled code that finds the same."""

    block_size = 4 << 20
    cut_after = SPACES

    def split(self, line: str) -> list[str]:
        """The tokens of `line`, in order."""
        tokens = line.split()
        return [self.lower(token) for token in tokens] if self.lowercase else tokens

    def make_code_points(self) -> CodePoints:
        """What characters are: white space or part of a token."""
        from wordlab.compiled import tokens
        from wordlab.text.tokenizers.code_points import CodePoints

        def kinds(text: str) -> list[int]:
            return [tokens.OTHER if character.isspace() else tokens.LETTER for character in text]

        return CodePoints(self.lower, kinds, composes=False)
