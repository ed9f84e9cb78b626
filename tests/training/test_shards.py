"""Shards decide what is learnt, and threads only how fast: whatever the model and the corpus."""

import numpy as np
import pytest

from wordlab.text import Corpus, Tokenizer
from wordlab.training import SubwordConfig, Word2VecConfig, train

VARIANTS = [{}, {"model": "cbow"}, {"loss": "hierarchical"}, {"buckets": 200}]


def corpus_of(lines):
    return Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"))


def config(**options):
    kind = SubwordConfig if "buckets" in options else Word2VecConfig
    return kind(**{"dim": 20, "window": 3, "subsample": 0.01, "threads": 1, "epochs": 2, **options})


def bytes_of(vectors):
    subwords = b"" if vectors.subwords is None else vectors.subwords.matrix.tobytes()
    return vectors.matrix.tobytes(), vectors.outputs.tobytes(), subwords, *vectors.details["losses"]


def frequent_words():
    """Words as frequent as in texts, on lines of 1 to 39 words."""
    rng = np.random.default_rng(2)
    shares = 1 / np.arange(2, 502)
    words = [f"word{id}" for id in rng.choice(500, 6_000, p=shares / shares.sum())]
    bounds = np.cumsum(rng.integers(1, 40, 300))
    return corpus_of([" ".join(line) for line in np.split(words, bounds[bounds < 6_000])])


@pytest.fixture(scope="module")
def corpus():
    return frequent_words()


@pytest.mark.parametrize("options", VARIANTS, ids=str)
def test_threads_change_no_byte_and_shards_do(corpus, options):
    def results(shards):
        return {
            bytes_of(train(corpus, config(threads=threads, shards=shards, **options)))
            for threads in (1, 2, 3, 8)
        }

    found = [results(shards) for shards in (1, 2, 3, 4, 8)]
    assert [len(results) for results in found] == [1] * 5
    assert len(set.union(*found)) == 5


@pytest.mark.parametrize("options", VARIANTS, ids=str)
@pytest.mark.parametrize(
    "lines",
    [["a b c d e f g h"] * 2, ["a b c d e f g h"] * 10, ["a b"] * 300, ["a b", *["a"] * 200, *["b"] * 200]],
    ids=["one span", "two spans", "two words", "lines of one word"],
)
def test_threads_change_no_byte_of_odd_corpora(lines, options):
    odd = corpus_of(lines)
    found = [train(odd, config(threads=threads, shards=8, subsample=0.0, **options)) for threads in (1, 3)]
    assert np.isfinite(found[0].matrix).all()
    assert bytes_of(found[0]) == bytes_of(found[1])


@pytest.mark.parametrize("options", VARIANTS[:3], ids=str)
def test_shards_without_a_span_change_nothing(options):
    """With two spans in the corpus it does not matter whether there is a shard more."""
    short, plain = corpus_of(["a b c d e f g h"] * 10), {"subsample": 0.0, "learning_rate": 0.025}
    found = {bytes_of(train(short, config(shards=shards, **plain, **options))) for shards in (2, 3, 64)}
    assert len(found) == 1


def test_a_word_without_neighbours_stays_where_it_began(corpus):
    lines = [*map(" ".join, corpus.lines()), *["alone"] * 1_000]
    moved, still = (
        train(corpus_of(lines), config(learning_rate=rate, min_learning_rate=0.0)) for rate in (0.1, 0.0)
    )
    assert moved["alone"].tobytes() == still["alone"].tobytes()
    assert (moved["word1"] != still["word1"]).any()


def test_one_shard_is_a_racing_thread_that_is_alone(corpus):
    """Both train in place, one window after the other."""
    found = [train(corpus, config(**options)) for options in ({"shards": 1}, {"deterministic": False})]
    assert found[0].matrix.tobytes() == found[1].matrix.tobytes()
