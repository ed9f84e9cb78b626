"""`wordlab embeddings stability`."""

import json

import pytest
from PIL import Image

from wordlab.embeddings.stability import neighbour_stability
from wordlab.text import Corpus
from wordlab.training import Word2VecConfig, train

from .conftest import everything_in, run

OPTIONS = ("--seeds", 2, "--epochs", 2, "--dim", 8, "--subsample", 0, "-k", 3)


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = ["the cat sat on the mat", "a dog lay on a rug", "the dog and the cat ran"] * 30
    (tmp_path / "text.txt").write_text("\n".join(lines))
    assert run("corpus", "build", "text.txt", "-o", "corpus", "-q").exit_code == 0
    return tmp_path


def test_it_trains_with_seeds_after_each_other(corpus):
    done = run("embeddings", "stability", "corpus", *OPTIONS, "--seed", 5, "--json", "-q")
    assert done.exit_code == 0, done.output
    loaded = Corpus.load("corpus")
    sets = [train(loaded, Word2VecConfig(epochs=2, dim=8, subsample=0, seed=seed)) for seed in (5, 6)]
    assert json.loads(done.stdout) == json.loads(json.dumps(neighbour_stability(sets, k=3).to_dict()))


def test_table_and_picture(corpus):
    done = run("embeddings", "stability", "corpus", *OPTIONS, "--words", "cat,dog", "--plot", "p.png", "-q")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Share of the 3 nearest words that two of 2 trainings have in common: ")
    assert lines[3].split()[:3] == ["1", "to", "11"]
    at = lines.index("Words asked about")
    assert [line.split()[0] for line in lines[at + 2 : at + 4]] == ["cat", "dog"]
    with Image.open("p.png") as picture:
        assert picture.width > 600
    again = run("embeddings", "stability", "corpus", *OPTIONS, "--plot", "p.png", "-q")
    assert again.exit_code == 1
    assert "p.png: exists already" in again.stderr


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--seeds", "1"], 2, "1 is not in the range"),
        (["--words", "cat,unknown"], 1, "'unknown' is not among the 11 most frequent words"),
        (["--dim", "0"], 2, "--dim: expected"),
        (["--buckets", "5"], 2, "--subwords"),
    ],
)
def test_errors(corpus, words, code, message):
    before = everything_in(corpus)
    refused = run("embeddings", "stability", "corpus", *words)
    assert refused.exit_code == code, refused.output
    assert message in refused.stderr
    assert everything_in(corpus) == before
