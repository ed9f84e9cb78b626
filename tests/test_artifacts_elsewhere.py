"""Artefacts at URLs: sent with the manifest last, fetched once, and verified."""

import json

import numpy as np
import pytest

from wordlab import artifact
from wordlab.errors import ArtifactError, OutputExistsError
from wordlab.io import fetching
from wordlab.io.caches import cache_directory
from wordlab.lineage import lineage


def make(path, number=1.0, **options):
    with artifact.create(path, kind="test", format_version=1, **options) as draft:
        np.save(draft.payload("numbers.npy"), np.full(3, number))
        draft.payload("a b.txt").write_text("text")


def load(path, **options):
    return artifact.load(path, kind="test", format_version=1, **options)


def test_there_and_back(s3, tmp_path):
    make("s3://bucket/made/x")
    make(tmp_path / "x")
    assert s3.names("made/x") == ["a b.txt", "manifest.json", "numbers.npy"]
    found = load("s3://bucket/made/x")
    assert (found.name, str(found.url)) == ("x", "s3://bucket/made/x")
    assert np.load(found.payload("numbers.npy"), mmap_mode="r").tolist() == [1, 1, 1]
    assert found.digest == artifact.digest_of("s3://bucket/made/x") == artifact.digest_of(tmp_path / "x")
    assert artifact.kind_of("s3://bucket/made/x") == "test"
    assert artifact.local_directory("s3://bucket/made/x/") == found.directory
    assert lineage("s3://bucket/made/x").directory == "s3://bucket/made/x"


def test_it_is_fetched_once_and_again_when_it_changed(s3, monkeypatch):
    make("s3://bucket/x")
    fetched = []
    fetch = fetching._fetch
    monkeypatch.setattr(fetching, "_fetch", lambda url, *rest: (fetched.append(url.name), fetch(url, *rest)))
    first = load("s3://bucket/x").directory
    load("s3://bucket/x")
    assert fetched == ["a b.txt", "numbers.npy"]
    make("s3://bucket/x", 2.0, overwrite=True)
    assert np.load(load("s3://bucket/x").payload("numbers.npy")).tolist() == [2, 2, 2]
    assert np.load(first / "numbers.npy").tolist() == [1, 1, 1]
    (first / "numbers.npy").unlink()  # a cache that somebody tidied
    make("s3://bucket/x", overwrite=True)
    assert load("s3://bucket/x").directory == first
    assert (first / "numbers.npy").is_file()


def test_memory_and_file_urls(tmp_path, monkeypatch):
    monkeypatch.setenv("WORDLAB_CACHE", str(tmp_path / "cache"))
    make(f"memory://{tmp_path.name}/x")
    assert load(f"memory://{tmp_path.name}/x").name == "x"
    make((tmp_path / "a b").as_uri())
    assert load((tmp_path / "a b").as_uri()).directory == tmp_path / "a b"


def test_an_existing_one_is_replaced_only_if_asked(s3):
    make("s3://bucket/x")
    with pytest.raises(
        OutputExistsError, match=r"^s3://bucket/x: exists already; choose another name or use"
    ):
        make("s3://bucket/x", 2.0)
    s3.put("home/letter.txt", "dear")
    for overwrite in (True, False):
        with pytest.raises(OutputExistsError, match="s3://bucket/home: exists and is not a wordlab artefact"):
            make("s3://bucket/home", overwrite=overwrite)
    assert s3.names("home") == ["letter.txt"]


def test_other_versions_and_kinds_are_not_fetched(s3, monkeypatch):
    make("s3://bucket/x")
    monkeypatch.setattr(artifact, "fetch_directory", None)
    with pytest.raises(
        ArtifactError, match=r"^s3://bucket/x: expected an artefact of kind 'corpus', found 'test'"
    ):
        artifact.load("s3://bucket/x", kind="corpus", format_version=1)
    with pytest.raises(ArtifactError, match=r"^s3://bucket/x: expected test format version 2, found 1"):
        artifact.load("s3://bucket/x", kind="test", format_version=2)


def change(store, key, **changes):
    manifest = json.loads(store.get(key))
    manifest["payloads"].update(changes)
    store.put(key, json.dumps(manifest))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda s3: s3.put("x/a b.txt", "texx"), "s3://bucket/x/a b.txt: expected SHA-256"),
        (lambda s3: s3.put("x/a b.txt", "te"), "s3://bucket/x/a b.txt: expected 4 bytes, found 2"),
        (lambda s3: s3.put("x/a b.txt", "longer"), "s3://bucket/x/a b.txt: expected 4 bytes, found more"),
        (lambda s3: s3.remove("x/a b.txt"), "s3://bucket/x/a b.txt: cannot be read: there is no such file"),
        (lambda s3: s3.remove("x/manifest.json"), "s3://bucket/x: expected an artefact made by wordlab, "),
        (lambda s3: s3.put("x/manifest.json", "{"), "s3://bucket/x/manifest.json: expected JSON, found a"),
        (lambda s3: change(s3, "x/manifest.json", **{"../b": {"bytes": 1, "sha256": ""}}),
         "s3://bucket/x/manifest.json: expected the name of a payload, found '../b'"),
    ],
)  # fmt: skip
def test_damage_is_found_and_nothing_is_kept_of_it(s3, damage, message):
    make("s3://bucket/x")
    damage(s3)
    with pytest.raises(ArtifactError) as caught:
        load("s3://bucket/x", verify=False)
    assert str(caught.value).startswith(message)
    cache = cache_directory("artefacts")
    assert not cache.exists() or not list(cache.iterdir())


def test_places_that_are_not_for_artefacts(s3, tmp_path):
    with pytest.raises(
        ArtifactError, match=r"^hf://ann/x: .* `wordlab embeddings import` and `wordlab sentiment import`"
    ):
        load("hf://ann/x")
    with pytest.raises(ArtifactError, match=r"^s3://bucket/x.checkpoint: expected a place on this machine"):
        artifact.check_output("s3://bucket/x.checkpoint", rewritten=True)
    with pytest.raises(
        ArtifactError, match=r"^s3://bucket/y: expected an artefact made by wordlab, found no manifest"
    ):
        load("s3://bucket/y")


def test_a_cache_without_room_says_so(s3, tmp_path, monkeypatch):
    make("s3://bucket/x")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORDLAB_CACHE", str(tmp_path / "file"))
    with pytest.raises(
        ArtifactError, match=r"file/artefacts/[0-9a-f]{64}: cannot be written: Not a directory"
    ):
        load("s3://bucket/x")
