"""Files at URLs are found, read and written through fsspec, and whatever fails is one line."""

import gzip
import os

import pytest

from wordlab.errors import ArtifactError, FormatError, MissingExtraError, SourceError
from wordlab.io import remote
from wordlab.io.compression import open_bytes
from wordlab.io.listing import files_at
from wordlab.io.urls import Url, place_of

ODD = [
    "a b.txt",
    "ü.txt",
    "h#x.txt",
    "q?x.txt",
    "st*r.txt",
    "br[1].txt",
    "d//e.txt",
    "a::b.txt",
    "100%41.txt",
    "+.txt",
]


def content(url):
    place = place_of(url)
    with open_bytes(place, url) as stream:
        return b"".join(iter(lambda: stream.read(1 << 20), b""))


@pytest.fixture(params=["s3", "memory"])
def folder(request, tmp_path):
    """The URL of a new folder, and what puts a file into it."""
    if request.param == "s3":
        store = request.getfixturevalue("s3")
        return "s3://bucket/x", lambda key, data: store.put(f"x/{key}", data)
    name = f"memory://{tmp_path.name}"

    def put(key, data):
        remote.put_bytes(data, place_of(f"{name}/{key}"))
        return f"{name}/{key}"

    return name, put


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_names(s3, name):
    url = s3.put(name, name)
    assert content(url) == name.encode()
    assert [str(each) for each, _ in files_at(place_of(url)).files] == [url]


def test_patterns_and_folders(folder):
    root, put = folder
    for name in ("b.txt", "a.txt", "c.csv", ".hidden.txt", "in/a.txt", "in/.h/a.txt", "in/deep/z.txt"):
        put(name, b"x")

    def found(pattern):
        return [str(url).removeprefix(f"{root}/") for url, _ in files_at(place_of(f"{root}/{pattern}")).files]

    assert found("*.txt") == ["a.txt", "b.txt"]
    assert found("?.txt") == ["a.txt", "b.txt"]
    assert found("[bc].*") == ["b.txt", "c.csv"]
    assert found("**/*.txt") == ["a.txt", "b.txt", "in/a.txt", "in/deep/z.txt"]
    assert found(".*.txt") == [".hidden.txt"]
    assert found("in/") == ["in/.h/a.txt", "in/a.txt", "in/deep/z.txt"]
    with pytest.raises(SourceError, match=r"/\*\.zip: expected files that match the pattern, found none$"):
        found("*.zip")
    with pytest.raises(SourceError, match=r"none.txt: cannot be read: there is no such file or folder$"):
        found("none.txt")


def test_blocks_grow_and_give_the_same_bytes(folder):
    data = os.urandom(3 << 20)
    url = folder[1]("large", data)
    assert content(url) == data
    with remote.open_file(place_of(url)) as file:
        file.seek(-5, os.SEEK_END)
        assert file.read() == data[-5:]
        file.seek(1_500_000)
        assert file.read(10) == data[1_500_000:1_500_010]


def test_compressed_content(s3):
    packed = gzip.compress(1000 * b"text\n")
    assert content(s3.put("a.txt.gz", packed)) == 1000 * b"text\n"
    with pytest.raises(
        SourceError, match=r"^s3://bucket/a.txt.gz: expected a whole gzip file, found one that is cut"
    ):
        content(s3.put("a.txt.gz", packed[:-10]))
    with pytest.raises(FormatError, match=r"^s3://bucket/a.txt.gz: expected gzip data, found damage"):
        content(s3.put("a.txt.gz", packed[:30] + b"xxxx" + packed[34:]))


def test_what_is_replaced_while_it_is_read(s3):
    url = s3.put("a.txt", os.urandom(2 << 20))
    with open_bytes(place_of(url), url) as stream:
        stream.read(10)
        s3.put("a.txt", os.urandom(2 << 20))
        with pytest.raises(
            SourceError, match=r"^s3://bucket/a.txt: cannot be read: it was replaced meanwhile$"
        ):
            while stream.read(1 << 20):
                pass


def test_what_ends_early(s3):
    url = s3.put("a.txt", b"12345")
    with open_bytes(place_of(url), url, size=9) as stream:
        stream.read(5)
        with pytest.raises(SourceError, match="expected 9 bytes, as at the start, found 5; it shrank"):
            stream.read(5)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("s3://bucket/none", "s3://bucket/none: cannot be read: there is no such file"),
        ("s3://nobody/none", "s3://nobody/none: cannot be read: there is no bucket 'nobody'"),
        ("s3://No Name!/a", "s3://No Name!/a: cannot be read: Parameter validation failed: Invalid bucket "),
    ],
)  # fmt: skip
def test_what_is_not_there(s3, url, message):
    with pytest.raises(SourceError) as caught:
        content(url)
    assert str(caught.value).startswith(message)


@pytest.fixture
def anew():
    """Clients are made anew, and again after the test."""
    import s3fs

    def forget():
        remote._shared.cache_clear()
        s3fs.S3FileSystem.clear_instance_cache()

    forget()
    yield
    forget()


def test_no_credentials(s3, anew, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(SourceError) as caught:
        content("s3://bucket/a.txt")
    assert str(caught.value) == (
        "s3://bucket/a.txt: cannot be read: expected credentials, found none that are whole; set "
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use `aws configure`"
    )


def test_no_connection(s3, anew, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    with pytest.raises(
        SourceError, match=r"^s3://bucket/a.txt: cannot be read: the connection failed \(Could not"
    ):
        content("s3://bucket/a.txt")


class Refusing:
    """A file system where everything fails in one way."""

    def __init__(self, error):
        self.error = error

    def fail(self, *_, **__):
        raise self.error

    info = open = put_file = find = fail


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError("Forbidden"), "access is denied (Forbidden)"),
        (TimeoutError("too slow"), "the connection failed (too slow)"),
        (ValueError("s3://ann:pw@x/?X-Amz-Signature=abc&y odd"), "s3://x/?X-Amz-&y odd (ValueError)"),
        (OSError(28, "No space left on device"), "[Errno 28] No space left on device"),
        (RuntimeError(), "RuntimeError (RuntimeError)"),
    ],
)  # fmt: skip
def test_other_errors_are_one_line_without_secrets(monkeypatch, error, reason):
    monkeypatch.setattr(remote, "_system", lambda url: Refusing(error))
    with pytest.raises(SourceError) as caught:
        content("gs://bucket/a")
    assert str(caught.value) == f"gs://bucket/a: cannot be read: {reason}"
    with pytest.raises(ArtifactError) as caught:
        remote.put(None, Url("gs", "bucket/a"), print)
    assert str(caught.value) == f"gs://bucket/a: cannot be written: {reason}"


def test_a_package_that_is_missing(monkeypatch):
    import fsspec

    def missing(*_, **__):
        raise ImportError("Please install gcsfs")

    remote._shared.cache_clear()
    monkeypatch.setattr(fsspec, "filesystem", missing)
    with pytest.raises(
        MissingExtraError, match=r"^gcsfs is not installed; pip install 'wordlab\[gcs\]' brings it$"
    ):
        content("gs://bucket/a")
