"""Whole models to gensim and back: either side continues the training of the other."""

import copy

import numpy as np
import pytest
from gensim.models import Doc2Vec, FastText, KeyedVectors, Word2Vec
from gensim.test.utils import datapath

from wordlab.compiled.huffman import huffman_codes
from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError
from wordlab.resources import available_cores
from wordlab.text import Corpus, Tokenizer, Vocabulary
from wordlab.training import Word2VecConfig, train

with open(datapath("lee_background.cor"), encoding="utf-8") as file:
    LINES = file.read().splitlines()[:100]
SENTENCES = [line.split() for line in LINES]
ODD = {
    "dim": 20, "window": 4, "negative": 7, "subsample": 2e-3, "ns_exponent": 0.5, "shrink_windows": False,
    "cbow_mean": False, "epochs": 3, "learning_rate": 0.03, "min_learning_rate": 0.002, "seed": 5,
}  # fmt: skip


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_lines(LINES, tokenizer=Tokenizer("whitespace"), min_count=2)


@pytest.fixture(scope="module")
def vectors(corpus):
    return train(corpus, Word2VecConfig(**ODD))


@pytest.fixture(scope="module")
def theirs():
    options = {
        "vector_size": 20,
        "window": 4,
        "negative": 7,
        "sample": 2e-3,
        "ns_exponent": 0.5,
        "min_count": 2,
    }
    options |= {"shrink_windows": False, "cbow_mean": 0, "epochs": 3, "alpha": 0.03, "min_alpha": 0.002}
    return Word2Vec(SENTENCES, **options, sg=1, workers=1, seed=5)


def loss(vectors, corpus):
    """The mean loss of the vectors on the corpus: a run that reads it and changes nothing."""
    still = {**vectors.details["config"], "epochs": 1, "learning_rate": 0.0, "min_learning_rate": 0.0}
    return train(corpus, Word2VecConfig(**still), start=vectors).details["losses"][0]


def test_everything_that_gensim_trains_with_is_as_gensim_makes_it(vectors, theirs):
    ours = vectors.to_gensim(full_model=True)
    assert np.array_equal(ours.wv.vectors, vectors.matrix)
    assert np.array_equal(ours.syn1neg, vectors.outputs)
    # gensim orders words of equal count differently, so tables are compared by word
    order = [theirs.wv.key_to_index[word] for word in ours.wv.index_to_key]
    assert np.array_equal(ours.wv.expandos["count"], theirs.wv.expandos["count"][order])
    assert ours.wv.expandos["sample_int"].dtype == np.uint32
    sample = theirs.wv.expandos["sample_int"][order].astype(float)
    assert ours.wv.expandos["sample_int"] == pytest.approx(sample, abs=2)  # of 2**32
    assert ours.cum_table == pytest.approx(theirs.cum_table.astype(float), abs=2)
    left_out = {
        "wv", "syn1neg", "cum_table", "random", "lifecycle_events", "raw_vocab", "train_count",
        "total_train_time", "load", "running_training_loss", "min_alpha_yet_reached",
    }  # fmt: skip
    facts = {name: value for name, value in vars(theirs).items() if name not in left_out}
    # gensim counts the words that min_count dropped, too
    assert facts.pop("corpus_total_words") > ours.corpus_total_words == vectors.vocabulary.num_tokens
    assert facts.pop("workers") == 1
    assert ours.workers == available_cores()  # our number of threads changes nothing and is not recorded
    assert {name: getattr(ours, name) for name in facts} == facts
    assert vars(ours).keys() == vars(theirs).keys()
    assert vars(ours.wv).keys() == vars(theirs.wv).keys()


