"""Renames that replace nothing, with and without the system's help."""

import os

import pytest

from wordlab.io import renaming
from wordlab.io.renaming import exchange, rename_new


@pytest.fixture(params=["renameat2", "without", "without links"])
def system(request, monkeypatch):
    """The ways of different systems and disks."""
    if request.param != "renameat2":
        monkeypatch.setattr(renaming, "_renameat2", lambda one, other, flags: False)
    if request.param == "without links":

        def refused(*_):
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", refused)


def make(path, content):
    """A file, or for a list a directory of such files."""
    if isinstance(content, str):
        path.write_text(content)
    else:
        path.mkdir()
        for name in content:
            (path / name).write_text(name)


def found(path):
    return path.read_text() if path.is_file() else sorted(file.name for file in path.iterdir())


@pytest.mark.parametrize("content", ["new", ["a", "b"], []])
@pytest.mark.usefixtures("system")
def test_a_free_name_is_taken(tmp_path, content):
    make(tmp_path / "one", content)
    rename_new(tmp_path / "one", tmp_path / "two")
    assert found(tmp_path / "two") == content
    assert os.listdir(tmp_path) == ["two"]


@pytest.mark.parametrize("content", ["new", ["a", "b"]])
@pytest.mark.parametrize("old", ["old", ["c"], []])
@pytest.mark.usefixtures("system")
def test_a_name_that_is_taken_stays(tmp_path, content, old):
    make(tmp_path / "one", content)
    make(tmp_path / "two", old)
    with pytest.raises(FileExistsError):
        rename_new(tmp_path / "one", tmp_path / "two")
    assert found(tmp_path / "one") == content
    assert found(tmp_path / "two") == old


@pytest.mark.usefixtures("system")
def test_a_broken_link_is_a_name_that_is_taken(tmp_path):
    make(tmp_path / "one", "new")
    (tmp_path / "two").symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        rename_new(tmp_path / "one", tmp_path / "two")
    assert (tmp_path / "two").is_symlink()


def test_filled_between_the_claim_and_the_rename(tmp_path, monkeypatch):
    monkeypatch.setattr(renaming, "_renameat2", lambda one, other, flags: False)
    make(tmp_path / "one", ["a"])
    mkdir = type(tmp_path).mkdir

    def filled(self):
        mkdir(self)
        (self / "theirs").write_text("")

    monkeypatch.setattr(type(tmp_path), "mkdir", filled)
    with pytest.raises(FileExistsError):
        rename_new(tmp_path / "one", tmp_path / "two")
    assert found(tmp_path / "two") == ["theirs"]


def test_exchange(tmp_path):
    make(tmp_path / "one", ["a"])
    make(tmp_path / "two", "b")
    if exchange(tmp_path / "one", tmp_path / "two"):
        assert (found(tmp_path / "one"), found(tmp_path / "two")) == ("b", ["a"])
    else:  # a system or disk that cannot
        assert (found(tmp_path / "one"), found(tmp_path / "two")) == (["a"], "b")
