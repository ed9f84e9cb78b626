"""What killed runs left is removed, and what a running process writes is not."""

import logging
import os
import subprocess
import sys

import pytest

from wordlab.io import atomic, leftovers
from wordlab.io.atomic import finish_leftovers, move_away, staged_directory, staged_file
from wordlab.io.leftovers import FILLING, OLD, hidden_directory, hidden_name, is_hidden_name, locked

KILLED = """
import os, sys
from wordlab.io.atomic import staged_directory
with staged_directory(sys.argv[1], lambda path: None) as staging:
    (staging / "half").write_text("x")
    print("writing", flush=True)
    sys.stdin.readline()
    os.kill(os.getpid(), 9)
"""


def start(path):
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"writing\n"
    return process


def write(path):
    with staged_directory(path, lambda _: None) as staging:
        (staging / "whole").write_text("x")


@pytest.mark.parametrize("name", ["d", "d[1]", "d*", "d.partial-"])
@pytest.mark.parametrize("is_there", [False, True])
def test_a_killed_run_is_cleared_and_a_running_one_is_not(tmp_path, caplog, name, is_there):
    path, other = tmp_path / name, tmp_path / "d1"
    other.mkdir()
    if is_there:
        path.mkdir()
    one, two = start(path), start(other)
    hidden = path if is_there else tmp_path
    try:
        assert any(entry.startswith(".") for entry in os.listdir(hidden))
        finish_leftovers(path)
        assert any(entry.startswith(".") for entry in os.listdir(hidden))
        assert not caplog.records
        one.communicate(b"\n")
        with caplog.at_level(logging.INFO):
            write(path)
        assert os.listdir(path) == ["whole"]
        assert sorted(os.listdir(tmp_path)) == sorted([name, "d1"])
        assert len(os.listdir(other)) == 1
        (record,) = caplog.records
        assert record.getMessage().endswith(": removed what a killed run had left")
    finally:
        two.communicate(b"\n")


def test_files_leave_nothing_either(tmp_path):
    path = tmp_path / "a.txt"
    hidden = tmp_path / hidden_name(".a.txt")
    hidden.mkdir()
    (hidden / "a.txt").write_text("half")
    with staged_file(path) as staging:
        staging.write_text("whole")
    assert os.listdir(tmp_path) == ["a.txt"]


def test_another_machine_is_left_alone(tmp_path, monkeypatch):
    """Its locks may be invisible here."""
    leftover = tmp_path / hidden_name(".d")
    leftover.mkdir()
    monkeypatch.setattr(leftovers, "_machine", lambda: ("0000", "1111"))
    finish_leftovers(tmp_path / "d")
    assert leftover.exists()
    monkeypatch.undo()
    host, _ = leftovers._machine()
    monkeypatch.setattr(leftovers, "_machine", lambda: (host, "1111"))  # started again since
    finish_leftovers(tmp_path / "d")
    assert not leftover.exists()


@pytest.mark.parametrize("name", [".d.partial-1234abcd", ".dx.partial-1234-abcd-12345678", ".d.partial-x"])
def test_other_names_are_left_alone(tmp_path, name):
    (tmp_path / name).mkdir()
    finish_leftovers(tmp_path / "d")
    assert os.listdir(tmp_path) == [name]


def test_disks_without_locks_are_left_alone(tmp_path, monkeypatch):
    leftover = tmp_path / hidden_name(".d")
    leftover.mkdir()
    monkeypatch.setattr(leftovers, "_lock", lambda descriptor, path: None)
    finish_leftovers(tmp_path / "d")
    assert leftover.exists()


def test_what_was_put_aside_is_put_back(tmp_path):
    aside = tmp_path / hidden_name(".d", OLD)
    aside.mkdir()
    (aside / "precious").write_text("x")
    finish_leftovers(tmp_path / "d")
    assert os.listdir(tmp_path / "d") == ["precious"]
    aside.mkdir()
    finish_leftovers(tmp_path / "d")
    assert os.listdir(tmp_path) == ["d"]


def test_a_filling_that_was_killed_is_finished(tmp_path):
    (tmp_path / "a").write_text("moved already")
    ready = tmp_path / hidden_name("", FILLING)
    ready.mkdir()
    (ready / "manifest").write_text("x")
    (ready / "z").write_text("x")
    finish_leftovers(tmp_path, "manifest")
    assert sorted(os.listdir(tmp_path)) == ["a", "manifest", "z"]


def test_the_last_file_comes_last(tmp_path, monkeypatch):
    moved = []
    rename = atomic.rename_new

    def noted(source, target):
        moved.append(target.name)
        rename(source, target)

    monkeypatch.setattr(atomic, "rename_new", noted)
    with staged_directory(tmp_path, lambda _: None, last="b") as staging:
        for name in "cba":
            (staging / name).write_text(name)
    assert moved == ["a", "c", "b"]


def test_a_second_signal_does_not_stop_the_removal(tmp_path, monkeypatch):
    remove, calls = leftovers.shutil.rmtree, []

    def interrupted(path, **options):
        calls.append(path)
        if len(calls) == 1:
            raise KeyboardInterrupt
        remove(path, **options)

    monkeypatch.setattr(leftovers.shutil, "rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt), hidden_directory(tmp_path, ".d") as hidden:
        (hidden / "half").write_text("x")
    assert os.listdir(tmp_path) == []


def test_a_lock_is_held_once(tmp_path):
    with locked(tmp_path) as first, locked(tmp_path) as second:
        assert (first, second) == (True, False)
    with locked(tmp_path) as again, locked(tmp_path / "nowhere") as none:
        assert (again, none) == (True, False)


def test_move_away(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_text("x")
    move_away(tmp_path / "d")
    assert os.listdir(tmp_path) == []


def test_names():
    assert is_hidden_name(hidden_name(".d"), ".d")
    assert is_hidden_name(hidden_name(""), "")
    assert not is_hidden_name(hidden_name(".d"), "")
    assert not is_hidden_name(".d.partial-half", ".d")
