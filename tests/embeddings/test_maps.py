"""Maps of whole sets: where words come to lie, odd sets, and that each map is made only once."""

import logging
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import filelock
import numpy as np
import pytest
from sklearn.decomposition import PCA

from wordlab.embeddings import WordVectors
from wordlab.embeddings.maps import MapConfig, WordMap, cache, choose_method, kept_map, landmarks, make_map
from wordlab.embeddings.maps import config as config_module
from wordlab.embeddings.maps.umap_worker import lay_out
from wordlab.errors import ArtifactError, ConfigError, FormatError, MissingExtraError, ResourceError
from wordlab.text import Vocabulary

PCA_ONLY = MapConfig(method="pca")
NUM_CLUSTERS = 5
needs_umap = pytest.mark.skipif(
    find_spec("umap") is None, reason="umap-learn is not installed; pip install 'wordlab[umap]' brings it"
)


def vectors_of(rows):
    rows = np.asarray(rows, np.float32)
    return WordVectors(Vocabulary([f"w{id}" for id in range(len(rows))], np.zeros(len(rows))), rows)


def clusters(num_words, seed=1):
    """Word i lies near centre i modulo 5."""
    rng = np.random.default_rng(seed)
    return np.eye(10)[np.arange(num_words) % NUM_CLUSTERS] + 0.05 * rng.normal(size=(num_words, 10))


def purity(coordinates):
    """The share of words whose nearest word on the map is of their cluster."""
    distances = np.linalg.norm(coordinates[:, None] - coordinates[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    ids = np.arange(len(coordinates))
    return (distances.argmin(axis=1) % NUM_CLUSTERS == ids % NUM_CLUSTERS).mean()


# ------------------------------------------------------------------ PCA


def test_pca_is_scikit_learns():
    rows = np.random.default_rng(1).normal(size=(300, 20)) * np.linspace(3, 1, 20)
    found = make_map(vectors_of(rows), PCA_ONLY)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    expected = PCA(n_components=2, svd_solver="full").fit_transform(unit)
    expected -= (expected.min(axis=0) + expected.max(axis=0)) / 2
    expected /= np.abs(expected).max()
    signs = np.sign((found.coordinates * expected).sum(axis=0))
    np.testing.assert_allclose(found.coordinates, expected * signs, atol=1e-5)
    assert found.coordinates.dtype == np.float32
    assert not found.coordinates.flags.writeable
    assert np.abs(found.coordinates).max() == 1


def test_the_most_frequent_words():
    rows = clusters(50)
    found = make_map(vectors_of(rows), MapConfig(method="pca", num_words=20))
    assert np.array_equal(found.coordinates, make_map(vectors_of(rows[:20]), PCA_ONLY).coordinates)
    assert len(make_map(vectors_of(rows), MapConfig(method="pca", num_words=51))) == 50


@pytest.mark.parametrize("method", ["pca", pytest.param("umap", marks=needs_umap)])
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[3.0, 4.0]], [[0, 0]]),
        ([[0.0, 0.0]], [[0, 0]]),
        ([[3.0, 4.0], [6.0, 8.0]], [[0, 0], [0, 0]]),  # equal at length 1
        ([[1.0], [-2.0]], [[1, 0], [1, 0]]),
        ([[1.0], [5.0], [0.0], [-2.0]], [[1, 0], [1, 0], [0, 0], [1, 0]]),
        ([[1e-15, 0.0], [0.0, 1e15]], [[1, 0], [1, 0]]),
        (5 * [[0.1, 0.2, 0.3]], 5 * [[0, 0]]),
    ],
)
def test_small_and_odd_sets(method, rows, expected):
    found = make_map(vectors_of(rows), MapConfig(method=method))
    assert found.method == "pca"  # there are too few words for UMAP
    assert found.coordinates.shape == (len(rows), 2)
    np.testing.assert_allclose(np.abs(found.coordinates), expected, atol=1e-6)
    assert found.coordinates[0, 0] == -found.coordinates[-1, 0]


def test_nan_is_refused(tmp_path):
    np.save(tmp_path / "rows.npy", np.float32([[1, 2], [np.nan, 1]]))
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    vectors = WordVectors(Vocabulary(["a", "b"], [2, 1]), mapped)
    with pytest.raises(FormatError, match="found NaN in the vector of 'b'"):
        make_map(vectors, PCA_ONLY)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"method": "tsne"}, "method: expected one of umap, pca, found 'tsne'"),
        ({"num_words": -1}, "num_words: expected a whole number from 0 to 2147483647, found -1"),
        ({"num_words": True}, "num_words: expected a whole number from 0 to 2147483647, found True"),
        ({"num_landmarks": 99}, "num_landmarks: expected a whole number from 100 to 2147483647, found 99"),
        ({"seed": 2**32}, "seed: expected a whole number from 0 to 4294967295, found 4294967296"),
    ],
)
def test_configs_check_themselves(options, expected):
    with pytest.raises(ConfigError) as caught:
        MapConfig(**options)
    assert str(caught.value) == expected


