"""`wordlab info`: what a directory is, and what it was made from."""

import json
import subprocess
import sys

import pytest

from tests.pipelines.conftest import everything_in, run
from wordlab.embeddings import WordVectors
from wordlab.text import Corpus


def facts_of(result):
    assert result.exit_code == 0, result.output
    return dict(line.split("  ", 1) for line in result.stdout.splitlines() if line)


def test_vectors_and_their_corpus(place):
    before = everything_in(place)
    facts = {name: text.strip() for name, text in facts_of(run("info", "vectors")).items()}
    vectors, corpus = WordVectors.load("vectors"), Corpus.load("corpus")
    assert facts["directory"] == "vectors/"
    assert facts["kind"] == "vectors, format 1"
    assert facts["digest"] == vectors.digest
    assert facts["size"].endswith("in 3 files, as they were written")
    assert facts["from corpus"] == f"corpus/ ({corpus.digest[:12]}...)"
    assert "model skipgram, loss negative, dim 100" in facts["settings"]
    assert facts["made with"].startswith("wordlab ")
    assert everything_in(place) == before


def test_as_json(place):
    result = run("info", "corpus", "vectors", "--no-verify", "--json")
    corpus, vectors = json.loads(result.stdout)["artefacts"]
    assert (corpus["kind"], vectors["kind"]) == ("corpus", "vectors")
    assert corpus["parents"] == []
    assert vectors["parents"] == [{"role": "corpus", "digest": corpus["digest"], "directory": "corpus"}]
    assert vectors["bytes"] == sum(vectors["payloads"].values())
    assert vectors["details"]["config"]["dim"] == 100


def test_a_parent_that_is_gone(place):
    (place / "corpus").rename(place.parent / "moved-corpus")
    assert "from corpus  not found here (" in run("info", "vectors").stdout
    (place.parent / "moved-corpus").rename(place / "corpus")


def test_of_another_directory(place, monkeypatch):
    (place / "elsewhere").mkdir()
    monkeypatch.chdir(place / "elsewhere")
    assert "from corpus  ../corpus/ (" in run("info", "../vectors").stdout


def test_an_unknown_kind_of_a_later_version(place):
    manifest = json.loads((place / "vectors" / "manifest.json").read_text())
    manifest |= {"kind": "dream", "format_version": 7, "details": {"config": "none"}, "parents": {}}
    (place / "vectors" / "manifest.json").write_text(json.dumps(manifest))
    result = run("info", "vectors")
    assert "dream, format 7" in result.stdout
    assert "settings" not in result.stdout


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            lambda d: (d / "manifest.json").unlink(),
            "vectors: expected an artefact made by wordlab, found no manifest",
        ),
        (
            lambda d: (d / "manifest.json").write_text("[]"),
            "expected a wordlab manifest with 'kind', found none",
        ),
        (lambda d: (d / "matrix.npy").write_bytes(b""), "matrix.npy: expected "),
        (lambda d: _flip(d / "matrix.npy"), "the file was changed or damaged"),
        (lambda d: _parents(d, {"corpus": 3}), "parents"),
    ],
)
def test_what_is_damaged_is_one_line(place, damage, message):
    damage(place / "vectors")
    result = run("info", "vectors")
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_damage_is_not_seen_without_a_look(place):
    _flip(place / "vectors" / "matrix.npy")
    assert "not compared with their digests" in run("info", "vectors", "--no-verify").stdout


def _flip(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _parents(directory, parents):
    manifest = json.loads((directory / "manifest.json").read_text())
    (directory / "manifest.json").write_text(json.dumps(manifest | {"parents": parents}))


def test_as_a_module(place):
    done = subprocess.run(
        [sys.executable, "-m", "wordlab", "info", "corpus"], capture_output=True, text=True, check=True
    )
    assert "corpus, format 1" in done.stdout
