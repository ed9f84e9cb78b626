"""Names to vectors: package, cache, download, in this order, each checked."""

import hashlib
import io
import tarfile
import zipfile

import numpy as np
import pytest

from wordlab.embeddings import load_pretrained
from wordlab.embeddings.pretrained import find_origin, loading
from wordlab.embeddings.pretrained.cache import cache_directory, slot
from wordlab.embeddings.pretrained.catalogue import PretrainedSet
from wordlab.errors import ArtifactError, ConfigError, FormatError, SourceError

from . import conftest as server

TEXT = b"king 0.1 0.2\nqueen 0.3 0.4\nking 0.5 0.6\n"


def zipped(text, name="small.2d.txt"):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme", "x")
        archive.writestr(name, text)
    return stream.getvalue()


def tarred(text, name="small.2d.txt"):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text))
    return stream.getvalue()


@pytest.fixture
def small(site, nothing_installed, monkeypatch):
    """small(content, **facts): makes "small" the name of what the server has; the set and its site."""
    url, served = site

    def make(content, **facts):
        served.content = content
        facts = {"member": "small.2d.txt", "sha256": hashlib.sha256(content).hexdigest(), **facts}
        known = PretrainedSet(name="small", family="glove", dim=2, licence="none", url=url, **facts)
        monkeypatch.setattr(loading, "find_set", lambda name: known)
        return known, served

    return make


@pytest.mark.parametrize("packed", [zipped, tarred])
def test_downloaded_once_and_then_cached(small, tmp_path, packed):
    content = packed(TEXT)
    known, served = small(content)
    assert find_origin("small", cache=tmp_path).kind == "download"
    events = []
    vectors = load_pretrained("small", cache=tmp_path, on_progress=events.append)
    assert vectors.vocabulary.words == ("king", "queen")
    assert np.array_equal(vectors.matrix, np.float32([[0.1, 0.2], [0.3, 0.4]]))
    assert vectors.details["origin"] == "small"
    assert vectors.details["num_duplicates"] == 1
    assert vectors.details["pretrained"] == {
        "name": "small", "licence": "none", "url": known.url, "digests": {"vectors.zip": known.sha256}
    }  # fmt: skip
    assert [(event.task, event.done == event.total) for event in events[-2:]] == [
        ("download vectors.zip", True), ("read vectors", True)
    ]  # fmt: skip
    assert find_origin("small", cache=tmp_path).where == str(slot(known, tmp_path))
    again = load_pretrained("small", cache=tmp_path, download=False)
    assert np.array_equal(again.matrix, vectors.matrix)
    assert again.details == vectors.details
    assert len(served.requests) == 1


def test_options_reach_the_reader(small, tmp_path):
    small(zipped(TEXT))
    last = load_pretrained("small", cache=tmp_path, duplicates="last")
    assert np.array_equal(last["king"], np.float32([0.5, 0.6]))
    only = load_pretrained("small", cache=tmp_path, only=["queen", "emperor"])
    assert only.vocabulary.words == ("queen",)
    small(zipped(TEXT + b"bad row here\n"))
    lenient = load_pretrained("small", cache=tmp_path / "other", lenient=True)
    assert lenient.details["skipped"]
    with pytest.raises(FormatError, match=r"vectors.zip:small.2d.txt:4: expected"):
        load_pretrained("small", cache=tmp_path / "other")


def test_wrong_options_are_reported_before_anything_is_fetched(small, tmp_path):
    _, served = small(zipped(TEXT))
    with pytest.raises(ConfigError, match="duplicates: expected one of first, last, error, found 'no'"):
        load_pretrained("small", cache=tmp_path, duplicates="no")
    with pytest.raises(ConfigError, match="only: expected at least one word"):
        load_pretrained("small", cache=tmp_path, only=[])
    assert served.requests == []


def test_plain_text_with_a_header(small, tmp_path):
    small(b"2 2\nking 0.1 0.2 \nqueen 0.3 0.4 \n", member=None, sha256=None)
    vectors = load_pretrained("small", cache=tmp_path)
    assert vectors.vocabulary.words == ("king", "queen")
    assert vectors.details["format"] == "word2vec"


