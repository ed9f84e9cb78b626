"""What the gate refuses: too long, too much, too slow, without the key, from elsewhere, or no JSON at all."""

import asyncio
import json
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordlab.errors import ConfigError, SourceError
from wordlab.server import ServerConfig

from .conftest import client_of

KEY = "correct-horse-battery"
JSON = {"Content-Type": "application/json"}


def error_of(reply):
    return reply.status_code, reply.json()["error"]["code"], reply.json()["error"]["message"]


@pytest.fixture
def key_file(tmp_path):
    (tmp_path / "key.txt").write_text(KEY + "\n", encoding="ascii")
    return str(tmp_path / "key.txt")


# ------------------------------------------------------------------ bodies


def test_long_bodies(vectors):
    with client_of({"small": vectors}, max_body=1_000) as client:
        fits = json.dumps({"words": "king", "k": 1}).encode().ljust(1_000)
        assert client.post("/nearest", content=fits, headers=JSON).status_code == 200
        expected = (413, "body_too_large", "body: expected at most 1,000 bytes, found more")
        assert error_of(client.post("/nearest", content=fits + b" ", headers=JSON)) == expected
        parts = (b" " * 600 for _ in range(2))  # without a length
        assert error_of(client.post("/nearest", content=parts, headers=JSON)) == expected
        lying = JSON | {"Content-Length": 30 * "9"}
        assert error_of(client.post("/nearest", content=b"{}", headers=lying)) == expected
        reply = client.post("/embed", content=fits + b" ", headers=JSON)
        assert reply.json() == {"error": expected[2], "error_type": "Validation"}


@pytest.mark.parametrize(
    ("body", "headers", "status", "expected"),
    [
        (b"{", JSON, 422, "body: expected JSON, found an error at character 1: "
         "Expecting property name enclosed in double quotes"),
        (b"", JSON, 422, "body: expected a value, found none"),
        (b"\xff\xfe{", JSON, 400, "body: expected JSON, found something that cannot be read"),
        (100_000 * b"[", JSON, 400, "body: expected JSON, found something that cannot be read"),
        (b'{"k": ' + 5_000 * b"9" + b"}", JSON, 400,
         "body: expected JSON, found something that cannot be read"),
        (b'{"words": "king"}', {"Content-Type": "text/plain"}, 422,
         "body: expected Content-Type: application/json, found another or none"),
        (b'{"words": "king"}', {}, 422,
         "body: expected Content-Type: application/json, found another or none"),
        (b'{"words": NaN}', JSON, 422, "words: expected a list, found NaN"),
        (b'{"words": "king", "k": 1e400}', JSON, 422, "k: expected a whole number, found Infinity"),
    ],
)  # fmt: skip
def test_what_is_no_body(client, body, headers, status, expected):
    reply = client.post("/nearest", content=body, headers=headers)
    assert error_of(reply)[::2] == (status, expected)


def test_what_is_no_route(client):
    assert error_of(client.get("/nix")) == (404, "not_found", "expected a route that /docs lists, found /nix")
    found = error_of(client.get("/nearest"))
    assert found == (405, "method_not_allowed", "/nearest: expected POST, found GET")
    assert client.request("BREW", "/nearest").status_code == 405


def test_floods_of_headers_and_odd_ones(client):
    flood = {f"X-{number}": "x" * 100 for number in range(500)}
    assert client.post("/nearest", json={"words": "king"}, headers=flood).status_code == 200
    for name in ("X-Forwarded-For", "X-Original-URL", "X-Rewrite-URL", "Range", "Expect"):
        reply = client.post("/nearest", json={"words": "king"}, headers={name: "/etc/passwd"})
        assert reply.json()["words"][0]["word"] == "king"


