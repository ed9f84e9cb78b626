"""Compare `corpus phrases` with gensim's Phrases on the same text, and say whether they find the same.

gensim counts (``Phrases(lines)``), is frozen, and joins every line, from lists in memory and without writing
anything, which is its fastest way; `Corpus.join_phrases` counts, joins, sorts the vocabulary and writes a
corpus with digests. The text is wiki-17M.txt.gz cut into lines of 1,000 words, no word left out. Each
measurement runs in a fresh process, in turn; the time is that of the calls, without imports.

    WORDLAB_DATA=DIRECTORY python benchmarks/phrases.py [--runs 3] [--words N] [--json [FILE]]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from reporting import add_json_option, deliver, measured_apart, ratio, verdicts
from wiki import write_wiki_lines

from wordlab.text import Corpus, Tokenizer

HEAD = """
import hashlib, json, sys, time
from wordlab.text import ENGLISH_CONNECTOR_WORDS, Corpus, PhraseConfig
corpus_path, output, scorer, connectors, threads = sys.argv[1:]
corpus, connectors = Corpus.load(corpus_path), ENGLISH_CONNECTOR_WORDS if connectors == "english" else ()
config = PhraseConfig(scorer, connector_words=connectors)
"""

GENSIM = """
from gensim.models.phrases import Phrases
lines = list(corpus.lines())
start = time.perf_counter()
model = Phrases(
    lines, min_count=config.min_count, threshold=config.threshold, scoring=scorer,
    connector_words=frozenset(connectors),
)
counted = time.perf_counter()
frozen = model.freeze()
joined = [frozen[line] for line in lines]
seconds = time.perf_counter() - start
parts = {"count": counted - start, "join": seconds - (counted - start)}
scores = sorted(frozen.phrasegrams.items())
"""

WORDLAB = """
parts = {}
def listen(event):
    parts[event.task.split()[0]] = event.elapsed
start = time.perf_counter()
result = corpus.join_phrases(output, config, threads=int(threads) or None, overwrite=True, on_progress=listen)
seconds = time.perf_counter() - start
parts["write"] = seconds - sum(parts.values())
joined = result.lines()
found = result.tokenizer.phrases
scores = sorted((phrase.joined, phrase.score) for one in found.passes for phrase in one.phrases)
"""

TAIL = """
# Not ru_maxrss, which a process inherits from its parent.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
peak = int(status["VmHWM"].split()[0]) * 1024
text, num_tokens = hashlib.sha256(), 0
for line in joined:
    num_tokens += len(line)
    text.update((" ".join(line) + "\\n").encode())
scores_digest = hashlib.sha256(repr(scores).encode()).hexdigest()
found = {"phrases": len(scores), "tokens": num_tokens, "scores": scores_digest}
print(json.dumps({"seconds": seconds, "parts": parts, "peak_bytes": peak, **found, "text": text.hexdigest()}))
"""

CONTENDERS = {"gensim": GENSIM, "wordlab": WORDLAB}
SAME = ("phrases", "tokens", "scores", "text")


def measure(code: str, *arguments: str) -> dict[str, Any]:
    """Seconds, peak bytes and digests of what a run in a fresh process found."""
    return measured_apart(HEAD + code + TAIL, *arguments)


def main() -> None:
    """Run and report; exit code 1 if the phrases or the joined texts differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--words", type=int, default=None, help="length of the text (default: all of it)")
    parser.add_argument("--scorer", choices=("default", "npmi"), default="default")
    parser.add_argument("--connector-words", choices=("none", "english"), default="none")
    parser.add_argument("--threads", type=int, default=0, help="of wordlab; 0 for all cores")
    add_json_option(parser)
    options = parser.parse_args()
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in CONTENDERS}
    with tempfile.TemporaryDirectory() as directory:
        text, corpus = Path(directory, "wiki.txt"), Path(directory, "corpus")
        write_wiki_lines(text, max_words=options.words)
        Corpus.build([text], corpus, tokenizer=Tokenizer("whitespace"), min_count=1)
        arguments = (options.scorer, options.connector_words, str(options.threads))
        for _ in range(options.runs):
            for name, code in CONTENDERS.items():
                runs[name].append(measure(code, str(corpus), str(Path(directory, "joined")), *arguments))
    sys.exit(0 if report(runs, options) else 1)


def report(runs: dict[str, list[dict[str, Any]]], options: argparse.Namespace) -> bool:
    """Print medians, the ratio and whether both found the same, which is returned; or JSON."""
    seconds = {name: [run["seconds"] for run in each] for name, each in runs.items()}
    least = 10.0 if options.words is None else None  # on a short text the fixed costs of writing show
    ratios = [ratio("corpus phrases", "gensim", seconds["gensim"], seconds["wordlab"], "s", least=least)]
    table = f"{'':10}{'median s':>10}{'phrases':>10}{'tokens':>13}{'peak MB':>9}  parts in s\n"
    for name, each in runs.items():
        peak = max(run["peak_bytes"] for run in each) / 1e6
        parts = {part: statistics.median(run["parts"][part] for run in each) for part in each[0]["parts"]}
        shown = ", ".join(f"{part} {taken:.2f}" for part, taken in parts.items())
        table += f"{name:10}{statistics.median(seconds[name]):10.2f}{each[0]['phrases']:10,}"
        table += f"{each[0]['tokens']:13,}{peak:9,.0f}  {shown}\n"
    results = {tuple(run[key] for key in SAME) for each in runs.values() for run in each}
    same = len(results) == 1
    table += f"same phrases, scores and joined text: {'yes' if same else 'NO'}\n" + verdicts(ratios)
    deliver(
        options, f"corpus phrases, {options.runs} runs", table, ratios=ratios,
        measured={**runs, "same": same},
    )  # fmt: skip
    return same


if __name__ == "__main__":
    main()
