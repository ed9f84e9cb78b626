"""Compare `corpus build` with gensim's vocabulary scan on the same text.

gensim's scan (``build_vocab(corpus_file=...)``, its fastest way) only counts words; `Corpus.build`
counts, cuts the vocabulary, encodes every token and writes an artefact with digests. The text is
wiki-17M.txt.gz cut into lines of 1,000 words, so that both see all of it. Each measurement runs in
a fresh process, the two taking turns; the time is that of the call, without imports.

    WORDLAB_DATA=DIRECTORY python benchmarks/corpus_build.py [--repeats 5] [--json]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from wiki import machine, write_wiki_lines

GENSIM = """
from gensim.models import Word2Vec
model = Word2Vec(vector_size=1, min_count=5)  # one dimension: its weights cost no time
start = time.perf_counter()
model.build_vocab(corpus_file=text)
seconds = time.perf_counter() - start
words, tokens = len(model.wv), model.corpus_total_words
"""

WORDLAB = """
from wordlab.text import Corpus, Tokenizer, building
start = time.perf_counter()
corpus = Corpus.build([text], output, tokenizer=Tokenizer(tokenizer), min_count=5, overwrite=True)
seconds = time.perf_counter() - start
words, tokens = len(corpus.vocabulary), corpus.details["num_raw_tokens"]
"""

HEAD = """
import json, sys, time
text, output, tokenizer = sys.argv[1:]
"""

TAIL = """
# Not ru_maxrss, which a process inherits from the one that started it.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
peak = int(status["VmHWM"].split()[0]) * 1024
print(json.dumps({"seconds": seconds, "words": words, "tokens": tokens, "peak_bytes": peak}))
"""

CONTENDERS = {
    "gensim scan": (GENSIM, ""),
    "wordlab whitespace": (WORDLAB, "whitespace"),
    "wordlab word": (WORDLAB, "word"),
}


def measure(code: str, text: Path, output: Path, tokenizer: str) -> dict[str, Any]:
    """Seconds, words, tokens and peak memory of one run in a fresh process."""
    command = [sys.executable, "-c", HEAD + code + TAIL, str(text), str(output), tokenizer]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, Any] = json.loads(result.stdout)
    return measured


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        text, output = Path(directory, "wiki.txt"), Path(directory, "corpus")
        write_wiki_lines(text)
        runs: dict[str, list[dict[str, Any]]] = {name: [] for name in CONTENDERS}
        for _ in range(options.repeats):
            for name, (code, tokenizer) in CONTENDERS.items():
                runs[name].append(measure(code, text, output, tokenizer))
    report(runs, as_json=options.json)


def report(runs: dict[str, list[dict[str, Any]]], *, as_json: bool) -> None:
    """Write medians and ratios to standard output."""
    medians = {name: statistics.median(run["seconds"] for run in each) for name, each in runs.items()}
    peer = medians["gensim scan"]
    rows = [
        {
            "contender": name,
            "median_seconds": round(medians[name], 3),
            "all_seconds": [round(run["seconds"], 3) for run in each],
            "times_as_fast_as_gensim": round(peer / medians[name], 2),
            "tokens": each[0]["tokens"],
            "words": each[0]["words"],
            "peak_megabytes": round(max(run["peak_bytes"] for run in each) / 1e6),
        }
        for name, each in runs.items()
    ]
    if as_json:
        sys.stdout.write(
            json.dumps({"benchmark": "corpus build", "machine": machine(), "rows": rows}, indent=2) + "\n"
        )
        return
    sys.stdout.write(f"{machine()}\n")
    sys.stdout.write(f"{'':20}{'median s':>10}{'ratio':>8}{'tokens':>13}{'words':>9}{'peak MB':>9}\n")
    for row in rows:
        sys.stdout.write(
            f"{row['contender']:20}{row['median_seconds']:10.2f}{row['times_as_fast_as_gensim']:8.2f}"
            f"{row['tokens']:13,}{row['words']:9,}{row['peak_megabytes']:9,}\n"
        )


if __name__ == "__main__":
    main()