texts = st.text(st.characters(exclude_categories=()))  # halves of characters included
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.sampled_from(["king", "man"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)
FIELDS = (
    "words", "k", "model", "other", "questions", "method", "pairs", "lists", "input", "inputs", "texts",
    "encoding_format", "dimensions", "normalize", "explain", "num_reasons", "classifier",
)  # fmt: skip
ROUTES = (
    "nearest", "analogy", "similarity", "odd-one-out", "compare", "v1/embeddings", "embed", "classify",
)  # fmt: skip


@settings(max_examples=150)
@given(st.sampled_from(ROUTES), values | st.dictionaries(st.sampled_from(FIELDS), values, max_size=4))
def test_no_body_is_more_than_refused(client, route, body):
    """Lone surrogates, NaN and numbers of any size included; a bug would raise here."""
    reply = client.post(f"/{route}", content=json.dumps(body), headers=JSON)
    assert reply.status_code in (200, 400, 404, 422), reply.text
    found = json.loads(reply.content, parse_constant=lambda name: pytest.fail(name))
    assert reply.status_code == 200 or "\n" not in str(found["error"])


@settings(max_examples=100)
@given(st.binary(max_size=200), st.sampled_from(ROUTES))
def test_no_bytes_are_more_than_refused(client, body, route):
    assert client.post(f"/{route}", content=body, headers=JSON).status_code in (400, 404, 422)


# ------------------------------------------------------------------ time and number


class Held:
    """Answers as vectors do, but "queen" only once it is let go."""

    def __init__(self, vectors):
        self.vectors, self.begun, self.let_go = vectors, threading.Event(), threading.Event()

    def nearest(self, words, k):
        if words == ["queen"]:
            self.begun.set()
            assert self.let_go.wait(60)
        return self.vectors.nearest(words, k)


def test_requests_that_take_too_long(vectors):
    held = Held(vectors)
    with client_of({"small": vectors}, indexes={"small": held}, time_limit=0.2) as client:
        expected = (503, "timeout", "the request took longer than 0.2 s")
        assert error_of(client.post("/nearest", json={"words": "queen"})) == expected
        assert error_of(client.post("/nearest", json={"words": "king"})) == expected  # waits for the thread
        held.let_go.set()


def test_too_many_requests(vectors):
    held = Held(vectors)
    with client_of({"small": vectors}, indexes={"small": held}, max_waiting=1) as client:
        replies = []
        queen = {"words": "queen"}
        ask = threading.Thread(target=lambda: replies.append(client.post("/nearest", json=queen)))
        ask.start()
        assert held.begun.wait(60)
        found = error_of(client.post("/nearest", json={"words": "king"}))
        assert found == (503, "overloaded", "1 requests wait already; try again later")
        assert client.get("/health").status_code == 200
        held.let_go.set()
        ask.join()
        assert replies[0].status_code == 200
        assert client.post("/nearest", json={"words": "king"}).status_code == 200


# ------------------------------------------------------------------ keys and hosts


def test_the_key(vectors, key_file):
    options = {"host": "0.0.0.0", "api_key_file": key_file, "base_url": "http://example.org"}  # noqa: S104
    with client_of({"small": vectors}, **options) as client:
        expected = (401, "invalid_api_key", "Authorization: expected Bearer and the server's key")
        for header in (
            None,
            KEY,
            f"Basic {KEY}",
            f"Bearer {KEY}x",
            "Bearer ",
            "Bearer",
            b"Bearer \xff",
        ):
            reply = client.get("/info", headers={} if header is None else {"Authorization": header})
            assert reply.status_code == 401
            assert reply.headers["WWW-Authenticate"] == "Bearer"
        assert error_of(client.post("/nearest", json={"words": "king"})) == expected
        for route in ("/docs", "/openapi.json", "/metrics", "/nix"):
            assert client.get(route).status_code == 401
        assert client.get("/health").status_code == 200
        for scheme in ("Bearer", "bearer"):
            assert client.get("/info", headers={"Authorization": f"{scheme} {KEY}"}).status_code == 200
        odd = {"Authorization": f"Bearer {KEY}", "Host": "[::"}
        assert client.get("/nix", headers=odd).status_code == 404


def test_other_hosts_are_refused_without_a_key(client):
    for host in ("127.0.0.1", "127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000"):
        assert client.get("/health", headers={"Host": host}).status_code == 200
    for host in ("evil.example", "127.0.0.1.evil.example", "", "0.0.0.0", "[::2]"):  # noqa: S104
        status, code, message = error_of(client.get("/health", headers={"Host": host}))
        assert (status, code) == (403, "wrong_host")
        assert message == f"Host: expected that of this machine, found {host!r}"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"host": "0.0.0.0"}, "host: expected a loopback address such as 127.0.0.1, or an api_key_file, "  # noqa: S104
         "found '0.0.0.0'"),
        ({"host": "example.org"}, "host: expected a loopback address such as 127.0.0.1, or an api_key_file, "
         "found 'example.org'"),
        ({"host": ""}, "host: expected an address such as 127.0.0.1, found ''"),
        ({"port": 65_536}, "port: expected a whole number from 0 to 65535, found 65536"),
        ({"workers": 0}, "workers: expected a whole number from 1 to 1024, found 0"),
        ({"index": "faiss"}, "index: expected one of exact, usearch, found 'faiss'"),
        ({"max_body": 10}, "max_body: expected a whole number from 1000 to 1073741824, found 10"),
        ({"time_limit": 0}, "time_limit: expected a number from 0.001 to 86400, found 0"),
    ],
)  # fmt: skip
def test_settings(options, expected):
    with pytest.raises(ConfigError) as caught:
        ServerConfig(**options)
    assert str(caught.value) == expected
    assert ServerConfig(host="127.0.0.2").is_loopback
    assert ServerConfig(host="::1").is_loopback
    assert ServerConfig(**ServerConfig(port=1).to_dict()) == ServerConfig(port=1)


