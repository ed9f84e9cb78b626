"""Subword vectors on the command line: trained, asked for unknown words, evaluated, written for fastText."""

import json

import numpy as np
import pytest

from wordlab.embeddings import WordVectors, read_vectors
from wordlab.embeddings.subwords import Subwords
from wordlab.text import Vocabulary

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
    lines = shown.stdout.splitlines()
    first = lines.index("Scores") + 1
    heading, row = (line.split() for line in lines[first : first + 2])
    assert heading[-5:] == ["used", "by", "subwords", "lost", "coverage"]
    assert row[-4:] == ["3", "2", "1", "75.0%"]

    assert run("embeddings", "export", "v", "v.bin", "--format", "fasttext").exit_code == 0
    vectors = WordVectors.load(here / "v")
    assert read_vectors(here / "v.bin")["walkerz"].tobytes() == vectors["walkerz"].tobytes()
    assert run("embeddings", "export", "v", "v.npz", "--format", "numpy").exit_code == 0
    assert read_vectors(here / "v.npz")["walkerz"].tobytes() == vectors["walkerz"].tobytes()


def test_from_a_corpus_to_a_table_for_spacy(here):
    assert run(*TRAIN, "--subwords", "--hashes", "2", "--buckets", "900", "-o", "v").exit_code == 0
    vectors = WordVectors.load(here / "v")
    assert run("embeddings", "export", "v", "v.floret", "--format", "floret", "-q").exit_code == 0
    refused = run("embeddings", "export", "v", "v.bin", "--format", "fasttext")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "Error: cannot be written as fasttext: expected n-grams hashed as in fastText, found 2 hashes "
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


SPELT_OUT = (
    "--subwords --learning-rate 0.05 --min-learning-rate 0 --ns-exponent 0.5 --subsample-form fasttext "
    "--line-end"
)


@pytest.mark.parametrize(
    ("options", "spelt_out"),
    [
        ("--buckets 900", f"{SPELT_OUT} --buckets 900"),
        (
            "--buckets 900 --no-line-end --ns-exponent 0.75 --learning-rate 0.1",
            "--subwords --buckets 900 --min-learning-rate 0 --subsample-form fasttext --learning-rate 0.1",
        ),
        ("--no-subwords --dim 8", f"{SPELT_OUT} --no-subwords --dim 8"),
    ],
)
def test_a_preset_is_nothing_but_options(here, options, spelt_out):
    assert run(*TRAIN, "--preset", "fasttext", *options.split(), "-o", "preset").exit_code == 0
    assert run(*TRAIN, *spelt_out.split(), "-o", "spelt-out").exit_code == 0
    preset, spelt = (
        {path.name: path.read_bytes() for path in (here / name).iterdir()} for name in ("preset", "spelt-out")
    )
    assert preset == spelt
    assert ("</s>" in WordVectors.load(here / "preset")) == ("--no-line-end" not in options)


def test_what_a_preset_sets_is_shown(here):
    shown = run(*TRAIN, "--preset", "fasttext", "--ns-exponent", "0.7", "-o", "v", "--dry-run")
    assert shown.exit_code == 0, shown.stderr
    left = SPELT_OUT.replace("--ns-exponent 0.5 ", "")
    assert shown.stdout.splitlines()[0].split(maxsplit=1) == ["preset", f"fasttext: {left}"]
    facts = json.loads(run(*TRAIN, "--preset", "fasttext", "-o", "v", "--dry-run", "--json").stdout)
    assert facts["preset"] == {
        "name": "fasttext",
        "options": {"objective": "subwords", "learning_rate": 0.05, "min_learning_rate": 0.0,
                    "ns_exponent": 0.5, "subsample_form": "fasttext", "line_end": True},
    }  # fmt: skip
    words = " ".join(run("embeddings", "train", "--help").stdout.split()).replace("- ", "-")
    assert f"fasttext is {SPELT_OUT}." in words


