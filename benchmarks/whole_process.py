"""From a text file to saved vectors, in whole processes: gensim, fastText and wordlab in turn.

    WORDLAB_DATA=DIRECTORY python benchmarks/whole_process.py --words 3000000 --runs 3
    WORDLAB_DATA=DIRECTORY python benchmarks/whole_process.py --subwords --words 3000000

Each run is a fresh process, from its start to its end, imports and saving included: a gensim script
(`corpus_file`), a fasttext script, and the two commands `wordlab corpus build` and
`wordlab embeddings train`. All train skip-gram with dimension 100, window 5, 5 noise words, subsampling
1e-4 and learning rate 0.025, and save what is needed to continue training. wordlab's kernels are compiled
by a first run with an empty cache, which is reported as cold. Only with `--subwords` do they train with
n-grams, of 3 to 6 characters in 2,000,000 buckets, gensim as FastText; wordlab's last step then exports
fastText's `.bin`.

Peak memory is ru_maxrss as the parent reads it when a process ends. It counts pages of mapped files, though
they can be dropped at any time: libraries, and for wordlab the encoded corpus, 4 bytes a token. The bound on
memory must hold for texts of any length, so wordlab also trains on the whole text for one epoch, and the
peak without mapped files (RssAnon, read a hundred times a second, on Linux) is reported, too.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from reporting import Limit, Ratio, add_json_option, deliver, ratio, verdicts
from wiki import write_wiki_lines

# Nothing heavy is imported here, because a process inherits ru_maxrss from its parent.

LEAST = {False: 6, True: 8}
"""How many times as fast wordlab is promised to be: without and with subwords."""
PEERS = ["gensim", "fastText"]
DIM = 100
STEPS = ("corpus build", "embeddings train")
ALLOWANCE = 300e6  # bytes on top of the two matrices and the vocabulary

GENSIM = """
import sys
from gensim.models import FastText, Word2Vec
text, output, dim, epochs, threads, subwords = sys.argv[1:]
(FastText if int(subwords) else Word2Vec)(
    corpus_file=text, vector_size=int(dim), window=5, sg=1, negative=5, sample=1e-4, alpha=0.025,
    min_count=5, epochs=int(epochs), workers=int(threads),
).save(output)
"""

FASTTEXT = """
import sys
import fasttext
text, output, dim, epochs, threads, subwords = sys.argv[1:]
fasttext.train_unsupervised(
    text, model="skipgram", dim=int(dim), ws=5, neg=5, t=1e-4, lr=0.025, minCount=5,
    minn=3 * int(subwords), maxn=6 * int(subwords), epoch=int(epochs), thread=int(threads), verbose=0,
).save_model(output)
"""


def run(command: list[str], cache: Path, *, own: list[float] | None = None) -> tuple[float, float]:
    """Seconds and peak bytes of a fresh process, which finds compiled kernels in `cache`.

    Its memory without mapped files, in bytes, is appended to `own` all the while, if given.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, env={**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    )
    pid = 0
    while pid == 0:
        pid, status, usage = os.wait4(process.pid, 0 if own is None else os.WNOHANG)
        if pid == 0 and own is not None:
            own.append(own_bytes(process.pid))
            time.sleep(0.01)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def own_bytes(pid: int) -> float:
    """Bytes in memory that belong to no file; 0 where the system does not report them."""
    status = Path(f"/proc/{pid}/status")
    told = re.search(r"RssAnon:\s+(\d+)", status.read_text()) if status.exists() else None
    return int(told[1]) * 1024 if told else 0


def contenders(
    text: Path, folder: Path, epochs: int, threads: int, subwords: bool
) -> dict[str, list[list[str]]]:
    """The commands of each contender, in order."""
    settings = [str(DIM), str(epochs), str(threads), str(int(subwords))]
    wordlab = str(Path(sys.executable).with_name("wordlab"))
    corpus, vectors = str(folder / "corpus"), str(folder / "vectors")
    again = ["--overwrite", "--quiet"]
    build = ["--tokenizer", "whitespace", "--min-count", "5", "-o", corpus, *again]
    train = ["--dim", str(DIM), "--epochs", str(epochs), "--threads", str(threads), "-o", vectors]
    export = ["export", vectors, str(folder / "wordlab.bin"), "--format", "fasttext"]
    return {
        "gensim": [[sys.executable, "-c", GENSIM, str(text), str(folder / "gensim.model"), *settings]],
        "fastText": [[sys.executable, "-c", FASTTEXT, str(text), str(folder / "fasttext.bin"), *settings]],
        "wordlab": [
            [wordlab, "corpus", "build", str(text), *build],
            [wordlab, "embeddings", "train", corpus, *train, *["--subwords"] * subwords, *again],
            *[[wordlab, "embeddings", *export, *again]] * subwords,
        ],
    }


