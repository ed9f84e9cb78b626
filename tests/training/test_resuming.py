"""Going on from vectors: what stays, what is added, what is learnt."""

import numpy as np
import pytest

from wordlab.compiled.noise import noise_tables
from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError, CorpusError
from wordlab.text import Corpus, Tokenizer, Vocabulary
from wordlab.training import Word2VecConfig, train
from wordlab.training.objectives.word2vec.targets import path_targets

TOPICS = ("apple pear plum cherry grape", "iron copper zinc silver gold", "red blue green brown white")


def topic_corpus(topics, num_lines=600, seed=7):
    """Lines of words of one topic each, so that words of a topic must become neighbours."""
    rng = np.random.default_rng(seed)
    lines = [" ".join(rng.choice(topics[i % len(topics)].split(), size=12)) for i in range(num_lines)]
    return corpus_of(lines)


def corpus_of(lines, tokenizer="whitespace"):
    return Corpus.from_lines(lines, tokenizer=Tokenizer(tokenizer))


def config(**options):
    return Word2VecConfig(**{"dim": 20, "window": 3, "subsample": 0.0, "threads": 1, "epochs": 2, **options})


def still(**options):
    """A config that reads the corpus and changes nothing."""
    return config(learning_rate=0.0, min_learning_rate=0.0, **options)


@pytest.fixture(scope="module")
def corpus():
    return topic_corpus(TOPICS[:2])


@pytest.fixture(scope="module")
def first(corpus):
    return train(corpus, config(epochs=8))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"model": "cbow", "dim": 16},
        {"subsample": 0.05, "seed": 9},
        {"loss": "hierarchical"},
        {"loss": "hierarchical", "model": "cbow"},
    ],
)
def test_two_epochs_and_two_more_are_four(corpus, tmp_path, options):
    steady = {"learning_rate": 0.03, "min_learning_rate": 0.03, **options}
    whole = train(corpus, config(epochs=4, **steady))
    train(corpus, config(epochs=2, **steady)).save(tmp_path / "half")
    corpus.save(tmp_path / "corpus")
    resumed = train(Corpus.load(tmp_path / "corpus"), start=WordVectors.load(tmp_path / "half"))
    assert resumed.matrix.tobytes() == whole.matrix.tobytes()
    assert resumed.outputs.tobytes() == whole.outputs.tobytes()
    assert resumed.vocabulary == whole.vocabulary
    losses = [loss for run in resumed.details["runs"] for loss in run["losses"]]
    assert losses == whole.details["losses"]


def test_the_learning_rate_is_that_of_the_run(corpus):
    whole = train(corpus, config(epochs=4, learning_rate=0.024, min_learning_rate=0.0))
    half = train(corpus, config(epochs=2, learning_rate=0.024, min_learning_rate=0.012))
    resumed = train(corpus, config(epochs=2, learning_rate=0.012, min_learning_rate=0.0), start=half)
    assert resumed.matrix == pytest.approx(whole.matrix, abs=1e-4)
    anew = train(corpus, config(epochs=2, learning_rate=0.024, min_learning_rate=0.0), start=half)
    assert anew.matrix != pytest.approx(whole.matrix, abs=1e-2)


def test_counts_are_added_up_and_words_ordered_by_them():
    start = train(corpus_of(["a b c d"] * 2 + ["a b"] * 2), still())
    assert start.vocabulary == Vocabulary("abcd", [4, 4, 2, 2])
    other = corpus_of(["e d x d"] * 3 + ["y x"])
    merged = train(other, still(), start=start)
    # d 2 + 6; ties as first seen: the start's words before new ones
    assert merged.vocabulary == Vocabulary("dabxecy", [8, 4, 4, 4, 3, 2, 1])
    again = train(other, still(), start=merged)
    assert again.vocabulary == merged.vocabulary  # this corpus is counted already
    third = train(corpus_of(["e d x d"] * 3 + ["x y"]), still(), start=again)
    assert third.vocabulary.counts[third.vocabulary.id("d")] == 14


