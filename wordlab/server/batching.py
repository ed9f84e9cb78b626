"""Batcher: requests that wait together are answered together.

Nothing waits for company: a request that finds the thread idle is answered at once. Those that arrive
while it computes are its next batch, so batches grow with the load, and an answer depends on none of it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Batcher(Generic[Item, Answer]):
    """Answers items of concurrent requests by one call of `answer` in a thread of `executor`.

    `answer` gets items and returns as many answers, in order. `size` says how much an item counts for,
    `most` how much a batch may; one item alone may be larger. `observe` hears the size of each batch.
    """

    def __init__(
        self,
        answer: Callable[[list[Item]], Sequence[Answer]],
        executor: Executor,
        *,
        size: Callable[[Item], int],
        most: int,
        observe: Callable[[int], None],
    ) -> None:
        self._answer, self._executor = answer, executor
        self._size, self._most, self._observe = size, most, observe
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def ask(self, item: Item) -> Answer:
        """The answer to `item`; raises what `answer` raises for it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = loop.create_task(self._work())
        return await future

    async def _work(self) -> None:
        try:
            while batch := self._next_batch():
                await self._answer_batch(batch)
        finally:
            self._task = None

    def _next_batch(self) -> list[tuple[Item, asyncio.Future[Answer]]]:
        """Those who wait longest, as many as a batch may hold, without those who no longer wait."""
        batch: list[tuple[Item, asyncio.Future[Answer]]] = []
        total = 0
        while self._waiting:
            item, future = self._waiting[0]
            if not future.done():
                total += self._size(item)
                if batch and total > self._most:
                    break
                batch.append((item, future))
            self._waiting.popleft()
        return batch

    async def _answer_batch(self, batch: list[tuple[Item, asyncio.Future[Answer]]]) -> None:
        items = [item for item, _ in batch]
        self._observe(sum(map(self._size, items)))
        try:
            answers = await asyncio.get_running_loop().run_in_executor(self._executor, self._answer, items)
        except Exception as error:
            if len(batch) > 1:  # only the request that is to blame fails
                for one in batch:
                    await self._answer_batch([one])
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)
