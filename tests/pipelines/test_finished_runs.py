"""--resume of a run that is finished: it says so, changes nothing, and is not an error."""

import json
import shutil

import pytest

from .conftest import run


def state_of(folder):
    return {path.name: (path.read_bytes(), path.stat().st_ino) for path in folder.iterdir()}


SENTIMENT = ("sentiment", "train", "reviews.tsv", "--checkpoint", "state", "--resume", "-o", "made",
             "--threads", 1, "--num-channels", 4, "--plot", "curves.png")  # fmt: skip
VECTORS = ("embeddings", "train", "corpus", "--resume", "-o", "made", "--threads", 1, "--dim", 8)


@pytest.mark.parametrize(("words", "epochs"), [(SENTIMENT, 2), (VECTORS, 2)], ids=["sentiment", "embeddings"])
def test_a_finished_run_is_not_an_error(place, words, epochs):
    first = run(*words, "--epochs", epochs, "--json")
    assert first.exit_code == 0, first.output
    before = state_of(place / "made")
    again = run(*words, "--epochs", epochs, "--json")
    assert again.exit_code == 0, again.output
    assert "made/ is finished: 2 epochs done, nothing left to train\n" in again.stderr
    assert state_of(place / "made") == before
    facts, same = json.loads(first.stdout), json.loads(again.stdout)
    assert facts.keys() == same.keys()
    assert facts["config"] == same["config"]
    quiet = run(*words, "--epochs", epochs, "-q")
    assert (quiet.exit_code, quiet.stderr) == (0, "")
    assert "made/" in quiet.stdout
    assert state_of(place / "made") == before


EXISTS = "Error: made: exists already; choose another name or use --overwrite"


@pytest.mark.parametrize(
    ("words", "others"),
    [(SENTIMENT, ("--seed", 2)), (SENTIMENT, ("--epochs", 3)), (VECTORS, ("--epochs", 3)),
     (VECTORS, ("--window", 2)), (VECTORS, ("--from", "vectors")), (VECTORS, ("--engine", "torch"))],
)  # fmt: skip
def test_what_another_run_made_is_left_unchanged(place, words, others):
    assert run(*words, "--epochs", 2, "-q").exit_code == 0
    before = state_of(place / "made")
    result = run(*words, "--epochs", 2, *others, "-q")
    assert (result.exit_code, result.stderr) == (1, EXISTS + "\n")
    assert state_of(place / "made") == before


def test_other_texts_are_another_run(place):
    assert run(*SENTIMENT, "--epochs", 1, "-q").exit_code == 0
    before = state_of(place / "made")
    text = (place / "reviews.tsv").read_text()
    (place / "reviews.tsv").write_text(text.replace("pos\tso good", "neg\tso good", 1))  # a label alone
    result = run(*SENTIMENT, "--epochs", 1, "-q")
    assert result.stderr == "Error: state: expected a run on these texts and vectors, found other ones\n"
    (place / "state").rename(place / "old-state")
    result = run(*SENTIMENT, "--epochs", 1, "-q")
    assert (result.exit_code, result.stderr) == (1, EXISTS + "\n")
    assert state_of(place / "made") == before


def test_another_corpus_is_another_run(place):
    assert run(*VECTORS, "--epochs", 1, "-q").exit_code == 0
    assert run("corpus", "build", "more", "-o", "corpus", "--overwrite", "-q").exit_code == 0
    result = run(*VECTORS, "--epochs", 1, "-q")
    assert (result.exit_code, result.stderr) == (1, EXISTS + "\n")


def test_options_not_given_are_those_of_the_finished_run(place):
    assert run(*VECTORS, "--epochs", 1, "-q").exit_code == 0
    shutil.copytree(place / "made", place / "made.checkpoint")  # a kill came before it was removed
    result = run("embeddings", "train", "corpus", "--resume", "-o", "made")
    assert result.exit_code == 0, result.output
    assert "made/ is finished: 1 epoch done, nothing left to train\n" in result.stderr
    assert not (place / "made.checkpoint").exists()


def test_a_run_that_ended_before_its_output_was_written(place):
    assert run(*SENTIMENT, "--epochs", 2, "-q").exit_code == 0
    whole = {name: content for name, (content, _) in state_of(place / "made").items()}
    (place / "made").rename(place / "gone")
    (place / "curves.png").unlink()
    result = run(*SENTIMENT, "--epochs", 2, "-q")
    assert (result.exit_code, result.stderr) == (0, "")
    assert {name: content for name, (content, _) in state_of(place / "made").items()} == whole
