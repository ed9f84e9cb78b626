"""``whitespace``: ``str.split()``, exactly.

Whatever stands between white space (as Unicode defines it) is a token. Keeps the case unless asked
otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from wordlab.text.tokenizers.splitter import SPACES, EncodedBlock, Splitter

if TYPE_CHECKING:
    from wordlab.text.tokenizers.code_points import CodePoints


@dataclass(frozen=True)
class Whitespace(Splitter):
    """Splits at white space, large blocks by compiled code, which lets go of the interpreter's lock."""

    block_size = 4 << 20
    cut_after = SPACES
    runs_in_threads = True

    def split(self, line: str) -> list[str]:
        """The tokens of `line`, in order."""
        tokens = line.split()
        return [self.lower(token) for token in tokens] if self.lowercase else tokens

    def encode_block(self, data: bytes) -> EncodedBlock:
        """The tokens of `data`, lines of UTF-8."""
        from wordlab.text.tokenizers import compiled

        return self._encode_compiled(data) if compiled.is_worth_it(data) else super().encode_block(data)

    def _encode_compiled(self, data: bytes) -> EncodedBlock:
        from wordlab.text.tokenizers import compiled

        return compiled.encode(data, _code_points(self), self.split, most_joiners=0)


@cache
def _code_points(whitespace: Whitespace) -> CodePoints:
    """What characters are to `whitespace`: white space or part of a token."""
    from wordlab.compiled import tokens
    from wordlab.text.tokenizers.code_points import CodePoints

    def kinds(text: str) -> list[int]:
        return [tokens.OTHER if character.isspace() else tokens.LETTER for character in text]

    return CodePoints(whitespace.lower, kinds, composes=False)