def test_nothing_known_is_lost_or_mixed_up():
    start = train(corpus_of(["a b c d"] * 2 + ["a b"] * 2), config(epochs=3))
    merged = train(corpus_of(["e d x d"] * 3 + ["y x"]), still(), start=start)
    words = start.vocabulary.words
    assert np.array_equal(merged[words], start.matrix)
    assert np.array_equal(merged.outputs[merged.vocabulary.ids(words)], start.outputs)
    new = merged.vocabulary.ids(["e", "x", "y"])
    assert not merged.outputs[new].any()
    fresh = merged.matrix[new]
    assert np.all(np.abs(fresh) <= 1 / 20)
    assert np.ptp(fresh, axis=1).min() > 0.05
    # not where the start's words began, though the seed is the same
    began = train(corpus_of(["a b c d"] * 2 + ["a b"] * 2), still()).matrix
    assert not (fresh[:, None] == began).all(axis=2).any()


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_new_words_are_learnt_among_the_old(first, model):
    grown = topic_corpus([TOPICS[1] + " bronze", TOPICS[2]], seed=8)
    vectors = train(grown, config(epochs=8, model=model), start=first)
    assert set(vectors.vocabulary) == {*first.vocabulary, *TOPICS[2].split(), "bronze"}
    for topic in (TOPICS[1] + " bronze", TOPICS[2]):
        for word in topic.split():
            nearest = {neighbor.word for neighbor in vectors.nearest(word, k=len(topic.split()) - 1)}
            assert nearest == set(topic.split()) - {word}


def test_a_grown_tree_begins_anew_and_is_learnt(corpus):
    start = train(corpus, config(epochs=8, loss="hierarchical"))
    grown = topic_corpus([TOPICS[1] + " bronze", TOPICS[2]], seed=8)
    begun = train(grown, still(loss="hierarchical"), start=start)
    assert len(begun.outputs) == len(begun) - 1
    assert not begun.outputs.any()
    vectors = train(grown, config(epochs=8, loss="hierarchical"), start=start)
    # Rows of the corpus, paths of the result: ids in another order would mix up the topics.
    assert [*vectors.vocabulary.words] != [*grown.vocabulary.words, *TOPICS[0].split()]
    for topic in (TOPICS[1] + " bronze", TOPICS[2]):
        for word in topic.split():
            nearest = {neighbor.word for neighbor in vectors.nearest(word, k=len(topic.split()) - 1)}
            assert nearest == set(topic.split()) - {word}
    assert vectors[TOPICS[0].split()].tobytes() == start[TOPICS[0].split()].tobytes()


def test_the_tree_that_is_learnt_is_that_of_the_saved_words():
    """Which of equal counts are merged first depends on their order, and ids have another one."""
    rng = np.random.default_rng(5)
    words = [f"{letter}{i}" for letter in "abc" for i in range(8)]
    lines = [" ".join(rng.permutation(words[i % 2 * 8 :][:16])) for i in range(300)]
    start = train(corpus_of(lines[:2]), config(loss="hierarchical"))
    corpus = corpus_of(lines[:1:-1])
    vectors = train(corpus, config(loss="hierarchical", epochs=8, learning_rate=0.1), start=start)
    assert vectors.vocabulary.words != corpus.vocabulary.words
    ids = vectors.vocabulary.ids(corpus.vocabulary.words)[corpus.token_ids]
    renumbered = Corpus(ids, corpus.line_offsets, vectors.vocabulary, corpus.tokenizer)
    probed = train(renumbered, still(loss="hierarchical"), start=vectors)
    assert np.array_equal(probed.outputs, vectors.outputs)
    assert probed.details["losses"][0] == pytest.approx(vectors.details["losses"][-1], abs=0.05)


def test_ids_in_another_order_than_the_words_get_their_own_paths():
    counts, words = np.array([9, 7, 4, 4, 2, 1, 1]), np.array([4, 0, 6, 2, 1, 5, 3])
    straight, ordered = path_targets(counts), path_targets(counts, words)
    for id, word in enumerate(words):
        groups = slice(*ordered.path_offsets[id : id + 2])
        own_groups = slice(*straight.path_offsets[word : word + 2])
        assert np.array_equal(ordered.path_nodes[groups], straight.path_nodes[own_groups])
        assert np.array_equal(ordered.path_signs[groups], straight.path_signs[own_groups])


def test_absent_words_keep_their_inputs_and_serve_as_noise(first):
    vectors = train(topic_corpus(TOPICS[2:], seed=8), config(), start=first)
    old = first.vocabulary.words
    assert vectors[old].tobytes() == first.matrix.tobytes()
    outputs = vectors.outputs[vectors.vocabulary.ids(old)]
    assert (outputs != first.outputs).any(axis=1).all()
    # and only as noise: the new text's words come to predict them less than before
    new = vectors[TOPICS[2].split()]
    assert (new @ outputs.T).mean() < -0.5


