"""The map: made once in the background, kept, and told in the form that the page reads."""

import base64
import time

import numpy as np
import pytest

from wordlab.embeddings.maps import MapConfig, make_map

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
        assert client.get("/map").status_code == 202
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
