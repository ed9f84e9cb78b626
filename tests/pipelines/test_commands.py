import io
import json
import re

import numpy as np
import pytest

from pipelines import console
from pipelines.console import drawing
from wordlab.embeddings import WordVectors, read_vectors
from wordlab.progress import Progress, compiling, in_passing
from wordlab.text import Corpus

from .conftest import run


def as_json(*words):
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    value = json.loads(result.stdout)
    assert isinstance(value, dict)
    return value


def test_build_reports_what_it_made(place):
    facts = as_json("corpus", "build", "articles.txt", "-o", "new", "--min-count", 2)
    made = Corpus.load("new")
    assert facts.keys() == {
        "num_tokens", "num_lines", "num_words", "num_raw_tokens", "num_raw_types", "num_dropped_tokens",
        "num_replaced", "dropped_share", "min_count", "max_vocab", "output", "most_frequent", "tokenizer",
        "sources", "notes", "seconds", "stop_words", "sentences",
    }  # fmt: skip
    assert facts["num_tokens"] == made.num_tokens == facts["num_raw_tokens"] - facts["num_dropped_tokens"]
    assert facts["dropped_share"] == facts["num_dropped_tokens"] / facts["num_raw_tokens"]
    assert facts["most_frequent"][0]["word"] == made.vocabulary.words[0]


def test_build_options_reach_the_library(place):
    (place / "t.tsv").write_text("1\tThe well-known Cat\n" * 3)
    words = (
        "corpus build t.tsv -o new --no-header --text-column 1 --no-lowercase --hyphens split --min-count 1"
    )
    assert run(*words.split(), "--max-vocab", 3, "--threads", 1).exit_code == 0
    assert set(Corpus.load("new").vocabulary) == {"The", "well", "known"}
    words = "corpus build t.tsv -o raw --input-format text --tokenizer whitespace --min-count 1"
    assert run(*words.split()).exit_code == 0
    assert set(Corpus.load("raw").vocabulary) == {"1", "The", "well-known", "Cat"}


def test_build_reads_stdin(place):
    from_file = as_json("corpus", "build", "articles.txt", "-o", "one")
    result = run("corpus", "build", "-", "-o", "two", input=(place / "articles.txt").read_bytes())
    assert result.exit_code == 0, result.output
    one, two = Corpus.load("one"), Corpus.load("two")
    assert np.array_equal(one.token_ids, two.token_ids)
    assert two.num_tokens == from_file["num_tokens"]


def test_a_report_ends_with_what_to_type_next(place):
    result = run("corpus", "build", "articles.txt", "-o", "my corpus")
    assert result.stderr.endswith(
        "\nNext:\n  wordlab corpus stats 'my corpus/'\n  wordlab embeddings train 'my corpus/' -o vectors/\n"
    )
    assert run("corpus", "stats", "corpus", "--quiet").stderr == ""
    assert run("corpus", "stats", "corpus", "--json").stderr == ""


def test_stats(place):
    facts, corpus = as_json("corpus", "stats", "corpus", "--top", 3), Corpus.load("corpus")
    lengths = np.diff(corpus.line_offsets)
    assert facts["line_lengths"]["median"] == np.median(lengths)
    assert facts["line_lengths"]["mean"] == pytest.approx(lengths.mean())
    assert facts["coverage"]["100"] == pytest.approx(corpus.vocabulary.counts[:100].sum() / corpus.num_tokens)
    assert facts["share_kept"] == pytest.approx(corpus.num_tokens / facts["num_raw_tokens"])
    assert [entry["count"] for entry in facts["most_frequent"]] == corpus.vocabulary.counts[:3].tolist()
    shown = run("corpus", "stats", "corpus").stdout
    assert f"tokens     {corpus.num_tokens:,}\n" in shown
    assert "\x1b" not in shown


def test_subsample(place):
    words = ["corpus", "subsample", "corpus", "--threshold", "1e-3", "--seed", 3]
    facts = as_json(*words, "--words", "the,king", "-o", "thinned", "--plot", "kept.svg")
    thinned = Corpus.load("thinned")
    assert facts["num_kept"] == thinned.num_tokens
    assert [entry["word"] for entry in facts["words"]] == ["the", "king"]
    kept = facts["words"][0]["num_kept"]
    assert kept == thinned.vocabulary.counts[thinned.vocabulary.id("the")] < facts["words"][0]["count"]
    after = np.diff(thinned.line_offsets)
    assert facts["line_lengths"]["after"]["mean"] == pytest.approx(after.mean())
    assert facts["line_lengths"]["after"]["median"] == np.median(after)
    assert sum(facts["histogram"]["before"]) == facts["num_lines"]
    assert (place / "kept.svg").read_text().startswith("<?xml")
    stats = run("corpus", "stats", "thinned").stdout
    assert "subsampled  with threshold 0.001 (word2vec, seed 3)" in stats


