"""From the files to encoded blocks: how a text is read and cut into words, in one value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wordlab.text.reader import BlockReader
from wordlab.text.reading import ReadingConfig
from wordlab.text.sources import Source
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.tokenizers.splitter import EncodedBlock


@dataclass(frozen=True)
class Encoder:
    """How files are read, and their words found; with a language of `sentences`, each sentence is a line."""

    tokenizer: Tokenizer
    reading: ReadingConfig
    sentences: str | None = None

    @property
    def cut_after(self) -> Sequence[str]:
        """Strings after which a very long line may be cut."""
        return self.tokenizer.cut_after if self.sentences is None else ()

    def reader(self, sources: Iterable[Source]) -> BlockReader:
        """What reads `sources` in blocks of the size that the tokenizer likes."""
        size = self.tokenizer.splitter.block_size
        return BlockReader(sources, block_size=size, cut_after=self.cut_after, **vars(self.reading))

    def encode(self, block: bytes) -> EncodedBlock:
        """The tokens of a block."""
        return self.tokenizer.encode_block(block, sentences=self.sentences)
