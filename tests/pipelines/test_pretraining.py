"""`wordlab sentiment train --unlabelled` for networks: their vectors are learnt first, from all texts."""

import gzip
import json

import numpy as np
import pytest

from wordlab.io.digests import file_digest
from wordlab.sentiment import load_classifier

from .conftest import run

GOOD = ["a good film", "so good and so great", "great fun"]
BAD = ["a bad film", "so bad and so poor", "poor taste"]
FILLING = " ".join(f"word{number}" for number in range(200))  # subsampling drops all words of small texts
UNLABELLED = ["a good and splendid film", "a dreadful,\tbad film", "", f"dreadful and poor {FILLING}"]


@pytest.fixture
def files(tmp_path):
    rows = [f"pos\t{text}\n" for text in 10 * GOOD] + [f"neg\t{text}\n" for text in 10 * BAD]
    (tmp_path / "train.tsv").write_text("".join(rows))
    (tmp_path / "unsup.txt.gz").write_bytes(gzip.compress("\n".join(20 * UNLABELLED).encode()))
    return tmp_path


def train(files, *more, model="model", **options):
    network = ("--epochs", 2, "--num-channels", 4, "--kernel-widths", "1,2")
    return run("sentiment", "train", files / "train.tsv", *network, "-o", files / model, *more, **options)


def parents_of(directory):
    return json.loads((directory / "manifest.json").read_text())["parents"]


def test_a_network_starts_from_vectors_of_all_texts(files):
    trained = train(files, "--unlabelled", files / "unsup.txt.gz", "--json", "-q")
    assert trained.exit_code == 0, trained.output
    facts = json.loads(trained.stdout)
    assert facts["num_unlabelled"] == 60  # without the empty lines
    assert facts["coverage"]["tokens"] == 1
    model = load_classifier(files / "model")
    assert "splendid" in model.encoder.vocabulary
    assert model.network.words.dim == 100
    again = train(files, "--unlabelled", files / "unsup.txt.gz", model="again")
    assert "unlabelled  60 texts" in again.stdout
    assert model.equals(load_classifier(files / "again"))


def test_the_vectors_are_those_of_the_two_commands(files):
    dim = ("--dim", 12)
    lines = [*(10 * GOOD), *(10 * BAD), *(20 * UNLABELLED)]
    (files / "texts.txt").write_text("".join(f"{line}\n" for line in lines))
    assert run("corpus", "build", files / "texts.txt", "-o", files / "corpus", "-q").exit_code == 0
    learning = ("--epochs", 10, *dim)
    learnt = run("embeddings", "train", files / "corpus", *learning, "-o", files / "vectors", "-q")
    assert learnt.exit_code == 0, learnt.output
    assert train(files, "--unlabelled", files / "unsup.txt.gz", *dim, "-q").exit_code == 0
    assert train(files, "--vectors", files / "vectors", *dim, "-q", model="by-hand").exit_code == 0
    model = load_classifier(files / "model")
    assert model.network.words.dim == 12
    assert model.equals(load_classifier(files / "by-hand"))
    assert parents_of(files / "model") == {"texts": file_digest(files / "texts.txt")}


def test_given_vectors_stand_beside_their_own(files):
    (files / "given.txt").write_text("good 1 0 2\nbad 0 1 2\nnew 1 1 1\n")
    assert run("embeddings", "import", files / "given.txt", "-o", files / "given", "-q").exit_code == 0
    both = train(files, "--vectors", files / "given", "--unlabelled", files / "unsup.txt.gz", "-q")
    assert both.exit_code == 0, both.output
    words = load_classifier(files / "model").network.words
    assert words.dim == 103
    assert np.isfinite(words.static.numpy()).all()
    assert set(parents_of(files / "model")) == {"vectors", "texts"}


def test_texts_without_a_frequent_word_are_refused(files):
    (files / "train.tsv").write_text("pos\tgood\nneg\tbad\npos\tgreat\nneg\tpoor\n")
    (files / "few.txt").write_text("a word or two\n")
    refused = train(files, "--unlabelled", files / "few.txt", "-q")
    assert refused.exit_code == 1
    assert refused.stderr == (
        "Error: --unlabelled: expected enough text to learn word vectors from, found hardly a word that "
        "occurs 5 times; without unlabelled texts the network learns them as it goes\n"
    )
    assert not (files / "model").exists()
