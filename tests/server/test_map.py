"""Maps and changed words: computed once in the background, while replies tell how far that is."""

import base64
import threading
import time

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.changes import changed_words
from wordlab.embeddings.maps import MapConfig, make_map
from wordlab.errors import CorpusError
from wordlab.progress import Reporter
from wordlab.server.background import Jobs
from wordlab.server.errors import Refusal
from wordlab.text import Vocabulary

from .conftest import WORDS, client_of


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("WORDLAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "maps"


def finished(client, url, **options):
    """The reply once there is one; those before say how far it is."""
    for _ in range(3_000):
        reply = client.get(url, **options)
        if reply.status_code != 202:
            return reply
        assert reply.json().keys() == {"state", "title", "done", "total"}
        assert reply.json()["state"] == "computing"
        time.sleep(0.02)
    raise AssertionError("the work never ends")


def test_the_map_of_a_set(vectors, cache):
    with client_of({"small": vectors}, map_method="pca") as client:
        reply = finished(client, "/map?model=small")
        assert reply.status_code == 200
        found = reply.json()
        rows = np.frombuffer(base64.b64decode(found.pop("coordinates")), "<f4").reshape(-1, 2)
        assert found == {
            "model": "small", "method": "pca", "seed": 1, "num_words": 8, "words": WORDS,
            "counts": list(range(80, 0, -10)),
        }  # fmt: skip
        assert np.array_equal(rows, make_map(vectors, MapConfig(method="pca")).coordinates)
        tag = reply.headers["ETag"]
        again = client.get("/map", headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        assert client.get("/map?model=nix").status_code == 404
    assert [path.suffix for path in sorted(cache.iterdir())] == ["", ".lock"]


def test_a_map_that_is_being_made(vectors, monkeypatch):
    let_go, begun = threading.Event(), threading.Event()

    def make(vectors, config, *, on_progress):
        Reporter(on_progress, "map: UMAP", "epochs", 200).report(3)
        begun.set()
        assert let_go.wait(60)
        return make_map(vectors, config)

    monkeypatch.setattr("wordlab.server.map.kept_map", make)
    with client_of({"small": vectors}, map_method="pca") as client:
        client.get("/map")
        assert begun.wait(60)
        for url in ("/map", "/map?model=small"):
            reply = client.get(url)
            expected = {"state": "computing", "title": "map: UMAP", "done": 3, "total": 200}
            assert (reply.status_code, reply.json()) == (202, expected)
        assert client.post("/nearest", json={"words": "king"}).status_code == 200  # others do not wait
        let_go.set()
        assert finished(client, "/map").status_code == 200


def test_the_most_frequent_words_without_counts():
    vectors = WordVectors(Vocabulary(["a", "b", "c"], [0, 0, 0]), np.eye(3))
    with client_of({"plain": vectors}, map_method="pca", map_words=2) as client:
        found = finished(client, "/map").json()
    assert (found["words"], found["counts"], found["num_words"]) == (["a", "b"], None, 2)


# ------------------------------------------------------------------ changed words


def test_words_that_changed(client, vectors, other):
    found = finished(client, "/changed?model=small&other=other&k=3").json()
    expected = changed_words(vectors, other, k=3)
    pairs = zip(expected.words, expected.overlaps.tolist(), strict=True)
    assert found == {
        "model": "small", "other": "other", "k": 3, "num_words": 6, "overlap": expected.mean_overlap,
        "words": [{"word": w, "overlap": o} for w, o in pairs],
    }  # fmt: skip
    few = client.get("/changed?model=small&other=other&k=3&most=2").json()
    assert few == found | {"words": found["words"][:2]}
    assert client.get("/changed?model=small").status_code == 422
    assert client.get("/changed?other=nix").status_code == 404
    assert client.get("/changed?other=other&k=0").status_code == 422


def test_sets_without_common_words(vectors):
    strange = WordVectors(Vocabulary(["x", "y"], [2, 1]), np.eye(2))
    with client_of({"small": vectors, "strange": strange}) as client:
        reply = finished(client, "/changed?other=strange")
        message = "other: expected two words or more that both sets have, found 0"
        assert (reply.status_code, reply.json()["error"]["message"]) == (422, message)
        assert finished(client, "/changed?other=strange").content == reply.content


# ------------------------------------------------------------------ jobs


def until(condition):
    for _ in range(3_000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never comes")


def test_a_job_tells_how_far_it_is():
    let_go = threading.Event()

    def work(on_progress):
        Reporter(on_progress, "count", "words", 10).report(4)
        assert let_go.wait(60)
        return "done"

    jobs = Jobs()
    job = jobs.get("key", work)
    until(lambda: job.progress)
    assert job.facts() == {"state": "computing", "title": "count", "done": 4, "total": 10}
    assert jobs.get("key", pytest.fail) is job
    let_go.set()
    assert job.result() == "done"
    assert jobs.get("key", pytest.fail).is_done


def test_a_job_that_fails_is_tried_again_once_that_is_told():
    def fail(_):
        raise CorpusError("nothing there")

    jobs = Jobs()
    until(lambda: jobs.get("key", fail).is_done)
    with pytest.raises(CorpusError, match="nothing there"):
        jobs.get("key", pytest.fail).result()
    assert jobs.get("key", lambda _: 1).result() == 1


def test_jobs_end_with_the_server():
    ended = threading.Event()

    def work(on_progress):
        reporter = Reporter(on_progress, "count for ever", "words")
        try:
            while True:
                time.sleep(0.01)
                reporter.report(1)
        finally:
            ended.set()

    jobs = Jobs()
    jobs.get("key", work)
    jobs.stop()
    assert ended.is_set()


def test_few_jobs_run_at_once_and_the_latest_are_kept():
    let_go = threading.Event()
    jobs = Jobs()
    for number in range(4):
        jobs.get(number, lambda _: let_go.wait(60))
    with pytest.raises(Refusal, match="4 long computations run already; try again later"):
        jobs.get("more", pytest.fail)
    let_go.set()
    for number in range(100):
        jobs.get(number, lambda _: None).result()
    assert jobs.get(99, pytest.fail).is_done
    assert jobs.get(50, lambda _: "again").result() == "again"
