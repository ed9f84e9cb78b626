import json
import re
from pathlib import Path

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import evaluate
from wordlab.text import Vocabulary

from .conftest import everything_in, run


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_the_loss_is_measured(place, precision):
    command = ("embeddings", "quantise", "vectors", "-o", "small", "--precision", precision)
    facts = json.loads(run(*command, "--json", "-q").stdout)
    before, after = WordVectors.load("vectors"), WordVectors.load("small")
    assert after.precision == facts["precision"] == precision
    assert after.outputs is None
    assert facts["outputs_dropped"] is True
    assert facts["largest_change"] == np.abs(before.matrix - after.matrix).max() > 0
    sizes = [sum(path.stat().st_size for path in Path(name).iterdir()) for name in ("vectors", "small")]
    assert list(facts["bytes"].values()) == sizes
    assert sizes[1] < sizes[0] / 3  # half the bytes of a number or less, and no outputs
    assert json.loads(Path("small/manifest.json").read_text())["parents"] == {"vectors": before.digest}
    for side, vectors in (("before", before), ("after", after)):
        found = evaluate(vectors)
        spearman = [result.spearman for result in found.similarities]
        shares = [result.total.accuracy if result.total.num_used else None for result in found.analogies]
        assert [row[side] for row in facts["scores"]] == spearman + shares
    tests = ["WordSim-353", "SimLex-999", "Google analogies", "Google analogies"]
    assert [row["test"] for row in facts["scores"]] == tests


def test_what_people_see(place):
    result = run("embeddings", "quantise", "vectors", "-o", "small", "--precision", "int8")
    assert result.exit_code == 0
    assert re.search(r"^left out +output vectors; training that continues", result.stdout, re.M)
    assert re.search(r"^WordSim-353 +Spearman +-?0\.\d{4} +-?0\.\d{4} +[+-]0\.\d{4}$", result.stdout, re.M)
    assert re.search(r"^bytes +[\d,]+ +[\d,]+ +-\d\d\.\d%$", result.stdout, re.M)
    assert "Next:\n  wordlab embeddings nearest small/ king\n" in result.stderr
    again = run("embeddings", "nearest", "small", "king")
    assert again.exit_code == 0


def test_vectors_that_no_test_knows(place):
    words = ["好", "坏", "大"]
    WordVectors(Vocabulary(words, [3, 2, 1]), np.eye(3)).save("chinese")
    result = run("embeddings", "quantise", "chinese", "-o", "small", "--precision", "int8")
    assert result.exit_code == 0
    assert re.search(r"^WordSim-353 +Spearman +- +- +-$", result.stdout, re.M)
    assert "left out" not in result.stdout


@pytest.mark.parametrize(
    ("matrix", "message"),
    [([[1e6], [1]], "Error: --precision: expected numbers up to 65,504 for float16, found 1e+06; int8 has")],
)
def test_numbers_that_float16_cannot_hold(place, matrix, message):
    WordVectors(Vocabulary(["a", "b"], [0, 0]), matrix).save("large")
    before = everything_in(".")
    result = run("embeddings", "quantise", "large", "-o", "small", "--precision", "float16")
    assert result.exit_code == 2
    assert result.stderr.startswith(message)
    assert everything_in(".") == before


def test_output_is_checked_first(place):
    result = run("embeddings", "quantise", "vectors", "-o", "vectors", "--precision", "int8")
    assert result.exit_code == 1
    assert result.stderr == "Error: vectors: exists already; choose another name or use --overwrite\n"


def test_training_goes_on_from_them(place):
    run("embeddings", "quantise", "vectors", "-o", "small", "--precision", "int8")
    result = run("embeddings", "train", "corpus", "-o", "longer", "--from", "small", "--epochs", 1, "-q")
    assert result.exit_code == 0, result.output
    more = WordVectors.load("longer")
    assert more.precision == "float32"
    assert more.outputs is not None
