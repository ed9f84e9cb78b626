"""`wordlab embeddings train --compass`: parts of a text in one space."""

import json

import pytest

from tests.pipelines.conftest import everything_in, run
from wordlab.embeddings import WordVectors

TRAIN = ("embeddings", "train")


@pytest.fixture
def parts(place):
    """Two corpora of half the articles each, the second with a word that vectors/ lacks."""
    lines = (place / "articles.txt").read_text(encoding="utf-8").splitlines()
    half = len(lines) // 2
    (place / "one.txt").write_text("\n".join(lines[:half]), encoding="utf-8")
    (place / "other.txt").write_text("\n".join(lines[half:]).replace(" king ", " zar "), encoding="utf-8")
    for name in ("one", "other"):
        result = run("corpus", "build", f"{name}.txt", "-o", f"corpus-{name}", "--quiet")
        assert result.exit_code == 0, result.output
    return place


def test_two_parts_are_compared_as_they_are(parts):
    for name in ("one", "other"):
        result = run(*TRAIN, f"corpus-{name}", "--compass", "vectors", "-o", name, "--json")
        assert result.exit_code == 0, result.output
    one, other = WordVectors.load("one"), WordVectors.load("other")
    said = f"1 of {len(other):,} words not in the compass; their contexts place them"
    assert result.stderr.splitlines()[0] == said
    assert json.loads(result.stdout)["config"]["compass"] is True
    manifest = json.loads((parts / "other" / "manifest.json").read_text())
    assert manifest["parents"]["start"] == WordVectors.load("vectors").digest
    assert (one.outputs[one.vocabulary.find(["the"])] == other.outputs[other.vocabulary.find(["the"])]).all()
    facts = json.loads(run("embeddings", "shift", "one", "other", "--num-words", 400, "--json").stdout)
    assert facts["alignment"]["cosine_before"] > 0.9


def test_a_finished_run_is_known_again_and_from_makes_plain_vectors_of_it(parts):
    words = (*TRAIN, "corpus-one", "--compass", "vectors", "-o", "one", "-q")
    assert run(*words).exit_code == 0
    assert "one/ is finished: 2 epochs done" in run(*words[:-1], "--resume").stderr
    result = run(*TRAIN, "corpus-other", "--from", "one", "-o", "both", "--json")
    assert "compass" not in json.loads(result.stdout)["config"]


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ("--from vectors", 2, "--compass: expected it without --from, found both"),
        ("--loss hierarchical", 2, "--compass: expected the loss negative, found hierarchical"),
        ("--dim 7", 2, "--dim: expected 100, as the vectors to start from have, found 7"),
        ("--model cbow", 2, "--model: expected skipgram, as the compass has, found cbow"),
    ],
)
def test_what_is_refused(place, options, code, message):
    before = everything_in(place)
    result = run(*TRAIN, "corpus", "--compass", "vectors", *options.split(), "-o", "x", "-q")
    assert (result.exit_code, result.stderr) == (
        code,
        f"Error: {message} (see wordlab embeddings train --help)\n",
    )
    assert everything_in(place) == before
