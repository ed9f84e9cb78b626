"""`wordlab embeddings bias`."""

import json

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import association_test
from wordlab.text import Vocabulary

from .conftest import run

LISTS = {
    "flowers": ["rose", "lily", "tulip", "aster"],
    "insects": ["ant", "wasp", "fly", "moth"],
    "good": ["joy", "love", "peace"],
    "bad": ["agony", "hatred", "war"],
}


@pytest.fixture
def files(tmp_path, monkeypatch):
    rng = np.random.default_rng(1)
    words = [word for each in LISTS.values() for word in each]
    side = [1] * 4 + [-1] * 4 + [1] * 3 + [-1] * 3
    matrix = rng.normal(size=(14, 5))
    matrix[:, 0] += 3 * np.array(side)
    WordVectors(Vocabulary(words, range(14, 0, -1)), matrix).save(tmp_path / "vectors")
    for name, each in LISTS.items():
        (tmp_path / f"{name}.txt").write_text("\n".join(each) + "\n\n")
    (tmp_path / "empty.txt").write_text("\n \n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


TARGETS = ("--targets", "flowers.txt", "insects.txt")
ATTRIBUTES = ("--attributes", "good.txt", "bad.txt")


def test_it_prints_the_test(files):
    (files / "flowers.txt").write_text(" rose \nlily\ntulip\naster\norchid\n")
    done = run("embeddings", "bias", "vectors", *TARGETS, *ATTRIBUTES)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    expected = association_test(
        WordVectors.load("vectors"), (LISTS["flowers"], LISTS["insects"]), (LISTS["good"], LISTS["bad"])
    )
    assert lines[0].split(maxsplit=1) == ["targets", "flowers and insects, 4 and 4 words"]
    assert f"{expected.effect_size:+.3f} standard deviations" in lines[2]
    assert lines[3].endswith(f"{expected.p_value:.2g}, one-sided, of all 70 partitions")
    assert "flowers: no vector for orchid" in done.stderr
    shown = [line.split()[0] for line in lines if line.split() and line.split()[0] in expected.associations]
    assert shown == sorted(expected.associations, key=lambda word: -expected.associations[word])
    found = json.loads(run("embeddings", "bias", "vectors", *TARGETS, *ATTRIBUTES, "--json").stdout)
    assert found["lists"] == list(LISTS)
    assert found["effect_size"] == expected.effect_size
    assert found["lost"] == [["orchid"], [], [], []]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([*TARGETS, "--attributes", "good.txt", "none.txt"], 1, "none.txt"),
        (
            [*TARGETS, "--attributes", "good.txt", "empty.txt"],
            1,
            "empty.txt: expected words, one a line, found",
        ),
        (["--targets", "good.txt", "good.txt", *ATTRIBUTES], 2, "expected different words in both lists"),
        (list(TARGETS), 2, "Missing option '--attributes'"),
        ([*TARGETS, *ATTRIBUTES, "--ddof", "2"], 2, "2 is not in the range"),
    ],
)
def test_errors(files, words, code, message):
    refused = run("embeddings", "bias", "vectors", *words)
    assert refused.exit_code == code, refused.output
    assert message in refused.stderr
