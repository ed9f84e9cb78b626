"""`wordlab embeddings train --model glove`: from a corpus or from counts, and options of other models."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.training import Cooccurrences

from .conftest import everything_in, run

TRAIN = ("embeddings", "train", "corpus", "-o", "new", "--model", "glove", "--dim", 10)


def test_it_trains_and_shows_pairs(place):
    result = run(*TRAIN, "--epochs", 3)
    assert result.exit_code == 0, result.output
    assert "pairs/s" in result.stdout
    assert "Mean loss of a pair" in result.stdout
    assert "count pairs: done in" in result.stderr
    vectors = WordVectors.load("new")
    config = vectors.details["config"]
    assert (config["objective"], config["window"], config["learning_rate"]) == ("glove", 10, 0.05)
    assert run("embeddings", "nearest", "new", "king").exit_code == 0


def test_json(place):
    facts = json.loads(run(*TRAIN, "--json", "-q", "--epochs", 2).stdout)
    assert facts.keys() == {
        "output", "num_words", "dim", "losses", "pairs_per_second", "seconds", "config",
    }  # fmt: skip
    assert len(facts["losses"]) == 2
    assert facts["pairs_per_second"] > 0


def test_counts_give_what_the_corpus_gives(place):
    assert run(*TRAIN, "--epochs", 2, "-q").exit_code == 0
    words = ("embeddings", "train", "counts", "-o", "by-counts", "--model", "glove", "--dim", 10)
    assert run(*words, "--epochs", 2, "-q").exit_code == 0
    for name in ("matrix.npy", "glove_contexts.npy", "glove_word_squares.npy"):
        assert (place / "new" / name).read_bytes() == (place / "by-counts" / name).read_bytes()
    manifests = [json.loads((place / name / "manifest.json").read_text()) for name in ("new", "by-counts")]
    assert manifests[0]["details"] == manifests[1]["details"]
    assert manifests[1]["parents"] == {
        **manifests[0]["parents"],
        "cooccurrences": Cooccurrences.load("counts").digest,
    }


def test_settings_of_the_counts_are_taken(place):
    run("corpus", "cooccurrences", "corpus", "-o", "narrow", "--window", 3, "--left", "-q")
    result = run("embeddings", "train", "narrow", "-o", "new", "--model", "glove", "--epochs", 1, "--json")
    config = json.loads(result.stdout)["config"]
    assert (config["window"], config["symmetric"]) == (3, False)


def test_training_goes_on(place):
    assert run(*TRAIN, "--epochs", 4, "-q").exit_code == 0
    assert run(*TRAIN[:4], "half", *TRAIN[5:], "--epochs", 2, "-q").exit_code == 0
    result = run("embeddings", "train", "corpus", "--from", "half", "-o", "rest", "-q")
    assert result.exit_code == 0, result.output
    assert np.array_equal(WordVectors.load("rest").matrix, WordVectors.load("new").matrix)


def test_a_picture_of_the_loss(place):
    assert run(*TRAIN, "--epochs", 3, "--plot", "loss.png", "-q").exit_code == 0
    assert (place / "loss.png").read_bytes().startswith(b"\x89PNG")
    again = run(*TRAIN, "--epochs", 3, "--plot", "loss.png", "-q", "--overwrite")
    assert again.exit_code == 0
    assert run(*TRAIN, "--plot", "corpus/loss.png", "--overwrite").exit_code == 1


def test_a_picture_of_the_weights(place):
    words = ("corpus", "cooccurrences", "counts", "--plot", "weights.svg", "--x-max", 10, "--alpha", 0.5)
    result = run(*words)
    assert result.exit_code == 0, result.output
    assert "picture   weights.svg\n" in result.stdout
    assert run(*words).exit_code == 1
    assert run(*words, "--overwrite").exit_code == 0


def test_a_dry_run(place):
    before = everything_in(place)
    shown = run(*TRAIN, "--dry-run", "--epochs", 2)
    assert shown.exit_code == 0, shown.output
    assert "pairs     about " in shown.stdout
    assert "pairs, in their order" in shown.stdout
    assert "counting  about " in shown.stdout
    facts = json.loads(run(*TRAIN, "--dry-run", "--epochs", 2, "--json").stdout)
    assert facts["num_pairs"] == pytest.approx(Cooccurrences.load("counts").num_pairs, rel=0.05)
    assert facts["time"].keys() == {"training", "pairs_per_second", "compilation", "counting"}
    assert everything_in(place) == before


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ("corpus --model glove --negative 5", 2,
         "--negative: expected --model skipgram or cbow beside it, found glove"),
        ("corpus --model glove --subwords", 2,
         "--subwords: expected --model skipgram or cbow beside it, found glove"),
        ("corpus --model glove --max-ngram 5", 2,
         "--max-ngram: expected --model skipgram or cbow beside it, found glove"),
        ("corpus --model glove --preset fasttext", 2,
         "--preset: expected --model skipgram or cbow beside it, found glove"),
        ("corpus --model glove --compass vectors", 2,
         "--compass: expected --model skipgram or cbow beside it, found glove"),
        ("corpus --model glove --device cpu", 2,
         "--device: expected --model skipgram or cbow beside it, found glove"),
        ("corpus --model glove --engine torch", 2, "--engine: expected compiled for glove, found torch"),
        ("corpus --model glove --min-learning-rate 0.1", 2,
         "--min-learning-rate: expected --model skipgram or cbow beside it, found glove"),
        ("corpus --x-max 10", 2, "--x-max: expected --model glove beside it, found skipgram"),
        ("corpus --left", 2, "--symmetric: expected --model glove beside it, found skipgram"),
        ("corpus --model cbow --memory 1GB", 2, "--memory: expected --model glove beside it, found cbow"),
        ("corpus --model cbow --tolerance 0.1", 2,
         "--tolerance: expected --model glove beside it, found cbow"),
        ("corpus --model glove --x-max 0", 2,
         "--x-max: expected a number from 0.001 to 1000000000.0, found 0.0"),
        ("corpus --model glove --alpha -1", 2, "--alpha: expected a number from 0.0 to 10.0, found -1.0"),
        ("corpus --model glove --alpha nan", 2, "--alpha: expected a number from 0.0 to 10.0, found nan"),
        ("corpus --model glove --tolerance 2", 2,
         "--tolerance: expected a number from 0.0 to 1.0, found 2.0"),
        ("corpus --model glove --memory 1MB", 1, "--memory: expected 46 MB or more to count the pairs of"),
        ("counts", 2, "--model: expected glove for co-occurrence counts, found skipgram"),
        ("counts --model cbow", 2, "--model: expected glove for co-occurrence counts, found cbow"),
        ("counts --model glove --window 5", 2,
         "--window: expected 10, as the counts were made with, found 5"),
        ("counts --model glove --left", 2,
         "--symmetric: expected True, as the counts were made with, found False"),
        ("corpus --model glove --from vectors", 2,
         "--model: expected vectors that GloVe trained to start from, with both parts of each word, found"),
    ],
)  # fmt: skip
def test_what_is_refused(place, words, code, message):
    before = everything_in(place)
    result = run("embeddings", "train", *words.split(), "-o", "x")
    assert result.exit_code == code, result.output
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert everything_in(place) == before


def test_vectors_of_glove_begin_as_those_of_a_file_for_other_models(place):
    assert run(*TRAIN, "--epochs", 1, "-q").exit_code == 0
    words = ("embeddings", "train", "corpus", "--from", "new", "--model", "cbow", "-o", "other", "--json")
    config = json.loads(run(*words, "--epochs", 1, "-q").stdout)["config"]
    assert (config["model"], config["dim"], config["window"]) == ("cbow", 10, 5)


def test_quantised_vectors_say_what_is_left_out(place):
    assert run(*TRAIN, "--epochs", 1, "-q").exit_code == 0
    result = run("embeddings", "quantise", "new", "-o", "small", "--precision", "float16")
    assert "both parts of each word; training cannot continue from these" in result.stdout


def test_it_is_stopped_and_resumed(place):
    """A SIGTERM in the middle; what is resumed ends with the bytes of a run without it."""
    code = "from pipelines.cli import main; main()"
    words = [str(word) for word in (*TRAIN, "--epochs", 600, "--checkpoint-every", "0.2s")]
    process = subprocess.Popen([sys.executable, "-c", code, *words], stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not os.path.exists("new.checkpoint/manifest.json") and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 143, said
    assert "new.checkpoint holds the state; --resume continues from it" in said
    assert run("embeddings", "train", "corpus", "-o", "new", "--resume", "-q").exit_code == 0
    assert run(*TRAIN[:4], "whole", *TRAIN[5:], "--epochs", 600, "-q").exit_code == 0
    assert (place / "new" / "matrix.npy").read_bytes() == (place / "whole" / "matrix.npy").read_bytes()
    assert not any(name.startswith(".") for name in os.listdir(place))
    again = run("embeddings", "train", "corpus", "-o", "new", "--resume")
    assert "new/ is finished: 600 epochs done, nothing left to train" in again.stderr
