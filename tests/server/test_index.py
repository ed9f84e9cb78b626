"""The graph of usearch finds nearly all neighbours, with exact cosines, and is always the same."""

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.server.index import UsearchIndex, recall, write_usearch
from wordlab.text import Vocabulary

from .conftest import client_of

NUM_WORDS = 3_000


@pytest.fixture(scope="module")
def many():
    rows = np.random.default_rng(3).normal(size=(NUM_WORDS, 16)).astype(np.float32)
    rows[7] = 0
    return WordVectors(Vocabulary([f"w{n}" for n in range(NUM_WORDS)], np.zeros(NUM_WORDS, np.int64)), rows)


@pytest.fixture(scope="module")
def graph(many, tmp_path_factory):
    events = []
    path = tmp_path_factory.mktemp("graph") / "graph.usearch"
    write_usearch(many, path, on_progress=events.append)
    assert events[-1].done == NUM_WORDS
    return path


def test_recall(many, graph):
    index = UsearchIndex(many, graph)
    found = recall(index, many)
    assert 0.9 < found <= 1.0  # 0.997 to 0.999 over five seeds of vectors
    assert recall(many, many) == 1.0


def test_cosines_are_exact_and_the_word_itself_is_left_out(many, graph):
    words = ["w5", "w6", "w7"]
    for word, found in zip(words, UsearchIndex(many, graph).nearest(words, 5), strict=True):
        assert word not in {neighbour.word for neighbour in found}
        assert len(found) == 5
        cosines = [neighbour.similarity for neighbour in found]
        assert cosines == sorted(cosines, reverse=True)
        exact = [many.similarity(word, neighbour.word) for neighbour in found]
        assert cosines == pytest.approx(exact, rel=1e-12)


def test_more_neighbours_than_words(tmp_path):
    few = WordVectors(Vocabulary(["a", "b", "c"], [3, 2, 1]), [[1, 0], [0, 1], [1, 1]])
    write_usearch(few, tmp_path / "few")
    assert UsearchIndex(few, tmp_path / "few").nearest(["a"], 10) == [few.nearest("a", k=10)]


def test_the_graph_is_always_the_same(many, graph, tmp_path):
    write_usearch(many, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == graph.read_bytes()


def test_routes_ask_the_graph(many, graph):
    with client_of({"many": many}, indexes={"many": UsearchIndex(many, graph)}, index="usearch") as client:
        found = client.post("/nearest", json={"words": "w5", "k": 3}).json()["words"][0]["nearest"]
        assert len(found) == 3
        assert client.get("/info").json()["index"] == "usearch"
