import pytest

from pipelines.cli import wordlab
from pipelines.runs.planning import make_plan
from pipelines.runs.reading import read_pipeline


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The working directory, with a small text in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("the cat sat on the mat\n" * 20)
    return tmp_path


@pytest.fixture
def plan(place):
    """Makes the plan of a pipeline, given as the text of its file."""

    def make(text):
        (place / "p.toml").write_text(text, encoding="utf-8")
        return make_plan(read_pipeline((place / "p.toml").relative_to(place)), wordlab)

    return make
