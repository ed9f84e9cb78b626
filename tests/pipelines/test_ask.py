import json

import pytest

from wordlab.embeddings import WordVectors

from .conftest import run

WORDS = ("king", "queen", "paris", "man")


def test_odd_one_out(place):
    ranked = WordVectors.load("vectors").odd_one_out(WORDS)
    found = json.loads(run("embeddings", "odd-one-out", "vectors", *WORDS, "--json").stdout)
    assert found == {
        "odd_one_out": ranked[0].word,
        "words": [{"word": word, "similarity": cosine} for word, cosine in ranked],
    }
    lines = run("embeddings", "odd-one-out", "vectors", *WORDS).stdout.splitlines()
    assert lines[0] == f"{ranked[0].word} is the odd one out"
    assert lines[2].split() == ["word", "cosine", "with", "the", "mean"]
    assert [line.split() for line in lines[3:]] == [[word, f"{cosine:.3f}"] for word, cosine in ranked]


def test_similarity_of_lists(place):
    vectors = WordVectors.load("vectors")
    expected = vectors.list_similarity(["king", "queen"], ["man", "woman"])
    command = ("embeddings", "similarity", "vectors", "king,queen", "man,woman", "paris", "--lists")
    found = json.loads(run(*command, "--json").stdout)
    assert found["words"] == ["king", "queen"]
    assert found["others"][0] == {"words": ["man", "woman"], "similarity": expected}
    assert found["others"][1]["words"] == ["paris"]
    lines = run(*command).stdout.splitlines()
    assert lines[0].split() == ["king,queen", "cosine"]
    assert lines[1].split() == ["man,woman", f"{expected:.3f}"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("odd-one-out", "vectors", "king", "queen"), 2, "Error: WORD...: expected 3 or more, found 2 (see "),
        (("odd-one-out", "vectors", "king", "queen", "King"), 1, "Error: 'King' is not among the "),
        (("odd-one-out", "vectors", "king", "queen", "King"), 1, "words; near spellings: king"),
        (("similarity", "vectors", "king,", "queen", "--lists"), 1, "Error: '' is not among the "),
        (("similarity", "vectors", "king,queen", "man"), 1, "Error: 'king,queen' is not among the "),
    ],
)
def test_bad_questions(place, words, code, message):
    result = run("embeddings", *words)
    assert result.exit_code == code
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_evaluate_says_which_columns_it_took(place):
    (place / "pairs.csv").write_text(
        "word1;word2;POS;SimLex999\nking;queen;N;9,2\nman;woman;N;8\nking;film;N;1\n"
    )
    (place / "bats.txt").write_text("king\tqueen/x\nman\twoman\n")
    command = (
        "embeddings",
        "evaluate",
        "vectors",
        "--similarity",
        "pairs.csv",
        "--analogies",
        "bats.txt",
        "-q",
    )
    shown = run(*command).stdout
    assert shown.endswith(
        "\npairs: words from 'word1' and 'word2', scores from 'SimLex999' with decimal commas\n"
        "bats: pairs, each combined with every other\n"
    )
    found = json.loads(run(*command, "--json").stdout)
    assert found["similarities"][0]["columns"].startswith("words from 'word1' and 'word2'")
    assert found["analogies"][0]["lines"] == "pairs, each combined with every other"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            ("--seed", "-1"),
            2,
            "--seed: expected a whole number from 0 to 9223372036854775807, found -1",
        ),
        (
            ("--score-column", "x"),
            2,
            "Error: --score-column: expected a position from 0 to 2, found 'x' (see ",
        ),
        (
            ("--encoding", "zlib"),
            2,
            "Error: --encoding: expected utf-8, utf-16, cp1252 or the like, found 'z",
        ),
        (("--delimiter", ""), 2, "Error: --delimiter: expected a mark, found none (see "),
        (("--encoding", "utf-16"), 1, "found none; use --encoding utf-16-le or utf-16-be"),
    ],
)
def test_options_of_evaluate(place, words, code, message):
    result = run(
        "embeddings", "evaluate", "vectors", "--similarity", "my-pairs.tsv", "--no-analogies", *words
    )
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
