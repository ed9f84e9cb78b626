"""Files and directories appear whole, or what was there stays."""

import errno
import os
import stat
from pathlib import Path

import pytest

from wordlab.errors import ArtifactError, OutputExistsError
from wordlab.io import atomic
from wordlab.io.atomic import staged_directory, staged_file, writing
from wordlab.io.leftovers import is_empty
from wordlab.io.places import check_file


def anything(_):
    """Allow that whatever is there is replaced."""


def test_a_file_appears_at_the_end(tmp_path):
    path = tmp_path / "a.csv"
    with staged_file(path) as staging:
        staging.write_text("new")
        assert staging.suffix == ".csv"
        assert staging.parent.parent == tmp_path
        assert not path.exists()
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("old", [None, "precious"])
def test_a_file_after_an_error(tmp_path, old):
    path = tmp_path / "a.csv"
    if old:
        path.write_text(old)
    before = list(tmp_path.iterdir())

    def half():
        with staged_file(path, overwrite=True) as staging:
            staging.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert list(tmp_path.iterdir()) == before
    assert not old or path.read_text() == old


def test_a_file_that_cannot_be_written(tmp_path):
    path = tmp_path / "missing" / "a.csv"
    with (
        pytest.raises(ArtifactError, match=r"a\.csv: cannot be written: No such file or directory"),
        staged_file(path) as staging,
    ):
        staging.write_text("x")


def test_check_file(tmp_path):
    path = tmp_path / "a"
    check_file(path)
    path.write_text("x")
    check_file(path, overwrite=True)
    with pytest.raises(OutputExistsError, match="a: exists already; choose another name or use --overwrite"):
        check_file(path)
    for overwrite in (False, True):
        with pytest.raises(OutputExistsError, match="exists and is a directory; left unchanged"):
            check_file(tmp_path, overwrite=overwrite)


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_directory_is_replaced(tmp_path, monkeypatch, can_exchange):
    if not can_exchange:
        monkeypatch.setattr(atomic, "exchange", lambda one, other: False)
    path = tmp_path / "d"
    for text in ("first", "second"):
        with staged_directory(path, anything) as staging:
            (staging / text).write_text(text)
        assert [file.name for file in path.iterdir()] == [text]
        assert list(tmp_path.iterdir()) == [path]


