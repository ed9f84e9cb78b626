"""`wordlab embeddings encode`, `search` and `sts`, with their exit codes and messages."""

import json

import pytest

from wordlab.sentiment import DocumentVectors

from .conftest import everything_in, run

WORDS = ("embeddings", "encode", "vectors")


def test_encode_and_search(place):
    result = run(*WORDS, "reviews.tsv", "-o", "docs", "--id-column", "label", "--threads", 1)
    assert result.exit_code == 0, result.output
    assert "size       48 texts, 100 dimensions" in result.stdout
    assert "pooling    sif, fitted on these texts" in result.stdout
    assert "Note: reviews.tsv: 46 texts have the id of an earlier one" in result.stderr
    result = run("embeddings", "search", "docs", "--vectors", "vectors", "the king of paris", "-k", 2)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "Nearest to 'the king of paris'"
    assert lines[2].split() == ["cosine", "id", "text"]
    assert len(lines) == 5


def test_json(place):
    result = run(*WORDS, "reviews.txt", "-o", "docs", "--pooling", "mean", "--json", "-q")
    facts = json.loads(result.stdout)
    assert result.stderr == ""
    assert facts["pooling"] == {"name": "mean", "num_components": 0, "num_texts": 0}
    assert (facts["num_texts"], facts["dim"], facts["format"]) == (6, 100, "npy")
    assert facts["coverage"]["tokens"] > 0.5
    result = run(
        "embeddings", "search", "docs", "--vectors", "vectors", "king", "queen paris", "-k", 1, "--json"
    )
    (king, queen) = json.loads(result.stdout)["texts"]
    assert king["text"] == "king"
    assert set(queen["nearest"][0]) == {"id", "similarity", "position", "excerpt"}


def test_like(place):
    result = run(*WORDS, "reviews.txt", "--like", "films", "-o", "docs", "-q")
    assert result.exit_code == 0, result.output
    assert "pooling    sif, as fitted on the 48 texts of films/" in result.stdout
    old, new = DocumentVectors.load("films"), DocumentVectors.load("docs")
    assert new.fitted.components.directions.tobytes() == old.fitted.components.directions.tobytes()


def test_from_standard_input(place):
    result = run(*WORDS, "-", "-o", "docs", "-q", "--pooling", "idf", input="the king\nthe queen\n")
    assert result.exit_code == 0, result.output
    assert DocumentVectors.load("docs").excerpts == ("the king", "the queen")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("missing.tsv",), 1, "Error: missing.tsv: cannot be read: No such file or directory"),
        (("reviews.tsv", "--id-column", "nr"), 1,
         "Error: reviews.tsv:1: expected a column 'nr', found label, text"),
        (("reviews.txt", "--id-column", "nr"), 2,
         "Error: --id-column: expected a table or JSON lines, found reviews.txt, which has no columns"),
        (("reviews.tsv", "--no-header", "--id-column", "label"), 2,
         "Error: --id-column: expected a position (0, 1, ...) without a header, found 'label'"),
        (("reviews.tsv", "--pooling", "max"), 2, "'max' is not one of 'mean', 'idf', 'sif', 'usif'"),
        (("reviews.tsv", "--excerpt", "-1"), 2, "--excerpt: expected a whole number from 0 to 1000000"),
        (("reviews.tsv", "--like", "films", "--pooling", "sif"), 2,
         "Error: --pooling: expected none beside --like, which decides it, found one"),
        (("reviews.tsv", "--like", "films", "--lowercase"), 2,
         "Error: --lowercase: expected none beside --like, which decides it, found one"),
        (("reviews.tsv", "--like", "vectors"), 1,
         "Error: vectors: expected an artefact of kind 'documents', found 'vectors', which WordVectors.load"),
        (("empty.txt",), 1, "Error: empty.txt: expected texts, found none"),
        (("empty.txt", "--pooling", "mean"), 1, "Error: empty.txt: expected texts, found none"),
        (("one.txt",), 1, "Error: --pooling: expected two texts with known words, or more, to find what "),
        (("nul.csv",), 1, "Error: nul.csv: byte 13: expected text, found a NUL byte; is this a binary file?"),
        (("reviews.tsv", "--threads", "0"), 2, "--threads: expected a whole number from 1 to 1024, found 0"),
    ],
)  # fmt: skip
def test_wrong_use_leaves_nothing(place, arguments, code, message):
    (place / "empty.txt").write_bytes(b"")
    (place / "one.txt").write_bytes(b"the king")
    (place / "nul.csv").write_bytes(b"id,text\n1,the\0king\n2,\n")
    before = everything_in(place)
    result = run(*WORDS, *arguments, "-o", "docs")
    assert result.exit_code == code, result.output
    assert message in result.stderr
    assert everything_in(place) == before


def test_outputs_are_not_replaced(place):
    assert run(*WORDS, "reviews.txt", "-o", "films").exit_code == 1
    assert run(*WORDS, "reviews.txt", "-o", "films", "--like", "films", "--overwrite").exit_code == 1
    assert run(*WORDS, "reviews.txt", "-o", "films", "--overwrite").exit_code == 0
    assert len(DocumentVectors.load("films")) == 6


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("films", "king"), 2, "Error: Missing option '--vectors'"),
        (("films", "--vectors", "vectors"), 2, "Error: Missing argument 'TEXT...'"),
        (("films", "--vectors", "vectors", "xyzzy"), 1,
         "Error: 'xyzzy': expected a text with words that have a vector, found none"),
        (("films", "--vectors", "vectors", ""), 1, "Error: '': expected a text with words"),
        (("films", "--vectors", "other", "king"), 1,
         "Error: vectors: expected those that encoded the texts (digest "),
        (("vectors", "--vectors", "vectors", "king"), 1, "Error: vectors: expected an artefact of kind"),
        (("films", "--vectors", "vectors", "king", "-k", "0"), 2, "0 is not in the range x>=1"),
    ],
)  # fmt: skip
def test_wrong_questions(place, arguments, code, message):
    run("embeddings", "import", "glove.6B.50d.txt", "-o", "other", "-q")
    result = run("embeddings", "search", *arguments)
    assert result.exit_code == code, result.output
    assert message in result.stderr


def test_sts(place):
    result = run("embeddings", "sts", "vectors", "my-sentences.tsv", "sts-dev.csv", "--pooling", "mean")
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0][:3] == ["file", "pooling", "Pearson"]
    assert [line[:2] for line in lines[1:]] == [["my-sentences.tsv", "mean"], ["sts-dev.csv", "mean"]]
    result = run("embeddings", "sts", "vectors", "my-sentences.tsv", "--json")
    assert [each["pooling"] for each in json.loads(result.stdout)["results"]] == [
        "mean",
        "idf",
        "sif",
        "usif",
    ]


def test_sts_without_enough_to_say(place):
    (place / "few.tsv").write_text("the king\tthe queen\t3\nparis\tthe city\t3\n")
    result = run("embeddings", "sts", "vectors", "few.tsv", "--pooling", "idf")
    assert result.exit_code == 0
    assert "Note: few.tsv: no correlation: expected three pairs of known words or more" in result.stderr
    (place / "bad.tsv").write_text("the king\tthe queen\tnan\n")
    result = run("embeddings", "sts", "vectors", "bad.tsv")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: bad.tsv:1: expected two sentences and a score")
