"""`wordlab corpus cooccurrences`: what it counts, what it shows, and what it refuses."""

import json

import pytest

from wordlab.training.cooccurrences import Cooccurrences

from .conftest import everything_in, run

COUNT = ("corpus", "cooccurrences", "corpus", "-o", "new-counts")


def test_counts_are_shown_and_written(place):
    result = run(*COUNT, "--top", 3, "--pair", "king,queen")
    assert result.exit_code == 0, result.output
    table = Cooccurrences.load("new-counts")
    assert f"pairs     {table.num_pairs:,} of {len(table.vocabulary):,} words\n" in result.stdout
    assert "contexts  up to 10 words on both sides, each 1/d at distance d\n" in result.stdout
    first = table.top(1)[0]
    assert f"{first.value:,.2f}" in result.stdout
    assert f"king  queen    {table.value('king', 'queen'):.2f}" in result.stdout
    assert "wordlab corpus cooccurrences new-counts/ --pair" in result.stderr


def test_json(place):
    result = run(*COUNT, "--json", "-q", "--window", 4, "--left", "--no-distance-weights", "--top", 2)
    facts = json.loads(result.stdout)
    assert result.stderr == ""
    assert facts["config"] == {"window": 4, "symmetric": False, "distance_weights": False}
    assert facts["output"] == "new-counts"
    assert facts["seconds"] > 0
    assert [set(pair) for pair in facts["top"]] == 2 * [{"word", "context", "value", "pmi"}]
    again = json.loads(run("corpus", "cooccurrences", "new-counts", "--json", "--top", 2).stdout)
    assert again == {key: value for key, value in facts.items() if key != "seconds"} | {"output": None}


def test_a_pair_that_never_occurs(place):
    words = ("corpus", "cooccurrences", "counts", "--top", 0, "--pair", "king,cricket")
    assert "king  cricket   0.00  -inf\n" in run(*words).stdout
    assert json.loads(run(*words, "--json").stdout)["pairs"][0]["pmi"] is None


@pytest.mark.parametrize("memory", ["4GB", "0.1GiB", "500 mb", "1e9", "1000000k"])
def test_sizes(place, memory):
    assert run(*COUNT, "--memory", memory, "-q").exit_code == 0


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ("corpus", 2, "--output: expected a directory for the counts of a corpus, found none"),
        ("counts -o other", 2, "--output: expected a corpus to count, found counts made before"),
        ("counts --window 10", 2, "--window: expected a corpus to count, found counts made before"),
        ("counts --left", 2, "--symmetric: expected a corpus to count, found counts made before"),
        ("corpus -o x --window 0", 2, "--window: expected a whole number from 1 to 1000, found 0"),
        ("corpus -o x --window 1001", 2, "--window: expected a whole number from 1 to 1000, found 1001"),
        ("corpus -o x --memory 4XB", 2, "expected a size like 4GB, 500MB or 1.5GiB, found '4XB'"),
        ("corpus -o x --memory 0", 2, "expected a size like 4GB, 500MB or 1.5GiB, found '0'"),
        ("corpus -o x --memory 1e99", 2, "expected a size like 4GB, 500MB or 1.5GiB, found '1e99'"),
        ("corpus -o x --memory 1MB", 1, "--memory: expected 46 MB or more to count the pairs of"),
        ("counts --pair king", 2, "pair: expected two words with a comma between them, found 'king'"),
        ("counts --pair king,", 2, "pair: expected two words with a comma between them, found 'king,'"),
        ("counts --pair king,quen", 1, "'quen' is not among the"),
        ("vectors -o x", 1, "vectors: expected an artefact of kind 'corpus', found 'vectors'"),
        ("nothing -o x", 1, "nothing: expected an artefact made by wordlab, found no directory"),
        ("corpus -o corpus --overwrite", 1, "corpus: is the input corpus"),
    ],
)
def test_what_is_refused(place, words, code, message):
    before = everything_in(place)
    result = run("corpus", "cooccurrences", *words.split())
    assert result.exit_code == code, result.output
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert everything_in(place) == before


def test_a_text_of_single_words(place):
    (place / "words.txt").write_text("one\ntwo\n" * 9)
    assert run("corpus", "build", "words.txt", "-o", "single", "-q").exit_code == 0
    result = run("corpus", "cooccurrences", "single", "-o", "x")
    assert result.stderr == (
        "Error: expected a line of two words or more, found single words only: nothing co-occurs\n"
    )
