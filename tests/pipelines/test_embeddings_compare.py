"""`wordlab embeddings compare`."""

import json

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.text import Vocabulary

from .conftest import run

WORDS = [f"w{number}" for number in range(40)]


@pytest.fixture
def files(tmp_path):
    rng = np.random.default_rng(1)
    good = rng.normal(size=(40, 6))
    vocabulary = Vocabulary(WORDS, range(40, 0, -1))
    WordVectors(vocabulary, good).save(tmp_path / "good")
    WordVectors(vocabulary, rng.normal(size=(40, 6))).save(tmp_path / "bad")
    unit = good / np.linalg.norm(good, axis=1, keepdims=True)
    rows = [(a, b, 5 + 4 * unit[a] @ unit[b]) for a in range(20) for b in range(20, 30)]
    (tmp_path / "pairs.tsv").write_text("".join(f"w{a}\tw{b}\t{score:.4f}\n" for a, b, score in rows))
    (tmp_path / "questions.txt").write_text(": all\nw0 w1 w2 w3\nw4 w5 w6 w7\n")
    return tmp_path


def compare(files, *more):
    tests = ("--similarity", files / "pairs.tsv", "--analogies", files / "questions.txt")
    return run("embeddings", "compare", *more, *tests)


def test_table(files):
    done = compare(files, files / "good", f"worse={files / 'bad'}")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["set", "words", "dimensions", "MB", "ms", "for", "the", "10", "nearest"]
    assert "Scores on the 40 words that all have" in lines
    (row,) = [line for line in lines if line.startswith("pairs")]
    assert row.split()[:4] == ["pairs", "Spearman", "200", "1.000"]
    assert row.endswith("worse")
    assert "Neighbours in common with good, of 10" in lines
    assert lines[-1].startswith("worse is better than good in 0 of ")


def test_json_and_exit_code(files):
    done = compare(files, files / "good", files / "bad", "--json", "--fail-if-worse", "-q")
    assert done.exit_code == 1
    assert done.stderr == "Error: expected no score below that of good, found bad in pairs (Spearman)\n"
    found = json.loads(done.stdout)
    assert found["names"] == ["good", "bad"]
    (difference,) = found["scores"][0]["differences"]
    assert difference["high"] < 0
    assert difference["verdict"] == "worse"
    turned = compare(files, files / "bad", files / "good", "--fail-if-worse", "-q")
    assert turned.exit_code == 0, turned.output


def test_picture(files):
    done = compare(files, files / "good", files / "bad", "--plot", files / "scores.png", "-q")
    assert done.exit_code == 0, done.output
    assert (files / "scores.png").read_bytes().startswith(b"\x89PNG")
    inside = compare(files, files / "good", files / "bad", "--plot", files / "good" / "scores.png", "-q")
    assert inside.exit_code == 1
    assert "Scores" not in inside.stdout


def test_no_verdict_where_no_test_could_be_used(files):
    done = run("embeddings", "compare", files / "good", files / "bad")
    assert done.exit_code == 0, done.output
    assert "No test could be used: its words are not among those that all sets have." in done.stdout
    assert "WordSim-353: 0 of 353 pairs can be used, because there is no vector for" in done.stdout
    assert "chance" not in done.stdout


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        (["good"], 2, "VECTORS OTHER...: expected two sets or more to compare, found 1"),
        (["good", "good"], 2, "VECTORS OTHER...: expected different names, found 'good' for"),
        (["good", "missing"], 1, "missing"),
        (["good", "bad", "-k", "0"], 2, "0 is not in the range x>=1"),
        (["good", "bad", "--seed", "-1"], 2, "--seed"),
        (["good", "bad", "--similarity", "questions.txt"], 1, "questions.txt:1: expected"),
        (["good", "bad", "--similarity", "pairs.tsv", "--encoding", "klingon"], 2, "klingon"),
    ],
)
def test_errors(files, monkeypatch, given, code, message):
    monkeypatch.chdir(files)
    done = run("embeddings", "compare", *given)
    assert done.exit_code == code, done.output
    assert message in done.stderr