@pytest.mark.parametrize("loss_name", ["negative", "hierarchical"])
@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_gensim_continues_training(corpus, tmp_path, model, loss_name):
    options = {**ODD, "model": model, "loss": loss_name, "cbow_mean": True}
    vectors = train(corpus, Word2VecConfig(**options))
    theirs = vectors.to_gensim(full_model=True)
    theirs.save(str(tmp_path / "model"))
    theirs = Word2Vec.load(str(tmp_path / "model"))
    assert theirs.wv.most_similar("Australia") == vectors.to_gensim().most_similar("Australia")
    theirs.train(SENTENCES, total_examples=theirs.corpus_count, epochs=theirs.epochs)
    assert not np.array_equal(theirs.wv.vectors, vectors.matrix)
    back = WordVectors.from_gensim(theirs)
    assert not np.array_equal(back.outputs, vectors.outputs)
    assert back.vocabulary == vectors.vocabulary
    assert loss(WordVectors.from_gensim(vectors.to_gensim(full_model=True)), corpus) == loss(vectors, corpus)
    # Over seeds 1 to 5 it fell by 0.087 to 0.097 (skip-gram) and 0.74 to 1.08 (CBOW), under
    # hierarchical softmax by 0.183 to 0.188 and 0.052 to 0.057.
    assert loss(back, corpus) < loss(vectors, corpus) - 0.04


def test_the_tree_is_gensims(corpus):
    vectors = train(corpus, Word2VecConfig(**ODD, loss="hierarchical"))
    model = vectors.to_gensim(full_model=True)
    assert np.array_equal(model.syn1[:-1], vectors.outputs)
    assert not model.syn1[-1].any()
    points, codes, offsets = huffman_codes(vectors.vocabulary.counts)
    for id in range(len(vectors)):
        walk = slice(offsets[id], offsets[id + 1])
        assert np.array_equal(model.wv.expandos["point"][id], points[walk])
        assert np.array_equal(model.wv.expandos["code"][id], codes[walk])
    back = WordVectors.from_gensim(model)
    assert np.array_equal(back.outputs, vectors.outputs)
    assert back.details["config"] | {"shards": 1} == vectors.details["config"] | {"negative": 5}


def test_gensim_can_extend_it(vectors):
    theirs = vectors.to_gensim(full_model=True)
    news = [["cricket", "Zanzibar", "Australia", "Zanzibar", "wicket"]] * 20
    theirs.build_vocab(news, update=True)
    theirs.train(news, total_examples=theirs.corpus_count, epochs=2)
    assert theirs.wv.get_vecattr("Zanzibar", "count") == 40
    before = vectors.vocabulary.counts[vectors.vocabulary.id("Australia")]
    assert theirs.wv.get_vecattr("Australia", "count") == before + 20
    back = WordVectors.from_gensim(theirs)  # gensim appends new words; here they are ordered by count
    assert np.array_equal(back["Zanzibar"], theirs.wv["Zanzibar"])
    row = back.vocabulary.id("Zanzibar")
    assert np.array_equal(back.outputs[row], theirs.syn1neg[theirs.wv.key_to_index["Zanzibar"]])
    assert back.vocabulary.words[row - 1] in vectors


def test_the_config_survives_both_ways(vectors, theirs):
    back = WordVectors.from_gensim(vectors.to_gensim(full_model=True))
    assert np.array_equal(back.matrix, vectors.matrix)
    assert np.array_equal(back.outputs, vectors.outputs)
    assert back.vocabulary == vectors.vocabulary
    assert back.details["config"] | {"shards": 1} == vectors.details["config"]
    imported = WordVectors.from_gensim(theirs)
    assert Word2VecConfig(**imported.details["config"]) == Word2VecConfig(**ODD)
    assert imported.details["origin"] == "gensim"
    assert imported.details["runs"][0]["corpus"]["num_lines"] == len(SENTENCES)


@pytest.mark.parametrize(
    ("options", "sample"),
    [
        ({"subsample": 1.0}, 0.0),
        ({"subsample": 0.0}, 0.0),
        ({"subsample": 0.01, "subsample_form": "paper"}, 0.01),
    ],
)
def test_subsampling_at_its_ends(corpus, options, sample):
    vectors = train(corpus, Word2VecConfig(**{**ODD, "epochs": 1, "seed": 2**40 + 3, **options}))
    model = vectors.to_gensim(full_model=True)
    assert model.sample == sample
    assert model.seed == 3
    counts = corpus.vocabulary.counts
    expected = np.minimum(1, np.sqrt(sample * counts.sum() / counts)) if sample else np.ones(len(counts))
    assert model.wv.expandos["sample_int"] / (2**32 - 1) == pytest.approx(expected)


