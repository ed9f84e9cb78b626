"""Engines are looked up by name; a new one is a class and a line."""

import numpy as np
import pytest

from wordlab.errors import ConfigError
from wordlab.text import Corpus, Tokenizer
from wordlab.training import Word2VecConfig, engines, train
from wordlab.training.engines.threads import Threads, _alone
from wordlab.training.history import History
from wordlab.training.objectives.word2vec.objective import Word2Vec


@pytest.fixture(scope="module")
def corpus():
    rng = np.random.default_rng(7)
    lines = [" ".join(rng.choice(list("abcdefgh"), size=12)) for _ in range(300)]
    return Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"))


class OneByOne(Threads):
    """An engine from outside: the compiled step on one thread, a period at a time."""

    name = "one-by-one"

    def __init__(self, *, note=""):
        self.note = note

    @property
    def facts(self):
        return {"engine": self.name, "note": self.note}

    def running(self, objective, on_progress):
        from contextlib import nullcontext

        self.spans_per_piece = objective.num_shards
        return nullcontext([_alone(objective)])


def test_a_new_engine_is_a_class_and_a_line(corpus, monkeypatch):
    monkeypatch.setitem(engines.ENGINES, "one-by-one", f"{__name__}:OneByOne")
    config = Word2VecConfig(dim=10, epochs=2, subsample=0.0)
    found = train(corpus, config, engine="one-by-one", note="slow")
    assert found.matrix.tobytes() == train(corpus, config).matrix.tobytes()
    assert (found.details["engine"], found.details["note"]) == ("one-by-one", "slow")


@pytest.mark.parametrize(
    ("options", "spans"),
    [
        ({}, 4_096),  # of 64 tokens, as the corpus is short
        ({"window": 50}, 4_096),
        ({"window": 500}, 2_598),
        ({"window": 1_000, "model": "cbow"}, 4_096),
        ({"shards": 3}, 4_095),
        ({"deterministic": False}, 1),
    ],
)
def test_a_piece_is_short_enough_for_ctrl_c(corpus, options, spans):
    config = Word2VecConfig(dim=20, threads=1, **options)
    engine = Threads()
    with engine.running(Word2Vec.begin(corpus, config, None, History.of(None, {})), None):
        assert engine.spans_per_piece == spans


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"engine": "steam"}, "engine: expected one of compiled, ray, torch, found 'steam'"),
        ({"device": "cpu"}, "device: expected an engine that has this option, found compiled"),
        ({"engine": "torch", "speed": 3}, "speed: expected an engine that has this option, found torch"),
    ],
)
def test_what_no_engine_has_is_refused_by_name(corpus, options, message):
    with pytest.raises(ConfigError) as error:
        train(corpus, Word2VecConfig(dim=10), **options)
    assert str(error.value) == message