def test_a_directory_after_an_error(tmp_path):
    path = tmp_path / "d"
    with staged_directory(path, anything) as staging:
        (staging / "old").write_text("old")
    with pytest.raises(RuntimeError), staged_directory(path, anything) as staging:
        (staging / "new").write_text("new")
        raise RuntimeError
    assert [file.name for file in path.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [path]


def test_the_old_directory_is_back_if_the_new_one_cannot_take_its_place(tmp_path, monkeypatch):
    path = tmp_path / "d"
    path.mkdir()
    (path / "old").write_text("old")
    monkeypatch.setattr(atomic, "exchange", lambda one, other: False)
    rename = atomic.rename_new

    def failing(source, target):
        if ".partial-" in source.name:
            raise OSError(5, "Input/output error")
        return rename(source, target)

    monkeypatch.setattr(atomic, "rename_new", failing)
    with (
        pytest.raises(ArtifactError, match="d: cannot be written: Input/output error"),
        staged_directory(path, anything) as staging,
    ):
        (staging / "new").write_text("new")
    assert [file.name for file in path.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [path]


def test_errors_of_our_own_pass_unchanged():
    with pytest.raises(OutputExistsError, match=r"^there$"), writing("a"):
        raise OutputExistsError("there")


# ------------------------------------------------------------------ what appears meanwhile


def test_a_file_that_appears_meanwhile_is_left_unchanged(tmp_path):
    path = tmp_path / "a"

    def build():
        with staged_file(path) as staging:
            staging.write_text("ours")
            path.write_text("theirs")

    with pytest.raises(OutputExistsError, match="a: exists already; choose another name or use --overwrite"):
        build()
    assert path.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_appears_in_the_place_of_a_file_to_overwrite_is_left_unchanged(tmp_path, make):
    path = tmp_path / "a"
    path.write_text("old")

    def build():
        with staged_file(path, overwrite=True) as staging:
            staging.write_text("ours")
            path.unlink()
            make(path)

    with pytest.raises(OutputExistsError, match="left unchanged"):
        build()
    assert not path.is_file()
    assert list(tmp_path.iterdir()) == [path]


def never(path):
    """Allow only what is not there yet, and empty directories."""
    if path.exists() and any(file.name != "old" for file in path.iterdir() if file.name[0] != "."):
        raise OutputExistsError(f"{path}: there")


def test_a_directory_that_appears_meanwhile_is_left_unchanged(tmp_path):
    path = tmp_path / "d"

    def build():
        with staged_directory(path, never) as staging:
            (staging / "ours").write_text("x")
            path.mkdir()
            (path / "theirs").write_text("x")

    with pytest.raises(OutputExistsError, match="d: there"):
        build()
    assert [file.name for file in path.iterdir()] == ["theirs"]
    assert list(tmp_path.iterdir()) == [path]


def test_what_appears_at_the_last_moment_is_put_back(tmp_path, monkeypatch):
    """Between the last look and the exchange of names."""
    path = tmp_path / "d"
    path.mkdir()
    (path / "old").write_text("old")
    swap = atomic.exchange

    def late(one, other):
        monkeypatch.setattr(atomic, "exchange", swap)
        (other / "theirs").write_text("x")
        return swap(one, other)

    monkeypatch.setattr(atomic, "exchange", late)
    with (
        pytest.raises(OutputExistsError, match="d: was replaced by something else meanwhile"),
        staged_directory(path, never) as staging,
    ):
        (staging / "ours").write_text("x")
    assert sorted(file.name for file in path.iterdir()) == ["old", "theirs"]
    assert list(tmp_path.iterdir()) == [path]


# ------------------------------------------------------------------ what was there


def test_an_empty_directory_is_filled_and_stays_what_it_was(tmp_path, monkeypatch):
    path = tmp_path / "d"
    path.mkdir(mode=0o750)
    monkeypatch.chdir(path)
    before = path.stat()
    with staged_directory(".", never, last="a") as staging:
        for name in ("a", "b"):
            (staging / name).write_text(name)
    assert sorted(os.listdir()) == ["a", "b"]
    after = path.stat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


def test_a_file_that_appears_in_an_empty_directory_stops_the_filling(tmp_path):
    def build(name, content):
        with staged_directory(tmp_path, lambda _: None) as staging:
            (staging / "a").write_text("ours")
            (staging / "b").write_text("ours")
            (tmp_path / name).write_text(content)

    with pytest.raises(OutputExistsError, match="was filled by another program meanwhile; left unchanged"):
        build("b", "theirs")
    assert [file.name for file in tmp_path.iterdir()] == ["b"]
    assert (tmp_path / "b").read_text() == "theirs"


def test_two_that_fill_one_directory(tmp_path):
    def check(path):
        if not is_empty(path):
            raise OutputExistsError("second")

    with pytest.raises(OutputExistsError, match="second"), staged_directory(tmp_path, check) as one:
        (one / "a").write_text("one")
        with staged_directory(tmp_path, check) as two:
            (two / "a").write_text("two")
    assert [file.name for file in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "two"


def test_mode_is_kept_and_links_are_followed(tmp_path):
    old, link = tmp_path / "old", tmp_path / "link.txt"
    old.write_text("old")
    old.chmod(0o640)
    link.symlink_to("old")
    with staged_file(link, overwrite=True) as staging:
        assert staging.suffix == ".txt"
        staging.write_text("new")
    assert link.is_symlink()
    assert old.read_text() == "new"
    assert old.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_link_to_a_directory_stays_a_link(tmp_path, monkeypatch, can_exchange):
    if not can_exchange:
        monkeypatch.setattr(atomic, "exchange", lambda one, other: False)
    old, link = tmp_path / "there" / "d", tmp_path / "link"
    old.mkdir(parents=True)
    (old / "old").write_text("")
    old.chmod(0o700)
    link.symlink_to(old)
    with staged_directory(link, anything) as staging:
        (staging / "new").write_text("new")
    assert link.readlink() == old
    assert os.listdir(old) == ["new"]
    assert old.stat().st_mode & 0o777 == 0o700
    assert os.listdir(old.parent) == ["d"]


def test_a_pipe_and_a_device_are_written_into(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    for path in (pipe, "/dev/null", f"/dev/fd/{os.open(os.devnull, os.O_WRONLY)}"):
        with staged_file(path, overwrite=True) as staging:
            staging.write_text("hello")
    assert os.read(reader, 100) == b"hello"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    with (
        pytest.raises(ArtifactError, match=r"/dev/full: cannot be written: No space left.*disk is full"),
        staged_file("/dev/full") as staging,
    ):
        staging.write_text("hello")


# ------------------------------------------------------------------ a full disk


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device (the disk is full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "Disk quota exceeded (the disk is full"),
        (OSError(errno.EFBIG, "File too large"), "File too large (the disk is full"),
        (OSError("300 requested and 26 written"), "the disk is full: 26 of 300 values could be written"),
        (RuntimeError("I/O error: No space left on device (os error 28)"), "the disk is full"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
    ],
)
def test_a_full_disk_is_named(error, message):
    with pytest.raises(ArtifactError) as caught, writing("out"):
        raise error
    assert str(caught.value).startswith("out: cannot be written: ")
    assert message in str(caught.value)


def test_other_errors_pass():
    with pytest.raises(RuntimeError, match="a bug"), writing("out"):
        raise RuntimeError("a bug")
