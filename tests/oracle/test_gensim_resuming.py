"""Extending a model by a second text against gensim's build_vocab(update=True) and train.

The text is lee_background.cor, 300 news stories, cut in two: 150 + 150 lines, 10 epochs on each.

Calibration, seeds 1 to 5. "Loss" is that of the extended model on the whole text, computed by one and
the same function (a run of ours with learning rate 0, which changes nothing). "Overlap" is the share of
the ten nearest words that two models have in common, over the words of count 5 to 300: all 10 pairs of
gensim's models, all 25 of one of gensim's and one of ours.

                         skip-gram              CBOW
    loss, gensim         2.431 .. 2.436         2.668 .. 2.677
    loss, ours           2.430 .. 2.433         2.675 .. 2.686
    loss, outputs lost   2.491 .. 2.494         2.733 .. 2.744
    overlap, gensim      0.438 .. 0.453         0.208 .. 0.225
    overlap, ours        0.405 .. 0.428         0.199 .. 0.216
    overlap, forgetting  0.153 .. 0.159         0.035 .. 0.044

"Outputs lost" and "forgetting" (the first text was never learnt) are planted faults, which the bounds,
a loss within 0.03 and an overlap above 0.8 of gensim's, must tell from the real thing.
"""

import numpy as np
import pytest
from gensim.models import Word2Vec
from gensim.test.utils import datapath

from wordlab.embeddings import WordVectors
from wordlab.text import Corpus, Tokenizer
from wordlab.training import Word2VecConfig, train

with open(datapath("lee_background.cor"), encoding="utf-8") as file:
    LINES = file.read().splitlines()
HALVES = LINES[:150], LINES[150:]
MODELS = ("skipgram", "cbow")


def corpus_of(lines):
    return Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"))


def config(model, **options):
    settings = {"dim": 32, "window": 5, "negative": 5, "subsample": 1e-3, "epochs": 10, "learning_rate": 0.05}
    return Word2VecConfig(**{"model": model, "threads": 1, **settings, **options})


def extended_by_gensim(model, seed=1):
    first, second = ([line.split() for line in half] for half in HALVES)
    options = {"vector_size": 32, "window": 5, "negative": 5, "sample": 1e-3, "alpha": 0.05, "min_count": 1}
    theirs = Word2Vec(**options, sg=int(model == "skipgram"), workers=1, seed=seed, epochs=10)
    theirs.build_vocab(first)
    theirs.train(first, total_examples=len(first), epochs=10)
    theirs.build_vocab(second, update=True)
    theirs.train(second, total_examples=len(second), epochs=10)
    return theirs


def extended_by_us(model, *, seed=1, fault=None):
    first, second = map(corpus_of, HALVES)
    rates = {"learning_rate": 0.0, "min_learning_rate": 0.0} if fault == "forgetting" else {}
    start = train(first, config(model, seed=seed, **rates))
    if fault == "outputs lost":
        start = WordVectors(start.vocabulary, start.matrix)
    return train(second, config(model, seed=seed), start=start)


def loss_on_all(vectors):
    model = vectors.details["config"]["model"]
    probe = config(model, epochs=1, learning_rate=0.0, min_learning_rate=0.0)
    return train(corpus_of(LINES), probe, start=vectors).details["losses"][0]


def overlap(vectors, other):
    counts = corpus_of(LINES).vocabulary
    frequent = [word for word in counts if counts.counts[counts.id(word)] >= 5]
    asked = [word for word in frequent if counts.counts[counts.id(word)] <= 300]
    answers = [v.subset(frequent).nearest(asked, k=10) for v in (vectors, other)]
    shared = [len({n.word for n in a} & {n.word for n in b}) / 10 for a, b in zip(*answers, strict=True)]
    return np.mean(shared)


@pytest.fixture(scope="module")
def theirs():
    return {
        (model, seed): WordVectors.from_gensim(extended_by_gensim(model, seed))
        for model in MODELS
        for seed in (1, 2)
    }


def test_vocabulary_and_counts_are_gensims():
    keyed = extended_by_gensim("cbow").wv
    vocabulary = extended_by_us("cbow").vocabulary
    expected = {word: keyed.get_vecattr(word, "count") for word in keyed.index_to_key}
    assert dict(zip(vocabulary.words, vocabulary.counts.tolist(), strict=True)) == expected
    assert vocabulary.counts.tolist() == sorted(expected.values(), reverse=True)


@pytest.mark.parametrize("model", MODELS)
def test_the_extended_model_is_as_good(theirs, model):
    vectors = extended_by_us(model)
    assert loss_on_all(vectors) == pytest.approx(loss_on_all(theirs[model, 1]), abs=0.03)
    usual = overlap(theirs[model, 1], theirs[model, 2])
    assert overlap(vectors, theirs[model, 1]) > 0.8 * usual


@pytest.mark.parametrize("model", MODELS)
def test_planted_faults_are_found(theirs, model):
    lost = extended_by_us(model, fault="outputs lost")
    assert loss_on_all(lost) > loss_on_all(theirs[model, 1]) + 0.03
    forgetting = extended_by_us(model, fault="forgetting")
    usual = overlap(theirs[model, 1], theirs[model, 2])
    assert overlap(forgetting, theirs[model, 1]) < 0.8 * usual
