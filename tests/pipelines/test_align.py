"""`wordlab embeddings align` and `shift`."""

import json

import numpy as np
import pytest
from scipy.stats import ortho_group

from wordlab.embeddings import WordVectors
from wordlab.text import Vocabulary

from .conftest import run

WORDS = [f"w{number}" for number in range(200)]


@pytest.fixture
def files(tmp_path, monkeypatch):
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(200, 5))
    other = matrix @ ortho_group.rvs(5, random_state=2) + 0.05 * rng.normal(size=(200, 5))
    other[50] = rng.normal(size=5)
    vocabulary = Vocabulary(WORDS, range(200, 0, -1))
    WordVectors(vocabulary, matrix).save(tmp_path / "first")
    WordVectors(vocabulary, other).save(tmp_path / "second")
    WordVectors(vocabulary, other[:, :4]).save(tmp_path / "narrow")
    (tmp_path / "words.txt").write_text("w1 w1\nw2\n" + "\n".join(WORDS[60:100]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_align_writes_what_it_turned(files):
    done = run("embeddings", "align", "first", "second", "-o", "turned", "-q")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[1].split() == ["anchors", "180"]
    assert lines[2].startswith("held out  20 pairs, mean cosine ")
    assert "among 1" in lines[3]
    first, turned = WordVectors.load(files / "first"), WordVectors.load(files / "turned")
    assert np.abs(first["w7"] - turned["w7"]).max() < 0.4
    parents = json.loads((files / "turned/manifest.json").read_text())["parents"]
    assert parents == {"vectors": first.digest, "other": WordVectors.load(files / "second").digest}


def test_align_by_a_file_of_anchors(files):
    given = ("--anchors", "words.txt", "--test-anchors", "words.txt", "--held-out", 0)
    refused = run("embeddings", "align", "first", "second", "-o", "turned", *given)
    assert refused.exit_code == 2
    assert "expected 5 pairs or more to fit, one for each dimension, found 0 of 42" in refused.stderr
    done = run(
        "embeddings", "align", "first", "second", "-o", "turned", *given[:2], *given[4:], "--json", "-q"
    )
    assert done.exit_code == 0, done.output
    facts = json.loads(done.stdout)
    assert (facts["num_anchors"], facts["num_held_out"], facts["precision_at"]) == (42, 0, None)
    plain = run("embeddings", "align", "first", "second", "-o", "again", *given[:2], *given[4:], "-q")
    assert "nothing, so that nothing judges the alignment" in plain.stdout


def test_shift_lists_the_word_that_changed(files):
    done = run("embeddings", "shift", "first", "second", "-q")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert "of 200 words changed more than 95% of the words themselves" in lines[0]
    assert lines[3].split()[0] == "w50"
    assert lines[-1].startswith("Alignment: ")
    found = json.loads(run("embeddings", "shift", "first", "second", "--most", 1, "--json", "-q").stdout)
    assert [each["word"] for each in found["words"]] == ["w50"]
    controlled = run("embeddings", "shift", "first", "second", "--control", "second", "-q")
    assert "of two trainings of one text" in controlled.stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            ["align", "first", "narrow", "-o", "x"],
            2,
            "OTHER: expected 5 dimensions as the first set, found 4",
        ),
        (["align", "first", "second", "-o", "second", "--overwrite"], 1, "is the input second"),
        (["align", "first", "second", "-o", "x", "--anchors", "none.txt"], 1, "none.txt"),
        (["align", "first", "second", "-o", "x", "--held-out", "1"], 2, "--held-out: expected"),
        (["shift", "first", "missing"], 1, "missing"),
        (
            ["shift", "first", "second", "--control", "narrow"],
            2,
            "--control: expected 5 dimensions as the first",
        ),
    ],
)
def test_errors(files, words, code, message):
    before = sorted(path.name for path in files.iterdir())
    refused = run("embeddings", *words)
    assert refused.exit_code == code, refused.output
    assert message in refused.stderr
    assert sorted(path.name for path in files.iterdir()) == before
