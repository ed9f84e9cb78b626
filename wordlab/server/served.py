"""What is served: sets of vectors and classifiers by name, and the threads that work for them."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from wordlab.embeddings.choices import AnalogyMethod
from wordlab.embeddings.vectors import Neighbour, WordVectors
from wordlab.sentiment.base import TextModel
from wordlab.server.background import Jobs
from wordlab.server.batching import Batcher
from wordlab.server.completion import Completion
from wordlab.server.config import ServerConfig
from wordlab.server.errors import Refusal
from wordlab.server.index import Index
from wordlab.server.metrics import Metrics
from wordlab.server.texts import TextEncoder, TextVectors

T = TypeVar("T")
Triple = tuple[str, str, str]
Answers = list[list[Neighbour]]
_NUM_THREADS = 2  # for what is not batched: near spellings, long replies


class Threads:
    """The threads that compute, so that the loop which serves connections never waits for them.

    One for each kind of work, as most of it uses all cores or holds the interpreter's lock.
    """

    def __init__(self) -> None:
        self.words = ThreadPoolExecutor(1, "words")
        self.texts = ThreadPoolExecutor(1, "texts")
        self.classes = ThreadPoolExecutor(1, "classes")
        self.rest = ThreadPoolExecutor(_NUM_THREADS, "rest")

    async def run(self, work: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """What `work` returns, called in a thread for short work."""
        return await self._run(self.rest, work, *arguments, **options)

    async def classify(self, work: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """What `work` returns, called in the thread of classifiers."""
        return await self._run(self.classes, work, *arguments, **options)

    async def _run(
        self, pool: ThreadPoolExecutor, work: Callable[..., T], *arguments: Any, **options: Any
    ) -> T:
        call = functools.partial(work, *arguments, **options)
        return await asyncio.get_running_loop().run_in_executor(pool, call)

    def shutdown(self) -> None:
        """Let the threads finish what they do."""
        for pool in (self.words, self.texts, self.classes, self.rest):
            pool.shutdown(cancel_futures=True)


class ServedVectors:
    """A set of vectors under its name; answers to concurrent requests are computed together."""

    def __init__(
        self,
        name: str,
        vectors: WordVectors,
        index: Index,
        threads: Threads,
        config: ServerConfig,
        metrics: Metrics,
    ) -> None:
        self.name, self.vectors = name, vectors
        self.completion = Completion(vectors.vocabulary)
        self._index, self._threads = index, threads
        observe = metrics.batch_words.observe
        options: Any = {"most": config.batch_words, "observe": observe}
        self._nearest: Batcher[tuple[list[str], int], Answers] = Batcher(
            self._answer_nearest, threads.words, size=lambda item: len(item[0]), **options
        )
        self._analogies: Batcher[tuple[list[Triple], int, AnalogyMethod], Answers] = Batcher(
            self._answer_analogies, threads.words, size=lambda item: len(item[0]), **options
        )
        encoder = TextEncoder(vectors)
        self._texts: Batcher[list[str], TextVectors] = Batcher(
            encoder.encode_lists, threads.texts, size=len, **options
        )
        self._warm(encoder)

    def _warm(self, encoder: TextEncoder) -> None:
        """Make what is made on first use, so that the first request does not wait for it."""
        first = self.vectors.vocabulary.words[0]
        self._index.nearest([first], 1)
        self.vectors.norms  # noqa: B018 - also refuses vectors that are not finite
        encoder.encode([first])

    async def through_subwords(self, words: Iterable[str]) -> list[str]:
        """Those of `words` that only n-grams give a vector; UnknownWordError if one has none."""
        unknown = [word for word in words if word not in self.vectors.vocabulary]
        return await self._threads.run(self.vectors.through_subwords, unknown) if unknown else []

    async def nearest(self, words: list[str], k: int) -> Answers:
        """The `k` words nearest to each of `words`, which are known to have vectors."""
        return await self._nearest.ask((words, k))

    async def analogies(self, triples: list[Triple], k: int, method: AnalogyMethod) -> Answers:
        """The `k` best answers to each of `triples`, whose words are known to have vectors."""
        return await self._analogies.ask((triples, k, method))

    async def encode(self, texts: list[str]) -> TextVectors:
        """The vectors of `texts`."""
        return await self._texts.ask(texts)

    def _answer_nearest(self, items: list[tuple[list[str], int]]) -> list[Answers]:
        k = max(k for _, k in items)  # the best of more are the same words
        found = iter(self._index.nearest([word for words, _ in items for word in words], k))
        return [[next(found)[:k] for _ in words] for words, k in items]

    def _answer_analogies(self, items: list[tuple[list[Triple], int, AnalogyMethod]]) -> list[Answers]:
        answers: dict[int, Answers] = {}
        for method in dict.fromkeys(method for _, _, method in items):
            chosen = [number for number, item in enumerate(items) if item[2] == method]
            k = max(items[number][1] for number in chosen)
            triples = [triple for number in chosen for triple in items[number][0]]
            found = iter(self.vectors.analogies(triples, k, method=method))
            for number in chosen:
                answers[number] = [next(found)[: items[number][1]] for _ in items[number][0]]
        return [answers[number] for number in range(len(items))]


class Served:
    """Everything that routes ask: `vectors` and `classifiers` by name, `config`, `metrics` and `threads`.

    `jobs` are what takes longer than a request may.
    """

    def __init__(
        self,
        vectors: Mapping[str, ServedVectors],
        classifiers: Mapping[str, TextModel],
        config: ServerConfig,
        metrics: Metrics,
        threads: Threads,
    ) -> None:
        self.vectors, self.classifiers = vectors, classifiers
        self.config, self.metrics, self.threads = config, metrics, threads
        self.jobs = Jobs()

    def choose_vectors(self, name: str | None) -> ServedVectors:
        """The set called `name`, the first without a name; Refusal."""
        return _choose(self.vectors, name, "vectors", "model")

    def choose_classifier(self, name: str | None) -> tuple[str, TextModel]:
        """The classifier called `name`, the first without a name, and its name; Refusal."""
        model = _choose(self.classifiers, name, "a classifier", "classifier")
        return next(key for key, value in self.classifiers.items() if value is model), model

    def check_number(self, where: str, items: Sequence[object]) -> None:
        """Refusal unless there are at least one and at most `max_batch` items."""
        if not 1 <= len(items) <= self.config.max_batch:
            raise Refusal(
                422,
                "batch_too_large" if items else "invalid_body",
                f"{where}: expected 1 to {self.config.max_batch:,} in one request, found {len(items):,}",
            )


def _choose(models: Mapping[str, T], name: str | None, what: str, where: str) -> T:
    if not models:
        raise Refusal(404, "model_not_found", f"{where}: this server was started without {what}")
    if name is None:
        return next(iter(models.values()))
    if name not in models:
        raise Refusal(
            404, "model_not_found", f"{where}: expected one of {', '.join(models)}, found {name[:300]!r}"
        )
    return models[name]
