"""What merging shards costs over a network, how fast workers are beside threads, what a cluster would do.

    WORDLAB_DATA=DIRECTORY python benchmarks/scale.py
    python benchmarks/scale.py --words 83000 --dims 100 --no-speed

First, for vocabularies of several sizes whose words are as frequent as in texts: the time in which one core
trains a shard's span, takes out the rows that it has touched, puts in those of others, and merges all, and
the bytes that travel. What would not fit into the memory that is free is left out. Then words a second of
two workers against two threads, in turn, on wiki-17M. Last a table that is computed, not measured: with the
costs of the first part, what 2 to 64 machines of one worker each would do at 1 and 10 Gbit/s, if each sends
what it has touched to all others.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from reporting import add_json_option, deliver, ratio
from wiki import write_wiki_lines

from wordlab.cluster import joined
from wordlab.progress import Progress
from wordlab.resources import available_memory
from wordlab.text import Corpus, Tokenizer, Vocabulary
from wordlab.training import Word2VecConfig, train
from wordlab.training.engines.shared_memory import private_memory
from wordlab.training.history import History
from wordlab.training.ledger import Piece, learning_rates
from wordlab.training.objectives import checked
from wordlab.training.objectives.base import Team

SHARDS = 8
TOKENS = 1 << 22
PERIODS = 12
LEAST = 0.7  # of the words a second of as many threads
WORKERS = (2, 4, 8, 16, 32, 64)
NETWORKS = {"1 Gbit/s": 125e6, "10 Gbit/s": 1.25e9}


class Costs(NamedTuple):
    """Seconds of one core and bytes, for one shard and one period."""

    train: float
    take: float
    put: float
    merge: float
    size: float
    rows: float


def corpus_of(num_words: int) -> Corpus:
    """Tokens drawn from as many words, so that a span touches about as many rows as in wiki-17M."""
    shares = np.arange(3, num_words + 3) ** -1.15
    shares /= shares.sum()
    ids = np.searchsorted(np.cumsum(shares), np.random.default_rng(1).random(TOKENS)).astype(np.int32)
    counts = np.maximum(1, (shares * 300 * num_words).astype(np.int64))
    vocabulary = Vocabulary([f"w{id}" for id in range(num_words)], counts)
    lines = np.arange(0, TOKENS + 1, 32)
    return Corpus(np.minimum(ids, num_words - 1), lines, vocabulary, Tokenizer("whitespace"))


def costs(corpus: Corpus, dim: int) -> Costs:
    """Medians over some periods of two workers that share nothing, one after the other."""
    config = Word2VecConfig(dim=dim, shards=SHARDS, threads=1, epochs=1)
    kind, config = checked(corpus, config, None)
    objective = kind.begin(corpus, config, None, History.of(None, {}))
    first, second = (worker(objective, number) for number in range(2))
    step = SHARDS * objective.span
    found = []
    for number in range(PERIODS):
        starts = range(number * step, (number + 1) * step + 1, objective.span)
        period = Piece(0, tuple(starts))
        rates = learning_rates(period, objective.num_tokens, config)
        for share in (first, second):
            _, train = timed(lambda: share.train(period, rates))  # noqa: B023
        changes, take = timed(second.changes)
        _, put = timed(lambda: first._accept(1, changes))  # noqa: B023
        second.merge({0: first.changes()})
        _, both = timed(lambda: first.merge({1: changes}))  # noqa: B023
        size = sum(array.nbytes for array in changes)
        found.append([train, take, put, (both - put) / 2, size, len(changes.rows)])  # merges all shards
    return Costs(*np.median(found[2:], axis=0) / (SHARDS / 2))


def worker(objective: Any, number: int) -> Any:
    """The share of one of two workers on machines of their own."""
    share = objective.recipe().share(number, 2)
    for part in objective.parts(number, 2):
        share.fill(*part)
    memory = private_memory(share.num_bytes(objective.state))
    share.begin(objective.state, Team((number,), 0, memory, lambda: None))
    return share


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What `work` returns, and the seconds that it takes."""
    begun = time.perf_counter()
    result = work()
    return result, time.perf_counter() - begun


def fits(num_words: int, dim: int) -> bool:
    """Whether two models and the vocabulary fit into what is free."""
    free = available_memory()
    return free is None or num_words * (2 * 2 * 4 * (dim + 16) + 300) + 2e9 < free


def modelled(cost: Costs, workers: int, network: float, latency: float, span: int) -> float:
    """Words a second: each worker trains its shards, sends and gets what is not its own, and merges all."""
    shards = max(SHARDS, workers)
    own = shards / workers
    seconds = own * (cost.train + cost.take) + (shards - own) * cost.put + shards * cost.merge
    seconds += (shards - own) * cost.size / network + latency
    return shards * span / seconds


