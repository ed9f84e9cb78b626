"""Encode the blocks of a text on all cores, with the results in the text's order."""

from __future__ import annotations

import queue
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator
from functools import partial
from itertools import chain, islice
from typing import TypeVar

from wordlab.resources import available_cores
from wordlab.text.pool import in_threads
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.tokenizers.own import OwnTokenizer
from wordlab.text.tokenizers.splitter import EncodedBlock
from wordlab.text.worker import Worker

Result = TypeVar("Result")


def encode_blocks(
    blocks: Iterator[bytes], tokenizer: Tokenizer, threads: int, *, sentences: str | None = None
) -> Generator[EncodedBlock, None, None]:
    """Each block encoded, in order, as `each_encoded` does it."""
    return each_encoded(blocks, tokenizer, threads, lambda block: block, sentences=sentences)


def each_encoded(
    blocks: Iterator[bytes],
    tokenizer: Tokenizer,
    threads: int,
    work: Callable[[EncodedBlock], Result],
    *,
    sentences: str | None = None,
) -> Generator[Result, None, None]:
    """What `work` makes of each block once it is encoded, in order.

    A few more blocks than `threads` are held in memory at a time.
    With a language of `sentences`, each sentence is a line of its own.
    A text of one or two blocks is encoded in the calling thread. Longer ones go to threads if the tokenizer
    does not need the interpreter's lock for such text, else to processes: no more than there are blocks, and
    two for each core at most. Threads of this process do the `work`. Close the iterator if you
    leave it early.
    """
    # a function of somebody's may be anything but safe in threads, and processes do not know it
    threads = 1 if isinstance(tokenizer, OwnTokenizer) else min(threads, 2 * available_cores())
    first = deque(islice(blocks, max(3, threads)))
    num_first = len(first)
    threads = min(threads, num_first)
    in_caller = threads <= 1 or num_first < 3
    as_threads = (
        in_caller or not sys.executable or (sentences is None and tokenizer.encodes_in_threads(first[0]))
    )
    blocks = chain((first.popleft() for _ in range(num_first)), blocks)

    def encode(data: bytes) -> Result:
        return work(tokenizer.encode_block(data, sentences=sentences))

    if in_caller:
        yield from map(encode, blocks)
    elif as_threads:
        yield from in_threads(blocks, encode, threads)
    else:
        yield from _in_processes(blocks, partial(Worker, tokenizer, sentences), threads, work)


def _in_processes(
    blocks: Iterator[bytes], start: Callable[[], Worker], threads: int, work: Callable[[EncodedBlock], Result]
) -> Generator[Result, None, None]:
    workers: list[Worker] = []
    idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()

    def encode(block: bytes) -> Result:
        worker = idle.get()
        try:
            encoded = worker.encode(block)
        finally:
            idle.put(worker)
        return work(encoded)

    encoded = in_threads(blocks, encode, threads)
    try:
        for _ in range(threads):
            workers.append(start())
            idle.put(workers[-1])
        yield from encoded
    finally:
        # Processes first: the threads that wait for them then end at once.
        for worker in workers:
            worker.kill()
        encoded.close()
        for worker in workers:
            worker.close()
