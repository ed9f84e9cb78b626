"""Training of subword vectors: what is kept, what continues, and that threads change no byte."""

import pickle

import numpy as np
import pytest

from wordlab.compiled.huffman import huffman_codes
from wordlab.embeddings import WordVectors
from wordlab.embeddings.ngrams import hash_ngrams
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import ConfigError
from wordlab.text import Corpus, Tokenizer
from wordlab.training import SubwordConfig, Word2VecConfig, train
from wordlab.training.history import History
from wordlab.training.objectives.subwords.objective import SubwordWord2Vec

LINES = [
    "the painter painted a painting while painters watched",
    "a walker walked and walkers were walking the long walk",
    "naïve 東京 😀 достоевский a x",
]
VARIANTS = [
    {},
    {"model": "cbow"},
    {"loss": "hierarchical"},
    {"model": "cbow", "cbow_mean": False, "loss": "hierarchical", "position_weights": True},
    {"line_end": True, "subsample": 0.05, "subsample_form": "fasttext"},
    {"line_end": True, "loss": "hierarchical"},
    {"hashes": 2, "buckets": 300},
]


def config(**options):
    plain = {"dim": 20, "window": 3, "subsample": 0.0, "threads": 1, "epochs": 2, "buckets": 500}
    return SubwordConfig(**{**plain, **options})


def corpus_of(lines):
    return Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"))


@pytest.fixture(scope="module")
def corpus():
    return corpus_of(LINES * 40)


