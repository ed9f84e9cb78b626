import numpy as np
import pytest

from wordlab.compiled.huffman import huffman_codes
from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError
from wordlab.text import Corpus, Tokenizer, Vocabulary
from wordlab.training import SubwordConfig, Word2VecConfig, train
from wordlab.training.objectives.word2vec.scoring import heldout_loss, score_sentences

IDS = np.array([0, 1, 2, 1, 3, 0, 0], dtype=np.int32)
OFFSETS = np.array([0, 3, 4, 7])
COUNTS = np.array([40, 30, 20, 10])


@pytest.fixture
def matrices():
    rng = np.random.default_rng(5)
    return rng.normal(size=(4, 6)).astype(np.float32), rng.normal(size=(4, 6)).astype(np.float32)


def pairs(window=2):
    """(centre, its context) of every position that has one."""
    for first, stop in ((0, 3), (4, 7)):  # the line of one word has none
        for i in range(first, stop):
            around = [j for j in range(max(first, i - window), min(stop, i + window + 1)) if j != i]
            yield IDS[i], IDS[around]


def test_untrained_outputs_cost_log_2_a_target(matrices):
    config = Word2VecConfig(window=2, negative=3, dim=6)
    loss = heldout_loss(matrices[0], np.zeros((4, 6), np.float32), IDS, OFFSETS, COUNTS, config)
    assert np.log(2) < loss <= 4 * np.log(2)  # less than 4 targets where noise hit the centre


@pytest.mark.parametrize("options", [{}, {"model": "cbow"}, {"model": "cbow", "cbow_mean": False}], ids=str)
def test_hierarchical_loss_is_the_sum_over_the_path(matrices, options):
    inputs, nodes = matrices[0].astype(float), matrices[1][:3].astype(float)
    config = Word2VecConfig(loss="hierarchical", window=2, dim=6, **options)
    codes, losses = huffman_codes(COUNTS), []
    for centre, context in pairs():
        path = slice(codes.offsets[centre], codes.offsets[centre + 1])
        signs = 1 - 2.0 * codes.codes[path]
        rows = inputs[context]
        if config.model == "cbow":
            rows = (rows.mean(axis=0) if config.cbow_mean else rows.sum(axis=0))[None]
        losses += [np.logaddexp(0, -signs * (nodes[codes.points[path]] @ row)).sum() for row in rows]
    found = heldout_loss(inputs, nodes, IDS, OFFSETS, COUNTS, config)
    assert found == pytest.approx(np.mean(losses), rel=1e-12)


def test_a_window_of_subwords_is_the_mean_of_all_rows(matrices):
    """Words of 1 to 4 rows weigh as much; in fastText's tree words of equal count have other places."""
    inputs, nodes = matrices[0].astype(float), matrices[1][:3].astype(float)
    config = SubwordConfig(model="cbow", loss="hierarchical", window=2, dim=6)
    counts, sizes = np.array([2, 1, 1, 1]), np.array([1, 2, 3, 4])
    codes, losses = huffman_codes(counts, "fasttext"), []
    assert not np.array_equal(codes.codes, huffman_codes(counts).codes)
    for centre, context in pairs():
        path = slice(codes.offsets[centre], codes.offsets[centre + 1])
        row = np.average(inputs[context], axis=0, weights=sizes[context])
        losses.append(
            np.logaddexp(0, -(1 - 2.0 * codes.codes[path]) * (nodes[codes.points[path]] @ row)).sum()
        )
    found = heldout_loss(inputs, nodes, IDS, OFFSETS, counts, config, sizes=sizes)
    assert found == pytest.approx(np.mean(losses), rel=1e-12)


def test_probabilities_of_all_words_add_up_to_one(matrices):
    """The leaves of the tree share the probability, so that the loss is that of a distribution."""
    config = Word2VecConfig(loss="hierarchical", window=1, dim=6)
    total = 0.0
    for word in range(4):
        ids, offsets = np.array([2, word], dtype=np.int32), np.array([0, 2])
        both = 2 * heldout_loss(matrices[0], matrices[1][:3], ids, offsets, COUNTS, config)
        total += np.exp(-(both - pair_loss(matrices, word, 2)))  # a line of two words is a pair each way
    assert total == pytest.approx(1.0)


