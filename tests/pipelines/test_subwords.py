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


def test_from_a_corpus_to_a_table_for_spacy(here):
    assert run(*TRAIN, "--subwords", "--hashes", "2", "--buckets", "900", "-o", "v").exit_code == 0
    vectors = WordVectors.load(here / "v")
    assert run("embeddings", "export", "v", "v.floret", "--format", "floret", "-q").exit_code == 0
    refused = run("embeddings", "export", "v", "v.bin", "--format", "fasttext-binary")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "Error: cannot be written as fasttext-binary: expected n-grams hashed as in fastText, found 2 hashes "
        "of each; --format floret writes these\n",
    )
    assert not (here / "v.bin").exists()

    refused = run("embeddings", "import", "v.floret", "-o", "again")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "Error: v.floret: expected a list of words, found a table of floret, which has none but gives any a "
        "vector; --only names a list, a corpus or other vectors\n",
    )
    result = run("embeddings", "import", "v.floret", "-o", "again", "--only", "corpus", "--json")
    assert json.loads(result.stdout)["only"] == {"num_wanted": len(vectors), "num_found": len(vectors)}
    again = WordVectors.load(here / "again")
    for word in (*vectors.vocabulary.words, "walkerz"):
        assert again[word].tobytes() == vectors[word].tobytes()
    assert run("embeddings", "quantise", "v", "-o", "small", "-q", "--precision", "int8").exit_code == 0
    assert WordVectors.load(here / "small")["walkerz"] == pytest.approx(vectors["walkerz"], abs=0.01)
    for start in ("v", "again"):
        result = run(*TRAIN, "--from", start, "--subwords", "--hashes", "3", "-o", "w")
        expected = "expected 2, as the vectors to start from have, found 3"
        assert (result.exit_code, expected in result.stderr) == (2, True), result.stderr
    options = ["--from", "again", "--subwords", "--hashes", "2", "--buckets", "900"]
    assert run(*TRAIN, *options, "-o", "w").exit_code == 0


def test_what_is_left_out_when_continuing_is_as_before(here):
    assert run(*TRAIN, "--subwords", "--buckets", "900", "-o", "v").exit_code == 0
    result = run(
        "embeddings", "train", "corpus", "--from", "v", "--epochs", "1", "-o", "further", "--json", "-q"
    )
    config = json.loads(result.stdout)["config"]
    assert (config["objective"], config["buckets"], config["epochs"]) == ("subwords", 900, 1)


def test_a_dry_run_counts_the_buckets_that_occur(here):
    plain, subwords, hashed = (
        json.loads(run(*TRAIN, *options, "-o", "v", "--dry-run", "--json").stdout)
        for options in ([], ["--subwords"], ["--subwords", "--hashes", "2", "--buckets", "20"])
    )
    assert plain["disk"]["needed"] < subwords["disk"]["needed"] < plain["disk"]["needed"] + 100_000
    assert (
        subwords["memory"]["matrices"] > plain["memory"]["matrices"] > hashed["memory"]["matrices"] - 10_000
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--max-ngram", "5"], "--max-ngram: expected --subwords beside it, found plain training"),
        (["--hashes", "2"], "--hashes: expected --subwords beside it, found plain training"),
        (["--subwords", "--hashes", "5"], "--hashes: expected a whole number from 0 to 4, found 5"),
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