def arrays_of(vectors):
    subwords = vectors.subwords
    found = [vectors.matrix, vectors.outputs, subwords.matrix, subwords.buckets, subwords.own]
    return [array.tobytes() for array in found if array is not None]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_ngram": 4, "max_ngram": 3}, "min_ngram: expected at most the max_ngram 3, found 4"),
        ({"buckets": 0}, "buckets: expected a whole number from 1 to 2147483647, found 0"),
        ({"min_ngram": 0}, "min_ngram: expected a whole number from 1 to 64, found 0"),
        ({"max_ngram": 65}, "max_ngram: expected a whole number from 1 to 64, found 65"),
        ({"hashes": 5}, "hashes: expected a whole number from 0 to 4, found 5"),
        ({"hashes": -1}, "hashes: expected a whole number from 0 to 4, found -1"),
        ({"position_weights": True, "model": "skipgram"},
         "position_weights: expected the model cbow, found skipgram"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_name(options, message):
    with pytest.raises(ConfigError) as error:
        config(**options)
    assert str(error.value) == message


@pytest.mark.parametrize("options", VARIANTS, ids=str)
def test_threads_change_no_byte(corpus, options):
    found = {tuple(arrays_of(train(corpus, config(threads=threads, **options)))) for threads in (1, 2, 3)}
    assert len(found) == 1


def test_words_are_means_and_unknown_ones_near_their_kin(corpus):
    vectors = train(corpus, config(epochs=20, learning_rate=0.05))
    subwords = vectors.subwords
    composed = subwords.compose(vectors.vocabulary.words, subwords.own)
    assert vectors.matrix.tobytes() == composed.tobytes()
    assert vectors.nearest("paintor", k=1)[0].word in {"painter", "painters", "painted", "painting"}
    assert vectors.nearest("walkerz", k=1)[0].word.startswith("walk")
    assert vectors.details["config"]["objective"] == "subwords"


def test_words_hashed_as_floret_have_no_vectors_of_their_own(corpus):
    vectors = train(corpus, config(epochs=20, learning_rate=0.05, hashes=2, buckets=None))
    subwords = vectors.subwords
    assert subwords.own is None
    assert subwords.facts() == {"min_n": 3, "max_n": 6, "num_buckets": 50_000, "num_hashes": 2}
    assert vectors.matrix.tobytes() == subwords.vectors(vectors.vocabulary.words).tobytes()
    assert vectors.nearest("paintor", k=1)[0].word.startswith("paint")
    config_of_it = vectors.details["config"]
    assert (config_of_it["hashes"], config_of_it["buckets"]) == (2, 50_000)
    plain = config(buckets=None)
    assert (plain.buckets, "hashes" in plain.to_dict()) == (2_000_000, False)


def test_periods_are_shorter_where_words_share_members(corpus):
    """All their changes are added to the members at the end of a period: too many would overshoot."""

    def span(**options):
        options = config(**{"shards": 2, "buckets": 6, **options})
        return SubwordWord2Vec.begin(corpus, options, None, History.of(None, {})).span

    shared = span()
    assert 16 < shared < span(buckets=2_000_000) == 32
    assert span(shards=1) == pytest.approx(2 * shared, abs=1)
    assert span(shards=1, buckets=2_000_000) == 64
    assert 16 <= span(learning_rate=0.05) < shared
    assert span(learning_rate=0.001) == span(learning_rate=0.2, model="cbow") == shared


def test_only_buckets_that_occur_have_rows(corpus):
    subwords = train(corpus, config(buckets=2_000_000)).subwords
    words = corpus.vocabulary.words
    parts = hash_ngrams(words, min_n=3, max_n=6, num_buckets=2_000_000)
    expected = np.unique(np.concatenate([part.buckets for part in parts]))
    assert np.array_equal(subwords.buckets, expected)
    assert len(subwords.matrix) == len(expected) + 1
    assert not subwords.matrix[-1].any()
    assert not subwords.vector("qqqqqq").any()
    assert subwords.rows_of(np.array([expected[0]]))[0].tolist() == subwords.matrix[0].tolist()


@pytest.mark.parametrize("options", VARIANTS, ids=str)
def test_two_epochs_and_two_more_are_four(corpus, tmp_path, options):
    steady = {"learning_rate": 0.03, "min_learning_rate": 0.03, **options}
    whole = train(corpus, config(epochs=4, **steady))
    train(corpus, config(epochs=2, **steady)).save(tmp_path / "half")
    corpus.save(tmp_path / "corpus")
    resumed = train(Corpus.load(tmp_path / "corpus"), start=WordVectors.load(tmp_path / "half"))
    assert arrays_of(resumed) == arrays_of(whole)
    if "position_weights" in options:
        assert resumed.position_weights.tobytes() == whole.position_weights.tobytes()
        assert (whole.position_weights != 1).any()
    losses = [loss for run in resumed.details["runs"] for loss in run["losses"]]
    assert losses == whole.details["losses"]


def test_new_words_and_new_ngrams_join(corpus):
    many = config(epochs=3, buckets=2_000_000)  # so many that hardly two n-grams share one
    first = train(corpus, many)
    more = train(corpus_of(["the walkie talkie walks"] * 50), many, start=first)
    assert set(first.vocabulary.words) | {"walkie", "talkie", "walks"} == set(more.vocabulary.words)
    assert set(first.subwords.buckets.tolist()) < set(more.subwords.buckets.tolist())
    # a word none of whose n-grams is met again stays as it is
    assert np.array_equal(more["достоевский"], first["достоевский"])
    own = more.subwords.compose(more.vocabulary.words, more.subwords.own)
    assert own.tobytes() == more.matrix.tobytes()


@pytest.mark.parametrize(
    ("start", "options", "message"),
    [
        ("plain", {}, "subwords: expected vectors with subwords to start from, found vectors without"),
        ("subwords", {"max_ngram": 5}, "max_ngram: expected 6, as the vectors to start from have, found 5"),
        ("subwords", {"hashes": 1}, "hashes: expected 0, as the vectors to start from have, found 1"),
        ("subwords", {"buckets": 5}, "buckets: expected 500, as the vectors to start from have, found 5"),
    ],
)
def test_what_training_cannot_continue_from(corpus, start, options, message):
    kinds = {"plain": Word2VecConfig(dim=20, epochs=1, subsample=0.0), "subwords": config(epochs=1)}
    with pytest.raises(ConfigError) as error:
        train(corpus, config(**options), start=train(corpus, kinds[start]))
    assert str(error.value) == message


def test_position_weights_of_another_window(corpus):
    options = {"model": "cbow", "position_weights": True}
    start = train(corpus, config(epochs=1, **options))
    message = "window: expected 3, as the position weights to start from have, found 2"
    with pytest.raises(ConfigError, match=message):
        train(corpus, config(window=2, **options), start=start)


def test_racing_learns_as_well(corpus):
    losses = [
        train(corpus, config(epochs=10, threads=2, deterministic=deterministic)).details["losses"][-1]
        for deterministic in (True, False)
    ]
    assert losses[1] == pytest.approx(losses[0], rel=0.1)


def test_saving_and_pickling_keep_everything(corpus, tmp_path):
    vectors = train(corpus, config(model="cbow", position_weights=True))
    vectors.save(tmp_path / "v")
    for copy in (WordVectors.load(tmp_path / "v"), pickle.loads(pickle.dumps(vectors))):  # noqa: S301 - our own
        assert arrays_of(copy) == arrays_of(vectors)
        assert copy.position_weights.tobytes() == vectors.position_weights.tobytes()
        assert copy["unheard"].tobytes() == vectors["unheard"].tobytes()
    vectors.save(tmp_path / "small", precision="int8")
    small = WordVectors.load(tmp_path / "small")
    assert small.subwords.own is None
    assert small["unheard"] == pytest.approx(vectors["unheard"], abs=0.01)
    assert vectors.subset(["the", "a"]).subwords.own is None


@pytest.mark.parametrize(
    ("buckets", "num_buckets", "message"),
    [
        ([1, 2, 3], 9, "expected a row for each of 3 buckets and one of zeros, found 3 rows"),
        ([2, 1], 9, "expected buckets in ascending order, found another order"),
        ([1, 9], 9, "expected buckets below 9, found 9"),
        ([1, 2], 2**31, "expected from 1 to 2147483647 buckets, found 2147483648"),
        (None, 9, "expected 9 rows, found 3"),
    ],
)
def test_buckets_that_do_not_fit_the_matrix(buckets, num_buckets, message):
    with pytest.raises(ValueError, match=message):
        Subwords(3, 6, [[1.0], [2.0], [0.0]], buckets=buckets, num_buckets=num_buckets)


def test_the_tree_is_that_of_fasttext():
    """Words and inner nodes wait in two queues; of equal counts the inner node goes first."""
    counts = np.array([9, 5, 5, 4, 4, 2, 2, 2, 1, 1])
    n = len(counts)
    count, parent, binary = [*counts.tolist(), *[10**15] * (n - 1)], {}, {}
    leaf, node = n - 1, n
    for i in range(n, 2 * n - 1):  # Model::buildTree
        least = []
        for _ in range(2):
            if leaf >= 0 and count[leaf] < count[node]:
                least.append(leaf)
                leaf -= 1
            else:
                least.append(node)
                node += 1
        count[i] = sum(count[child] for child in least)
        parent.update(dict.fromkeys(least, i))
        binary[least[1]] = 1
    found = huffman_codes(counts, "fasttext")
    for word in range(n):
        path, code, place = [], [], word
        while place in parent:
            path.append(parent[place] - n)
            code.append(binary.get(place, 0))
            place = parent[place]
        part = slice(found.offsets[word], found.offsets[word + 1])
        assert found.points[part].tolist() == path[::-1]
        assert found.codes[part].tolist() == code[::-1]
