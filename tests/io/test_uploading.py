"""Outputs at URLs are there whole or not at all, and what cannot be sent is kept."""

from pathlib import Path

import pytest

from wordlab import artifact
from wordlab.errors import ArtifactError, OutputExistsError
from wordlab.io import remote, uploading
from wordlab.io.atomic import staged_directory, staged_file
from wordlab.io.places import check_file, size_at
from wordlab.io.uploading import MARK, remote_names
from wordlab.io.urls import Url, place_of
from wordlab.progress import hears_in_passing


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(uploading.tempfile, "tempdir", str(tmp_path))
    return tmp_path


def write(url, text="new", **options):
    with staged_file(url, **options) as staging:
        staging.write_text(text)


def test_a_file(s3, temporary):
    write("s3://bucket/a b#.txt")
    assert s3.get("a b#.txt") == b"new"
    assert size_at("s3://bucket/a b#.txt") == 3
    with pytest.raises(
        OutputExistsError, match=r"^s3://bucket/a b#.txt: exists already; choose another name"
    ):
        write("s3://bucket/a b#.txt", "newer")
    write("s3://bucket/a b#.txt", "newer", overwrite=True)
    assert s3.get("a b#.txt") == b"newer"
    assert not list(temporary.iterdir())


def test_what_has_been_sent_and_fetched_is_reported(s3, temporary, monkeypatch):
    monkeypatch.setattr("wordlab.progress.REPORT_INTERVAL", 0.0)
    heard = []
    with hears_in_passing(heard.append):
        write("s3://bucket/a.txt", 300 * "x")
        with artifact.create("s3://bucket/made", kind="x", format_version=1) as draft:
            draft.payload("large.bin").write_bytes(bytes(12_000_000))  # in more than one part
            draft.payload("none.bin").write_bytes(b"")
        artifact.read("s3://bucket/made")
        artifact.read("s3://bucket/made")  # from the cache
    tasks = {event.task: [other.done for other in heard if other.task == event.task] for event in heard}
    assert list(tasks) == ["send s3://bucket/a.txt", "send s3://bucket/made", "fetch s3://bucket/made"]
    assert tasks["send s3://bucket/a.txt"][-1] == 300
    for task in ("send s3://bucket/made", "fetch s3://bucket/made"):
        assert tasks[task] == sorted(tasks[task])
        assert len(set(tasks[task])) > 2
        total = next(event.total for event in heard if event.task == task)
        assert tasks[task].count(total) == 1
    assert all(event.in_passing for event in heard)


def test_a_name_with_the_suffix_of_the_url():
    with staged_file("memory://x/a.csv.gz") as staging:
        assert staging.name == "a.csv.gz"
        staging.write_bytes(b"")


def test_an_error_leaves_what_was_there(s3, temporary):
    s3.put("a.txt", "old")
    for name in ("a.txt", "b.txt"):
        with pytest.raises(KeyboardInterrupt), staged_file(f"s3://bucket/{name}", overwrite=True) as staging:
            staging.write_text("half")
            raise KeyboardInterrupt
    assert s3.names() == ["a.txt"]
    assert s3.get("a.txt") == b"old"
    assert not list(temporary.iterdir())


def test_what_appears_meanwhile_stays(s3):
    with (
        pytest.raises(OutputExistsError, match=r"a.txt: exists already"),
        staged_file("s3://bucket/a.txt") as staging,
    ):
        staging.write_text("new")
        s3.put("a.txt", "theirs")
    assert s3.get("a.txt") == b"theirs"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("s3://bucket/folder", "s3://bucket/folder: exists and is a folder; left unchanged"),
        ("s3://bucket/new/",
         "s3://bucket/new/: cannot be written: expected the name of a file, found that of a folder"),
        ("s3://bucket", "s3://bucket: cannot be written: expected a name in the bucket, found none"),
        ("s3://nobody/a", "s3://nobody/a: cannot be written: there is no bucket 'nobody'"),
        ("hf://ann/a",
         "hf://ann/a: cannot be written: only `wordlab embeddings push` and `wordlab sentiment push` put "
         "something on the Hub"),
    ],
)  # fmt: skip
def test_places_that_cannot_be_written(s3, url, message):
    s3.put("folder/x", "")
    with pytest.raises((ArtifactError, OutputExistsError)) as caught:
        check_file(url, overwrite=True)
    assert str(caught.value) == message


def test_what_cannot_be_sent_is_kept(s3, monkeypatch):
    def fail(path, url, on_bytes):
        raise ArtifactError(f"{url}: cannot be written: access is denied (Forbidden)")

    monkeypatch.setattr(remote, "put", fail)
    with pytest.raises(ArtifactError) as caught:
        write("s3://bucket/a.txt")
    message, _, kept = str(caught.value).partition("; it is kept here as ")
    assert message == "s3://bucket/a.txt: cannot be written: access is denied (Forbidden)"
    assert Path(kept).read_text() == "new"


def fill(url, names, last=None, check=lambda _: None):
    with staged_directory(url, check, last=last) as staging:
        for name in names:
            (staging / name).parent.mkdir(exist_ok=True)
            (staging / name).write_text(name)


def test_a_folder(s3):
    fill("s3://bucket/x", ["b", "in/c", "last"], last="last")
    assert s3.names("x") == ["b", "in/c", "last"]
    s3.put("x/in/other", "theirs")
    fill("s3://bucket/x", ["a", "last"], last="last")
    assert s3.names("x") == ["a", "in/c", "in/other", "last"]


def test_an_upload_that_is_interrupted_is_never_whole(s3, monkeypatch):
    fill("s3://bucket/x", ["a", "last"], last="last")
    put = remote.put

    def stop_at_b(path, url, on_bytes):
        if url.name == "b":
            raise KeyboardInterrupt
        put(path, url, on_bytes)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(remote, "put", stop_at_b)
        fill("s3://bucket/x", ["a", "b", "last"], last="last")
    assert s3.names("x") == [MARK, "a"]
    assert remote_names(place_of("s3://bucket/x"), "last") is None  # which the next one may fill
    fill("s3://bucket/x", ["c", "last"], last="last")
    assert s3.names("x") == ["c", "last"]
    assert remote_names(place_of("s3://bucket/x"), "last") == ["c", "last"]


def test_names_of_a_place(s3):
    s3.put("file", "")
    assert remote_names(Url("s3", "bucket/new")) is None
    with pytest.raises(OutputExistsError, match="s3://bucket/file: exists and is not a folder"):
        remote_names(Url("s3", "bucket/file"))