def test_equal_pictures_are_equal_bytes(place):
    words = ["corpus", "subsample", "corpus", "--overwrite", "--plot"]
    for name in ("a.png", "a.svg", "a.pdf"):
        run(*words, name)
        first = (place / name).read_bytes()
        run(*words, name)
        assert (place / name).read_bytes() == first


def test_subsampling_that_leaves_nothing_is_still_shown(place):
    result = run("corpus", "subsample", "corpus", "--threshold", "1e-12", "--form", "paper", "--words", "the")
    assert result.exit_code == 0, result.output


def test_train(place):
    words = ["embeddings", "train", "corpus", "-o", "new", "--epochs", 2, "--threads", 1]
    facts = as_json(*words)
    vectors = WordVectors.load("new")
    assert facts.keys() == {
        "output", "num_words", "dim", "losses", "words_per_second", "seconds", "config",
    }  # fmt: skip
    assert facts["losses"] == vectors.details["losses"]
    assert len(facts["losses"]) == 2
    assert facts["words_per_second"] > 0
    manifest = json.loads((place / "new" / "manifest.json").read_text())
    assert manifest["parents"] == {"corpus": Corpus.load("corpus").digest}
    result = run(*words, "--overwrite")
    assert np.array_equal(WordVectors.load("new").matrix, vectors.matrix)
    assert f"    1  {facts['losses'][0]:.4f}\n    2  {facts['losses'][1]:.4f}\n" in result.stdout
    assert "train: done in " in result.stderr


def test_train_says_when_there_is_work_for_few_threads(place):
    words = ("embeddings", "train", "corpus", "-o", "new", "--shards", 2, "--threads")
    told = "2 of 5 threads train, one for each shard; --shards 5 is faster, with another result\n"
    assert told in run(*words, 5).stderr
    assert "one for each shard" not in run(*words, 2, "--overwrite").stderr
    assert "one for each shard" not in run(*words, 5, "--overwrite", "--quiet").stderr
    assert "one for each shard" not in run(*words, 5, "--overwrite", "--racing").stderr
    assert "one for each shard" not in run(*words, 5, "--overwrite", "--subwords", "--epochs", 1).stderr


def test_evaluate(place):
    facts = as_json("embeddings", "evaluate", "vectors", "--similarity", "my-pairs.tsv", "--policy", "gensim")
    assert facts.keys() == {"policy", "similarities", "analogies", "categories", "outliers", "scores"}
    assert facts["similarities"][0]["num_pairs"] == 3
    assert facts["similarities"][0]["num_lost"] == 1
    assert [result["method"] for result in facts["analogies"]] == ["3cosadd", "3cosmul"]
    assert as_json("embeddings", "evaluate", "vectors", "--no-analogies")["analogies"] == []
    shown = run("embeddings", "evaluate", "vectors", "--no-similarity", "-q")
    assert shown.stdout.startswith("Policy wordlab: words as written, else lower-cased; among the first ")
    assert re.search(r"^Total +\S+ +\S+ +[\d,]+ +[\d,]+ +\S+%$", shown.stdout, re.MULTILINE)
    assert "Word similarity" not in shown.stdout
    assert shown.stderr == ""


def test_evaluate_on_categories_and_outliers(place):
    tests = ("--categories", "my-categories.csv", "--outliers", "my-outliers.txt")
    words = ("embeddings", "evaluate", "vectors", "--no-similarity", "--no-analogies", *tests)
    facts = as_json(*words)
    (categories,), (outliers,) = facts["categories"], facts["outliers"]
    assert (categories["num_words"], categories["num_categories"], categories["lost_words"]) == (
        4,
        2,
        ["unicorn"],
    )
    assert len(categories["purities"]) == 10
    assert (outliers["total"]["num_used"], outliers["total"]["num_shortened"]) == (2, 2)
    assert [score["measure"] for score in facts["scores"]] == ["purity", "accuracy", "opp"]
    lines = run(*words, "-q").stdout.splitlines()
    assert [line.split()[:2] for line in lines[4:7]] == [
        ["my-categories", "purity"], ["my-outliers", "accuracy"], ["my-outliers", "OPP"]
    ]  # fmt: skip
    assert "my-categories: words from 'word', categories from 'category'" in lines
    assert lines[-1] == "my-outliers: questions asked without words of their group that have no vector: 2"


