"""A new objective is a config, a class and a line: here one that is nothing like word2vec."""

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from wordlab.compiled.rows import padded_zeros
from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError
from wordlab.text import Corpus, Tokenizer
from wordlab.training import estimate, objectives, train
from wordlab.training.objectives.base import Arrays, Objective


@dataclass(frozen=True, kw_only=True)
class CountsConfig:
    objective: ClassVar[str] = "counts"
    dim: int = 4
    epochs: int = 3
    threads: int = 1
    deterministic: bool = True
    learning_rate: float = 0.05
    seed: int = 1

    def learning_rate_at(self, progress):
        return self.learning_rate * (1 - progress)

    def to_dict(self):
        return {"objective": self.objective, **dataclasses.asdict(self)}


@dataclass
class Factors:
    matrices: dict
    vocabulary: object


class Counts(Objective):
    """W C' = log(1 + how often two words share a line), by a gradient step for each word of a span."""

    config_class = CountsConfig

    def __init__(self, corpus, config, weights):
        self.config, self.weights, self.num_tokens = config, weights, corpus.num_tokens
        self._corpus = corpus
        lines = np.repeat(np.arange(corpus.num_lines), np.diff(corpus.line_offsets))
        table = np.zeros((corpus.num_lines, len(corpus.vocabulary)), np.float32)
        np.add.at(table, (lines, corpus.token_ids), 1)
        self._wanted = np.log1p(table.T @ table)

    @classmethod
    def check(cls, corpus, config, start):
        if start is not None:
            raise ConfigError("start: expected none for counts, found vectors")

    @classmethod
    def begin(cls, corpus, config, start, history):
        rng = np.random.default_rng(config.seed)
        matrices = {}
        for name in ("words", "contexts"):
            matrices[name] = padded_zeros(len(corpus.vocabulary), config.dim)
            matrices[name][:, : config.dim] = rng.normal(size=(len(corpus.vocabulary), config.dim)) / 10
        return cls(corpus, config, Factors(matrices, corpus.vocabulary))

    @classmethod
    def array_bytes(cls, corpus, config, start, num_words):
        return lambda dim: Arrays(
            2 * 4 * num_words * dim, 4 * num_words**2, 0, stored=2 * 4 * num_words * dim
        )

    def compiled_step(self, num_threads):
        def step(thread, piece, rates):
            if thread:
                return 0.0, 0
            loss = num_pairs = 0
            for (first, stop), rate in zip(piece.spans(), rates, strict=False):
                for word in np.unique(self._corpus.token_ids[first:stop]):
                    words, contexts = self.weights.matrices.values()
                    error = contexts @ words[word] - self._wanted[word]
                    change = error @ contexts / len(error)
                    contexts -= rate * np.outer(error, words[word]) / len(error)
                    words[word] -= rate * change
                    loss, num_pairs = loss + float(error @ error), num_pairs + len(error)
            return loss, num_pairs

        return step

    def vectors(self, details):
        matrix = self.weights.matrices["words"][:, : self.config.dim].copy()
        return WordVectors(self.weights.vocabulary, matrix, details=details)


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setitem(objectives.OBJECTIVES, "counts", f"{__name__}:Counts")


@pytest.fixture(scope="module")
def corpus():
    rng = np.random.default_rng(7)
    topics = ("apple pear plum cherry grape", "iron copper zinc silver gold")
    lines = [" ".join(rng.choice(topics[i % 2].split(), size=12)) for i in range(1_500)]
    return Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"))


def test_it_trains_and_words_of_a_topic_become_neighbours(corpus):
    vectors = train(corpus, CountsConfig(epochs=100))
    losses = vectors.details["losses"]
    assert losses[-1] < losses[0] / 10
    assert {near.word for near in vectors.nearest("pear", k=4)} == {"apple", "plum", "cherry", "grape"}
    assert vectors.details["config"]["objective"] == "counts"
    assert vectors.details["runs"][0]["corpus"]["num_tokens"] == corpus.num_tokens


def test_it_is_resumed_to_the_same_bytes(corpus, tmp_path):
    config, seen = CountsConfig(epochs=400), []

    def stop(progress):
        seen.append(progress.task)
        if seen.count("train") == 2:
            raise KeyboardInterrupt

    whole = train(corpus, config)
    with pytest.raises(KeyboardInterrupt):
        train(corpus, config, checkpoint=tmp_path / "state", checkpoint_every=0.01, on_progress=stop)
    resumed = train(corpus, config, checkpoint=tmp_path / "state", resume=True)
    assert resumed.matrix.tobytes() == whole.matrix.tobytes()
    assert resumed.details["losses"] == whole.details["losses"]


def test_it_is_estimated(corpus):
    needs = estimate(corpus, CountsConfig())
    assert needs.memory.matrices == 2 * 4 * 10 * 4
    assert needs.memory.targets == 4 * 10**2
    assert needs.time.rate > 0


def test_an_engine_that_it_does_not_know_is_refused(corpus):
    pytest.importorskip("torch")
    with pytest.raises(ConfigError, match="engine: expected compiled for the objective counts, found torch"):
        train(corpus, CountsConfig(), engine="torch")


def test_vectors_of_another_objective_are_refused_by_it(corpus):
    with pytest.raises(ConfigError, match="start: expected none for counts"):
        train(corpus, CountsConfig(), start=train(corpus, CountsConfig()))
