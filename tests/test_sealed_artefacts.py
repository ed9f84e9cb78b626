"""Artefacts whose digests are right and whose content is wrong: one line names the file and the field."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wordlab import artifact
from wordlab.embeddings import WordVectors
from wordlab.errors import ArtifactError
from wordlab.text import Corpus, Vocabulary
from wordlab.training import Word2VecConfig, train

LINES = ["the cat sat on the mat", "a good film of a great king"] * 10
CONFIG = Word2VecConfig(dim=4, epochs=2, threads=1, subsample=0)


def sealed(path, payloads=(), details=None, drop=()):
    """The artefact in `path` with other payloads and details, under digests that fit."""
    manifest = json.loads((path / "manifest.json").read_text())
    content = {name: (path / name).read_bytes() for name in manifest["payloads"] if name not in drop}
    version = manifest["format_version"]
    with artifact.create(path, kind=manifest["kind"], format_version=version, overwrite=True) as draft:
        for name, data in content.items():
            draft.payload(name).write_bytes(data)
        for name, value in dict(payloads).items():
            np.save(draft.payload(name), value) if isinstance(value, np.ndarray) else None
            draft.payload(name).write_bytes(value) if isinstance(value, bytes) else None
            pq.write_table(value, draft.payload(name)) if isinstance(value, pa.Table) else None
        draft.details = {**manifest["details"], **(details or {})}
    return path


@pytest.fixture
def vectors(tmp_path):
    train(Corpus.from_lines(LINES), CONFIG).save(tmp_path / "v")
    return tmp_path / "v"


@pytest.fixture
def corpus(tmp_path):
    Corpus.from_lines(LINES).save(tmp_path / "c")
    return tmp_path / "c"


def broken_utf8(words):
    binary = pa.array([b"\xff\xfe", *(word.encode() for word in words[1:])])
    return pa.Array.from_buffers(pa.string(), len(words), binary.buffers())


def vocabulary(words, counts):
    return pa.table({"word": words, "count": counts})


WORDS = Corpus.from_lines(LINES).vocabulary.words
COUNTS = Corpus.from_lines(LINES).vocabulary.counts
VOCABULARIES = [
    (vocabulary(broken_utf8(WORDS), COUNTS), "expected a vocabulary, found a damaged file (Invalid UTF8"),
    (vocabulary(WORDS, COUNTS.astype(float)), "count: expected int64, found double"),
    (
        vocabulary(WORDS, pa.array([None, *COUNTS[1:].tolist()])),
        "count: expected int64, found int64 with nulls (1)",
    ),
    (vocabulary([None, *WORDS[1:]], COUNTS), "word: expected string, found string with nulls (1)"),
    (vocabulary(WORDS, -COUNTS), "expected counts of 0 or more in descending order"),
    (vocabulary(WORDS, COUNTS[::-1]), "expected counts of 0 or more in descending order"),
    (vocabulary(WORDS, np.full(len(COUNTS), 2**62)), "expected counts of 0 or more in descending order"),
    (pa.table({"word": list(WORDS)}), "expected a vocabulary, found a damaged file"),
    (
        vocabulary(pa.array([], pa.string()), pa.array([], pa.int64())),
        "expected a vocabulary, found no words",
    ),
    (b"PAR1 but no more", "expected a vocabulary, found a damaged file"),
]


@pytest.mark.parametrize(("table", "message"), VOCABULARIES, ids=lambda value: str(value)[:50])
def test_vocabularies(vectors, corpus, table, message):
    for path, kind in ((vectors, WordVectors), (corpus, Corpus)):
        with pytest.raises(ArtifactError) as caught:
            kind.load(sealed(path, {"vocabulary.parquet": table}))
        assert f"vocabulary.parquet: {message}" in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1


def test_words_that_are_there_twice(vectors):
    words = [WORDS[0], WORDS[0], *WORDS[2:]]
    found = WordVectors.load(sealed(vectors, {"vocabulary.parquet": vocabulary(words, COUNTS)}))
    with pytest.raises(ArtifactError, match=f"expected each word once, found '{WORDS[0]}' several times"):
        found.nearest(WORDS[3])


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["matrix", "outputs"])
def test_numbers_that_are_not_finite(vectors, name, number):
    matrix = np.load(vectors / f"{name}.npy")
    matrix[-1, -1] = number
    with pytest.raises(ArtifactError, match=rf"{name}\.npy: expected finite numbers, found NaN or infinity"):
        WordVectors.load(sealed(vectors, {f"{name}.npy": matrix}))


def test_large_numbers_are_finite(vectors):
    matrix = np.full_like(np.load(vectors / "matrix.npy"), 3e38)  # the square of which is not
    assert WordVectors.load(sealed(vectors, {"matrix.npy": matrix})).matrix.max() > 1e38


@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"config": 3}, "details: config: expected an object, found 3"),
        ({"losses": ["a"]}, "details: losses: 0: expected a number, found 'a'"),
        ({"runs": {}}, "details: runs: expected a list, found an empty object"),
        ({"runs": [{}]}, "details: runs: 0: expected 'config', found an empty object"),
        ({"runs": [{"config": {"epochs": "2"}, "corpus": {"fingerprint": ""}}]},
         "details: runs: 0: config: epochs: expected a whole number, found '2'"),
        ({"tokenizer": {"name": "word", "lowercase": 3}}, "tokenizer: lowercase: expected "),
        ({"precision": None}, "expected a precision out of float32"),
    ],
)  # fmt: skip
def test_what_vectors_say_of_themselves(vectors, details, message):
    with pytest.raises(ArtifactError) as caught:
        WordVectors.load(sealed(vectors, details=details))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"dim": 4, "window": "5"}, "the vectors: config: window: expected a whole number, found '5'"),
        ({"objective": "glove-2"}, "the vectors: config: objective: expected one of word2vec"),
        ({"loss": "softmax"}, "the vectors: config: loss: expected one of negative, hierarchical"),
    ],
)
def test_a_config_from_which_training_continues(vectors, config, message):
    start = WordVectors.load(sealed(vectors, details={"config": config}))
    with pytest.raises(ArtifactError, match=message):
        train(Corpus.from_lines(LINES), start=start)


@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"num_raw_tokens": None}, "num_raw_tokens: expected a whole number, found null"),
        ({"sources": [3]}, "sources: 0: expected an object, found 3"),
        ({"sources": [{"name": None}]}, "sources: 0: name: expected text, found null"),
        ({"subsampling": {"seed": 1}}, "subsampling: expected 'threshold', found an object with 'seed'"),
    ],
)
def test_what_a_corpus_says_of_itself(corpus, details, message):
    with pytest.raises(ArtifactError, match=f"manifest.json: details: {message}"):
        Corpus.load(sealed(corpus, details=details))


def stopped(path):
    """A checkpoint of training that was interrupted."""

    def stop(event):
        if event.task == "train" and event.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(Corpus.from_lines(LINES), CONFIG, checkpoint=path, checkpoint_every=9e9, on_progress=stop)
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"payloads": {"inputs.npy": np.zeros((3, 4), np.float32)}},
            r"inputs\.npy: expected float32 of shape",
        ),
        ({"payloads": {"inputs.npy": np.zeros(10, "U3")}}, r"inputs\.npy: expected float32 of shape"),
        ({"payloads": {"outputs.npy": b"\x80\x04."}}, r"outputs\.npy: expected an array .*, found a pickle"),
        ({"drop": ["outputs.npy"]}, r"expected a payload 'outputs\.npy', found none"),
        ({"details": {"progress": None}}, "details: progress: expected an object, found null"),
        ({"details": {"progress": {}}}, "progress: expected 'tokens_done', found an empty object"),
        ({"details": {"origin": []}}, "details: origin: expected an object"),
        ({"progress": {"tokens_done": -1}}, "progress: expected from 0 to .* tokens_done, found -1"),
        (
            {"progress": {"tokens_done": 10**9}},
            "progress: expected from 0 to .* tokens_done, found 1,000,000,000",
        ),
        ({"progress": {"losses": [1.0]}}, "progress: expected losses of 2 epochs"),
        ({"progress": {"losses": [1.0, float("nan")]}}, "progress: expected finite numbers of 0 or more"),
        ({"progress": {"num_pairs": ["1", 2]}}, "progress: num_pairs: 0: expected a whole number"),
        ({"progress": {"elapsed": 1e999}}, "progress: expected finite numbers of 0 or more"),
    ],
)
def test_states_of_training(tmp_path, change, message):
    path = stopped(tmp_path / "s")
    if "progress" in change:
        progress = json.loads((path / "manifest.json").read_text())["details"]["progress"]
        change = {"details": {"progress": {**progress, **change["progress"]}}}
    sealed(path, **change)
    with pytest.raises(ArtifactError, match=message):
        train(Corpus.from_lines(LINES), CONFIG, checkpoint=path, resume=True)


def test_a_vocabulary_as_it_was_is_read(tmp_path):
    Vocabulary(["b", "a"], [0, 0]).write(tmp_path / "v.parquet")
    assert Vocabulary.read(tmp_path / "v.parquet").words == ("b", "a")