def test_evaluate_draws_its_scores(place):
    words = ("embeddings", "evaluate", "vectors", "--no-analogies", "--similarity", "my-pairs.tsv", "-q")
    done = run(*words, "--plot", "scores.svg")
    assert done.exit_code == 0, done.output
    assert "my-pairs" in done.stdout
    picture = (place / "scores.svg").read_bytes()
    assert picture.startswith(b"<?xml")
    again = run(*words, "--plot", "scores.svg")
    assert (again.exit_code, again.stdout) == (1, "")
    assert "exists already" in again.stderr
    assert run(*words, "--plot", "scores.svg", "--overwrite", "--json").exit_code == 0
    assert (place / "scores.svg").read_bytes() == picture
    assert run(*words, "--plot", "scores.txt").exit_code == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--categories", "my-pairs.tsv"), "it looks like rated pairs, which go with --similarity"),
        (("--outliers", "my-categories.csv"), "it looks like words with their categories, which"),
        (("--similarity", "my-outliers.txt"), "it looks like groups with outliers, which go with --outliers"),
        (("--analogies", "my-pairs.tsv"), "it looks like rated pairs, which go with --similarity"),
    ],
)  # fmt: skip
def test_evaluate_says_which_option_a_file_is_for(place, words, message):
    done = run("embeddings", "evaluate", "vectors", *words, "-q")
    assert done.exit_code == 1
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_questions(place):
    vectors = WordVectors.load("vectors")
    facts = as_json("embeddings", "nearest", "vectors", "king", "paris", "-k", 3)
    assert [entry["word"] for entry in facts["words"]] == ["king", "paris"]
    expected = [[n.word for n in neighbours] for neighbours in vectors.nearest(["king", "paris"], k=3)]
    assert [[n["word"] for n in entry["nearest"]] for entry in facts["words"]] == expected
    facts = as_json(
        "embeddings", "analogy", "vectors", "man", "king", "woman", "-k", 2, "--method", "3cosmul"
    )
    answers = vectors.analogy("man", "king", "woman", 2, method="3cosmul")
    assert [answer["word"] for answer in facts["answers"]] == [answer.word for answer in answers]
    facts = as_json("embeddings", "similarity", "vectors", "king", "queen", "man")
    assert [other["word"] for other in facts["others"]] == ["queen", "man"]
    assert facts["others"][0]["similarity"] == vectors.similarity("king", "queen")


@pytest.mark.parametrize("format", ["word2vec", "word2vec-binary", "glove"])
def test_export_and_import_are_inverse(format, place):
    vectors = WordVectors.load("vectors")
    assert run("embeddings", "export", "vectors", "out.gz", "--format", format).exit_code == 0
    assert as_json("embeddings", "import", "out.gz", "-o", "again")["format"] == format
    assert np.array_equal(WordVectors.load("again").matrix, vectors.matrix)
    piped = run("embeddings", "export", "vectors", "-", "--format", format)
    assert np.array_equal(read_vectors(io.BytesIO(piped.stdout_bytes)).matrix, vectors.matrix)
    result = run("embeddings", "import", "-", "-o", "piped", input=piped.stdout_bytes)
    assert result.exit_code == 0, result.output
    assert WordVectors.load("piped").vocabulary.words == vectors.vocabulary.words


def test_long_words_are_never_cut(capsys):
    word = "donau" * 60
    console.print_table(("word", "count"), [(word, "1"), ("[bold]markup[/bold]", "2"), ("\x1b[31mred", "3")])
    shown = capsys.readouterr().out
    assert word in shown
    assert "[bold]markup[/bold]" in shown
    assert "\\x1b[31mred" in shown
    assert "\x1b" not in shown


