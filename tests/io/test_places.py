"""Outputs that cannot be written, or that would hit an input, are found before the work."""

import os
import re

import pytest

from wordlab.errors import ArtifactError, OutputExistsError
from wordlab.io import places
from wordlab.io.places import check_apart, check_file, check_place, descriptor_of, is_stream


def test_names_that_are_too_long(tmp_path):
    check_place(tmp_path / ("a" * 200))
    for name in ("a" * 250, "a" * 300, "new/" + "b" * 300 + "/c", "é" * 125):
        with pytest.raises(ArtifactError, match="cannot be written: File name too long"):
            check_place(tmp_path / name)


def test_broken_links(tmp_path):
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("link", "loop"):
        with pytest.raises(ArtifactError, match=f"{name}: cannot be written: "):
            check_place(tmp_path / name)


def test_parents(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ArtifactError, match=f"x: cannot be written: {tmp_path}/file is not a directory"):
        check_place(tmp_path / "file" / "x")
    check_place(tmp_path / "new" / "x")
    with pytest.raises(ArtifactError, match=r"x: cannot be written: No such file or directory$"):
        check_place(tmp_path / "new" / "x", make_parents=False)


def test_permissions(tmp_path, monkeypatch):
    monkeypatch.setattr(places.os, "access", lambda path, mode: False)
    with pytest.raises(ArtifactError, match=f"x: cannot be written: no permission to write in {tmp_path}$"):
        check_place(tmp_path / "x")
    read_only = os.statvfs_result([0, 0, 0, 0, 0, 0, 0, 0, os.ST_RDONLY, 255])
    monkeypatch.setattr(places.os, "statvfs", lambda path: read_only)
    with pytest.raises(ArtifactError, match="is on a read-only file system"):
        check_place(tmp_path / "x")


def test_a_nul_in_a_name(tmp_path):
    with pytest.raises(ArtifactError, match="null"):
        check_place(f"{tmp_path}/a\0b")


def test_streams(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for path in ("/dev/null", "/dev/stdout", "/dev/fd/63", tmp_path / "pipe", tmp_path / "link"):
        assert is_stream(path)
        check_file(path)
    assert [descriptor_of(name) for name in ("/dev/stderr", "/proc/self/fd/7", "x")] == [2, 7, None]
    assert not is_stream(tmp_path)
    assert not is_stream(tmp_path / "new")


def test_sockets_and_disks_are_never_written(tmp_path, monkeypatch):
    path = tmp_path / "disk"
    path.write_text("")
    monkeypatch.setattr(type(path), "is_file", lambda self: False)
    with pytest.raises(OutputExistsError, match="exists and is not a regular file; left unchanged"):
        check_file(path, overwrite=True)


@pytest.fixture
def inputs(tmp_path):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "file").write_text("")
    (tmp_path / "link").symlink_to("in")
    (tmp_path / "in-link").symlink_to("in/file")
    os.link(tmp_path / "in" / "file", tmp_path / "second-name")
    return tmp_path


@pytest.mark.parametrize(
    ("output", "given", "message"),
    [
        ("in", "in", "in: is the input in;"),
        ("link", "in", "link: is the input in;"),
        ("in", "link", "in: is the input link;"),
        ("in/../in/", "in", "is the input in;"),
        ("in-link", "in/file", "in-link: is the input in/file;"),
        ("second-name", "in/file", "second-name: is the input in/file;"),
        ("in/new", "in", "in/new: lies inside the input in;"),
        ("in/new/newer", "link", "in/new/newer: lies inside the input link;"),
        ("link/deep", "in", "link/deep: lies inside the input in;"),
        ("in", "in/file", "in: contains the input in/file;"),
        ("in", "in/deep", "in: contains the input in/deep;"),
        ("link", "in/deep", "link: contains the input in/deep;"),
        (".", "in-link", ".: contains the input in-link;"),
    ],
)
def test_an_output_that_would_hit_an_input(inputs, monkeypatch, output, given, message):
    monkeypatch.chdir(inputs)
    with pytest.raises(ArtifactError, match=re.escape(message)):
        check_apart(output, [None, "-", "glove.6B.50d", given])


@pytest.mark.parametrize("output", ["new", "input", "in2", "second", "/dev/null", "/dev/stdout"])
def test_outputs_apart(inputs, monkeypatch, output):
    monkeypatch.chdir(inputs)
    check_apart(output, ["in", "in/file", "/dev/null", None])