def speeds(corpus: Corpus, options: argparse.Namespace) -> tuple[list[float], list[float]]:
    """Words a second of threads and of workers, in turn; starting and compiling are left out."""
    config = Word2VecConfig(shards=SHARDS, threads=2, epochs=options.epochs)
    found: dict[str, list[float]] = {"compiled": [], "ray": []}
    for engine, rates in [*found.items()] * (options.runs + 1):  # the first compiles
        events: list[Progress] = []
        more = {"workers": 2} if engine == "ray" else {}
        train(corpus, config, engine=engine, on_progress=events.append, **more)
        begun = next(event for event in events if event.task == "train" and event.done)
        rates.append((events[-1].done - begun.done) / (events[-1].elapsed - begun.elapsed))
    return found["compiled"][1:], found["ray"][1:]


def latency() -> float:
    """Seconds from period to period of two workers that exchange next to nothing."""
    import ray

    class Idle:
        def step(self, *others: np.ndarray) -> np.ndarray:
            return np.zeros(1)

    pair = [ray.remote(num_cpus=1)(Idle).remote() for _ in range(2)]
    latest = ray.get([worker.step.remote() for worker in pair])
    begun = time.perf_counter()
    for _ in range(200):
        latest = [worker.step.remote(other) for worker, other in zip(pair, reversed(latest), strict=True)]
    ray.get(latest)
    return (time.perf_counter() - begun) / 200


def merge_table(measured: dict[tuple[int, int], Costs]) -> str:
    """A line for each size of the model."""
    lines = "one shard of 4,096 tokens, milliseconds of one core, and MB that travel\n"
    lines += (
        f"{'words':>10}{'dim':>5}{'train':>9}{'take out':>10}{'put in':>9}{'merge':>9}{'MB':>8}{'rows':>9}\n"
    )
    for (num_words, dim), cost in measured.items():
        times = (1e3 * seconds for seconds in cost[:4])
        lines += f"{num_words:>10,}{dim:>5}" + "{:>9.2f}{:>10.2f}{:>9.2f}{:>9.2f}".format(*times)
        lines += f"{cost.size / 1e6:>8.2f}{cost.rows:>9,.0f}\n"
    return lines


def model_table(measured: dict[tuple[int, int], Costs], seconds: float) -> str:
    """Computed millions of words a second for each number of machines."""
    lines = "\ncomputed, not measured: millions of words a second on machines with one worker each, "
    lines += f"latency {1e3 * seconds:.1f} ms\n"
    lines += (
        f"{'words':>10}{'dim':>5}  {'network':<11}"
        + "".join(f"{workers:>8}" for workers in (1, *WORKERS))
        + "\n"
    )
    for (num_words, dim), cost in measured.items():
        for name, network in NETWORKS.items():
            alone = 4_096 / (cost.train + cost.merge)
            found = [alone, *(modelled(cost, workers, network, seconds, 4_096) for workers in WORKERS)]
            lines += (
                f"{num_words:>10,}{dim:>5}  {name:<11}"
                + "".join(f"{rate / 1e6:>8.2f}" for rate in found)
                + "\n"
            )
    return lines


def main() -> None:
    """Measure costs, then speeds, and compute the rest."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--words", type=int, nargs="+", default=[83_000, 400_000, 2_000_000])
    parser.add_argument("--dims", type=int, nargs="+", default=[100, 300])
    parser.add_argument("--speed", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--text", type=int, default=4_000_000, help="words of the text for speeds")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    add_json_option(parser)
    options = parser.parse_args()
    measured, left_out = {}, ""
    for num_words in options.words:
        corpus = corpus_of(num_words)
        for dim in options.dims:
            if fits(num_words, dim):
                measured[num_words, dim] = costs(corpus, dim)
            else:
                left_out += f"{num_words:,} words of {dim} numbers do not fit into memory\n"
    text, ratios = merge_table(measured) + left_out, []
    with joined(workers=2), tempfile.TemporaryDirectory() as folder:
        pause = statistics.median(latency() for _ in range(3))
        if options.speed:
            write_wiki_lines(Path(folder) / "wiki.txt", max_words=options.text)
            wiki = Corpus.build(
                [Path(folder) / "wiki.txt"], Path(folder) / "corpus", tokenizer=Tokenizer("whitespace"),
                min_count=5,
            )  # fmt: skip
            threads, workers = speeds(wiki, options)
            found = ratio("2 workers", "2 threads", threads, workers, "words/s", LEAST)
            text += f"\n2 workers {found.ours:,.0f} words/s, 2 threads {found.theirs:,.0f}"
            text += f": {found.times:.2f} times as fast\n"
            ratios.append(found)
    text += model_table(measured, pause)
    named = {f"{words} x {dim}": cost._asdict() for (words, dim), cost in measured.items()}
    title = f"shards over a network, {SHARDS} shards, medians of {PERIODS - 2} periods"
    deliver(options, title, text, ratios=ratios, measured={"costs": named, "latency": pause})


if __name__ == "__main__":
    main()