def test_words_without_a_count_are_not_noise(first):
    vocabulary = Vocabulary(first.vocabulary.words, [0] * len(first))
    start = WordVectors(vocabulary, first.matrix, outputs=first.outputs)
    vectors = train(topic_corpus(TOPICS[2:]), config(ns_exponent=-1.0), start=start)
    ids = vectors.vocabulary.ids(first.vocabulary.words)
    assert vectors.outputs[ids].tobytes() == first.outputs.tobytes()
    assert not vectors.vocabulary.counts[ids].any()


@pytest.mark.parametrize("exponent", [-1.0, 0.0, 0.75])
def test_the_noise_of_unknown_counts_is_zero(exponent):
    counts = np.array([8, 4, 1, 0, 0])
    accept, alias = noise_tables(counts, exponent)
    drawn = np.bincount(alias, weights=1 - accept, minlength=5) + accept
    expected = np.array([8.0, 4, 1]) ** exponent
    assert drawn / 5 == pytest.approx([*(expected / expected.sum()), 0, 0], abs=1e-6)


def test_without_outputs_they_begin_at_zero(corpus, first):
    imported = WordVectors(Vocabulary(first.vocabulary.words, [0] * len(first)), first.matrix)
    vectors = train(corpus, still(), start=imported)
    assert not vectors.outputs.any()
    assert np.array_equal(vectors[first.vocabulary.words], first.matrix)
    assert vectors.vocabulary == corpus.vocabulary
    # log 2 a pair, as for fresh vectors; with the outputs it begins where it was
    assert vectors.details["losses"][0] > 5 * np.log(2)
    assert train(corpus, still(), start=first).details["losses"][0] < first.details["losses"][-1] + 0.05


def test_a_subset_goes_on_with_the_words_it_lacks_as_new(corpus, first):
    vectors = train(corpus, config(), start=first.subset(["apple", "gold"]))
    assert vectors.vocabulary.counts.tolist() == corpus.vocabulary.counts.tolist()


def test_the_start_is_left_as_it_is(corpus, first):
    before = first.matrix.copy(), first.outputs.copy(), dict(first.details)
    train(corpus, config(), start=first)
    assert np.array_equal(first.matrix, before[0])
    assert np.array_equal(first.outputs, before[1])
    assert dict(first.details) == before[2]
    assert len(first.details["runs"]) == 1


def test_the_history_lists_all_runs(corpus, first, tmp_path):
    first.save(tmp_path / "first")
    start = WordVectors.load(tmp_path / "first")
    other = topic_corpus(TOPICS[2:])
    other.save(tmp_path / "other")
    other = Corpus.load(tmp_path / "other")
    vectors = train(other, config(epochs=3, window=2), start=start)
    one, two = vectors.details["runs"]
    assert one == first.details["runs"][0]
    assert one["config"]["epochs"] == len(one["losses"]) == 8
    assert two["config"] == vectors.details["config"] == config(epochs=3, window=2, shards=1).to_dict()
    assert two["losses"] == vectors.details["losses"]
    assert one["start"] is None
    assert two["start"] == start.digest
    assert one["corpus"]["digest"] is None
    assert two["corpus"]["digest"] == other.digest
    assert two["corpus"]["num_tokens"] == other.num_tokens
    assert two["corpus"]["num_lines"] == other.num_lines
    assert one["corpus"]["fingerprint"] != two["corpus"]["fingerprint"]
    vectors.save(tmp_path / "second")
    assert dict(WordVectors.load(tmp_path / "second").details) == dict(vectors.details)


def test_the_config_defaults_to_that_of_the_start(corpus, first):
    assert train(corpus, start=first).details["config"] == first.details["config"]
    imported = WordVectors(first.vocabulary, first.matrix, details={"origin": "a file"})
    vectors = train(corpus, start=imported)
    assert vectors.details["config"] == Word2VecConfig(dim=20, shards=1).to_dict()
    assert vectors.details["origin"] == "a file"


def test_what_does_not_fit_is_refused(corpus, first):
    with pytest.raises(ConfigError) as error:
        train(corpus, config(dim=21), start=first)
    assert str(error.value) == "dim: expected 20, as the vectors to start from have, found 21"
    with pytest.raises(CorpusError, match="made by the tokenizer of the vectors to start from, Tokenizer"):
        train(corpus_of(["a b c d e"], "word"), config(), start=first)
    with pytest.raises(ConfigError, match="loss: expected negative, as the vectors to start from have"):
        train(corpus, config(loss="hierarchical"), start=first)
