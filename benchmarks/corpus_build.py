"""Compare `corpus build` with gensim's vocabulary scan on the same text.

gensim's scan (``build_vocab(corpus_file=...)``, its fastest way) only counts words; `Corpus.build`
counts, cuts the vocabulary, encodes every token and writes an artefact with digests. The text is
wiki-17M.txt.gz cut into lines of 1,000 words, so that both see all of it, or with `--text raw` that of
wiki-raw.txt.gz, with its case, punctuation and accents. Each measurement runs in a fresh process, in turn;
the time is that of the call, without imports. Compiled code is kept on disk beforehand.

    WORDLAB_DATA=DIRECTORY python benchmarks/corpus_build.py [--text raw] [--repeats 5] [--json [FILE]]
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import tempfile
from pathlib import Path
from typing import Any

from reporting import add_json_option, deliver, measured_apart, ratio, verdicts
from wiki import data_directory, write_wiki_lines

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
# Not ru_maxrss, which a process inherits from its parent.
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
    """Seconds, words, tokens and peak bytes of a run in a fresh process."""
    return measured_apart(HEAD + code + TAIL, str(text), str(output), tokenizer)


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--text", choices=("plain", "raw"), default="plain")
    parser.add_argument("--repeats", type=int, default=5)
    add_json_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        text, output = Path(directory, "wiki.txt"), Path(directory, "corpus")
        if options.text == "plain":
            write_wiki_lines(text)
        else:
            text.write_bytes(gzip.decompress((data_directory() / "wiki-raw.txt.gz").read_bytes()))
        measure(WORDLAB, text, output, "word")  # keeps the compiled code
        runs: dict[str, list[dict[str, Any]]] = {name: [] for name in CONTENDERS}
        for _ in range(options.repeats):
            for name, (code, tokenizer) in CONTENDERS.items():
                runs[name].append(measure(code, text, output, tokenizer))
    report(runs, options)


def report(runs: dict[str, list[dict[str, Any]]], options: argparse.Namespace) -> None:
    """Print medians and ratios, or JSON."""
    seconds = {name: [run["seconds"] for run in each] for name, each in runs.items()}
    ratios = [
        ratio(
            f"corpus build, tokenizer {name.split()[1]}", "gensim scan", seconds["gensim scan"], ours, "s", 2
        )
        for name, ours in seconds.items()
        if name != "gensim scan"
    ]
    table = f"{'':20}{'median s':>10}{'M tokens/s':>12}{'tokens':>13}{'words':>9}{'peak MB':>9}\n"
    for name, each in runs.items():
        peak = max(run["peak_bytes"] for run in each) / 1e6
        median, tokens = statistics.median(seconds[name]), each[0]["tokens"]
        table += f"{name:20}{median:10.2f}{tokens / median / 1e6:12.2f}{tokens:13,}"
        table += f"{each[0]['words']:9,}{peak:9,.0f}\n"
    table += verdicts(ratios)
    deliver(
        options,
        f"corpus build, {options.text} text, {options.repeats} runs",
        table,
        ratios=ratios,
        measured=runs,
    )


if __name__ == "__main__":
    main()
