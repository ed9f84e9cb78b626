"""The Ray engine: shards of the text are read and encoded by tasks on a cluster, and come back in order.

A task depends on its shard alone. Where a worker is lost, Ray runs its task again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from wordlab.cluster import ClusterConfig, joined
from wordlab.errors import ConfigError, ResourceError, SourceError, WordlabError
from wordlab.extras import need
from wordlab.text.encoder import Encoder
from wordlab.text.engines.base import Engine, Piece, Work
from wordlab.text.engines.pieces import Summary, encode_shard
from wordlab.text.shards import SHARD_SIZE, cut_into_shards
from wordlab.text.sources import Source
from wordlab.text.tokenizers.own import OwnTokenizer
from wordlab.text.tokenizers.packed import PackedWords
from wordlab.text.tokenizers.splitter import EncodedBlock
from wordlab.visible import first_line, listed

with need("ray"):
    import ray
    from ray.exceptions import RayError, RayTaskError

_MAX_RETRIES = 10  # of a task whose worker ends; after more, it is the shard that ends them
_AHEAD = 4  # shards a worker that are under way, or done before it is their turn

Result = Piece | Summary | WordlabError
"""What a task gives; errors come as values, as Ray makes others of those that are raised."""


class Ray(Engine):
    """Encodes on `workers` processors of the cluster at `address`, or of this machine if that is None.

    All machines of the cluster must see the files under the same paths. Raises ConfigError for an address or
    a number that makes no sense.
    """

    def __init__(self, *, address: str | None = None, workers: int = ClusterConfig.workers) -> None:
        self._cluster = ClusterConfig(address=address, workers=workers)

    def check(self, sources: Sequence[Source], encoder: Encoder) -> None:
        """Raise ConfigError for a tokenizer that is a function, SourceError for what is no regular file."""
        if isinstance(encoder.tokenizer, OwnTokenizer):
            raise ConfigError(
                f"tokenizer: expected one by name with the engine ray, found {encoder.tokenizer.called}"
            )
        for source in sources:
            if source.path is None or source.size is None:
                found = "standard input" if source.path is None else "a pipe or a device"
                raise SourceError(
                    f"{source.name}: expected a file with the engine ray, which workers open, found {found}"
                )

    def encode(self, work: Work) -> Generator[Piece, None, None]:
        """See `Engine`; raises ResourceError where workers are lost again and again."""
        num_read = 0
        with (
            joined(self._cluster.address, workers=self._cluster.workers),
            closing(_in_order(_tasks(work), self._cluster.workers)) as results,
        ):
            for task, result in results:
                if isinstance(result, WordlabError):
                    raise result
                if isinstance(result, Piece):
                    yield Piece(_copied(result.block), num_read + result.num_read)
                else:
                    num_read += task.size
                    work.findings.add(result.findings)
                    work.hints.sample.add(result.sample)


@dataclass(frozen=True)
class _Task:
    """A shard under way: a stream of results, or through a Ray client, which has no streams, one list."""

    shard: Sequence[Source]
    results: Any
    end: Any

    @property
    def size(self) -> int:
        """Bytes of the shard."""
        return sum(source.size or 0 for source in self.shard)


def _tasks(work: Work) -> Iterator[_Task]:
    """A task for each shard, begun when it is asked for."""
    with _same_package():
        encoder = ray.put(work.encoder)
    is_client: bool = ray.util.client.ray.is_connected()  # type: ignore[no-untyped-call]
    here = None if is_client else ray.get_runtime_context().get_node_id()
    streamed: Any = ray.remote(max_retries=_MAX_RETRIES, num_returns="streaming")(_encode)
    in_one: Any = ray.remote(max_retries=_MAX_RETRIES)(_encode_in_one)
    for found in cut_into_shards(work.sources, work.encoder, SHARD_SIZE):
        shard = [_anywhere(source) for source in found]
        if is_client:
            results = end = in_one.remote(encoder, shard, here)
        else:
            results = streamed.remote(encoder, shard, here)
            end = results.completed()
        yield _Task(shard, results, end)


def _anywhere(source: Source) -> Source:
    """A source with the whole path of its file, as workers are at home in other directories."""
    return replace(source, path=source.path.absolute()) if isinstance(source.path, Path) else source


def _encode(encoder: Encoder, shard: Sequence[Source], here: str | None) -> Iterator[Result]:
    try:
        yield from encode_shard(encoder, shard)
    except SourceError as error:
        if ray.get_runtime_context().get_node_id() == here:
            yield error
            return
        node = ray.util.get_node_ip_address()  # type: ignore[no-untyped-call]
        yield SourceError(f"{error} (on {node}, where the files must have the same paths as here)")
    except WordlabError as error:
        yield error


def _encode_in_one(*what: Any) -> list[Result]:
    return list(_encode(*what))


def _in_order(tasks: Iterator[_Task], workers: int) -> Generator[tuple[_Task, Result], None, None]:
    """The results of all tasks, in order, `workers` of which are under way at a time."""
    queue: deque[_Task] = deque()
    unfinished: list[Any] = []
    try:
        while True:
            if unfinished:
                _, unfinished = ray.wait(unfinished, num_returns=len(unfinished), timeout=0)
            while len(unfinished) < workers and len(queue) < _AHEAD * workers:
                task = next(tasks, None)
                if task is None:
                    break
                queue.append(task)
                unfinished.append(task.end)
            if not queue:
                return
            first = queue[0]
            ready, _ = ray.wait(list(dict.fromkeys([first.results, *unfinished])), num_returns=1)
            if first.results in ready:
                results = _taken(first)
                if not isinstance(results[-1], Piece):
                    queue.popleft()
                    unfinished = [end for end in unfinished if end is not first.end]
                yield from ((first, result) for result in results)
    finally:
        for task in queue:
            ray.cancel(task.results)


@contextmanager
def _same_package() -> Iterator[None]:
    """Inside, an import that fails on a machine of the cluster becomes a ResourceError, which names it."""
    try:
        yield
    except ImportError as error:  # also Ray's own, which is one of those that a task raised
        reason = first_line(getattr(error, "cause", error))
        raise ResourceError(
            f"expected wordlab {version('wordlab')} on all machines of the cluster, as here: {reason}"
        ) from error


def _taken(task: _Task) -> list[Result]:
    """What a task has ready, one or more results; ResourceError where its worker was lost too often."""
    try:
        with _same_package():
            if task.end is task.results:
                whole: list[Result] = ray.get(task.results)
                return whole
            return [ray.get(next(task.results))]
    except RayTaskError as error:
        raise error.cause from error
    except RayError as error:
        names = listed([source.name for source in task.shard], 3)
        raise ResourceError(
            f"{names}: reading stopped: workers were lost, and their work was begun again {_MAX_RETRIES} "
            f"times at most; perhaps they lack memory: {first_line(error)}"
        ) from error


def _copied(block: EncodedBlock) -> EncodedBlock:
    """`block` in memory of its own: Ray's is read-only, for which code would be compiled anew."""
    words = block.words
    if isinstance(words, PackedWords):
        words = PackedWords(words.data.copy(), words.ends.copy(), words.hashes.copy())
    return EncodedBlock(words, block.ids.copy(), block.line_ends.copy())