def vocabulary_size(corpus: Path) -> tuple[int, int]:
    """The number of words of a corpus, and the bytes of its vocabulary on disk."""
    program = Path(sys.executable).with_name("wordlab")
    done = subprocess.run([program, "corpus", "stats", corpus, "--json"], check=True, capture_output=True)
    size = sum(path.stat().st_size for path in corpus.glob("vocabulary*"))
    return json.loads(done.stdout)["num_words"], size


def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Seconds and peak bytes of each command of each contender in each run."""
    text, cache = folder / "wiki.txt", folder / "cache"
    write_wiki_lines(text, max_words=options.words)
    commands = contenders(text, folder, options.epochs, options.threads, options.subwords)
    commands = {name: commands[name] for name in (*options.peers, "wordlab")}
    found: dict[str, Any] = {"wordlab, cold": [[run(each, cache) for each in commands["wordlab"]]]}
    for name in commands:
        found[name] = []
    for _ in range(options.runs):
        for name, each in commands.items():
            found[name].append([run(command, cache) for command in each])
    return {"runs": found, **({} if options.subwords else memory(text, folder, cache, options.threads))}


def memory(text: Path, folder: Path, cache: Path, threads: int) -> dict[str, Any]:
    """The peaks of wordlab's commands on the whole text, and their bound with its parts."""
    write_wiki_lines(text)
    peaks = {}
    for name, command in zip(STEPS, contenders(text, folder, 1, threads, False)["wordlab"], strict=True):
        own = [0.0]
        peaks[name] = {"peak": run(command, cache, own=own)[1], "own": max(own)}
    num_words, vocabulary_bytes = vocabulary_size(folder / "corpus")
    matrices = 2 * num_words * DIM * 4
    return {
        "memory": peaks,
        "num_words": num_words,
        "matrices_bytes": matrices,
        "vocabulary_bytes": vocabulary_bytes,
        "bound_bytes": matrices + vocabulary_bytes + ALLOWANCE,
    }


def main() -> None:
    """Run in turn, then report a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--words", type=int, default=3_000_000, help="first words of the text")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, in turn")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--subwords", action="store_true", help="train with n-grams, up to fastText's file")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS)
    add_json_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(Path(folder), options)
    runs = measured["runs"]
    seconds = {name: [sum(taken for taken, _ in each) for each in runs[name]] for name in runs}
    ratios = [
        ratio("from file to vectors", peer, seconds[peer], seconds["wordlab"], "s", LEAST[options.subwords])
        for peer in options.peers
    ]
    limits = [
        Limit(f"{what}, {name}, whole text", each[kind] / 1e6, measured["bound_bytes"] / 1e6, "MB")
        for name, each in measured.get("memory", {}).items()
        for kind, what in (("peak", "peak memory"), ("own", "peak without mapped files"))
    ]
    if options.subwords and "fastText" in options.peers:
        limits = [Limit("peak memory", peak(runs["wordlab"]) / 1e6, peak(runs["fastText"]) / 1e6, "MB")]
    title = f"from file to vectors, {options.words:,} words, {options.epochs} epochs, "
    title += f"{options.threads} threads, {options.runs} runs in turn"
    deliver(
        options, title, table(measured, seconds, ratios, limits),
        ratios=ratios, limits=limits, measured=measured,
    )  # fmt: skip


def peak(runs: list[list[tuple[float, float]]]) -> float:
    """The most bytes of a process in any of the runs."""
    return max(peak for each in runs for _, peak in each)


def table(
    measured: dict[str, Any], seconds: dict[str, list[float]], ratios: list[Ratio], limits: list[Limit]
) -> str:
    """Medians and peaks of all, the parts of the bound on memory, and which promises hold."""
    lines = f"{'':16}{'median s':>10}{'peak MB':>9}\n"
    for name, runs in measured["runs"].items():
        lines += f"{name:16}{statistics.median(seconds[name]):10.2f}{peak(runs) / 1e6:9,.0f}\n"
    if "memory" in measured:
        lines += f"whole text, {measured['num_words']:,} words: "
        lines += f"two matrices {measured['matrices_bytes'] / 1e6:.0f} MB, "
        lines += f"vocabulary {measured['vocabulary_bytes'] / 1e6:.1f} MB, {ALLOWANCE / 1e6:.0f} MB on top\n"
    return lines + verdicts(ratios, limits)


if __name__ == "__main__":
    main()
