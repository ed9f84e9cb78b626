"""Corpora in memory and on disk, and directories that are not corpora."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordlab import artifact
from wordlab.errors import ArtifactError, ConfigError, CorpusError, OutputExistsError
from wordlab.text import Corpus, Tokenizer, Vocabulary, storage

LINES = ["the cat the dog", "", "a dog a b", "the"]


def test_by_hand():
    corpus = Corpus.from_lines(LINES)
    assert corpus.vocabulary == Vocabulary(["the", "dog", "a", "cat", "b"], [3, 2, 2, 1, 1])
    np.testing.assert_array_equal(corpus.token_ids, [0, 3, 0, 1, 2, 1, 2, 4, 0])
    np.testing.assert_array_equal(corpus.line_offsets, [0, 4, 8, 9])
    assert corpus.token_ids.dtype == np.int32
    assert corpus.line_offsets.dtype == np.int64
    assert (corpus.num_tokens, corpus.num_lines, corpus.digest, corpus.directory) == (9, 3, None, None)
    assert list(corpus.lines()) == [line.split() for line in LINES if line]
    assert "9 tokens, 3 lines, 5 words, tokenizer=word" in repr(corpus)
    with pytest.raises(IndexError):
        corpus.line(3)
    with pytest.raises(ValueError, match="read-only"):
        corpus.token_ids[0] = 1


@pytest.mark.parametrize(
    ("ids", "offsets"),
    [
        ([0, 2], [0, 2]),
        ([0, -1], [0, 2]),
        ([0, 1], [0, 1]),
        ([0, 1], [1, 2]),
        ([0, 1], [0, 2, 1, 2]),
        ([[0]], [0, 1]),
    ],
)
def test_arrays_that_do_not_fit(ids, offsets):
    with pytest.raises(ValueError, match=r"^expected "):
        Corpus(np.array(ids), np.array(offsets), Vocabulary(["a", "b"], [1, 1]), Tokenizer())


def test_limits():
    corpus = Corpus.from_lines(LINES, min_count=2)
    assert corpus.vocabulary.words == ("the", "dog", "a")
    assert [" ".join(line) for line in corpus.lines()] == ["the the dog", "a dog a", "the"]
    assert corpus.details["num_raw_tokens"] == 9
    assert corpus.details["num_raw_types"] == 5
    assert corpus.details["num_dropped_tokens"] == 2
    # A tie at the border: the word seen first stays.
    assert Corpus.from_lines(LINES, max_vocab=2).vocabulary.words == ("the", "dog")
    corpus = Corpus.from_lines(["b b a", "c", "a"], min_count=2)
    assert list(corpus.lines()) == [["b", "b", "a"], ["a"]]


@given(
    lines=st.lists(st.text("abcde \n", max_size=25), max_size=12),
    min_count=st.integers(1, 4),
    max_vocab=st.one_of(st.none(), st.integers(1, 4)),
    chunk=st.integers(1, 9),
)
@settings(max_examples=200)
def test_equals_the_plain_definition(lines, min_count, max_vocab, chunk):
    tokens = [line.split() for text in lines for line in text.split("\n")]
    counts: dict[str, int] = {}
    for token in (token for line in tokens for token in line):
        counts[token] = counts.get(token, 0) + 1
    kept = [word for word in sorted(counts, key=lambda word: -counts[word]) if counts[word] >= min_count]
    kept = kept[:max_vocab]
    expected = [left for line in tokens if (left := [token for token in line if token in kept])]
    options = {"tokenizer": Tokenizer("whitespace"), "min_count": min_count, "max_vocab": max_vocab}
    if not kept:
        with pytest.raises(CorpusError):
            Corpus.from_lines(lines, **options)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wordlab.text.counting.CHUNK", chunk)
        corpus = Corpus.from_lines(lines, **options)
    assert corpus.vocabulary == Vocabulary(kept, [counts[word] for word in kept])
    assert list(corpus.lines()) == expected
    assert corpus.details["num_dropped_tokens"] == sum(counts.values()) - corpus.num_tokens


def test_nothing_to_keep():
    with pytest.raises(CorpusError, match="found not a single word"):
        Corpus.from_lines(["", " ,"])
    with pytest.raises(
        CorpusError, match="min_count 4 leaves no word: the most frequent one has a count of 3"
    ):
        Corpus.from_lines(LINES, min_count=4)
    with pytest.raises(ConfigError, match="min_count: expected 1 or more, found 0"):
        Corpus.from_lines(LINES, min_count=0)
    with pytest.raises(ConfigError, match="max_vocab: expected 1 or more, or none, found 0"):
        Corpus.from_lines(LINES, max_vocab=0)


@pytest.fixture
def saved(tmp_path):
    tokenizer = Tokenizer("word", lowercase=False, hyphens="split")
    corpus = Corpus.from_lines(LINES * 50, tokenizer=tokenizer)
    corpus.save(tmp_path / "corpus")
    return tmp_path / "corpus"


def test_round_trip(saved, tmp_path):
    corpus = Corpus.load(saved)
    assert list(corpus.lines()) == [line.split() for line in LINES * 50 if line]
    assert corpus.tokenizer == Tokenizer("word", lowercase=False, hyphens="split")
    assert corpus.details["num_lines"] == corpus.num_lines == 150
    assert corpus.directory == saved
    assert len(corpus.digest) == 64
    assert type(corpus.token_ids) is np.ndarray
    assert not corpus.token_ids.flags.writeable
    corpus.save(tmp_path / "again")
    for path in saved.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_a_directory_whose_name_is_not_utf8(saved, tmp_path):
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    shutil.copytree(saved, odd)
    assert Corpus.load(odd).vocabulary == Corpus.load(saved).vocabulary


def test_mapped_not_read(saved):
    base = Corpus.load(saved).token_ids
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)


def test_saves_onto_itself(saved):
    corpus = Corpus.load(saved)
    with pytest.raises(OutputExistsError):
        corpus.save(saved)
    corpus.save(saved, overwrite=True)
    assert list(Corpus.load(saved).lines()) == list(corpus.lines())


def resign(directory):
    """Write the manifest again so that sizes and digests fit the changed payloads."""
    path = directory / artifact.MANIFEST
    manifest = json.loads(path.read_text())
    path.unlink()
    with artifact.create(directory.parent / "signed", kind="corpus", format_version=1) as draft:
        for payload in directory.iterdir():
            draft.payload(payload.name).write_bytes(payload.read_bytes())
        draft.details = manifest["details"]
    return directory.parent / "signed"


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("token_ids", lambda a: a.astype(np.int64), "expected int32 in 1 dimension, found int64"),
        ("token_ids", lambda a: a.reshape(-1, 1), r"expected int32 in 1 dimension, found int32 \(450, 1\)"),
        ("token_ids", lambda a: a + 1, "expected ids from 0 to 4, found 5"),
        ("token_ids", lambda a: a - 1, "expected ids from 0 to 4, found -1"),
        ("token_ids", lambda a: a[:-1], "expected offsets from 0 to 449, found 0 to 450"),
        ("line_offsets", lambda a: a[1:], "expected offsets from 0 to 450, found 4 to 450"),
        ("line_offsets", lambda a: a[:0], "expected offsets from 0 to 450, found none"),
        ("line_offsets", lambda a: a[[0, 2, 1, -1]], "expected offsets in ascending order"),
        ("line_offsets", lambda a: np.array([{}]), "expected the header of an array of numbers"),
    ],
)
@pytest.mark.parametrize("chunk", [2, 1 << 20])
def test_arrays_that_kernels_must_not_see(saved, monkeypatch, name, change, message, chunk):
    monkeypatch.setattr(storage, "CHUNK", chunk)
    np.save(saved / f"{name}.npy", change(np.load(saved / f"{name}.npy")))
    with pytest.raises(ArtifactError, match=message):
        Corpus.load(resign(saved), verify=False)


def test_foreign_and_damaged(saved, tmp_path):
    with pytest.raises(ArtifactError, match="found no directory"):
        Corpus.load(tmp_path / "missing")
    data = bytearray((saved / "token_ids.npy").read_bytes())
    data[-4] ^= 1
    (saved / "token_ids.npy").write_bytes(bytes(data))
    with pytest.raises(ArtifactError, match=r"token_ids\.npy: expected SHA-256"):
        Corpus.load(saved)
    (saved / "token_ids.npy").write_bytes(b"no array")
    with pytest.raises(ArtifactError, match="expected an array in NumPy's format"):
        Corpus.load(resign(saved))


def test_vocabulary_of_another_corpus(saved):
    Vocabulary(["x", "y", "z", "u", "v"], [5, 4, 3, 2, 1]).write(saved / "vocabulary.parquet")
    with pytest.raises(ArtifactError, match="as many tokens as the vocabulary counts, 15, found 450"):
        Corpus.load(resign(saved))


@pytest.mark.parametrize(
    ("tokenizer", "message"),
    [
        (None, "expected an object, found null"),
        ({"name": "spacy"}, "expected one of whitespace, word, "),
        ({"stem": 1}, "expected 'name', found an object with 'stem'"),
        ({"name": "word", "stem": 1}, "expected fields of Tokenizer, found 'stem'"),
        ([], "expected an object, found a list of 0"),
    ],
)
def test_unknown_tokenizer(saved, tokenizer, message):
    path = saved / artifact.MANIFEST
    manifest = json.loads(path.read_text())
    manifest["details"]["tokenizer"] = tokenizer
    path.write_text(json.dumps(manifest))
    with pytest.raises(ArtifactError, match=f"details: tokenizer: .*{message}"):
        Corpus.load(saved)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("text", "lines: expected an iterable of strings, found a single one; put it in a list"),
        (b"text", "lines: expected an iterable of strings, found a single one; put it in a list"),
        ([["a", "list"], "of tokens"], "lines: expected lists of tokens as the first is, found str"),
        (["a line", ["of", "tokens"]], "lines: expected strings, or lists of strings, found list"),
        (["a", None], "lines: expected strings, or lists of strings, found NoneType"),
        ([["a", 1]], "expected tokens that are strings from lines, found int"),
    ],
)
def test_lines_must_be_strings(lines, message):
    with pytest.raises(TypeError) as caught:
        Corpus.from_lines(lines)
    assert str(caught.value) == message