def test_gensims_counts_as_threshold(theirs):
    model = copy.copy(theirs)
    model.sample = 5  # not a share: words seen more than 5 * 2.618 times are dropped at random
    vectors = WordVectors.from_gensim(model)
    assert vectors.details["config"]["subsample"] == 13 / vectors.vocabulary.num_tokens


@pytest.mark.parametrize("hs", [0, 1])
@pytest.mark.parametrize("sg", [0, 1])
def test_we_go_on_training_what_gensim_began(corpus, tmp_path, sg, hs):
    options = {"vector_size": 20, "min_count": 2, "epochs": 3, "alpha": 0.05, "workers": 1, "seed": 1}
    theirs = Word2Vec(SENTENCES, **options, sg=sg, hs=hs, negative=0 if hs else 5)
    start = WordVectors.from_gensim(theirs)
    start.save(tmp_path / "start")
    start = WordVectors.load(tmp_path / "start")
    vectors = train(corpus, start=start)
    assert vectors.details["config"] == start.details["config"] | {"shards": 1}
    assert [run["start"] for run in vectors.details["runs"]] == [None, start.digest]
    assert set(vectors.vocabulary) == set(start.vocabulary)
    # Without the outputs, or with those of another tree, it would begin higher.
    assert loss(start, corpus) < loss(
        WordVectors(start.vocabulary, start.matrix, details=start.details), corpus
    )
    # Over seeds 1 to 5 it fell by 0.064 to 0.070 (skip-gram) and 0.26 to 0.28 (CBOW), under
    # hierarchical softmax by 0.215 to 0.240 and 0.110 to 0.134.
    assert loss(vectors, corpus) < loss(start, corpus) - 0.04


def test_what_gensim_cannot_take_is_refused(vectors):
    words, matrix, outputs, details = vectors.vocabulary, vectors.matrix, vectors.outputs, vectors.details
    uncounted = Vocabulary(words.words, [0] * len(words))
    for wrong, message in (
        (WordVectors(words, matrix, details=details), "expected vectors with outputs and config, found none"),
        (WordVectors(words, matrix, outputs=outputs), "expected vectors with outputs and config, found none"),
        (
            WordVectors(uncounted, matrix, outputs=outputs, details=details),
            "expected a vocabulary with counts, found none",
        ),
    ):
        with pytest.raises(ConfigError, match=f"full_model: {message}"):
            wrong.to_gensim(full_model=True)
    assert isinstance(vectors.subset(["the"]).to_gensim(), KeyedVectors)


def test_what_we_cannot_take_is_refused(theirs):
    small = {"vector_size": 4, "min_count": 1, "epochs": 1, "workers": 1}
    with pytest.raises(
        ConfigError, match=r"expected either hs or negative, found 1 and 5: from_gensim\(model"
    ):
        WordVectors.from_gensim(Word2Vec(SENTENCES[:5], **small, hs=1, negative=5))
    tree = Word2Vec(SENTENCES[:5], **small, hs=1, negative=0)
    tree.build_vocab([["Zanzibar"] * 50], update=True)
    with pytest.raises(
        ConfigError, match="expected a tree over words in descending count, found another order"
    ):
        WordVectors.from_gensim(tree)
    with pytest.raises(ValueError, match="expected a Word2Vec, found a FastText"):
        WordVectors.from_gensim(FastText(SENTENCES[:5], **small, bucket=10))
    with pytest.raises(ValueError, match="expected a Word2Vec, found a Doc2Vec"):
        WordVectors.from_gensim(Doc2Vec(vector_size=4))
    with pytest.raises(ValueError, match="expected at least one word, found none; is the vocabulary built"):
        WordVectors.from_gensim(Word2Vec(**small))
    grown = copy.deepcopy(theirs)
    grown.wv.add_vectors(["a new word"], np.ones((1, 20), np.float32))
    with pytest.raises(
        ValueError, match=r"expected as many output vectors as words, found \d+ for \d+ words"
    ):
        WordVectors.from_gensim(grown)
