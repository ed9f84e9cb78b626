"""What gensim draws and derives, against gensim itself."""

from queue import Queue

import numpy as np
import pytest
from gensim.models import FastText, Word2Vec
from gensim.models.fasttext_inner import train_batch_any
from gensim.models.word2vec import LineSentence
from gensim.models.word2vec_inner import train_batch_sg
from gensim.test.utils import datapath

from wordlab.compiled.huffman import huffman_codes
from wordlab.training.crosscheck import gensim_draws
from wordlab.training.crosscheck.sigmoid import look_up, sigmoid_table
from wordlab.training.objectives.subwords.config import SubwordConfig
from wordlab.training.objectives.subwords.weights import find_members


@pytest.fixture(scope="module")
def lines():
    return list(LineSentence(datapath("lee_background.cor")))


@pytest.fixture(scope="module")
def model(lines):
    model = Word2Vec(vector_size=7, min_count=1, sample=1e-3, hs=1, negative=5, seed=3, ns_exponent=0.6)
    model.build_vocab(lines)
    return model


@pytest.fixture(scope="module")
def numbering(lines):
    ids = {word: id for id, word in enumerate(sorted({word for line in lines for word in line}))}
    token_ids = np.array([ids[word] for line in lines for word in line], np.int32)
    return sorted(ids), token_ids, gensim_draws.renumber(token_ids)


def test_the_order_of_words(model, numbering):
    words, token_ids, numbered = numbering
    assert [words[id] for id in numbered.order] == model.wv.index_to_key
    assert np.array_equal(numbered.order[numbered.token_ids], token_ids)
    assert numbered.counts.tolist() == [model.wv.get_vecattr(w, "count") for w in model.wv.index_to_key]


def test_tables(model, numbering):
    counts = numbering[2].counts
    assert np.array_equal(gensim_draws.noise_table(counts, 0.6), model.cum_table)
    assert np.array_equal(gensim_draws.keep_thresholds(counts, 1e-3), model.wv.expandos["sample_int"])
    assert np.array_equal(gensim_draws.initial_vectors(len(counts), 7, 3), model.wv.vectors)


def test_huffman_codes(model, numbering):
    points, codes, offsets = huffman_codes(numbering[2].counts)
    for id in range(len(model.wv)):
        walk = slice(offsets[id], offsets[id + 1])
        assert points[walk].tolist() == model.wv.get_vecattr(id, "point").tolist()
        assert codes[walk].tolist() == model.wv.get_vecattr(id, "code").tolist()


@pytest.mark.parametrize(
    "lengths",
    [
        [4_000, 6_000, 1, 9_999, 2, 3],
        [10_001, 5, 20_000, 10_000],  # the first is too long: an empty job comes before it
        [1],
        [10_000, 10_000],
    ],
)
def test_batches(lengths):
    model = Word2Vec(vector_size=1, workers=1, epochs=3)
    queue = Queue()
    model._job_producer(
        [["word"] * length for length in lengths], queue, cur_epoch=1, total_examples=len(lengths)
    )
    jobs = [queue.get() for _ in range(queue.qsize())][:-1]
    offsets = np.cumsum([0, *lengths])
    found = list(gensim_draws.batches(offsets))
    assert [[len(line) for line in job] for job, _ in jobs] == [lengths[a:b] for a, b in found]
    rates = [gensim_draws.learning_rate(0.025, 1e-4, (1 + a / len(lengths)) / 3) for a, _ in found]
    assert rates == [np.float32(rate) for _, rate in jobs]


def test_windows_and_seeds_follow_numpys_random_state():
    ours, theirs = np.random.RandomState(8), np.random.RandomState(8)
    assert gensim_draws.batch_seed(ours) == 2**24 * theirs.randint(0, 2**24) + theirs.randint(0, 2**24)
    reaches = gensim_draws.window_reaches(ours, 50, 5, shrink=True)
    assert np.array_equal(reaches, 5 - theirs.randint(0, 5, 50))
    assert set(reaches) == {1, 2, 3, 4, 5}
    assert gensim_draws.window_reaches(ours, 3, 5, shrink=False).tolist() == [5, 5, 5]


def test_reading_ends_with_the_ten_thousandth_word():
    ids = np.arange(10_500, dtype=np.int32)
    kept, bounds, _ = gensim_draws.kept_words(
        ids, np.array([0, 10_400, 10_500]), np.empty(0, np.uint32), np.uint64(1)
    )
    assert np.array_equal(kept, ids[:10_000])
    assert bounds.tolist() == [0, 10_000, 10_000]


def test_every_entry_of_the_sigmoid_table():
    """Read off gensim by one pair for each entry: the word moves by (1 - code - sigmoid) * 1."""
    model = Word2Vec([["a", "b"]] * 3, vector_size=1, sg=1, hs=1, negative=0, min_count=1, sample=0, window=1)
    a, b = model.wv.key_to_index["a"], model.wv.key_to_index["b"]
    label = np.float32(1 - model.wv.get_vecattr(a, "code")[0])
    table = sigmoid_table(1_000, 6).table
    for entry in range(996):  # the last four are never reached: (6 + 6) * 83 is 996
        logit = np.float32((entry + 0.5) / 83 - 6)
        model.wv.vectors[:], model.syn1[:] = logit, 1
        train_batch_sg(model, [["a", "b"]], 1.0, np.zeros(1, np.float32), False)
        assert model.wv.vectors[b, 0] == logit + (label - table[entry]), entry


def test_what_subwords_begin_with(lines):
    """The vectors of words and of buckets, and which buckets a word has, letters beyond ASCII among them."""
    text = [*lines[:5], ["naïve", "東京", "😀", "a", "aaaaaa"]]
    model = FastText(vector_size=5, min_count=1, seed=3, bucket=300, min_n=1, max_n=4)
    model.build_vocab(text)
    words = model.wv.index_to_key
    assert np.array_equal(gensim_draws.initial_vectors(len(words), 5, 3), model.wv.vectors_vocab)
    assert np.array_equal(gensim_draws.initial_vectors(300, 5, 4), model.wv.vectors_ngrams)
    config = SubwordConfig(buckets=300, min_ngram=1, max_ngram=4)
    members, buckets = find_members(words, config, np.empty(0, np.uint32))
    for id in range(len(words)):
        own, *rows = members.ids[members.offsets[id] : members.offsets[id + 1]]
        assert own == id
        assert buckets[np.array(rows, int) - len(words)].tolist() == model.wv.buckets_word[id].tolist()


def test_every_entry_of_fasttexts_sigmoid_table():
    """As above, with a word of no n-grams: the centre moves towards its neighbour's node."""
    model = FastText(
        [["a", "b"]] * 3, vector_size=1, sg=1, hs=1, negative=0, min_count=1, sample=0, window=1,
        min_n=4, max_n=4, bucket=1,
    )  # fmt: skip
    a, b = (model.wv.key_to_index[word] for word in "ab")
    label = np.float32(1 - model.wv.get_vecattr(b, "code")[0])
    sigmoid = sigmoid_table(512, 8)
    for entry in range(512):
        logit = np.float32((entry + 0.5) / 32 - 8)
        model.wv.vectors_vocab[:], model.syn1[:] = logit, 1
        train_batch_any(model, [["a", "b"]], 1.0, np.zeros(1, np.float32), np.zeros(1, np.float32))
        assert model.wv.vectors_vocab[a, 0] == logit + (label - sigmoid.table[entry]), entry
        assert look_up(logit, sigmoid) == sigmoid.table[entry]