def test_plain_progress_is_sparse(capsys, clock):
    with console.progress() as listener:
        for step in range(301):  # thirty seconds, ten events a second
            clock[0] = 100 + step / 10
            listener(Progress("train", step, 300, "words", step / 10, {"loss": 2.5, "learning_rate": 0.0125}))
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "train: 3% · 10 words/s · loss 2.5 · learning rate 0.0125 · 29 s left",
        "train: 37% · 10 words/s · loss 2.5 · learning rate 0.0125 · 19 s left",
        "train: 70% · 10 words/s · loss 2.5 · learning rate 0.0125 · 9.0 s left",
        "train: done in 30 s · 10 words/s · loss 2.5 · learning rate 0.0125",
    ]


def test_compiling_is_told_in_the_middle_of_other_work(capsys, clock):
    with console.progress() as listener:
        listener(Progress("read", 5, 10, "lines", 0.5))
        for seconds in (0.25, 4.0):  # the first is too short to tell
            with compiling():
                clock[0] += seconds
        listener(Progress("read", 10, 10, "lines", 5.0))
    with console.progress(quiet=True), compiling():
        clock[0] += 4.0
    assert capsys.readouterr().err.splitlines() == [
        "compile: done in 4.0 s", "read: done in 5.0 s · 2 lines/s",
    ]  # fmt: skip


def test_what_goes_on_outside_a_progress_is_told_if_it_takes_long(capsys, clock):

    def send(seconds):
        reporter = in_passing("send s3://b/v", "bytes", 64)
        for done in range(1, 65):
            clock[0] += seconds / 64
            reporter.update(done)
        reporter.report(64)

    with console.progress_in_passing():
        send(0.5)
        send(20)
        with console.progress() as listener:  # which hears of it then
            listener(Progress("read", 5, 10, "lines", 0.5))
            send(2)
            listener(Progress("read", 10, 10, "lines", 5.0))
        with console.progress(quiet=True):
            send(20)
        with console.progress_in_passing(quiet=True):
            send(20)
    send(20)
    assert capsys.readouterr().err.splitlines() == [
        "send s3://b/v: 6% · 3B/s · 19 s left",
        "send s3://b/v: 56% · 3B/s · 8.8 s left",
        "send s3://b/v: done in 20 s · 3B/s",
        "send s3://b/v: 50% · 32B/s · 1.0 s left",
        "send s3://b/v: done in 2.0 s · 32B/s",
        "read: done in 5.0 s · 2 lines/s",
    ]


def test_on_a_terminal_what_goes_on_in_passing_gets_a_bar(capsys, clock, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with console.progress_in_passing():
        for seconds in (0.5, 3.0):
            reporter = in_passing(f"fetch s3://b/v{seconds:.0f}", "bytes", 3)
            for done in (1, 2, 3):
                clock[0] += seconds / 3
                reporter.report(done)
        with console.progress() as listener:  # a second bar at the same time would be an error
            listener(Progress("read", 10, 10, "lines", 5.0))
    shown = capsys.readouterr().err
    assert "v0" not in shown
    assert "fetch s3://b/v3" in shown
    assert "read" in shown


def test_what_is_least_wanted_leaves_a_narrow_bar_first():
    parts = ["2M words/s", "epoch 1", "loss 2.5", "9.0 s left"]
    assert drawing._fitted(parts, 44) == "2M words/s · epoch 1 · loss 2.5 · 9.0 s left"
    assert drawing._fitted(parts, 43) == "2M words/s · loss 2.5 · 9.0 s left"
    assert drawing._fitted(parts, 33) == "2M words/s · 9.0 s left"
    assert drawing._fitted(parts, 12) == "9.0 s left"
    assert drawing._fitted(parts, 3) == "9.0"


def test_progress_says_nothing_about_work_that_failed(capsys):
    with pytest.raises(ZeroDivisionError), console.progress() as listener:
        listener(Progress("train", 5, 300, "words", 0.5))
        raise ZeroDivisionError
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (console.share(0), "0.0%"), (console.share(0.0091), "0.91%"), (console.share(0.5), "50.0%"),
        (console.share(0.000123), "0.012%"), (console.duration(3.21), "3.2 s"),
        (console.duration(75), "1 min 15 s"),
        (console.duration(3 * 3600 + 120), "3 h 02 min"), (console.magnitude(999), "999"),
        (console.magnitude(1234567), "1.23M"), (console.magnitude(999_600), "1000k"),
    ],
)  # fmt: skip
def test_numbers_for_people(shown, expected):
    assert shown == expected
