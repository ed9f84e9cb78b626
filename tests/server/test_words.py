"""Routes about words give what the library gives, and say what is wrong in one line."""

import numpy as np
import pytest

from .conftest import WORDS, client_of


def named(neighbours):
    return [{"word": word, "similarity": cosine} for word, cosine in neighbours]


def message(reply, status):
    assert reply.status_code == status, reply.text
    found = reply.json()["error"]
    assert found.keys() == {"message", "type", "param", "code"}
    return found["message"]


def test_facts_of_a_word(client, vectors):
    reply = client.get("/words/queen", params={"vector": True})
    assert reply.json() == {
        "model": "small", "word": "queen", "rank": 1, "count": 70, "through_subwords": False,
        "norm": pytest.approx(float(np.linalg.norm(vectors["queen"]))),
        "vector": vectors["queen"].tolist(),
    }  # fmt: skip
    assert "vector" not in client.get("/words/queen").json()
    assert client.get("/words/queen?model=other").json()["rank"] == 1
    assert client.get("/words/and/or").json()["word"] == "and/or"
    assert client.get("/words/and%2for").json()["word"] == "and/or"
    assert client.get("/words/caf%C3%A9").json()["word"] == "café"


def test_nearest(client, vectors):
    reply = client.post("/nearest", json={"words": ["king", "film"], "k": 3})
    answers = vectors.nearest(["king", "film"], k=3)
    assert reply.json() == {
        "model": "small", "k": 3,
        "words": [{"word": w, "nearest": named(a)} for w, a in zip(["king", "film"], answers, strict=True)],
    }  # fmt: skip
    one = client.post("/nearest", json={"words": "king", "model": "other"}).json()
    assert one["model"] == "other"
    assert len(one["words"][0]["nearest"]) == 5


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_analogy(client, vectors, method):
    body = {"questions": [["man", "king", "woman"], ["king", "man", "queen"]], "k": 2, "method": method}
    found = client.post("/analogy", json=body).json()
    answers = vectors.analogies([("man", "king", "woman"), ("king", "man", "queen")], 2, method=method)
    assert [question["answers"] for question in found["questions"]] == [named(answer) for answer in answers]
    assert found["questions"][0]["b"] == "king"


def test_similarity(client, vectors):
    body = {"pairs": [["man", "king"], [["man", "woman"], ["king", "queen"]]]}
    found = client.post("/similarity", json=body).json()["pairs"]
    assert found[0] == {"word": "man", "other": "king", "similarity": vectors.similarity("man", "king")}
    assert found[1]["similarity"] == vectors.list_similarity(["man", "woman"], ["king", "queen"])
    assert found[1]["other"] == ["king", "queen"]


def test_odd_one_out(client, vectors):
    found = client.post("/odd-one-out", json={"lists": [["man", "woman", "film"]]}).json()["lists"]
    ranked = vectors.odd_one_out(["man", "woman", "film"])
    assert found == [{"odd_one_out": ranked[0].word, "words": named(ranked)}]


def test_two_sets_are_compared(client, vectors, other):
    body = {"words": ["king"], "model": "small", "other": "other", "k": 3}
    (found,) = client.post("/compare", json=body).json()["words"]
    ours, theirs = vectors.nearest("king", k=3), other.nearest("king", k=3)
    assert found["nearest"] == named(ours)
    assert found["nearest_in_other"] == named(theirs)
    assert found["overlap"] == len({w for w, _ in ours} & {w for w, _ in theirs}) / 3
    body["other"] = "small"
    assert client.post("/compare", json=body).json()["words"][0]["overlap"] == 1


@pytest.mark.parametrize(
    ("route", "body", "expected"),
    [
        ("nearest", {"words": "kin"}, "'kin' is not among the 8 words; near spellings: king"),
        ("analogy", {"questions": [["man", "king", "zebra"]]}, "'zebra' is not among the 8 words"),
        ("similarity", {"pairs": [["man", "zebra"]]}, "'zebra' is not among the 8 words"),
        ("odd-one-out", {"lists": [["man", "zebra", "king"]]}, "'zebra' is not among the 8 words"),
        ("compare", {"words": "film", "model": "small", "other": "other"}, "'film' is not among the 6 words"),
        ("nearest", {"words": "king", "model": "x"}, "model: expected one of small, other, found 'x'"),
    ],
)
def test_unknown_words_and_sets(client, route, body, expected):
    assert message(client.post(f"/{route}", json=body), 404) == expected


