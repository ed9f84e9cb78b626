"""`wordlab embeddings card` and `wordlab sentiment card`."""

import json
import shutil

import pytest

from wordlab.embeddings import WordVectors

from .conftest import everything_in, run

QUICK = ("--similarity", "my-pairs.tsv", "--no-speed", "-q")


@pytest.mark.parametrize("suffix", ["md", "html"])
def test_a_card_of_vectors_is_the_same_again(place, suffix):
    for name in ("one", "two"):
        done = run("embeddings", "card", "vectors", "-o", f"{name}.{suffix}", *QUICK)
        assert done.exit_code == 0, done.output
    one, two = (place / f"{name}.{suffix}" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    text = one.read_text(encoding="utf-8")
    assert "my-pairs" in text
    assert str(place) not in text
    digest = WordVectors.load("vectors").digest
    assert digest in text
    assert done.stdout.splitlines()[0] == f"card       two.{suffix}"


def test_options_reach_the_card(place):
    done = run(
        "embeddings", "card", "vectors", "-o", "new/card.md", "--title", "News", "--license", "mit",
        "--text-language", "en", "--text-language", "pt-BR", "--no-scores", "--json", "-q",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    facts = json.loads(done.stdout)
    assert (facts["output"], facts["scores"]) == ("new/card.md", [])
    assert facts["speed"]["per_second"] > 0
    text = (place / "new" / "card.md").read_text(encoding="utf-8")
    assert "language:\n- en\n- pt-BR\nlicense: mit\n" in text
    assert "# News" in text
    assert "a second together" in text
    assert "## Scores" not in text


@pytest.mark.parametrize("suffix", ["md", "html"])
def test_a_card_of_a_classifier(place, suffix):
    for name in ("one", "two"):
        done = run("sentiment", "card", "model", "-o", f"{name}.{suffix}", "--test", "test.tsv", "-q")
        assert done.exit_code == 0, done.output
    one, two = (place / f"{name}.{suffix}" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert "All 12 texts of test.tsv were trained on" in one.read_text(encoding="utf-8")
    assert "accuracy on test.tsv" in done.stdout
    facts = json.loads(
        run("sentiment", "card", "model", "-o", "j.md", "--test", "test.tsv", "--json", "-q").stdout
    )
    assert facts["judged"][0]["name"] == "test.tsv"


def test_a_classifier_of_several_labels(place):
    done = run(
        "sentiment", "card", "topics", "-o", "t.html", "--test", "topics.csv", "--label-separator", ",", "-q"
    )
    assert done.exit_code == 0, done.output
    assert "F1 on topics.csv" in done.stdout


def test_a_classifier_without_figures(place):
    done = run("sentiment", "card", "linear", "-o", "l.md", "--json", "-q")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"output": "l.md", "judged": []}


def test_an_odd_name(place):
    shutil.copytree("vectors", "<b>'x' \"y\"")
    done = run("embeddings", "card", "<b>'x' \"y\"", "-o", "c.html", *QUICK)
    assert done.exit_code == 0, done.output
    text = (place / "c.html").read_text(encoding="utf-8")
    assert "<b>" not in text
    assert "&lt;b&gt;" in text


def test_odd_names_in_pictures(place):
    """A file whose name is a wrong formula, and classes that no font may have."""
    classes = {"$\\bad$ \u4e2d\u6587": "a good film", "\U00012000|<b>": "a bad film"}
    rows = [f"{label}\t{text} {number}" for number in range(6) for label, text in classes.items()]
    (place / "$\\frac$.tsv").write_text("label\ttext\n" + "\n".join(rows), encoding="utf-8")
    trained = run("sentiment", "train", "$\\frac$.tsv", "--model", "nbsvm", "-o", "odd", "-q")
    assert trained.exit_code == 0, trained.output
    done = run("sentiment", "card", "odd", "-o", "odd.html", "--test", "$\\frac$.tsv", "-q")
    assert done.exit_code == 0, done.output
    assert "<img" in (place / "odd.html").read_text(encoding="utf-8")
    pairs = place / "my-pairs.tsv"
    pairs.rename(place / "$\\frac$ \u4e2d.tsv")
    done = run("embeddings", "card", "vectors", "-o", "v.html", "--similarity", "$\\frac$ \u4e2d.tsv", "-q")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ("embeddings card vectors -o card.txt", 2, "card.txt: expected a card's name, which ends in .md or"),
        ("embeddings card vectors -o articles.md", 1, "articles.md: exists already"),
        ("embeddings card vectors -o vectors/card.md", 1, "vectors"),
        ("embeddings card vectors -o c.md --license CC", 2, "--license: expected a name as the Hub"),
        ("embeddings card vectors -o c.md --text-language english", 2, "--text-language: expected codes"),
        ("embeddings card vectors -o c.md --title=", 2, "--title: expected 1 to 100 characters, found 0"),
        ("embeddings card vectors -o c.md --no-scores --similarity my-pairs.tsv", 2, "--no-scores excludes"),
        ("embeddings card vectors -o c.md --similarity absent.tsv", 1, "absent.tsv"),
        ("embeddings card model -o c.md", 1, "expected an artefact of kind 'vectors', found 'classifier'"),
        ("sentiment card vectors -o c.md", 1, "expected an artefact of kind 'classifier', found 'vectors'"),
        ("sentiment card model -o c.md --test absent.tsv", 1, "absent.tsv"),
        ("sentiment card model -o c.md --test test.tsv --label-separator ,", 2, "--label-separator"),
        ("sentiment card model -o test.tsv --test test.tsv", 2, "test.tsv: expected a card's name"),
    ],
)  # fmt: skip
def test_errors(place, words, code, message):
    (place / "articles.md").write_text("mine")
    before = everything_in(place)
    refused = run(*words.split(), "-q")
    assert refused.exit_code == code, refused.output
    assert message in refused.stderr
    assert everything_in(place) == before
    assert (place / "articles.md").read_text() == "mine"
