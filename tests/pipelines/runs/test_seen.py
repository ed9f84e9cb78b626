"""What a step's inputs are, by their content."""

import pytest

from pipelines.runs.seen import look
from wordlab.text.sources import matches


def test_a_pattern_means_the_files_that_the_command_reads(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts" / "deep").mkdir(parents=True)
    (tmp_path / "texts" / "deep" / "a.txt").write_text("one")
    (tmp_path / "texts" / "deep" / "again").symlink_to("..")  # a circle
    assert matches("texts/**/*.txt") == ["texts/deep/a.txt"]
    before = look("texts/**/*.txt")
    (tmp_path / "texts" / "deep" / ".hidden.txt").write_text("two")
    assert look("texts/**/*.txt") == before
    (tmp_path / "texts" / "b.txt").write_text("three")
    assert look("texts/**/*.txt").digest != before.digest


@pytest.mark.parametrize("text", ["none.txt", "none/*.txt"])
def test_what_is_not_there(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    assert look(text) is None
