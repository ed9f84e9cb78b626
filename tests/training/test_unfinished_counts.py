"""Counts for GloVe that a full disk or Ctrl-C cuts short: kept with the state, and taken up again."""

import dataclasses
import errno
import itertools
import os

import numpy as np
import pytest

from wordlab import artifact
from wordlab.errors import ArtifactError, ConfigError
from wordlab.io.growing import GrowingArray
from wordlab.text import Corpus, Tokenizer
from wordlab.training import Cooccurrences, GloveConfig, train
from wordlab.training.checkpoints import read_checkpoint_config
from wordlab.training.cooccurrences import counting, storage


def corpus_of(seed):
    rng = np.random.default_rng(seed)
    lines = (400 ** rng.random((600, 15))).astype(int)
    text = [" ".join(f"w{id}" for id in line) for line in lines]
    return Corpus.from_lines(text, tokenizer=Tokenizer("whitespace"))


@pytest.fixture(scope="module")
def corpus():
    return corpus_of(3)


def config(**options):
    return GloveConfig(dim=20, window=4, epochs=2, threads=2, x_max=10, **options)


@pytest.fixture(scope="module")
def uninterrupted(corpus):
    return train(corpus, config())


def bytes_in(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def full_after(monkeypatch, num_appends, error=None):
    """Let GrowingArray.append fail from some call on, in the middle of what it writes."""
    calls = itertools.count()
    append = GrowingArray.append

    def failing(array, values):
        if next(calls) >= num_appends:
            append(array, values[: len(values) // 2])
            raise error or OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        append(array, values)

    monkeypatch.setattr(GrowingArray, "append", failing)


@pytest.fixture
def spilling(monkeypatch):
    """Settings with which counts go to the disk, in some parts."""
    monkeypatch.setattr(counting, "_PAIRS_TOGETHER", 500)
    monkeypatch.setattr(storage, "_ROOM", 1 << 10)
    return config(memory=60_000)


@pytest.mark.parametrize("error", [None, KeyboardInterrupt()])
def test_counts_so_far_are_kept_where_the_state_is(
    corpus, uninterrupted, spilling, tmp_path, monkeypatch, error
):
    state = tmp_path / "state"
    with monkeypatch.context() as context:
        full_after(context, 9, error)
        with pytest.raises(ArtifactError if error is None else KeyboardInterrupt):
            train(corpus, spilling, scratch=tmp_path, checkpoint=state)
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    with pytest.raises(ArtifactError, match=r"expected the counts of \d+ words, found those of \d+"):
        Cooccurrences.load(state)
    assert read_checkpoint_config(state) == spilling.to_dict()
    kept = storage._table(
        artifact.load(state, kind="cooccurrences", format_version=1), len(corpus.vocabulary)
    )
    counted = []

    def count_rows(*args, words, **options):
        counted.append(len(words))
        return counting.count_rows(*args, words=words, **options)

    monkeypatch.setattr(storage, "count_rows", count_rows)
    result = train(corpus, spilling, scratch=tmp_path, checkpoint=state, resume=True)
    assert 0 < kept.num_rows < len(corpus.vocabulary)
    assert counted == [len(corpus.vocabulary) - kept.num_rows]
    assert np.array_equal(result.matrix, uninterrupted.matrix)


def test_whole_counts_are_kept_if_their_pairs_find_no_room(
    corpus, uninterrupted, spilling, tmp_path, monkeypatch
):
    def refuse(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    state = tmp_path / "state"
    with monkeypatch.context() as context:
        context.setattr(os, "posix_fallocate", refuse)
        with pytest.raises(ArtifactError, match="cannot be written: No space left on device"):
            train(corpus, spilling, scratch=tmp_path, checkpoint=state)
    assert Cooccurrences.load(state).num_pairs
    monkeypatch.setattr(storage, "count_rows", None)  # nothing is left to count
    result = train(corpus, spilling, scratch=tmp_path, checkpoint=state, resume=True)
    assert np.array_equal(result.matrix, uninterrupted.matrix)


def test_a_disk_with_hardly_any_room_keeps_nothing(corpus, spilling, tmp_path, monkeypatch):
    full_after(monkeypatch, 1)
    with pytest.raises(ArtifactError, match="state: cannot be written: No space left on device"):
        train(corpus, spilling, scratch=tmp_path, checkpoint=tmp_path / "state")
    assert not list(tmp_path.iterdir())


def test_counts_so_far_are_of_one_corpus_and_one_way_of_counting(corpus, spilling, tmp_path, monkeypatch):
    state = tmp_path / "state"
    with monkeypatch.context() as context:
        full_after(context, 9)
        with pytest.raises(ArtifactError):
            train(corpus, spilling, scratch=tmp_path, checkpoint=state)
    before = bytes_in(state)
    wider = dataclasses.replace(spilling, window=6)
    with pytest.raises(ConfigError, match="state: expected the config that counting began with"):
        train(corpus, wider, scratch=tmp_path, checkpoint=state, resume=True)
    with pytest.raises(ConfigError, match="state: expected the corpus that counting began with"):
        train(corpus_of(4), dataclasses.replace(spilling, memory=40_000), checkpoint=state, resume=True)
    with monkeypatch.context() as context:  # full again, before anything is added
        full_after(context, 3)
        with pytest.raises(ArtifactError, match="state: cannot be written"):
            train(corpus, spilling, scratch=tmp_path, checkpoint=state, resume=True)
    assert bytes_in(state) == before
