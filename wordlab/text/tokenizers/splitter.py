"""What each tokenizer says about itself: options, how it splits, and how texts may be cut up for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from wordlab.text.encoded_blocks import EncodedBlock

SPACES = " \t\r\u3000"
CHINESE_PUNCTUATION = "。！？；：，、"


@dataclass(frozen=True)
class Splitter(ABC):
    """A tokenizer at work. Subclasses implement `split`; their fields are their options, with defaults.

    The class attributes are what reading and encoding need to know of the tokenizer.
    """

    block_size: ClassVar[int] = 1 << 20
    """Bytes of text encoded at once."""
    cut_after: ClassVar[str] = SPACES + CHINESE_PUNCTUATION
    """Characters after which a very long line may be cut: no token goes past one."""
    runs_in_threads: ClassVar[bool] = False
    """Whether `encode_block` works without the interpreter's lock, so that it needs no processes."""

    lowercase: bool = False
    """Whether tokens are lower-cased."""

    @abstractmethod
    def split(self, line: str) -> list[str]:
        """The tokens of `line`, in order."""

    def encode_block(self, data: bytes) -> EncodedBlock:
        """The tokens of `data`, lines of UTF-8; override it if many lines at once are faster."""
        from wordlab.text.encoded_blocks import encode_lines

        return encode_lines(data, self.split)

    @classmethod
    def check_installed(cls) -> None:
        """Raise MissingExtraError if a package that the tokenizer needs is missing."""
        return