# ------------------------------------------------------------------ landmarks


def test_placing_by_hand():
    """Five landmarks on axes; a word near two of them comes to their weighted mean."""
    points = np.float32([[0, 0], [1, 0], [0, 1], [1, 1], [5, 5]])
    rows = np.concatenate([np.repeat(np.eye(5), 16, axis=0), [[1, 0, 0, 0, 0], [3, 4, 0, 0, 0]]])
    # of each axis there are 16 landmarks, all at its point: sets of 16 then hold all five axes
    placed = landmarks.place(rows.astype(np.float32), np.repeat(points, 16, axis=0))
    assert np.array_equal(placed[:80], np.repeat(points, 16, axis=0))
    np.testing.assert_allclose(placed[80], [0, 0], atol=1e-6)
    assert 0 <= placed[81][0] <= 1
    assert placed[81][1] == 0


def test_placing_does_not_depend_on_the_number_of_threads(monkeypatch):
    rows = np.random.default_rng(1).normal(size=(2_000, 7)).astype(np.float32)
    points = np.random.default_rng(2).normal(size=(333, 2)).astype(np.float32)
    monkeypatch.setattr(landmarks, "_BLOCK_BYTES", 1 << 16)
    found = []
    for threads in (1, 2, 5):
        monkeypatch.setattr(landmarks, "available_cores", lambda threads=threads: threads)
        found.append(landmarks.place(rows, points))
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])
    assert np.array_equal(found[0][:333], points)
    low, high = points.min(axis=0), points.max(axis=0)
    assert ((found[0] >= low) & (found[0] <= high)).all()


def test_placed_words_join_their_clusters():
    rows = clusters(400).astype(np.float32)
    rng = np.random.default_rng(3)
    points = np.eye(10)[np.arange(200) % NUM_CLUSTERS][:, :2] + np.arange(200)[:, None] % NUM_CLUSTERS
    placed = landmarks.place(rows, (points + 0.01 * rng.normal(size=(200, 2))).astype(np.float32))
    assert purity(placed[200:]) == 1


@pytest.mark.parametrize("num_landmarks", [1, 2, 15, 16, 17, 33])
def test_few_landmarks_and_zero_vectors(num_landmarks):
    rows = np.random.default_rng(1).normal(size=(60, 3)).astype(np.float32)
    rows[[0, 40, 59]] = 0
    points = np.random.default_rng(2).normal(size=(num_landmarks, 2)).astype(np.float32)
    placed = landmarks.place(rows, points)
    assert placed.shape == (60, 2)
    assert np.isfinite(placed).all()


# ------------------------------------------------------------------ UMAP


@pytest.fixture(scope="module")
def by_umap():
    """Maps by UMAP: twice the same, the second by kept code, one with another seed, one of odd rows."""
    odd = np.zeros((40, 2), np.float32)
    odd[10:30] = [1, 2]
    config = MapConfig(num_landmarks=100)
    other = MapConfig(num_landmarks=100, seed=2)
    rows = clusters(150)
    work = [(rows, config), (rows, config), (rows, other), (odd, MapConfig())]
    return [make_map(vectors_of(rows), config) for rows, config in work]


@needs_umap
def test_umap_keeps_clusters_together(by_umap):
    assert by_umap[0].method == "umap"
    assert len(by_umap[0]) == 150
    assert purity(by_umap[0].coordinates) > 0.98
    assert purity(by_umap[0].coordinates[100:]) > 0.9


@needs_umap
def test_umap_goes_by_the_seed(by_umap):
    assert np.array_equal(by_umap[0].coordinates, by_umap[1].coordinates)
    assert not np.array_equal(by_umap[0].coordinates, by_umap[2].coordinates)


@needs_umap
def test_umap_of_equal_and_zero_rows(by_umap):
    assert by_umap[3].method == "umap"
    assert by_umap[3].coordinates.shape == (40, 2)
    assert np.isfinite(by_umap[3].coordinates).all()


@needs_umap
def test_a_listener_can_end_umap():
    heard = []

    def listen(event):
        heard.append(event.task)
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        lay_out(np.eye(20, dtype=np.float32), 1, listen)
    assert heard == ["map: start UMAP"]


def test_a_process_that_ends_early(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ResourceError, match="found that it ended with status 1, perhaps for lack of memory"):
        lay_out(np.eye(20, dtype=np.float32), 1)


def test_without_umap(monkeypatch, caplog):
    monkeypatch.setattr(config_module, "find_spec", lambda name: None)
    caplog.set_level(logging.INFO, "wordlab")
    assert choose_method("auto") == "pca"
    assert "the map is made by PCA; pip install 'wordlab[umap]' brings UMAP" in caplog.text
    for ask in (lambda: choose_method("umap"), lambda: make_map(vectors_of(clusters(20)), MapConfig())):
        with pytest.raises(MissingExtraError, match="umap-learn is not installed"):
            ask()
    assert choose_method("pca") == "pca"


