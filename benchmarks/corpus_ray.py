"""Compare `corpus build` on two Ray workers of this machine with the same on two threads.

What a cluster costs shows best where it brings nothing: on one machine. The text is that of
wiki-17M.txt.gz, one line, or with `--text raw` that of wiki-raw.txt.gz, with its case, punctuation and
accents. Each measurement runs in a fresh process, in turn. Workers import the package and load compiled code
for the first build, not for the second. Starting Ray is measured by itself.

    WORDLAB_DATA=DIRECTORY python benchmarks/corpus_ray.py [--text raw] [--repeats 5] [--json [FILE]]
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import tempfile
from pathlib import Path
from typing import Any

from reporting import add_json_option, deliver, measured_apart, ratio, verdicts
from wiki import data_directory

LOCAL = """
seconds = {"2 threads": build("local", threads=2), "2 threads, again": build("local", threads=2)}
"""

RAY = """
from wordlab.cluster import joined
start = time.perf_counter()
with joined(workers=2):
    started = time.perf_counter() - start
    seconds = {
        "start of Ray": started,
        "2 workers": build("ray", workers=2),
        "2 workers, again": build("ray", workers=2),
    }
"""

HEAD = """
import json, sys, time
from wordlab.text import Corpus
text, output = sys.argv[1:]

def build(engine, **options):
    start = time.perf_counter()
    Corpus.build([text], output, engine=engine, overwrite=True, **options)
    return time.perf_counter() - start
"""

TAIL = """
print(json.dumps({"seconds": seconds, "tokens": Corpus.load(output).details["num_raw_tokens"]}))
"""


def measure(code: str, text: Path, output: Path) -> dict[str, Any]:
    """Seconds of each step of a run in a fresh process, and the number of tokens."""
    return measured_apart(HEAD + code + TAIL, str(text), str(output))


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--text", choices=("plain", "raw"), default="plain")
    parser.add_argument("--repeats", type=int, default=5)
    add_json_option(parser)
    options = parser.parse_args()
    name = {"plain": "wiki-17M.txt.gz", "raw": "wiki-raw.txt.gz"}[options.text]
    runs: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as directory:
        text, one, two = (Path(directory, name) for name in ("wiki.txt", "one", "two"))
        text.write_bytes(gzip.decompress((data_directory() / name).read_bytes()))
        measure(LOCAL, text, one)  # keeps the compiled code
        for _ in range(options.repeats):
            for code, output in ((LOCAL, one), (RAY, two)):
                measured = measure(code, text, output)
                for step, seconds in measured["seconds"].items():
                    runs.setdefault(step, []).append(seconds)
        same = all(path.read_bytes() == (two / path.name).read_bytes() for path in one.iterdir())
    report(runs, measured["tokens"], same, options)


def report(runs: dict[str, list[float]], num_tokens: int, same: bool, options: argparse.Namespace) -> None:
    """Print medians and ratios, or JSON."""
    ratios = [
        ratio(f"corpus build, {ours}", f"2 threads{again}", runs[f"2 threads{again}"], runs[ours], "s", 0.7)
        for ours, again in (("2 workers", ""), ("2 workers, again", ", again"))
    ]
    table = f"{'':20}{'median s':>10}{'from':>8}{'to':>8}{'M tokens/s':>12}\n"
    for name, seconds in runs.items():
        median = statistics.median(seconds)
        speed = "" if name == "start of Ray" else f"{num_tokens / median / 1e6:12.2f}"
        table += f"{name:20}{median:10.2f}{min(seconds):8.2f}{max(seconds):8.2f}{speed}\n"
    table += f"{'same bytes' if same else 'DIFFERENT BYTES'}\n" + verdicts(ratios)
    title = f"corpus build on Ray, {options.text} text, {options.repeats} runs"
    deliver(options, title, table, ratios=ratios, measured=runs)


if __name__ == "__main__":
    main()
