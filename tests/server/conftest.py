"""Two small sets of vectors and a classifier, served within the process and by processes of their own."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from wordlab.embeddings import WordVectors
from wordlab.sentiment import BaselineConfig, train_baseline
from wordlab.server import ServerConfig, create_app
from wordlab.text import Vocabulary

ROOT = Path(__file__).parents[2]
WORDS = ["king", "queen", "man", "woman", "paris", "and/or", "café", "film"]
TEXTS = ["the king is good", "a good film", "the man is bad", "a bad film"]
LOCAL = "http://127.0.0.1"


@pytest.fixture(scope="session")
def vectors():
    rows = np.random.default_rng(1).normal(size=(len(WORDS), 4)).astype(np.float32)
    return WordVectors(Vocabulary(WORDS, range(80, 0, -10)), rows)


@pytest.fixture(scope="session")
def other():
    rows = np.random.default_rng(2).normal(size=(6, 3)).astype(np.float32)
    return WordVectors(Vocabulary(WORDS[:6], [6, 5, 4, 3, 2, 1]), rows)


@pytest.fixture(scope="session")
def classifier():
    return train_baseline(TEXTS, ["pos", "pos", "neg", "neg"], BaselineConfig(model="tfidf"))


@contextmanager
def client_of(vectors, classifiers=None, *, indexes=None, base_url=LOCAL, **options):
    app = create_app(vectors, classifiers or {}, ServerConfig(**options), indexes=indexes)
    with TestClient(app, base_url=base_url) as client:
        yield client


@pytest.fixture(scope="session")
def client(vectors, other, classifier):
    with client_of({"small": vectors, "other": other}, {"reviews": classifier}) as client:
        yield client


@pytest.fixture(scope="session")
def folder(tmp_path_factory, vectors, other, classifier):
    """The same on disk: small/, other/ and reviews/."""
    root = tmp_path_factory.mktemp("served")
    vectors.save(root / "small")
    other.save(root / "other")
    classifier.save(root / "reviews")
    return root


def hear_all_signals():
    """What ignores signals, such as nohup, hands that on to its children."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def running(folder, *arguments):
    """A process that serves, and its address; it is told to end, and must end well."""
    command = [sys.executable, "-m", "pipelines.cli", "serve", *arguments, "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(
        command, cwd=folder, env=environment, preexec_fn=hear_all_signals, **pipes
    ) as process:
        try:
            url = process.stdout.readline().strip()
            assert url.startswith("http://"), process.stderr.read()
            yield url, process
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=60)
            assert process.returncode == 0, said
            assert "Traceback" not in said
        finally:
            process.kill()
