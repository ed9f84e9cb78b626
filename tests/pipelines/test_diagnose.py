"""`wordlab embeddings diagnose`."""

import json

import numpy as np
import pytest
from PIL import Image

from wordlab.embeddings import WordVectors
from wordlab.embeddings.diagnosis import DiagnosisConfig, diagnose
from wordlab.text import Vocabulary

from .conftest import everything_in, run


@pytest.fixture
def odd(tmp_path, monkeypatch):
    """Vectors with left-overs among their words, two equal rows and one next to zero."""
    monkeypatch.chdir(tmp_path)
    words = ["the", "film", "film,", "<br", "caf\u00c3\u00a9", "\x1b[31m", *(f"w{n}x" for n in range(60))]
    matrix = np.random.default_rng(2).normal(size=(len(words), 6))
    matrix[9], matrix[10] = matrix[8], 1e-7
    vectors = WordVectors(Vocabulary(words, range(len(words), 0, -1)), matrix)
    vectors.save("vectors")
    return vectors


def test_findings_with_advice(odd):
    done = run("embeddings", "diagnose", "vectors", "--plot", "d.png", "-q")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "66 words, 6 dimensions"
    for line in (
        "FAULT  1 vectors shorter than 0.001 of the median length: w4x",
        "FAULT  2 words whose vector another has as well: w2x = w3x",
        "FAULT  1 words that are UTF-8 read as Latin-1: caf\u00c3\u00a9",
        "look   1 left-overs of markup: <br",
    ):
        assert line in lines
    assert lines[lines.index("look   1 left-overs of markup: <br") + 1] == (
        "       -> corpus build --markup strip takes tags and entities out"
    )
    assert "\x1b" not in done.stdout
    found = diagnose(odd)
    assert lines[-1] == f"4 faults, {found.num_of('look')} worth a look"
    with Image.open("d.png") as picture:
        assert picture.width > 1_000


def test_json_is_what_the_library_finds(odd):
    done = run("embeddings", "diagnose", "vectors", "--json", "-k", 3, "--num-words", 40, "-q")
    assert done.exit_code == 0, done.output
    expected = diagnose(odd, DiagnosisConfig(k=3, num_words=40)).to_dict()
    assert json.loads(done.stdout) == json.loads(json.dumps(expected))


def test_one_word(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    WordVectors(Vocabulary(["alone"], [1]), [[1.0, 2.0]]).save("vectors")
    done = run("embeddings", "diagnose", "vectors", "--plot", "d.svg", "-q")
    assert done.exit_code == 0, done.output
    assert "nothing that looks like a left-over" in done.stdout
    assert done.stdout.endswith("0 faults, nothing else worth a look\n")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["vectors", "-k", "0"], 2, "-k: expected a whole number from 1 to 1000, found 0"),
        (["vectors", "--num-words", "1"], 2, "--num-words: expected"),
        (["vectors", "--plot", "p.gif"], 2, "p.gif: expected a picture's name"),
        (["vectors", "--plot", "vectors/p.png"], 1, "vectors"),
        (["nothing"], 1, "nothing: expected an artefact made by wordlab, found no directory"),
    ],
)
def test_errors(odd, words, code, message):
    before = everything_in(".")
    refused = run("embeddings", "diagnose", *words, "-q")
    assert refused.exit_code == code, refused.output
    assert message in refused.stderr
    assert everything_in(".") == before
