"""A new format is a module with a `FORMAT` and a line in `names.MODULES`: nothing else knows of it."""

import sys
from dataclasses import replace
from types import ModuleType

import pytest

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.formats import format as forms
from wordlab.embeddings.formats import names
from wordlab.embeddings.formats.dispatch import DETECTED_FORMATS
from wordlab.embeddings.formats.format import DirectoryForm, FileForm, Format
from wordlab.errors import ConfigError, SourceError
from wordlab.text import Vocabulary


def _read(data: bytes) -> WordVectors:
    words, *rows = data.decode().splitlines()
    matrix = [list(map(float, row.split(","))) for row in rows]
    return WordVectors(Vocabulary(words.split(","), [0] * len(matrix)), matrix, details={"format": "new"})


def _write(vectors: WordVectors) -> bytes:
    rows = (",".join(map(str, row)) for row in vectors.matrix.tolist())
    return "\n".join([",".join(vectors.vocabulary.words), *rows]).encode()


def _write_directory(vectors, directory):
    (directory / "all.new").write_bytes(_write(vectors))


NEW = Format(
    file=FileForm(
        read=lambda source, options: _read(source.read(1 << 20)),
        write=lambda vectors, stream: stream.write(_write(vectors)),
        has_signature=lambda head: head.startswith(b"new,"),
    )
)
NEW_DIRECTORY = Format(
    directory=DirectoryForm(
        is_one=lambda directory: (directory / "all.new").is_file(),
        read=lambda directory, options, on_progress: _read((directory / "all.new").read_bytes()),
        needed=("all.new",),
        write=_write_directory,
        written=("all.new",),
    )
)


@pytest.fixture
def add_format(monkeypatch):
    """Adds a format for one test."""

    def clear():
        forms.file_forms.cache_clear()
        forms.directory_forms.cache_clear()

    def add(format):
        module = ModuleType("new_format")
        module.FORMAT = format
        monkeypatch.setitem(sys.modules, "wordlab.embeddings.formats.new_format", module)
        monkeypatch.setitem(names.MODULES, "new", "new_format")
        clear()

    yield add
    monkeypatch.undo()
    clear()


@pytest.fixture
def vectors():
    return WordVectors(Vocabulary(["new", "b"], [0, 0]), [[1, 2], [3, 4]])


def test_a_new_format_of_files(add_format, vectors, tmp_path):
    add_format(NEW)
    write_vectors(vectors, tmp_path / "v.gz", format="new")
    for format in (None, "new"):
        found = read_vectors(tmp_path / "v.gz", format=format)
        assert found.matrix.tolist() == [[1, 2], [3, 4]]
        assert found.details["format"] == "new"


def test_a_new_format_of_directories(add_format, vectors, tmp_path):
    add_format(NEW_DIRECTORY)
    write_vectors(vectors, tmp_path / "v", format="new")
    assert read_vectors(tmp_path / "v").vocabulary.words == ("new", "b")
    with pytest.raises(SourceError, match=r"v/all.new: expected a directory with all.new, found none"):
        read_vectors(tmp_path / "v" / "all.new", format="new")


def test_a_format_that_is_only_read(add_format, vectors, tmp_path):
    add_format(Format(directory=replace(NEW_DIRECTORY.directory, write=None)))
    with pytest.raises(ConfigError, match="expected one that can be written, found new, which is only read"):
        write_vectors(vectors, tmp_path / "v", format="new")


def test_an_unknown_format_is_refused_by_all_names(add_format, vectors, tmp_path):
    add_format(NEW)
    with pytest.raises(
        ConfigError, match="gensim, spacy, projector, sentence-transformers, model2vec, new, found 'old'"
    ):
        read_vectors(tmp_path / "v", format="old")
    with pytest.raises(ConfigError, match="found 'old'"):
        write_vectors(vectors, tmp_path / "v", format="old")


def test_what_runs_code_is_never_detected():
    assert [name for name in names.FORMATS if forms.runs_code(name)] == ["gensim"]
    assert not any(map(forms.runs_code, DETECTED_FORMATS))


@pytest.mark.parametrize("name", names.FORMATS)
def test_every_format_is_complete(name):
    found = forms.find_format(name)
    assert found.file is not None or found.directory.write is not None
    if found.directory is not None and found.directory.write is not None:
        assert set(found.directory.needed) <= set(found.directory.written)