def test_nothing_may_be_downloaded(small, tmp_path):
    _, served = small(zipped(TEXT))
    with pytest.raises(SourceError) as caught:
        load_pretrained("small", cache=tmp_path, download=False)
    assert str(caught.value) == (
        f"small: expected vectors.zip in {tmp_path}, found none, and nothing may be downloaded"
    )
    assert served.requests == []


def test_files_of_equal_names_do_not_meet(small, tmp_path):
    first, _ = small(zipped(TEXT))
    load_pretrained("small", cache=tmp_path)
    second = PretrainedSet(**{**first.__dict__, "url": first.url.replace("/data/", "/other/")})
    assert second.file_name == first.file_name
    assert find_origin(second, cache=tmp_path).kind == "download"


def test_the_cache_of_torchtext_is_used(small, tmp_path):
    """Its archive or the text beside it; never its pickle."""
    known, served = small(zipped(TEXT))
    (tmp_path / "small.2d.txt.pt").write_bytes(b"a pickle")
    assert find_origin(known, cache=tmp_path).kind == "download"
    (tmp_path / "vectors.zip").write_bytes(served.content)
    assert load_pretrained("small", cache=tmp_path).details["pretrained"]["digests"] == {
        "vectors.zip": known.sha256
    }
    (tmp_path / "small.2d.txt").write_bytes(b"prince 1 2\n")
    vectors = load_pretrained("small", cache=tmp_path)
    assert vectors.vocabulary.words == ("prince",)
    assert list(vectors.details["pretrained"]["digests"]) == ["small.2d.txt"]
    assert served.requests == []


def test_a_half_download_of_torchtext_is_reported(small, tmp_path):
    _, served = small(zipped(TEXT))
    (tmp_path / "vectors.zip").write_bytes(served.content[:100])
    with pytest.raises(SourceError, match=r"expected SHA-256 .*; remove it to have it downloaded again"):
        load_pretrained("small", cache=tmp_path)


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data[:-1] + b"\xff"])
@pytest.mark.parametrize("digest_known", [True, False])
def test_a_damaged_cache_is_reported(small, tmp_path, damage, digest_known):
    """By the published digest, or by the record of the download."""
    content = zipped(TEXT)
    known, _ = small(content, **({} if digest_known else {"sha256": None}))
    load_pretrained("small", cache=tmp_path)
    slot(known, tmp_path).write_bytes(damage(content))
    with pytest.raises(SourceError, match=r"expected (SHA-256|[0-9,]+ bytes).*; remove it"):
        load_pretrained("small", cache=tmp_path)


def test_the_wrong_dimension(small, tmp_path):
    small(zipped(b"king 0.1 0.2 0.3\n"))
    with pytest.raises(FormatError, match="expected 2 dimensions, found 3"):
        load_pretrained("small", cache=tmp_path)


def test_a_member_that_cannot_be_so_large(small, tmp_path):
    small(zipped(b"king 0.1 0.2\n" * 1000), num_words=1)
    with pytest.raises(FormatError, match=r"expected 'small.2d.txt' of at most 1,072 bytes, found 13,000"):
        load_pretrained("small", cache=tmp_path)


def test_an_error_of_the_server_leaves_nothing(small, tmp_path):
    _, served = small(zipped(TEXT))
    served.act = server.answers(404)
    with pytest.raises(SourceError, match="expected HTTP 200 OK, found 404 Not Found"):
        load_pretrained("small", cache=tmp_path)
    assert [path.suffix for path in tmp_path.iterdir()] == [".lock"]


def test_where_the_cache_is(tmp_path, monkeypatch):
    monkeypatch.setenv("WORDLAB_CACHE", str(tmp_path / "named"))
    assert cache_directory() == tmp_path / "named"
    assert cache_directory("given") == cache_directory("given").relative_to(".")
    monkeypatch.delenv("WORDLAB_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert "wordlab" in cache_directory().parts


def test_a_cache_that_cannot_be_written(small, tmp_path):
    small(zipped(TEXT))
    (tmp_path / "file").write_text("x")
    with pytest.raises(ArtifactError, match="cannot be written: "):
        load_pretrained("small", cache=tmp_path / "file")