def test_a_preset_wins_over_the_run_that_is_continued(here):
    assert run(*TRAIN, "--subwords", "--buckets", "900", "--subsample", "0", "-o", "v").exit_code == 0
    more = ["embeddings", "train", "corpus", "--from", "v", "--epochs", "1", "-q", "-o", "further", "--json"]
    result = run(*more, "--preset", "fasttext")
    assert result.exit_code == 0, result.stderr
    config = json.loads(result.stdout)["config"]
    assert (config["buckets"], config["ns_exponent"], config["line_end"]) == (900, 0.5, True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--preset", "floret"], "--preset: expected one of fasttext, found 'floret'"),
        (["--preset", "fastext"],
         "--preset: expected one of fasttext, found 'fastext'; did you mean 'fasttext'?"),
        (["--preset", "fasttext", "--min-learning-rate", "0.06"],
         "--min-learning-rate: expected at most the --learning-rate 0.05, found 0.06"),
        (["--preset", "fasttext", "--no-subwords", "--max-ngram", "5"],
         "--max-ngram: expected --subwords beside it, found plain training"),
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


class TestUnknownWords:
    WORDS = ("government", "governor", "minister", "cricket", "batsman")

    @pytest.fixture
    def asked(self, place):
        """Vectors of words that are means of their n-grams, which begin with 3 characters."""
        subwords = Subwords(3, 5, np.random.default_rng(2).normal(size=(20_000, 100)))
        vocabulary = Vocabulary(self.WORDS, [5, 4, 3, 2, 1])
        WordVectors(vocabulary, subwords.vectors(self.WORDS), subwords=subwords).save(place / "subwords")
        return place

    def test_a_misspelt_word_is_answered_and_the_output_says_how(self, asked):
        result = run("embeddings", "nearest", "subwords", "govrenment", "minister", "-k", "2")
        assert result.exit_code == 0
        assert result.stderr == (
            "Note: 'govrenment' is not in the vocabulary; its vector is the mean of its n-grams\n"
        )
        assert result.stdout.splitlines()[1].split()[0] == "government"
        found = json.loads(run("embeddings", "nearest", "subwords", "govrenment", "-k", "1", "--json").stdout)
        assert found["words"][0]["nearest"][0]["word"] == "government"
        assert found["through_subwords"] == ["govrenment"]

    def test_all_questions(self, asked):
        result = run("embeddings", "analogy", "subwords", "goverment", "minister", "crickett", "-k", "1")
        assert result.stderr == (
            "Note: 'goverment', 'crickett' are not in the vocabulary; their vectors are the means of their "
            "n-grams\n"
        )
        for command in (
            ("analogy", "subwords", "goverment", "minister", "cricket"),
            ("odd-one-out", "subwords", "goverment", "governor", "cricket"),
            ("similarity", "subwords", "goverment", "government"),
            ("similarity", "subwords", "goverment,minister", "cricket", "--lists"),
        ):
            result = run("embeddings", *command, "--json")
            assert json.loads(result.stdout)["through_subwords"] == ["goverment"]
            assert "Note: 'goverment' is not in the vocabulary" in result.stderr
            known = run("embeddings", *(word.replace("goverment", "government") for word in command))
            assert (known.exit_code, known.stderr) == (0, "")
        words = "goverment,government,cricket"
        result = run("embeddings", "plot", "subwords", "words.svg", "--words", words, "--method", "pca")
        assert result.exit_code == 0, result.stderr
        assert "Note: 'goverment' is not in the vocabulary" in result.stderr

    @pytest.mark.parametrize("word", ["", "</s>"])
    def test_a_word_without_n_grams_is_one_clear_line(self, asked, word):
        for command in (
            ("nearest", "subwords", "governer", word),
            ("analogy", "subwords", "minister", word, "cricket"),
            ("odd-one-out", "subwords", "minister", word, "cricket"),
            ("similarity", "subwords", "minister", word),
            ("plot", "subwords", "words.svg", "--words", f"minister,{word},cricket"),
        ):
            result = run("embeddings", *command)
            assert (result.exit_code, result.stdout) == (1, "")
            assert result.stderr == (
                f"Error: '{word}' is not among the 5 words, and no n-gram of 3 to 5 characters gives it a "
                "vector\n"
            )
        assert not (asked / "words.svg").exists()

    def test_hostile_words(self, asked):
        result = run("embeddings", "nearest", "subwords", 100_000 * "x", "cr\x1b[31mcket\x01", "-k", "1")
        assert result.exit_code == 0
        assert len(result.stderr) < 300
        assert "\x1b" not in result.output
        assert result.stdout.splitlines()[-1].split()[0] == "cricket"

    def test_analogies_through_subwords_have_a_column(self, asked):
        (asked / "questions.txt").write_text(
            ": all\ngovernment governor crickett cricket\ngovernment governor minister batsman\n"
        )
        command = ("embeddings", "evaluate", "subwords", "--no-similarity", "--analogies", "questions.txt")
        lines = run(*command, "-q").stdout.splitlines()
        heading, row = [line.split() for line in lines if line.startswith(("section", "all"))]
        assert heading == ["section", "3CosAdd", "3CosMul", "used", "by", "subwords", "lost", "coverage"]
        assert row[-4:] == ["2", "1", "0", "100.0%"]
        plain = run(*(word.replace("subwords", "vectors") for word in command), "-q").stdout
        assert "by subwords" not in plain

    def test_classifiers(self, asked):
        (asked / "reviews.tsv").write_text(
            "label\ttext\n" + 12 * "pos\tthe government minister\nneg\tthe crickett batsman\n"
        )
        for model in ("textcnn", "birnn", "mean-vectors"):
            options = ("--model", model, "--vectors", "subwords", "--overwrite", "-o", "model")
            if model != "mean-vectors":
                options = (*options, "--epochs", "1", "--threads", "1")
            result = run("sentiment", "train", "reviews.tsv", *options)
            assert result.exit_code == 0, result.stderr
            assert "through subwords" in result.stdout
            found = json.loads(run("sentiment", "predict", "model", "the govrenment", "--json").stdout)
            through = {"textcnn": 0.5, "birnn": 0.5, "mean-vectors": 1.0}[model]
            assert found["coverage"]["tokens_through_subwords"] == through, model
            shown = run("sentiment", "predict", "model", "govrenment, terrible", "--explain").stdout
            assert "through subwords" in shown
            assert run("sentiment", "evaluate", "model", "reviews.tsv").exit_code == 0
        compared = run("sentiment", "compare", "reviews.tsv", "--test-share", "0.5", "--vectors", "subwords",
                       "--models", "mean-vectors", "-o", "compared")  # fmt: skip
        assert compared.exit_code == 0, compared.stderr
        assert "by subwords" in compared.stdout.splitlines()[0]