def pair_loss(matrices, context, centre):
    """-log p(centre | context), written out."""
    codes = huffman_codes(COUNTS)
    path = slice(codes.offsets[centre], codes.offsets[centre + 1])
    logits = matrices[1][:3].astype(float)[codes.points[path]] @ matrices[0][context].astype(float)
    return np.logaddexp(0, -(1 - 2.0 * codes.codes[path]) * logits).sum()


def test_equal_seeds_see_equal_noise(matrices):
    config = Word2VecConfig(window=2, dim=6)
    one, two = (heldout_loss(*matrices, IDS, OFFSETS, COUNTS, config, seed=3) for _ in range(2))
    other = heldout_loss(*matrices, IDS, OFFSETS, COUNTS, config, seed=4)
    assert one == two != other


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_scores_are_gensims(model):
    """gensim reads log sigmoid from a table whose index, with the factor 83 for 83.3, is up to 4 entries off.

    Each entry is 0.012 wide, so that near a logit of 0 a pair comes out 0.012 nats too large: 1.7 %.
    """
    lines = [["a", "b", "c", "a", "d"], ["b", "b", "a"], ["d", "c", "e", "a", "b", "c"]] * 20
    corpus = Corpus.from_lines([" ".join(line) for line in lines], tokenizer=Tokenizer("whitespace"))
    config = Word2VecConfig(
        model=model, loss="hierarchical", dim=8, window=3, subsample=0.0, threads=1, epochs=3
    )
    vectors = train(corpus, config)
    theirs = vectors.to_gensim(full_model=True).score(lines[:3], total_sentences=3)
    np.testing.assert_allclose(score_sentences(vectors, lines[:3]), theirs, rtol=0.03)


def test_unknown_words_are_passed_over_and_others_refused():
    corpus = Corpus.from_lines(["a b c a b c"] * 9, tokenizer=Tokenizer("whitespace"))
    options = {"dim": 4, "window": 2, "subsample": 0.0, "threads": 1, "epochs": 1}
    vectors = train(corpus, Word2VecConfig(loss="hierarchical", **options))
    scores = score_sentences(vectors, [["a", "b"], ["a", "zzz", "b"], ["zzz"], []])
    assert scores[0] == scores[1] < 0
    assert scores[2:].tolist() == [0, 0]
    with pytest.raises(
        ConfigError, match="loss: expected vectors of hierarchical softmax to score by, found neg"
    ):
        score_sentences(train(corpus, Word2VecConfig(**options)), [["a", "b"]])


def test_sentences_by_subwords():
    """The loss of whole windows, by fastText's tree and with words of many n-grams counting for more."""
    lines = [["walking", "a", "dog"], ["a", "cat", "walks"], ["dog", "a", "cat"]]
    corpus = Corpus.from_lines([" ".join(line) for line in lines] * 9)
    config = SubwordConfig(model="cbow", loss="hierarchical", dim=6, window=2, subsample=0.0, buckets=50)
    vectors = train(corpus, config)
    words = vectors.vocabulary.words
    sizes = np.array([len(ngrams(f"<{word}>")) + 1 for word in words])
    expected = []
    for line in lines:
        ids, offsets = np.array([words.index(word) for word in line]), np.array([0, 3])
        loss = heldout_loss(
            vectors.matrix, vectors.outputs, ids, offsets, vectors.vocabulary.counts, config, sizes=sizes
        )
        expected.append(-3 * loss)
    assert score_sentences(vectors, lines) == pytest.approx(expected)


def ngrams(text):
    return [text[i : i + n] for i in range(len(text)) for n in range(3, 7) if i + n <= len(text)]


def test_position_weights_do_not_score():
    config = Word2VecConfig(model="cbow", loss="hierarchical", position_weights=True)
    details = {"config": config.to_dict()}
    vectors = WordVectors(Vocabulary(["a"], [1]), np.ones((1, 6), np.float32), details=details)
    with pytest.raises(ConfigError, match="position_weights: expected vectors without"):
        score_sentences(vectors, [["a", "b"]])
