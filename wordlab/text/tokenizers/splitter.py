"""What each tokenizer says about itself: options, how it splits, and how texts may be cut up for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from wordlab.text.casing import Language, lower

if TYPE_CHECKING:
    import numpy as np

SPACES = " \t\r\u3000"
CHINESE_PUNCTUATION = "。！？；：，、"


class EncodedBlock(NamedTuple):
    """The tokens of a block of lines.

    `words` are the different words in first-seen order, `ids` (num_tokens,) int32 index them, and
    `line_ends` int64 holds, for each line that a line feed ends, the number of tokens up to its end.
    """

    words: Sequence[str]
    ids: np.ndarray
    line_ends: np.ndarray


class Rules(NamedTuple):
    """How Hugging Face's library finds the tokens of a splitter.

    Texts are to `replace` first, and composed if it `composes`; the pattern, of Oniguruma, then matches
    tokens or, if it `separates`, what is between them.
    """

    pattern: str
    replace: Sequence[tuple[str, str]] = ()
    composes: bool = False
    separates: bool = False


@dataclass(frozen=True)
class Splitter(ABC):
    """A tokenizer at work. Subclasses implement `split`; their fields are their options, with defaults.

    The class attributes are what reading and encoding need to know of the tokenizer.
    """

    block_size: ClassVar[int] = 1 << 20
    """Bytes of text encoded at once."""
    cut_after: ClassVar[Sequence[str]] = SPACES + CHINESE_PUNCTUATION
    """Strings after which a very long line may be cut: no token goes past one."""
    runs_in_threads: ClassVar[bool] = False
    """Whether `encode_block` works without the interpreter's lock, so that it needs no processes."""
    made_for: ClassVar[str | None] = None
    """The language, written without spaces, whose words it finds; None for scripts with spaces."""

    lowercase: bool = False
    """Whether tokens are lower-cased."""
    language: Language | None = None
    """The language by whose rules words are lower-cased, if it has its own."""

    @abstractmethod
    def split(self, line: str) -> list[str]:
        """The tokens of `line`, in order."""

    def lower(self, text: str) -> str:
        """`text` as the options want it, lower-cased or not."""
        return lower(text, self.language) if self.lowercase else text

    def encode_block(self, data: bytes) -> EncodedBlock:
        """The tokens of `data`, lines of UTF-8; override it if many lines at once are faster."""
        return encode_lines(data, self.split)

    def encodes_in_threads(self, data: bytes) -> bool:
        """Whether threads encode a text that begins with `data` side by side; else processes do."""
        return self.runs_in_threads

    def rules(self) -> Rules | None:
        """How Hugging Face's library finds the same tokens; None if it cannot."""
        return None

    def check_installed(self) -> None:
        """Raise MissingExtraError if a package that the tokenizer needs is missing."""
        return


def encode_lines(data: bytes, split: Callable[[str], list[str]]) -> EncodedBlock:
    """`data`, lines of UTF-8 each ended by a line feed, encoded line by line; `split` finds the tokens."""
    *lines, last = data.decode("utf-8").split("\n")
    # what follows the last line feed is a line that goes on in the next block
    return encode_tokens(map(split, lines), split(last) if last else ())


def encode_tokens(lines: Iterable[Sequence[str]], rest: Sequence[str] = ()) -> EncodedBlock:
    """The tokens of `lines`, encoded, and after them the tokens of a line that does not end yet."""
    import numpy as np

    tokens: list[str] = []
    line_ends = []
    for line in lines:
        tokens += line
        line_ends.append(len(tokens))
    tokens += rest
    index: dict[str, int] = defaultdict(count().__next__)  # a new word gets the next number
    ids = np.fromiter(map(index.__getitem__, tokens), dtype=np.int32, count=len(tokens))
    return EncodedBlock(list(index), ids, np.array(line_ends, dtype=np.int64))
