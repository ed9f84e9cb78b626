"""Vectors of texts as OpenAI's clients and those of text-embeddings-inference ask for them."""

import base64

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.sentiment import WordVectorVectorizer
from wordlab.text import Vocabulary

from .conftest import client_of

TEXTS = ["the king met the queen", "nobody here", ""]


@pytest.fixture(scope="module")
def means(vectors):
    return WordVectorVectorizer(vectors).fit(TEXTS).transform(TEXTS)


def test_embeddings(client, means):
    reply = client.post("/v1/embeddings", json={"input": TEXTS, "model": "small", "user": "me"})
    found = reply.json()
    assert [row["embedding"] for row in found["data"]] == means.tolist()
    assert [(row["object"], row["index"]) for row in found["data"]] == [("embedding", n) for n in range(3)]
    assert [row["unknown_words"] for row in found["data"]] == [3, 2, 0]
    assert (found["object"], found["model"]) == ("list", "small")
    assert found["usage"] == {"prompt_tokens": 7, "total_tokens": 7}
    assert found["unknown_words"] == 5
    assert reply.headers["X-Wordlab-Unknown-Words"] == "5"
    one = client.post("/v1/embeddings", json={"input": TEXTS[0]}).json()
    assert one["data"][0]["embedding"] == means[0].tolist()
    assert client.post("/v1/embeddings", json={"input": "a", "model": "other"}).json()["model"] == "other"


def test_base64_is_little_endian_float32(client, means):
    body = {"input": TEXTS, "encoding_format": "base64"}
    data = client.post("/v1/embeddings", json=body).json()["data"]
    rows = [np.frombuffer(base64.b64decode(row["embedding"]), "<f4") for row in data]
    assert np.array_equal(rows, means)


IDS = "input: expected a text or a list of texts, found ids of tokens, whose texts are not known"


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({"input": [1, 2]}, 422, IDS),
        ({"input": [[1, 2], [3]]}, 422, IDS),
        ({"input": []}, 422, "input: expected 1 to 2,048 in one request, found 0"),
        ({"input": 2049 * [""]}, 422, "input: expected 1 to 2,048 in one request, found 2,049"),
        ({"input": None}, 422, "input: expected a list, found null"),
        ({"input": {"a": 1}}, 422, "input: expected a list, found an object"),
        ({}, 422, "input: expected a value, found none"),
        ({"input": "a", "encoding_format": "hex"}, 422,
         "encoding_format: expected 'float' or 'base64', found 'hex'"),
        ({"input": "a", "dimensions": 2}, 422, "dimensions: expected 4, all that small has, as its first "
         "dimensions mean nothing alone, found 2"),
        ({"input": "a", "model": "text-embedding-3-small"}, 404,
         "model: expected one of small, other, found 'text-embedding-3-small'"),
    ],
)  # fmt: skip
def test_embeddings_refuse(client, body, status, expected):
    reply = client.post("/v1/embeddings", json=body)
    assert reply.status_code == status
    error = reply.json()["error"]
    assert (error["message"], error["type"]) == (expected, "invalid_request_error")
    assert client.post("/v1/embeddings", json={"input": "a", "dimensions": 4}).status_code == 200


def test_models(client):
    found = client.get("/v1/models").json()
    assert [model["id"] for model in found["data"]] == ["small", "other"]
    assert client.get("/v1/models/other").json() == found["data"][1]
    assert client.get("/v1/models/x").status_code == 404


def test_embed(client, means):
    for route in ("/embed", "/"):
        reply = client.post(route, json={"inputs": TEXTS, "truncate": True})
        unit = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        assert np.allclose(reply.json(), unit, atol=1e-6)
        assert reply.headers["X-Wordlab-Unknown-Words"] == "5"
    assert client.post("/embed", json={"inputs": TEXTS, "normalize": False}).json() == means.tolist()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"inputs": [[1]]}, IDS.replace("input", "inputs", 1)),
        ({"inputs": "a", "prompt_name": "query"},
         "prompt_name: expected none, as static vectors have no prompts"),
        ({"inputs": "a", "dimensions": 2}, "dimensions: expected 4, found 2"),
    ],
)  # fmt: skip
def test_embed_refuses_in_its_own_form(client, body, expected):
    reply = client.post("/embed", json=body)
    assert reply.status_code == 422
    assert reply.json() == {"error": expected, "error_type": "Validation"}


def test_info_and_health(client):
    found = client.get("/info").json()
    assert (found["model_id"], found["max_client_batch_size"]) == ("small", 2048)
    assert found["sets"][1] == {"name": "other", "num_words": 6, "dim": 3}
    assert found["classifiers"] == [{"name": "reviews", "title": "TF-IDF", "classes": ["neg", "pos"]}]
    assert client.get("/health").status_code == 200


def test_sums_beyond_float32_are_refused():
    large = WordVectors(Vocabulary(["a", "b"], [2, 1]), [[3e38, 0], [3e38, 1]])
    with client_of({"large": large}) as client:
        assert client.post("/v1/embeddings", json={"input": "a"}).status_code == 200
        reply = client.post("/v1/embeddings", json={"input": "a b"})
        assert reply.status_code == 422
        assert "found an overflow" in reply.text


def test_long_replies(client, vectors):
    texts = 2_048 * ["king queen"]
    rows = client.post("/embed", json={"inputs": texts, "normalize": False}).json()
    assert len(rows) == 2_048
    assert rows[0] == rows[-1]