# ------------------------------------------------------------------ kept


def test_round_trip(tmp_path):
    config = MapConfig(method="pca", num_words=7, seed=3)
    found = make_map(vectors_of(clusters(20)), config)
    found.save(tmp_path / "map", parents={"vectors": "abc"})
    again = WordMap.load(tmp_path / "map")
    assert np.array_equal(again.coordinates, found.coordinates)
    assert (again.method, again.config) == ("pca", config)


@pytest.mark.parametrize("rows", [[[2.0, 0.0]], [[np.nan, 0.0]], np.zeros((0, 2)), np.zeros((2, 3))])
def test_what_is_no_map(tmp_path, rows):
    with pytest.raises(ValueError, match="expected coordinates"):
        WordMap(np.asarray(rows, np.float32), "pca", MapConfig())


def test_a_map_is_made_once(tmp_path, monkeypatch):
    vectors = vectors_of(clusters(30))
    first = kept_map(vectors, PCA_ONLY, cache=tmp_path)
    monkeypatch.setattr(cache, "make_map", lambda *_, **__: pytest.fail("it was made again"))
    again = kept_map(vectors_of(clusters(30)), PCA_ONLY, cache=tmp_path)
    assert np.array_equal(again.coordinates, first.coordinates)
    for other in (
        lambda: kept_map(vectors, MapConfig(method="pca", num_words=5), cache=tmp_path),
        lambda: kept_map(vectors_of(clusters(30, seed=2)), PCA_ONLY, cache=tmp_path),
    ):
        with pytest.raises(pytest.fail.Exception):
            other()


def test_vectors_on_disk_go_by_their_digest(tmp_path, monkeypatch):
    vectors_of(clusters(30)).save(tmp_path / "vectors")
    monkeypatch.setenv("WORDLAB_CACHE", str(tmp_path / "cache"))
    kept_map(WordVectors.load(tmp_path / "vectors"), PCA_ONLY)
    (kept,) = [path for path in (tmp_path / "cache/maps").iterdir() if path.is_dir()]
    digest = WordVectors.load(tmp_path / "vectors").digest
    assert f'"vectors": "{digest}"' in (kept / "manifest.json").read_text()


def test_errors_of_making_it_are_none_of_the_cache(tmp_path, monkeypatch):
    """ResourceError is an OSError, too."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ResourceError, match="the map: expected UMAP's process to finish"):
        kept_map(vectors_of(clusters(30)), MapConfig(), cache=tmp_path)


@pytest.mark.parametrize("damage", ["coordinates.npy", "manifest.json"])
def test_a_damaged_map_is_made_again(tmp_path, caplog, damage):
    caplog.set_level(logging.INFO, "wordlab")
    vectors = vectors_of(clusters(30))
    first = kept_map(vectors, PCA_ONLY, cache=tmp_path)
    (kept,) = [path for path in (tmp_path / "maps").iterdir() if path.is_dir()]
    (kept / damage).write_bytes(b"nonsense")
    assert np.array_equal(kept_map(vectors, PCA_ONLY, cache=tmp_path).coordinates, first.coordinates)
    assert "the map is made again: " in caplog.text
    WordMap.load(kept)


def test_a_cache_that_cannot_be_written(tmp_path, caplog):
    caplog.set_level(logging.INFO, "wordlab")
    (tmp_path / "maps").write_text("a file where the directory should be")
    found = kept_map(vectors_of(clusters(30)), PCA_ONLY, cache=tmp_path)
    assert len(found) == 30
    (said,) = [record.getMessage() for record in caplog.records]
    assert said == f"the map is not kept for the next time: {tmp_path / 'maps'}: File exists"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_without_the_right_to_write(tmp_path):
    tmp_path.chmod(0o500)
    assert len(kept_map(vectors_of(clusters(30)), PCA_ONLY, cache=tmp_path)) == 30


def test_others_wait_for_the_process_that_makes_it(tmp_path):
    vectors = vectors_of(clusters(30))
    config = MapConfig(method="pca")
    path = tmp_path / "maps" / cache._key(cache._digest(vectors), config)
    path.parent.mkdir()
    lock = filelock.FileLock(path.with_name(path.name + ".lock"))
    lock.acquire()
    waiting = threading.Event()

    def listen(event):
        if event.task == "map: wait for another process":
            waiting.set()

    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(kept_map, vectors, config, cache=tmp_path, on_progress=listen)
        assert waiting.wait(60)
        made = make_map(vectors, config)
        made.save(path)
        stamp = (path / "manifest.json").stat().st_mtime_ns
        lock.release()
        assert np.array_equal(found.result(60).coordinates, made.coordinates)
    assert (path / "manifest.json").stat().st_mtime_ns == stamp  # it was not made twice


def test_another_artefact_is_no_map(tmp_path):
    vectors_of(clusters(5)).save(tmp_path / "vectors")
    with pytest.raises(ArtifactError, match=r"expected an artefact of kind 'map', found 'vectors'"):
        WordMap.load(tmp_path / "vectors")
