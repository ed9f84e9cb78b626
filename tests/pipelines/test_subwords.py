"""Subword vectors on the command line: trained, asked for unknown words, evaluated, written for fastText."""

import json

import pytest

from wordlab.embeddings import WordVectors, read_vectors

from .conftest import run

LINES = "the walker walked and the walkers were walking\na painter painted the painting of painters\n"
TRAIN = ["embeddings", "train", "corpus", "--dim", "40", "--epochs", "2", "--threads", "1", "-q"]


@pytest.fixture
def here(place):
    """A directory with a corpus."""
    (place / "lines.txt").write_text(60 * LINES)
    assert run("corpus", "build", "lines.txt", "-o", "corpus", "--overwrite", "-q").exit_code == 0
    return place


def test_from_a_corpus_to_a_file_for_fasttext(here):
    result = run(*TRAIN, "--subwords", "--max-ngram", "4", "-o", "v", "--json")
    assert result.exit_code == 0, result.stderr
    config = json.loads(result.stdout)["config"]
    assert (config["objective"], config["min_ngram"], config["max_ngram"]) == ("subwords", 3, 4)
    nearest = run("embeddings", "nearest", "v", "walkerz", "-k", "3", "--json")
    answers = json.loads(nearest.stdout)["words"][0]["nearest"]
    assert any(found["word"].startswith("walk") for found in answers)

    (here / "pairs.tsv").write_text(
        "walked\twalkings\t9\npainter\tpainted\t7\nwalk\tzebra\t1\npaints\tthe\t0\n"
    )
    shown = run("embeddings", "evaluate", "v", "--similarity", "pairs.tsv", "--no-analogies")
    assert shown.exit_code == 0, shown.stderr
    heading, row = [line.split() for line in shown.stdout.splitlines() if "pairs" in line][:2]
    assert heading[-4:] == ["used", "by", "subwords", "lost"]
    assert row[-3:] == ["3", "2", "1"]

    assert run("embeddings", "export", "v", "v.bin", "--format", "fasttext-binary").exit_code == 0
    vectors = WordVectors.load(here / "v")
    assert read_vectors(here / "v.bin")["walkerz"].tobytes() == vectors["walkerz"].tobytes()
    assert run("embeddings", "export", "v", "v.npz", "--format", "numpy").exit_code == 0
    assert read_vectors(here / "v.npz")["walkerz"].tobytes() == vectors["walkerz"].tobytes()


def test_what_is_left_out_when_continuing_is_as_before(here):
    assert run(*TRAIN, "--subwords", "--buckets", "900", "-o", "v").exit_code == 0
    result = run(
        "embeddings", "train", "corpus", "--from", "v", "--epochs", "1", "-o", "further", "--json", "-q"
    )
    config = json.loads(result.stdout)["config"]
    assert (config["objective"], config["buckets"], config["epochs"]) == ("subwords", 900, 1)


def test_a_dry_run_counts_the_buckets_that_occur(here):
    plain, subwords = (
        json.loads(run(*TRAIN, *options, "-o", "v", "--dry-run", "--json").stdout)
        for options in ([], ["--subwords"])
    )
    assert plain["disk"]["needed"] < subwords["disk"]["needed"] < plain["disk"]["needed"] + 100_000
    assert subwords["memory"]["matrices"] > plain["memory"]["matrices"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--max-ngram", "5"], "--max-ngram: expected --subwords beside it, found plain training"),
        (["--subwords", "--min-ngram", "7"], "--min-ngram: expected at most the --max-ngram 6, found 7"),
        (["--subwords", "--buckets", "0"],
         "--buckets: expected a whole number from 1 to 2147483647, found 0"),
        (["--position-weights"], "--position-weights: expected the model cbow, found skipgram"),
        (["--subwords", "--engine", "torch"],
         "--engine: expected compiled for the objective subwords, found torch"),
    ],
)  # fmt: skip
def test_options_that_do_not_fit(here, options, message):
    result = run(*TRAIN, *options, "-o", "v")
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (here / "v").exists()
