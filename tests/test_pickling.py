"""Corpora and counts survive pickle: by their place where they are on disk, else by their arrays."""

import copy
import pickle
import shutil

import numpy as np
import pytest

from wordlab.errors import ArtifactError
from wordlab.text import Corpus
from wordlab.training import CooccurrenceConfig, Cooccurrences

LINES = 50 * ["the cat sat on the mat", "a dog sat"]
ARRAYS = {Corpus: ("token_ids", "line_offsets"), Cooccurrences: ("row_offsets", "context_ids", "values")}


def again(value):
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own bytes


def make(kind, path, lines=LINES):
    corpus = Corpus.from_lines(lines, min_count=50)
    if kind is Corpus:
        corpus.save(path)
        return Corpus.load(path)
    return Cooccurrences.count(corpus, path, CooccurrenceConfig())


@pytest.mark.parametrize("kind", ARRAYS)
def test_on_disk_the_place_is_pickled(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    value = make(kind, "made")
    content = pickle.dumps(value)
    assert len(content) < 300
    monkeypatch.chdir("/")
    found = pickle.loads(content)  # noqa: S301
    assert (type(found), found.digest, found.vocabulary) == (kind, value.digest, value.vocabulary)
    assert copy.deepcopy(value) is copy.copy(value) is value
    for name in ARRAYS[kind]:
        assert isinstance(getattr(found, name).base, np.memmap | type(getattr(value, name).base))
        np.testing.assert_array_equal(getattr(found, name), getattr(value, name))


@pytest.mark.parametrize("kind", ARRAYS)
def test_another_artefact_in_its_place_is_an_error(kind, tmp_path):
    content = pickle.dumps(make(kind, tmp_path / "made"))
    shutil.rmtree(tmp_path / "made")
    with pytest.raises(ArtifactError, match="made: expected an artefact made by wordlab"):
        pickle.loads(content)  # noqa: S301
    make(kind, tmp_path / "made", 60 * LINES)
    with pytest.raises(
        ArtifactError, match=r"made: expected the artefact that was pickled \(digest .*, found digest"
    ):
        pickle.loads(content)  # noqa: S301


def test_a_corpus_in_memory():
    corpus = Corpus.from_lines(LINES, min_count=50)
    found = again(corpus)
    assert list(found.lines()) == list(corpus.lines())
    assert (found.vocabulary, found.tokenizer, found.details) == (
        corpus.vocabulary, corpus.tokenizer, corpus.details,
    )  # fmt: skip
    assert not found.token_ids.flags.writeable
    assert not found.line_offsets.flags.writeable


def test_counts_in_memory(tmp_path):
    counts = make(Cooccurrences, tmp_path / "made").sample(2)
    found = again(counts)
    assert (found.num_pairs, found.config, found.corpus) == (counts.num_pairs, counts.config, counts.corpus)
    np.testing.assert_array_equal(found.values, counts.values)
