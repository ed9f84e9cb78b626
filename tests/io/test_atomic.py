"""Files and directories appear whole, or what was there stays."""

import pytest

from wordlab.errors import ArtifactError, OutputExistsError
from wordlab.io import atomic
from wordlab.io.atomic import staged_directory, staged_file, writing
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
