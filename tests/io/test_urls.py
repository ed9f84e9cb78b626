"""Which names are URLs, and what they name."""

import os
from pathlib import Path

import pytest

from wordlab.errors import ArtifactError, SourceError
from wordlab.io.places import check_apart, local_path
from wordlab.io.urls import SCHEMES, Url, is_url, place_of


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("s3://bucket/a/b.txt", "s3://bucket/a/b.txt"),
        (Path("s3://bucket/a/b.txt"), "s3://bucket/a/b.txt"),  # of which pathlib takes a slash
        ("S3://bucket/A.txt", "s3://bucket/A.txt"),
        ("s3a://bucket/a", "s3://bucket/a"),
        ("gcs://bucket/a", "gs://bucket/a"),
        ("s3://bucket//a/../b c#d?e*[f]%41::ü", "s3://bucket//a/../b c#d?e*[f]%41::ü"),
        ("memory:///a/b", "memory://a/b"),
        ("hf://datasets/ann/news@v1/a.txt", "hf://datasets/ann/news@v1/a.txt"),
    ],
)
def test_urls(name, url):
    assert str(place_of(name)) == url
    assert is_url(name)


@pytest.mark.parametrize(
    "name",
    [
        "a.txt",
        "a:b.txt",
        "s3:bucket",
        "C:\\texts\\a.txt",
        "C:/texts/a.txt",
        "c://a",
        "nota/s3://b",
        "-",
        "x:/y",
        "",
    ],
)
def test_paths_stay_paths(name):
    assert place_of(name) == Path(name)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("file:///texts/a%20b%C3%BC.txt", "/texts/a bü.txt"),
        ("file:/texts/a", "/texts/a"),
        ("file://localhost/texts/a", "/texts/a"),
        ("FILE:///texts/a#b?c", "/texts/a#b?c"),
        (Path("/texts/a").as_uri(), "/texts/a"),
    ],
)
def test_file_urls_are_paths(name, path):
    assert place_of(name) == Path(path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("foo://bucket/a", f"foo://bucket/a: expected a path, or a URL of {', '.join(SCHEMES)} or file"),
        ("https://ann:pw@x.org/a?sig=s",
         "https://x.org/a: expected a path, or a URL of {}; download it, or pipe it in"),
        ("s3://AKIA:secret@bucket/a",
         "s3://bucket/a: expected no credentials in the URL; set AWS_ACCESS_KEY_ID and "
         "AWS_SECRET_ACCESS_KEY, or use `aws configure`"),
        ("s3://", "s3://: expected s3:// with a place behind it, found none"),
        ("s3:///bucket/a", "s3:///bucket/a: expected s3:// with a place behind it, found none"),
        ("memory://", "memory://: expected memory:// with a place behind it, found none"),
        ("s3://bucket/a?versionId=3",
         "s3://bucket/a?versionId=3: expected a name of a file, found ?versionId=; only the newest "
         "version can be read"),
        ("s3://bucket/a\0b", "s3://bucket/a\\x00b: expected a name of a file, found a NUL"),
        ("file://host/a",
         "file://host/a: expected file:/// and a path on this machine, found the host 'host'"),
    ],
)  # fmt: skip
def test_urls_that_nobody_can_open(name, message):
    with pytest.raises(SourceError) as caught:
        place_of(name)
    assert str(caught.value) == message.format(f"{', '.join(SCHEMES)} or file")


def test_a_file_that_is_called_like_a_url(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.makedirs("foo:/bar")
    assert place_of("foo://bar") == Path("foo:/bar")


def test_parts():
    url = Url("s3", "bucket/a/b.txt.gz")
    assert (url.bucket, url.key, url.name, url.suffix) == ("bucket", "a/b.txt.gz", "b.txt.gz", ".gz")
    assert [str(each) for each in url.parents] == ["s3://bucket/a"]
    assert str(Url("s3", "bucket/") / "x") == "s3://bucket/x"


def test_outputs_and_inputs_at_urls(tmp_path):
    check_apart("s3://b/out", ["s3://b/in", "gs://b/out", tmp_path, "s3://b/output", None])
    check_apart(tmp_path / "out", ["s3://b/out"])
    for output, given, relation in [
        ("s3://b/x", "s3://b/x/", "is the input s3://b/x/"),
        ("s3://b/x/y", "s3://b/x", "lies inside the input s3://b/x"),
        ("s3://b/x", "s3://b/x/y", "contains the input s3://b/x/y"),
    ]:
        with pytest.raises(ArtifactError, match=relation):
            check_apart(output, [given])
    with pytest.raises(ArtifactError, match=r"^s3://b/x: expected a place on this machine, found a URL$"):
        local_path("s3://b/x")
