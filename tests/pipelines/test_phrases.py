"""`wordlab corpus phrases`: what it writes, prints and refuses."""

import json

import pytest

from wordlab.embeddings import WordVectors
from wordlab.text import ENGLISH_CONNECTOR_WORDS, Corpus

from .conftest import everything_in, run

FIND = ("corpus", "phrases", "corpus", "--threshold", "2")


def as_json(*words):
    result = run(*words, "--json", "--quiet")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return json.loads(result.stdout)


def test_joins_and_reports(place):
    facts = as_json(*FIND, "--connector-words", "english", "--passes", 2, "-o", "joined", "--list", "p.tsv")
    joined, corpus = Corpus.load("joined"), Corpus.load("corpus")
    phrases = joined.tokenizer.phrases
    assert facts["num_phrases"] == len(phrases) > 10
    assert facts["config"]["connector_words"] == list(ENGLISH_CONNECTOR_WORDS)
    assert [one["num_phrases"] for one in facts["passes"]] == [len(one.phrases) for one in phrases.passes]
    assert (facts["num_tokens"], facts["num_tokens_before"]) == (joined.num_tokens, corpus.num_tokens)
    assert (facts["num_words"], facts["num_words_before"]) == (
        len(joined.vocabulary), len(corpus.vocabulary),
    )  # fmt: skip
    header, *rows = (place / "p.tsv").read_text(encoding="utf-8").splitlines()
    assert header == "pass\tphrase\tcount\tscore"
    assert len(rows) == len(phrases)
    scores = [float(row.split("\t")[3]) for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert [each["phrase"] for each in facts["best"]] == [row.split("\t")[1] for row in rows[:20]]
    assert facts["best"][0].keys() == {"phrase", "pass", "count", "score"}


def test_shows_without_writing(place):
    before = everything_in(place)
    result = run(*FIND, "--top", 3)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("phrases  ")
    assert lines[1] == "scorer   default, above 2, at least 5 times"
    assert lines[lines.index("Best phrases") + 1].split() == ["phrase", "count", "score"]
    assert len(lines) == lines.index("Best phrases") + 5
    assert "wordlab corpus phrases corpus/ -o joined/" in result.stderr
    assert everything_in(place) == before


def test_stats_show_phrases(place):
    assert "phrases" not in run("corpus", "stats", "corpus").stdout
    assert as_json("corpus", "stats", "corpus")["phrases"] is None
    found = as_json(*FIND, "-o", "joined")
    facts = as_json("corpus", "stats", "joined")
    assert {name: facts["phrases"][name] for name in ("num_phrases", "passes", "best")} == {
        name: found[name] for name in ("num_phrases", "passes", "best")
    }
    shown = run("corpus", "stats", "joined").stdout
    assert f"phrases    {found['num_phrases']:,}\n" in shown
    assert "tokenizer  word, lower-cased, phrases joined\n" in shown
    assert "Best phrases" in shown
    assert found["best"][0]["phrase"] in shown


def test_what_is_trained_joins_new_texts(place):
    phrase = as_json(*FIND, "-o", "joined")["best"][0]["phrase"]
    assert run("embeddings", "train", "joined", "-o", "v", "--epochs", 1, "--dim", 4, "-q").exit_code == 0
    assert WordVectors.load("v").tokenizer == Corpus.load("joined").tokenizer
    assert phrase in run("embeddings", "nearest", "v", phrase).stdout
    words = ("sentiment", "train", "reviews.tsv", "--vectors", "v", "-o", "m", "--epochs", 1, "--quiet")
    assert run(*words).exit_code == 0
    manifest = json.loads((place / "m" / "manifest.json").read_text())
    assert "phrases.parquet" in manifest["payloads"]
    assert run("sentiment", "predict", "m", phrase.replace("_", " ")).exit_code == 0
    result = run("embeddings", "train", "corpus", "--from", "v", "-o", "w")
    assert result.exit_code != 0
    assert "expected a corpus made by the tokenizer of the vectors to start from" in result.stderr


def test_no_phrase(place):
    result = run("corpus", "phrases", "corpus", "--threshold", "1e9", "-o", "same")
    assert result.exit_code == 0
    assert "Note: no phrase found: the best pair, " in result.stderr
    assert result.stdout.startswith("phrases  0\n")
    assert Corpus.load("same").num_tokens == Corpus.load("corpus").num_tokens
    quiet = run("corpus", "phrases", "corpus", "--min-count", 10**12, "-q")
    assert (quiet.exit_code, quiet.stderr) == (0, "")


def test_connector_words_from_a_file(place):
    (place / "words.txt").write_text("of\nthe\n")
    facts = as_json(*FIND, "--connector-words", "words.txt")
    assert facts["config"]["connector_words"] == ["of", "the"]
    (place / "words.txt").write_text("xyz\n")
    result = run(*FIND, "--connector-words", "words.txt")
    assert "Note: none of the 1 connector words occurs in the corpus" in result.stderr


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--threshold", "0"], 2,
         "--threshold: expected a number above 0 with the scorer default, found 0.0"),
        (["--threshold", "nan"], 2,
         "--threshold: expected a number above 0 with the scorer default, found nan"),
        (["--scorer", "npmi", "--threshold", "2"], 2,
         "--threshold: expected a number from -1 to 1 with the scorer npmi, found 2.0"),
        (["--min-count", "0"], 2, "--min-count: expected a whole number from 1 to 1000000000000, found 0"),
        (["--passes", "1000"], 2, "--passes: expected a whole number from 1 to 100, found 1000"),
        (["--connector-words", "no.txt"], 1, "no.txt: cannot be opened: No such file or directory"),
        (["--connector-words", "corpus"], 1, "corpus: cannot be opened: Is a directory"),
        (["--connector-words", "empty.txt"], 1,
         "empty.txt: expected connector words, one a line, found none"),
        (["--list", "taken.tsv"], 1, "taken.tsv: exists already; choose another name or use --overwrite"),
        (["--list", "no/list.tsv"], 1, "no/list.tsv: cannot be written: No such file or directory"),
        (["--list", "corpus/list.tsv"], 1,
         "corpus/list.tsv: lies inside the input corpus; choose a place outside"),
        (["-o", "vectors"], 1, "vectors: exists already; choose another name or use --overwrite"),
        (["-o", "corpus", "--overwrite"], 1,
         "corpus: is the input corpus; choose another name for the output"),
    ],
)  # fmt: skip
def test_bad_input(place, options, code, message):
    (place / "empty.txt").write_text("")
    (place / "taken.tsv").write_text("mine")
    before = everything_in(place)
    result = run("corpus", "phrases", "corpus", *options)
    assert result.exit_code == code
    assert result.stdout == ""
    usage = " (see wordlab corpus phrases --help)" if code == 2 else ""
    assert result.stderr == f"Error: {message}{usage}\n"
    assert everything_in(place) == before
    assert (place / "taken.tsv").read_text() == "mine"
