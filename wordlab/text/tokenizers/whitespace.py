"""``whitespace``: ``str.split()``, exactly.

Whatever stands between white space (as Unicode defines it) is a token. Keeps the case unless asked
otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wordlab.text.casing import deciding_marks
from wordlab.text.tokenizers.compiled_splitter import CompiledSplitter
from wordlab.text.tokenizers.splitter import SPACES, Rules

if TYPE_CHECKING:
    from wordlab.text.tokenizers.code_points import CodePoints

WHITE_SPACE = "\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""The characters at which ``str.split()`` splits, as they stand in a class of a pattern."""


@dataclass(frozen=True)
class Whitespace(CompiledSplitter):
    """Splits at white space, and large blocks by compiled code that finds the same."""

    block_size = 4 << 20
    cut_after = SPACES

    def split(self, line: str) -> list[str]:
        """The tokens of `line`, in order."""
        tokens = line.split()
        return [self.lower(token) for token in tokens] if self.lowercase else tokens

    def rules(self) -> Rules:
        """White space is what separates."""
        return Rules(f"[{WHITE_SPACE}]+", separates=True)

    def make_code_points(self) -> CodePoints:
        """What characters are: white space or part of a token."""
        from wordlab.compiled import tokens
        from wordlab.text.tokenizers.code_points import CodePoints

        def kinds(text: str) -> list[int]:
            return [tokens.OTHER if character.isspace() else tokens.LETTER for character in text]

        return CodePoints(self.lower, kinds, composes=False, marks=deciding_marks(self.language))