@pytest.mark.parametrize(
    ("route", "body", "expected"),
    [
        ("nearest", {"words": []}, "words: expected 1 to 2,048 in one request, found 0"),
        ("nearest", {"words": 2049 * ["king"]}, "words: expected 1 to 2,048 in one request, found 2,049"),
        ("nearest", {"words": 5}, "words: expected a list, found 5"),
        ("nearest", {"words": ["king", None]}, "words.1: expected a string, found null"),
        ("nearest", {"words": "king", "k": 0}, "k: expected 1 or more, found 0"),
        ("nearest", {"words": "king", "k": 1001}, "k: expected 1000 or less, found 1001"),
        ("nearest", {"words": "king", "k": "3"}, "k: expected a whole number, found '3'"),
        ("nearest", {"words": "king", "k": True}, "k: expected a whole number, found true"),
        ("nearest", {"k": 3}, "words: expected a value, found none"),
        ("nearest", {"words": "king", "top": 3},
         "top: expected only the fields that /docs lists, found this one"),
        ("nearest", [1], "body: expected an object, found a list"),
        ("analogy", {"questions": [["a", "b"]]}, "questions.0: expected 3 items or more, found 2"),
        ("analogy", {"questions": [["a", "b", "c", "d"]]}, "questions.0: expected 3 items or fewer, found 4"),
        ("analogy", {"questions": [["a", "b", "c"]], "method": "x"},
         "method: expected '3cosadd' or '3cosmul', found 'x'"),
        ("similarity", {"pairs": [["man", []]]}, "pairs: expected words on each side, found an empty list"),
        ("similarity", {"pairs": [[9000 * ["man"], "man"]]},
         "words: expected at most 8,192 in all, found 9,001"),
    ],
)  # fmt: skip
def test_bodies_that_do_not_fit(client, route, body, expected):
    assert expected in message(client.post(f"/{route}", json=body), 422)


def test_subwords_give_unknown_words_a_vector(tmp_path):
    from wordlab.text import Corpus
    from wordlab.training import SubwordConfig, train

    text = tmp_path / "text.txt"
    text.write_text(200 * "the king and the queen met a woman in paris\n", encoding="utf-8")
    corpus = Corpus.build([text], tmp_path / "corpus")
    trained = train(corpus, SubwordConfig(dim=8, epochs=1, threads=1))
    with client_of({"subwords": trained}) as client:
        found = client.post("/nearest", json={"words": ["kings", "king"], "k": 2}).json()
        assert found["through_subwords"] == ["kings"]
        assert found["words"][0]["nearest"] == named(trained.nearest("kings", k=2))
        assert client.get("/words/kings").json() | {"norm": 0} == {
            "model": "subwords", "word": "kings", "rank": None, "count": None, "norm": 0,
            "through_subwords": True, "subwords": list(trained.subwords.ngrams("kings")),
        }  # fmt: skip
        embedded = client.post("/v1/embeddings", json={"input": "kings 5"}).json()
        assert embedded["unknown_words"] == 1


def test_words_that_are_no_unicode_or_no_path_are_unknown(client):
    for path in ("..%2f..%2fetc%2fpasswd", "%00", "../../etc/passwd", "%ED%A0%80", "a" * 5000):
        reply = client.get(f"/words/{path}")
        assert reply.status_code == 404, path
        assert "is not among the 8 words" in reply.text or "found /etc/passwd" in reply.text
    body = r'{"words": ["\ud800", "\u0000"]}'
    reply = client.post("/nearest", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code in (404, 422)


def test_all_words_are_there(client):
    assert [client.get(f"/words/{word}").json()["rank"] for word in WORDS] == list(range(len(WORDS)))
