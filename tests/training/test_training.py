import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from wordlab.errors import CorpusError, TrainingError
from wordlab.text import Corpus, Tokenizer
from wordlab.training import Word2VecConfig, train

TOPICS = ("apple pear plum cherry grape", "iron copper zinc silver gold", "red blue green brown white")


@pytest.fixture(scope="module")
def corpus():
    """Lines of words of one topic each, so that words of a topic must become neighbours."""
    rng = np.random.default_rng(7)
    lines = [" ".join(rng.choice(TOPICS[i % 3].split(), size=12)) for i in range(900)]
    return Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"))


def config(**options):
    return Word2VecConfig(**{"dim": 20, "window": 3, "subsample": 0.0, "threads": 1, "epochs": 3, **options})


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_words_of_a_topic_become_neighbours(corpus, model):
    vectors = train(corpus, config(model=model, epochs=10))
    for topic in TOPICS:
        for word in topic.split():
            nearest = {neighbor.word for neighbor in vectors.nearest(word, k=4)}
            assert nearest == set(topic.split()) - {word}


def test_loss_falls_and_starts_where_nothing_is_known(corpus):
    losses = train(corpus, config(epochs=5)).details["losses"]
    assert losses == sorted(losses, reverse=True)
    # All output vectors are zero at first: each of the 6 pairs costs log 2, less those skipped.
    first = train(corpus, config(epochs=1, learning_rate=0.0, min_learning_rate=0.0)).details["losses"][0]
    assert 5 * np.log(2) < first < 6 * np.log(2)


def test_equal_seeds_give_equal_bytes_whatever_the_hash_seed_and_the_threads(corpus, tmp_path):
    script = (
        "import sys; from wordlab.text import Corpus; from wordlab.training import Word2VecConfig, train\n"
        "vectors = train(Corpus.load(sys.argv[1]), Word2VecConfig(dim=20, window=3, epochs=3, subsample=0.0,"
        " threads=int(sys.argv[3])))\n"
        "vectors.save(sys.argv[2])"
    )
    corpus.save(tmp_path / "corpus")
    for hash_seed, threads in (("0", "1"), ("1", "4")):
        subprocess.run(
            [sys.executable, "-c", script, tmp_path / "corpus", tmp_path / hash_seed, threads],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            check=True,
        )
    for name in ("matrix.npy", "manifest.json"):
        assert (tmp_path / "0" / name).read_bytes() == (tmp_path / "1" / name).read_bytes()
    other = train(corpus, config(seed=2))
    assert not np.array_equal(other.matrix, np.load(tmp_path / "0" / "matrix.npy"))


def test_one_long_line_is_used_whole():
    """gensim cuts a line at 10,000 tokens without a word; here its last words are learnt, too."""
    rng = np.random.default_rng(7)
    early = [word for i in range(1_000) for word in rng.choice(TOPICS[i % 2].split(), size=12)]
    late = rng.choice(TOPICS[2].split(), size=6_000).tolist()
    corpus = Corpus.from_lines([" ".join(early + late)], tokenizer=Tokenizer("whitespace"))
    vectors = train(corpus, config(epochs=10))
    for word in TOPICS[2].split():
        assert {neighbor.word for neighbor in vectors.nearest(word, k=4)} == set(TOPICS[2].split()) - {word}


def test_many_threads_lose_nothing(corpus):
    reports = []
    train(corpus, config(threads=4, epochs=2), on_progress=reports.append)
    assert reports[-1].done == reports[-1].total == 2 * corpus.num_tokens
    assert [report.done for report in reports] == sorted(report.done for report in reports)
    assert reports[-1].metrics["learning_rate"] == pytest.approx(Word2VecConfig().min_learning_rate)


@pytest.mark.parametrize(
    ("lines", "options", "message"),
    [
        (["a b c"], {"window": 3}, "expected a corpus longer than a window of 3 words, found 3 tokens"),
        (["a"] * 9, {}, "expected a line of two words or more, found single words only: nothing to predict"),
        (
            ["a b c d e f"] * 2,
            {"subsample": 1e-9},
            "expected words to train on in each epoch, found none in epoch 1: "
            "subsample 1e-09 drops nearly all of 12 tokens; 0 keeps all",
        ),
    ],
)
def test_a_corpus_too_small_is_refused(lines, options, message):
    corpus = Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"))
    with pytest.raises(CorpusError) as error:
        train(corpus, config(**options))
    assert str(error.value) == message


def test_a_loss_that_explodes_stops_training(corpus):
    before = threading.active_count()
    with pytest.raises(TrainingError, match=r"^the loss is \S+ in epoch [1-9]"):
        train(
            corpus,
            config(learning_rate=10.0, min_learning_rate=10.0, epochs=200, model="cbow", cbow_mean=False),
        )
    assert threading.active_count() == before


@pytest.fixture(scope="module")
def words_as_frequent_as_in_texts():
    rng = np.random.default_rng(1)
    shares = 1 / np.arange(10, 5010)
    ids = rng.choice(5000, 60_000, p=shares / shares.sum())
    return Corpus.from_lines([" ".join(f"w{id}" for id in ids)], tokenizer=Tokenizer("whitespace"))


@pytest.mark.parametrize("options", [{"learning_rate": 0.2}, {"learning_rate": 0.1, "window": 40}])
def test_shards_do_not_overshoot(words_as_frequent_as_in_texts, options):
    """What trains window by window trains on shards, however much each window changes."""
    losses = [
        train(words_as_frequent_as_in_texts, config(epochs=1, shards=shards, **options)).details["losses"]
        for shards in (8, 1)
    ]
    assert losses[0][0] < 1.02 * losses[1][0]


def test_a_loss_that_is_absurd_at_once_stops_training(words_as_frequent_as_in_texts):
    """Also where all training is a single piece, so that there is no loss to compare with."""
    with pytest.raises(TrainingError, match=r"^the loss is \S+ in epoch 1; expected a learning_rate smaller"):
        train(words_as_frequent_as_in_texts, config(epochs=1, learning_rate=10.0))


def test_as_many_threads_as_asked(corpus):
    names = []

    def note(progress):
        names.append(sorted(thread.name.split("_")[0] for thread in threading.enumerate()))

    train(corpus, config(threads=3, shards=4, epochs=1), on_progress=note)
    # Those of the team train, and the other one waits for them.
    assert {name: names[-1].count(name) for name in ("team", "training")} == {"team": 3, "training": 1}


def test_an_interrupt_ends_all_threads(corpus):
    def interrupt(progress):
        raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        train(corpus, config(threads=3, epochs=1_000_000), on_progress=interrupt)
    assert threading.active_count() == before
