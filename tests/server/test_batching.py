"""Requests that come together are computed together, and nobody's answer depends on it."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from wordlab.server.batching import Batcher


class Doubling:
    """Doubles numbers; waits for `go` within its first batch, and refuses 13."""

    def __init__(self):
        self.go, self.batches = threading.Event(), []

    def __call__(self, items):
        self.batches.append(items)
        if len(self.batches) == 1:
            assert self.go.wait(30)
        if 13 in items:
            raise ValueError("thirteen")
        return [2 * item for item in items]


def ask(numbers, most=100, cancel=()):
    """(answers, batches, sizes) where the first number holds up the others; `cancel` give up."""
    answer, sizes = Doubling(), []

    async def main():
        with ThreadPoolExecutor(1) as pool:
            batcher = Batcher(answer, pool, size=lambda item: 1, most=most, observe=sizes.append)
            tasks = [asyncio.create_task(batcher.ask(number)) for number in numbers]
            while not answer.batches:
                await asyncio.sleep(0.001)
            for number in cancel:
                tasks[numbers.index(number)].cancel()
            await asyncio.sleep(0)
            answer.go.set()
            found = await asyncio.gather(*tasks, return_exceptions=True)
            assert await batcher.ask(50) == 100  # it goes on
            return found

    return asyncio.run(main()), answer.batches[:-1], sizes[:-1]


def test_those_who_wait_are_answered_together():
    found, batches, sizes = ask([1, 2, 3, 4])
    assert found == [2, 4, 6, 8]
    assert batches in ([[1], [2, 3, 4]], [[1, 2, 3, 4]])
    assert sizes == [len(batch) for batch in batches]


@pytest.mark.parametrize("most", [1, 2])
def test_batches_are_bounded(most):
    found, batches, _ = ask([1, 2, 3, 4, 5], most)
    assert found == [2, 4, 6, 8, 10]
    assert max(map(len, batches)) == most


def test_only_the_one_to_blame_fails():
    found, _, _ = ask([1, 2, 13, 4])
    assert found[:2] + found[3:] == [2, 4, 8]
    assert isinstance(found[2], ValueError)


def test_those_who_left_are_not_computed():
    found, batches, _ = ask([1, 2, 3, 4], most=1, cancel=[3])
    assert found[:2] + found[3:] == [2, 4, 8]
    assert isinstance(found[2], asyncio.CancelledError)
    assert [3] not in batches
