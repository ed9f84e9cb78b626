"""What notebooks show of objects: small tables in which nothing is taken for HTML."""

import re
import subprocess
import sys

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import evaluate
from wordlab.representation import facts_html, table_html
from wordlab.sentiment import BaselineConfig, compare, train_baseline
from wordlab.sentiment import evaluate as judge
from wordlab.sentiment.data.labelled import LabelledTexts
from wordlab.text import Corpus, Vocabulary

EVIL = "<script>alert(1)</script>"
TEXTS = [
    f"a {word} {noun}" for word in ("good", "fine", "bad", "dull") for noun in ("film", "story", "cast", EVIL)
]
LABELS = ["pos" if "good" in text or "fine" in text else "neg" for text in TEXTS]


def cells(html):
    """The rows of a table as lists of text; the markup must be what tables are made of."""
    assert set(re.findall(r"</?(\w+)", html)) <= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert html.count("<tr>") <= 12
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def test_facts_and_rows():
    html = facts_html(
        "A & B", {"<i>": 1234, "share": 0.5, "none": None, "words": ["a", EVIL], "path": "a\nb"}
    )
    assert cells(html) == [
        ["&lt;i&gt;", "1,234"], ["share", "0.5"], ["words", "a, &lt;script&gt;alert(1)&lt;/script&gt;"],
        ["path", "a\\nb"],
    ]  # fmt: skip
    assert "A &amp; B" in html
    rows = cells(table_html("", ("word", "x"), [(f"w{id}", id) for id in range(1_500)]))
    assert rows[0] == ["word", "x"]
    assert rows[10] == ["w9", "9"]
    assert rows[11:] == [["and 1,490 more"]]
    assert len(table_html("", ("x",), [(1_000 * "long",)])) < 1_000


def test_no_colour_is_set():
    """So that they are read in light and dark pages alike."""
    html = facts_html("A", {"b": 1}) + table_html("A", ("b",), [(1,)])
    assert set(re.findall(r'style="(.*?)"', html)) == {
        "text-align:left;vertical-align:top;padding:0.1em 1em 0.1em 0", "text-align:left;font-weight:bold",
    }  # fmt: skip


@pytest.fixture(scope="module")
def vectors():
    words = ["king", "queen", EVIL, "man", "woman"]
    return WordVectors(Vocabulary(words, [5, 4, 3, 2, 1]), np.random.default_rng(1).normal(size=(5, 3)))


def test_vectors_vocabularies_and_neighbours(vectors):
    shown = dict(cells(vectors._repr_html_()))
    assert shown["words"] == "5"
    assert shown["dimensions"] == "3"
    assert shown["most frequent"] == "king, queen, &lt;script&gt;alert(1)&lt;/script&gt;, man, woman"
    assert dict(cells(vectors.vocabulary._repr_html_()))["their counts"] == "5, 4, 3, 2, 1"
    unknown = WordVectors(Vocabulary(["a"], [0]), [[1.0]])
    assert "tokens" not in unknown.vocabulary._repr_html_()
    for found in (
        vectors.nearest("king", k=2), vectors.nearest(["king"], k=2)[0],
        vectors.analogy("man", "king", "woman"), vectors.odd_one_out(["man", "king", "woman"]),
    ):  # fmt: skip
        rows = cells(found._repr_html_())
        assert rows[0] == ["word", "similarity"]
        assert len(rows) == len(found) + 1
        assert found == list(found)


def test_a_corpus_and_what_was_trained_on_it():
    from wordlab.training import GloveConfig, Word2VecConfig, train

    corpus = Corpus.from_lines(30 * ["the king and the queen met a woman"])
    shown = dict(cells(corpus._repr_html_()))
    assert (shown["tokens"], shown["lines"], shown["words"]) == ("240", "30", "7")
    for config, by in (
        (Word2VecConfig(dim=4, epochs=1, subsample=0), "skipgram, negative"),
        (GloveConfig(dim=4, epochs=1), "glove"),
    ):
        assert dict(cells(train(corpus, config)._repr_html_()))["trained by"] == by


def test_classifiers_and_their_results(vectors):
    data = LabelledTexts(TEXTS, LABELS, "here")
    model = train_baseline(TEXTS, LABELS, BaselineConfig(model="tfidf"))
    assert dict(cells(model._repr_html_()))["classes"] == "neg, pos"
    explained = cells(model.explain("a good film")._repr_html_())
    assert explained[0] == ["words", "weight"]
    found = judge(model, data)
    scores, *mistakes = re.findall(r"<table>.*?</table>", found._repr_html_())
    assert dict(cells(scores))["texts"] == "16"
    assert len(mistakes) == bool(found.mistakes)
    compared = cells(compare(data, data, models=["tfidf", "nbsvm"])._repr_html_())
    assert {row[0] for row in compared[1:]} == {"tfidf", "nbsvm"}
    rows = cells(evaluate(vectors)._repr_html_())
    assert rows[0] == ["set", "measure", "score", "95% interval", "coverage"]


def test_nothing_heavy_is_imported():
    script = "import sys, wordlab.representation, wordlab.notebook; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not {"numpy", "IPython", "rich", "pyarrow"} & set(found.split())
