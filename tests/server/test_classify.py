"""Classes of texts over HTTP are those of the model."""

import pytest

from .conftest import client_of

TEXTS = ["a good king", "a bad man"]


def test_classes_and_probabilities(client, classifier):
    found = client.post("/classify", json={"texts": TEXTS}).json()
    expected = list(classifier.predict_stream(TEXTS))
    assert found["classifier"] == "reviews"
    assert [p["label"] for p in found["predictions"]] == [p.label for p in expected]
    assert [p["probabilities"] for p in found["predictions"]] == [p.probabilities for p in expected]
    assert [p["known_words"] for p in found["predictions"]] == [p.known_words for p in expected]
    assert not {"reasons", "tokens"} & found["predictions"][0].keys()


def test_explanations(client, classifier):
    body = {"texts": TEXTS[0], "explain": True, "num_reasons": 1}
    (found,) = client.post("/classify", json=body).json()["predictions"]
    expected = classifier.explain(TEXTS[0]).strongest(1)
    assert found["logit"] == expected.logit
    assert found["rest"] == expected.rest
    assert found["tokens"] == ["a", "good", "king"]
    (reason,) = expected.reasons
    assert found["reasons"] == [
        {"words": " ".join(reason.words), "position": reason.position, "weight": reason.weight}
    ]


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({"texts": []}, 422, "texts: expected 1 to 2,048 in one request, found 0"),
        ({"texts": [1]}, 422, "texts.0: expected a string, found 1"),
        ({"texts": "a", "classifier": "x"}, 404, "classifier: expected one of reviews, found 'x'"),
        ({"texts": "a", "explain": "yes"}, 422, "explain: expected true or false, found 'yes'"),
    ],
)
def test_refusals(client, body, status, expected):
    reply = client.post("/classify", json=body)
    assert (reply.status_code, reply.json()["error"]["message"]) == (status, expected)


def test_without_a_classifier_or_without_vectors(vectors, classifier):
    with client_of({"small": vectors}) as client:
        reply = client.post("/classify", json={"texts": "a"})
        assert reply.status_code == 404
        assert reply.json()["error"]["message"] == "classifier: this server was started without a classifier"
    with client_of({}, {"reviews": classifier}) as client:
        reply = client.post("/nearest", json={"words": "a"})
        assert reply.json()["error"]["message"] == "model: this server was started without vectors"
        assert client.post("/classify", json={"texts": "a"}).status_code == 200
        assert client.get("/info").json()["model_id"] is None
