"""`wordlab serve` as a program: the package openai asks it, signals end it, processes share the work."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import openai
import pytest

from wordlab.server import ServerConfig
from wordlab.server.run import _listen

from .conftest import ROOT, WORDS, running


def ask(url, route, body=None):
    reply = httpx.get(url + route) if body is None else httpx.post(url + route, json=body, timeout=60)
    assert reply.status_code == 200, reply.text
    return reply.content


@pytest.fixture(scope="module")
def one(folder):
    with running(folder, "small", "second=other", "--classifier", "reviews") as (url, process):
        yield url, process


@pytest.fixture(scope="module")
def two(folder):
    with running(folder, "small", "second=other", "--classifier", "reviews", "--workers", "2") as (url, _):
        yield url


def test_openais_client(one, vectors):
    url, _ = one
    with openai.OpenAI(base_url=url + "v1", api_key="none", max_retries=0) as client:
        found = client.embeddings.create(model="small", input=["the king", "queen"])  # asks for base64
        assert np.array_equal(np.float32([row.embedding for row in found.data]), vectors[["king", "queen"]])
        assert found.usage.prompt_tokens == 3
        assert found.unknown_words == 1
        floats = client.embeddings.create(model="small", input="queen", encoding_format="float")
        assert floats.data[0].embedding == vectors["queen"].tolist()
        assert [model.id for model in client.models.list()] == ["small", "second"]
        assert client.models.retrieve("second").owned_by == "wordlab"
        with pytest.raises(openai.NotFoundError) as caught:
            client.embeddings.create(model="ada", input="queen")
        assert caught.value.code == "model_not_found"
        assert "model: expected one of small, second, found 'ada'" in str(caught.value)
        with pytest.raises(openai.UnprocessableEntityError, match="found ids of tokens"):
            client.embeddings.create(model="small", input=[[1, 2]])
        with pytest.raises(openai.UnprocessableEntityError, match="dimensions: expected 4"):
            client.embeddings.create(model="small", input="queen", dimensions=2)


def test_one_and_two_processes_answer_alike(one, two):
    bodies = [
        ("nearest", {"words": WORDS, "k": 5}),
        ("analogy", {"questions": [["man", "king", "woman"]], "k": 3}),
        ("v1/embeddings", {"input": ["the king", "queen", "café film"]}),
        ("classify", {"texts": ["a good king", "a bad man"], "explain": True}),
    ]
    for route, body in bodies:
        (expected,) = {ask(one[0], route, body)}
        with ThreadPoolExecutor(8) as pool:
            assert {*pool.map(lambda _: ask(two, route, body), range(16))} == {expected}  # noqa: B023
    assert b'route="/nearest"' in ask(two, "metrics")


def test_a_signal_lets_running_requests_finish(folder):
    with running(folder, "small") as (url, process):
        address = url.removeprefix("http://").rstrip("/").split(":")
        body = b'{"words": "king", "k": 2}'
        fields = ("Host: localhost", "Content-Type: application/json", f"Content-Length: {len(body)}")
        head = "\r\n".join(["POST /nearest HTTP/1.1", *fields, "", ""])
        with socket.create_connection((address[0], int(address[1])), timeout=60) as connection:
            connection.sendall(head.encode() + body[:5])
            ask(url, "health")  # by now the server has read that much
            process.send_signal(signal.SIGTERM)
            while True:  # until it accepts nobody else
                try:
                    socket.create_connection((address[0], int(address[1])), timeout=60).close()
                except ConnectionRefusedError:
                    break
                time.sleep(0.02)
            assert process.poll() is None
            connection.sendall(body[5:])
            reply = b""
            while part := connection.recv(65_536):
                reply += part
        assert reply.startswith(b"HTTP/1.1 200 OK")
        assert json.loads(reply.partition(b"\r\n\r\n")[2])["words"][0]["word"] == "king"
        assert process.wait(60) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_other_signals_end_it_as_well(folder, number):
    with running(folder, "small") as (_, process):
        process.send_signal(number)
        assert process.wait(60) == 0


def everything(connection):
    """All that the other side sends until it closes."""
    reply = b""
    while part := connection.recv(65_536):
        reply += part
    return reply


def test_slow_headers_and_silent_connections(folder):
    """A byte now and then must not hold a connection open, neither at first nor after a request."""
    with running(folder, "small", "--time-limit", "3") as (url, _):
        address = ("127.0.0.1", int(url.rstrip("/").rpartition(":")[2]))
        with socket.create_connection(address, timeout=60) as silent:
            assert everything(silent) == b""
        request = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for before in (b"", request):
            with socket.create_connection(address, timeout=60) as slow:
                slow.sendall(before)
                if before:
                    assert slow.recv(65_536).startswith(b"HTTP/1.1 200 OK")
                with pytest.raises(ConnectionError):  # it is closed while we still send
                    for byte in itertools.cycle(b"GET / HTTP/1.1\r\nX-Slow: " + 1_000 * b"x"):
                        slow.sendall(bytes([byte]))
                        time.sleep(0.1)
        with socket.create_connection(address, timeout=60) as half:
            half.sendall(request[:20])
            assert everything(half).startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        with socket.create_connection(address, timeout=60) as patient:
            patient.sendall(request[:20])
            time.sleep(0.2)
            patient.sendall(request[20:])
            assert patient.recv(65_536).startswith(b"HTTP/1.1 200 OK")


def test_replies_are_sent_without_delay():
    with _listen(ServerConfig(port=0)) as listener:
        listener.listen()
        with socket.create_connection(listener.getsockname(), timeout=60), listener.accept()[0] as accepted:
            assert accepted.proto == socket.IPPROTO_TCP  # what asyncio looks at


def refused(folder, *arguments):
    command = [sys.executable, "-m", "pipelines.cli", "serve", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr.rstrip("\n")


def test_what_cannot_be_served(folder, one):
    port = one[0].rstrip("/").rpartition(":")[2]
    found = refused(folder, "small", "--port", port)
    assert found == (
        1, f"Error: --port {port}: expected a free one at 127.0.0.1, found Address already in use",
    )  # fmt: skip
    code, said = refused(folder, "reviews", "--port", "0")
    assert code == 1
    assert said.startswith("Error: reviews: expected")
    (folder / "equals=sign").mkdir(exist_ok=True)
    code, said = refused(folder, "equals=sign", "--port", "0")
    assert said.startswith("Error: equals=sign")
