"""The local engine: one reader, and threads or processes of this machine that encode."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing

from wordlab.checks import check_threads
from wordlab.resources import available_cores
from wordlab.text.engines.base import Engine, Piece, Work
from wordlab.text.parallel import encode_blocks


class Local(Engine):
    """Encodes on `threads` cores, None for all; ConfigError for a number that makes no sense."""

    def __init__(self, *, threads: int | None = None) -> None:
        check_threads(threads)
        self._threads = threads

    def encode(self, work: Work) -> Generator[Piece, None, None]:
        """See `Engine`."""
        encoder = work.encoder
        reader = encoder.reader(work.sources)
        blocks = work.hints.watch(reader)
        threads = self._threads or available_cores()
        with closing(
            encode_blocks(blocks, encoder.tokenizer, threads, sentences=encoder.sentences)
        ) as encoded:
            for block in encoded:
                yield Piece(block, reader.num_read)
        work.findings.add(reader.findings)
