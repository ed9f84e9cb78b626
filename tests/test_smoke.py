"""The main job by its commands: CI runs this file on every Python of the machine, not only on its own."""

import json
import subprocess
import sys
from pathlib import Path

import gensim
import pytest

from wordlab.io.digests import file_digest

PACKAGED = Path(gensim.__file__).parent / "test" / "test_data"
SOURCES = [PACKAGED / "lee_background.cor", PACKAGED / "head500.noblanks.cor"]
DIGESTS = {  # of their corpus, on any Python and processor
    "token_ids.npy": "e8fa3c99300c0911c452319454a98768dbe9ec124ad0f747bc3ce0c67990e5ec",
    "line_offsets.npy": "8ed4701139fb4454cb4a133812e69ac888c823790d620fb2a2d5d62da7255ce9",
}
TEXTS = {
    "good": ["a superb film", "I liked it, truly superb", "lovely and funny", "what a lovely story"],
    "bad": ["a dull film", "I hated it, truly dull", "boring and slow", "what a boring story"],
}


def run(*arguments, seconds=300):
    """What a command prints; it must end well and in time."""
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("smoke")
    lines = [f"{label}\t{text} {i}\n" for label, texts in TEXTS.items() for i in range(5) for text in texts]
    (folder / "reviews.tsv").write_text("label\ttext\n" + "".join(lines))
    run("corpus", "build", *SOURCES, "-o", folder / "corpus")
    return folder


def test_build(folder):
    assert {name: file_digest(folder / "corpus" / name) for name in DIGESTS} == DIGESTS


def test_train_and_evaluate(folder):
    settings = ["--dim", "32", "--epochs", "10", "--subsample", "1e-3"]
    run("embeddings", "train", folder / "corpus", "-o", folder / "vectors", *settings)
    scores = json.loads(run("embeddings", "evaluate", folder / "vectors", "--json"))
    wordsim, _ = scores["similarities"]
    assert wordsim["num_pairs"] > 50
    assert wordsim["spearman"] > 0.25  # 0.33 to 0.38 over five seeds


def test_classify(folder):
    run("sentiment", "train", folder / "reviews.tsv", "--model", "nbsvm", "-o", folder / "classifier")
    judged = json.loads(run("sentiment", "evaluate", folder / "classifier", folder / "reviews.tsv", "--json"))
    assert judged["scores"]["accuracy"] == 1
    assert "good" in run("sentiment", "predict", folder / "classifier", "a superb and funny story")
