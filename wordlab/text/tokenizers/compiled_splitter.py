"""Tokenizers whose large blocks compiled code reads, without the interpreter's lock."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from wordlab.text.tokenizers.splitter import EncodedBlock, Splitter

if TYPE_CHECKING:
    from wordlab.text.tokenizers.code_points import CodePoints


@dataclass(frozen=True)
class CompiledSplitter(Splitter):
    """Subclasses say by `split` what the tokens are, and what characters are to them."""

    most_joiners: ClassVar[int] = 0
    """Joiners of a token; the next one separates."""

    @abstractmethod
    def make_code_points(self) -> CodePoints:
        """What characters are, from which compiled code finds the tokens that `split` finds."""

    def encode_block(self, data: bytes) -> EncodedBlock:
        """The tokens of `data`, lines of UTF-8."""
        from wordlab.text.tokenizers import compiled

        return self.encode_compiled(data) if compiled.is_worth_it(data) else super().encode_block(data)

    def encode_compiled(self, data: bytes) -> EncodedBlock:
        """The same by compiled code, however small `data` is."""
        from wordlab.text.tokenizers import compiled

        return compiled.encode(data, _code_points(self), self.split, most_joiners=self.most_joiners)

    def encodes_in_threads(self, data: bytes) -> bool:
        """Whether `data` is a large block that compiled code can read nearly all of."""
        from wordlab.text.tokenizers import compiled

        return compiled.is_worth_it(data) and compiled.is_mostly_sure(data, _code_points(self))


@cache
def _code_points(splitter: CompiledSplitter) -> CodePoints:
    return splitter.make_code_points()