@pytest.mark.parametrize("content", [b"", b"short\n", b"two words of a key ok\n", b"a" * 5000, b"\xff" * 20])
def test_files_without_a_key(tmp_path, content):
    path = tmp_path / "key.txt"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        ServerConfig(api_key_file=str(path)).read_api_key()
    assert str(caught.value) == (
        f"api_key_file: expected one line of 16 to 4,096 ASCII characters without blanks in {path}, "
        "found something else"
    )
    with pytest.raises(SourceError, match="No such file"):
        ServerConfig(api_key_file=str(tmp_path / "none")).read_api_key()


# ------------------------------------------------------------------ pages and figures


def test_docs_need_nothing_from_elsewhere(client):
    page = client.get("/docs").text
    for route in client.get("/openapi.json").json()["paths"]:
        assert f" {route}</code>" in page
    assert "POST /nearest" in page
    assert "<script" not in page
    assert "http" not in page.replace("</html>", "")
    assert "whole number from 1 to 1,000" in page


def test_metrics(vectors):
    with client_of({"small": vectors}) as client:
        client.post("/nearest", json={"words": ["king", "man"]})
        client.get("/words/king")
        client.get("/words/nix")
        client.request("BREW", "/some/path")
        client.post("/embed", json={"inputs": "king zebra"})
        text = client.get("/metrics").text
    for line in (
        'wordlab_requests_total{method="POST",route="/nearest",status="200"} 1.0',
        'wordlab_requests_total{method="GET",route="/words/{word:path}",status="200"} 1.0',
        'wordlab_requests_total{method="GET",route="/words/{word:path}",status="404"} 1.0',
        'wordlab_requests_total{method="other",route="none",status="404"} 1.0',
        'wordlab_request_seconds_count{route="/nearest"} 1.0',
        "wordlab_text_words_total 2.0",
        "wordlab_text_unknown_words_total 1.0",
        "wordlab_requests_running 1.0",
    ):
        assert line in text.splitlines()


def test_a_client_that_leaves_before_its_body_ends(vectors):
    from wordlab.server import create_app

    app = create_app({"small": vectors}, {})
    messages = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    sent = []
    scope = {
        "type": "http", "method": "POST", "path": "/nearest", "headers": [(b"host", b"localhost")],
        "query_string": b"", "http_version": "1.1", "scheme": "http", "root_path": "",
    }  # fmt: skip

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    assert sent == []
