"""Completions and near spellings over HTTP, and how completions are found."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordlab.embeddings import WordVectors
from wordlab.server.completion import Completion
from wordlab.text import Vocabulary

from .conftest import client_of

words = st.lists(
    st.text("abAB\u0130ßé\U0001f600", min_size=1, max_size=4), min_size=1, max_size=30, unique=True
)


def by_hand(vocabulary, prefix, k):
    for form in (str, str.casefold):
        found = [id for id, word in enumerate(vocabulary) if form(word).startswith(form(prefix))]
        if found:
            return found[:k]
    return []


@given(words, st.text("abAB\u0130ßé\U0001f600", max_size=3), st.integers(1, 8))
def test_completions_are_those_of_a_plain_search(vocabulary, prefix, k):
    counts = np.zeros(len(vocabulary), int)
    assert Completion(Vocabulary(vocabulary, counts)).ids(prefix, k) == by_hand(vocabulary, prefix, k)


def test_complete(client):
    found = client.get("/complete", params={"q": "f"}).json()
    assert found == {"model": "small", "words": [{"word": "film", "rank": 7, "count": 10}]}
    found = client.get("/complete", params={"q": "K", "model": "other"}).json()
    assert found == {"model": "other", "words": [{"word": "king", "rank": 0, "count": 6}]}
    first = client.get("/complete", params={"k": 2}).json()["words"]
    assert [entry["word"] for entry in first] == ["king", "queen"]
    assert (
        client.get("/complete", params={"q": "\ud800".encode("utf-8", "surrogatepass")}).json()["words"] == []
    )
    assert client.get("/complete", params={"q": "caf\u00e9"}).json()["words"][0]["rank"] == 6


def test_spellings(client):
    found = client.get("/spellings", params={"q": "kin"}).json()
    assert found == {"model": "small", "words": [{"word": "king", "rank": 0, "count": 80}]}
    assert client.get("/spellings", params={"q": "xyzzy"}).json()["words"] == []


def test_counts_that_are_not_known_are_null():
    vectors = WordVectors(Vocabulary(["one", "two"], [0, 0]), [[1.0], [2.0]])
    with client_of({"small": vectors}) as client:
        assert client.get("/complete?q=o").json()["words"] == [{"word": "one", "rank": 0, "count": None}]


@pytest.mark.parametrize(
    ("url", "status", "expected"),
    [
        ("/complete?k=0", 422, "k: expected 1 or more, found '0'"),
        ("/complete?k=1001", 422, "k: expected 1000 or less, found '1001'"),
        ("/complete?model=x", 404, "model: expected one of small, other, found 'x'"),
        ("/complete?q=" + 301 * "a", 422, "q: expected 300 characters or fewer, found '" + 58 * "a" + "…"),
        ("/spellings", 422, "q: expected a value, found none"),
        ("/spellings?q=" + 301 * "a", 422, "q: expected 300 characters or fewer, found '" + 58 * "a" + "…"),
        ("/spellings?q=a&model=x", 404, "model: expected one of small, other, found 'x'"),
    ],
)
def test_refusals(client, url, status, expected):
    reply = client.get(url)
    assert (reply.status_code, reply.json()["error"]["message"]) == (status, expected)
