"""`wordlab embeddings postprocess`."""

import json

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import evaluate_similarity
from wordlab.embeddings.evaluation.datasets import packaged_file
from wordlab.text import Vocabulary

from .conftest import everything_in, run

WORDS = ["tiger", "cat", "book", "paper", "computer", "keyboard", "plane", "car", "train", "king", "queen"]


@pytest.fixture
def files(tmp_path, monkeypatch):
    rng = np.random.default_rng(1)
    matrix = rng.normal([3, 0, 0, 0, 0], size=(len(WORDS), 5))
    WordVectors(Vocabulary(WORDS, range(len(WORDS), 0, -1)), matrix).save(tmp_path / "vectors")
    (tmp_path / "lexicon.txt").write_text("tiger cat\nking queen\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_scores_before_and_after(files):
    done = run("embeddings", "postprocess", "vectors", "-o", "better", "--remove-top", 1, "--json", "-q")
    assert done.exit_code == 0, done.output
    facts = json.loads(done.stdout)
    path = packaged_file("wordsim353.tsv")
    expected = [evaluate_similarity(WordVectors.load(name), path).spearman for name in ("vectors", "better")]
    assert [facts["scores"][0][when] for when in ("before", "after")] == pytest.approx(expected)
    assert facts["config"]["centre"]
    manifest = json.loads((files / "better/manifest.json").read_text())
    assert manifest["parents"] == {"vectors": WordVectors.load("vectors").digest}


def test_table(files):
    done = run(
        "embeddings", "postprocess", "vectors", "-o", "x", "--dim", 3, "--unit", "--retrofit", "lexicon.txt"
    )
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[1].split() == ["size", "11", "words,", "3", "dimensions"]
    assert lines[2].split() == ["retrofitted", "4", "words"]
    assert any(line.startswith("WordSim-353") for line in lines)
    assert "wordlab embeddings compare vectors/ x/" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([], 2, "expected something to do"),
        (["--dim", "9"], 2, "found 9"),
        (["--retrofit", "none.txt"], 1, "none.txt"),
        (["--remove-top", "-1"], 2, "--remove-top: expected"),
    ],
)
def test_errors(files, words, code, message):
    before = everything_in(files)
    refused = run("embeddings", "postprocess", "vectors", "-o", "new", *words)
    assert refused.exit_code == code, refused.output
    assert message in refused.stderr
    assert everything_in(files) == before
