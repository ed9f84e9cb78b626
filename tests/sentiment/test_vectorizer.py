"""Poolings by hand and against plain numpy, and scikit-learn's contract."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils._set_output import ADAPTERS_MANAGER

from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError, CorpusError, TrainingError
from wordlab.sentiment import WordVectorVectorizer
from wordlab.sentiment.documents.poolings.idf import Idf
from wordlab.sentiment.documents.poolings.mean import Mean
from wordlab.sentiment.documents.poolings.names import POOLINGS, make_pooling
from wordlab.sentiment.documents.poolings.sif import Sif
from wordlab.sentiment.documents.poolings.usif import Usif
from wordlab.text import Tokenizer, Vocabulary

WORDS = ["the", "film", "good", "bad"]
MATRIX = np.array([[1, 0, 0], [0, 2, 0], [0, 0, 3], [1, 1, -3]], dtype=np.float32)
TEXTS = ["The good film", "bad, bad film", "unknown", "", "the the the film"]
COUNTS = (60, 30, 6, 4)
FOUND = (4, 3, 1, 2)  # in the texts: the 4, film 3, good 1, bad 2
IDS = [[WORDS.index(token) for token in Tokenizer("word")(text) if token in WORDS] for text in TEXTS]


def vectors(counts=COUNTS):
    return WordVectors(Vocabulary(WORDS, list(counts)), MATRIX)


def random_vectors(num_words=40, dim=12, seed=1):
    random = np.random.default_rng(seed)
    counts = 1000 // np.arange(1, num_words + 1)
    return WordVectors(
        Vocabulary([f"w{n}" for n in range(num_words)], counts), random.normal(size=(num_words, dim)) + 0.5
    )


def random_texts(num_texts=200, num_words=50, seed=2):  # w40 to w49 are unknown
    random = np.random.default_rng(seed)
    return [" ".join(f"w{n}" for n in random.integers(0, num_words, random.integers(0, 12)))
            for _ in range(num_texts)]  # fmt: skip


def weighted_means(texts, words, weights):
    """The plain reference: a float64 loop over tokens."""
    rows = np.zeros((len(texts), words.dim))
    for row, text in zip(rows, texts, strict=True):
        ids = [words.vocabulary.get(token) for token in text.split()]
        ids = [id for id in ids if id is not None]
        for id in ids:
            row += weights[id] * words.matrix[id].astype(np.float64) / len(ids)
    return rows


def test_mean():
    vectorizer = WordVectorVectorizer(vectors())
    rows = vectorizer.fit_transform(TEXTS)
    assert rows.dtype == np.float32
    assert rows[0] == pytest.approx(MATRIX[:3].mean(axis=0))
    assert rows[1] == pytest.approx((2 * MATRIX[3] + MATRIX[1]) / 3)
    assert not rows[2].any()
    assert not rows[3].any()
    assert vectorizer.coverage_ == 10 / 11


def test_idf_by_hand():
    # of 5 texts the is in 2, film in 3, good in 1, bad in 1, however often
    rows = WordVectorVectorizer(vectors(), pooling="idf").fit_transform(TEXTS)
    the, film, bad = np.log(6 / 2), np.log(6 / 3), np.log(6)
    assert rows[1] == pytest.approx((2 * bad * MATRIX[3] + film * MATRIX[1]) / 3)
    assert rows[4] == pytest.approx((3 * the * MATRIX[0] + film * MATRIX[1]) / 4)


def test_idf_of_one_text_is_not_nothing():
    rows = WordVectorVectorizer(vectors(), pooling="idf").fit_transform(["the film"])
    assert rows[0] == pytest.approx(np.log(2) * MATRIX[:2].mean(axis=0))


@pytest.mark.parametrize("counts", [COUNTS, (0, 0, 0, 0)])
def test_sif_by_the_paper(counts):
    rows = WordVectorVectorizer(vectors(counts), pooling=Sif(a=0.01)).fit_transform(TEXTS)
    known = np.array(counts if any(counts) else FOUND)  # of vectors without counts, the texts' own
    weights = 0.01 / (0.01 + known / known.sum())
    averages = np.array(
        [sum((weights[id] * MATRIX[id] for id in ids), np.zeros(3)) / max(1, len(ids)) for ids in IDS]
    )
    common = np.linalg.svd(averages)[2][0]
    assert rows == pytest.approx(averages - np.outer(averages @ common, common), abs=1e-6)


def usif_weights(counts, mean_length):
    """Ethayarajh (2018), section 4: the expected share of common words makes `a`."""
    probabilities = counts / counts.sum()
    num_words = len(counts)
    threshold = 1 - (1 - 1 / num_words) ** mean_length
    alpha = np.mean(probabilities > threshold)
    a = (1 - alpha) / (alpha * num_words / 2)
    return a / (a / 2 + probabilities), alpha


def test_usif_by_plain_numpy():
    words, texts = random_vectors(), random_texts()
    found = WordVectorVectorizer(words, pooling="usif").fit_transform(texts)
    lengths = [sum(token in words for token in text.split()) for text in texts]
    counts = np.array(words.vocabulary.counts, dtype=float)
    weights, alpha = usif_weights(counts, np.mean([length for length in lengths if length]))
    assert 0 < alpha < 0.2
    means = weighted_means(texts, words, weights)
    _, singular, directions = np.linalg.svd(means, full_matrices=False)
    shares = singular[:5] ** 2 / (singular[:5] ** 2).sum()
    expected = means.copy()
    for share, direction in zip(shares, directions, strict=False):
        expected -= share * np.outer(means @ direction, direction)
    assert found == pytest.approx(expected, abs=1e-5)


def test_usif_weighs_by_the_probability():
    counts = np.array([500, 300, 120, 50, 20, 10])
    words = WordVectors(Vocabulary(list("abcdef"), counts), np.eye(6))
    weights, alpha = usif_weights(counts, 2)  # of texts of two words
    assert alpha == pytest.approx(1 / 6)
    vectorizer = WordVectorVectorizer(words, pooling=Usif(num_components=0)).fit(["a b", "c d", "e f", "?"])
    assert vectorizer.encoder_.fitted.weights[:6] == pytest.approx(weights)
    assert vectorizer.encoder_.fitted.weights[6] == 2  # of a word that was never met


@pytest.mark.parametrize("counts", [[1], [1, 1, 1], [7, 7, 7, 7, 7]])
def test_usif_without_common_words_is_a_mean(counts):
    words = WordVectors(Vocabulary([f"w{n}" for n in range(len(counts))], counts), np.eye(len(counts)))
    for texts in (["w0"], ["unknown"]):
        vectorizer = WordVectorVectorizer(words, pooling=Usif(num_components=0)).fit(texts)
    assert np.isfinite(vectorizer.encoder_.fitted.weights).all()
    assert (vectorizer.encoder_.fitted.weights > 0).all()


@pytest.mark.parametrize("pooling", POOLINGS)
def test_what_is_fitted_is_reused(pooling):
    words, texts = random_vectors(), random_texts()
    vectorizer = WordVectorVectorizer(words, pooling=pooling).fit(texts)
    alone = np.concatenate([vectorizer.transform([text]) for text in texts[:20]])
    assert alone.tobytes() == vectorizer.transform(texts)[:20].tobytes()
    assert alone.tobytes() == vectorizer.fit_transform(texts)[:20].tobytes()
    refitted = WordVectorVectorizer(words, pooling=pooling).fit_transform(texts[:20])
    assert (refitted.tobytes() == alone.tobytes()) == (pooling == "mean")


def test_fewer_texts_than_components():
    words = random_vectors()
    rows = WordVectorVectorizer(words, pooling="usif").fit_transform(["w1 w2", "w3", "w4 w1"])
    assert np.isfinite(rows).all()
    vectorizer = WordVectorVectorizer(words, pooling="usif").fit(["w1 w2", "w3", "w4 w1"])
    assert len(vectorizer.encoder_.fitted.components) == 3
    assert vectorizer.encoder_.fitted.components.shares.sum() == pytest.approx(1)


@pytest.mark.parametrize("pooling", ["sif", "usif"])
@pytest.mark.parametrize("texts", [[], [""], ["the film"], ["the film", "unknown", ""]])
def test_one_text_alone_has_nothing_in_common(pooling, texts):
    with pytest.raises(CorpusError, match=r"pooling: expected two texts with known words, or more, .* found"):
        WordVectorVectorizer(vectors(), pooling=pooling).fit(texts)


def test_equal_texts_leave_no_rounding():
    rows = WordVectorVectorizer(random_vectors(), pooling="sif").fit_transform(3 * ["w1 w2 w3"])
    assert not rows.any()


def test_components_of_the_mean():
    rows = WordVectorVectorizer(vectors(), pooling=Mean(num_components=1)).fit_transform(TEXTS)
    means = WordVectorVectorizer(vectors()).fit_transform(TEXTS)
    common = np.linalg.svd(means)[2][0]
    assert rows == pytest.approx(means - np.outer(means @ common, common), abs=1e-5)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_scikit_learns_contract(pooling):
    vectorizer = WordVectorVectorizer(vectors(), pooling=pooling, tokenizer=Tokenizer("whitespace"))
    copy = clone(vectorizer)
    assert copy.get_params() == vectorizer.get_params()
    assert copy.vectors is vectorizer.vectors  # vectors are values; a grid search must not copy them
    with pytest.raises(NotFittedError):
        vectorizer.transform(TEXTS)
    names = vectorizer.fit(TEXTS).get_feature_names_out()
    assert list(names) == [f"wordvectorvectorizer{n}" for n in range(3)]
    assert vectorizer.coverage_ == 8 / 11  # "The" and "bad," are other tokens


class AsColumns:
    """What scikit-learn asks of a container of outputs, for one that is a dict of columns."""

    container_lib = "columns"

    def create_container(self, output, original, columns, inplace=True):
        return dict(zip(columns(), np.asarray(output).T, strict=True))

    def is_supported_container(self, output):
        return isinstance(output, dict)


def test_as_columns_with_names(monkeypatch):
    """`set_output`, as for pandas and polars, which need not be installed."""
    monkeypatch.setattr(ADAPTERS_MANAGER, "adapters", {"columns": AsColumns()})
    vectorizer = WordVectorVectorizer(vectors(), pooling="sif").set_output(transform="columns")
    columns = vectorizer.fit_transform(TEXTS)
    assert list(columns) == list(vectorizer.get_feature_names_out())
    assert [column.shape for column in vectorizer.transform(TEXTS).values()] == 3 * [(5,)]


def test_as_a_data_frame():
    pytest.importorskip("pandas")
    vectorizer = WordVectorVectorizer(vectors(), pooling="sif").set_output(transform="pandas")
    frame = vectorizer.fit_transform(TEXTS)
    assert list(frame.columns) == list(vectorizer.get_feature_names_out())
    assert frame.shape == vectorizer.transform(TEXTS).shape == (5, 3)


def test_in_a_grid_search():
    model = make_pipeline(WordVectorVectorizer(random_vectors()), LogisticRegression())
    texts = random_texts(60)
    labels = ["w1" in text.split() for text in texts]
    grid = {"wordvectorvectorizer__pooling": ["mean", "idf", Sif(a=0.1), Sif(num_components=2), "usif"]}
    search = GridSearchCV(model, grid, cv=3).fit(texts, labels)
    assert len(search.cv_results_["params"]) == 5
    assert search.predict(["w1 w2"]).shape == (1,)


def test_the_vectors_own_tokenizer():
    own = WordVectors(Vocabulary(WORDS, [4, 3, 2, 1]), MATRIX, tokenizer=Tokenizer("whitespace"))
    assert WordVectorVectorizer(own).fit(TEXTS).encoder_.tokenizer.name == "whitespace"
    named = WordVectorVectorizer(own, tokenizer=Tokenizer("word")).fit(TEXTS)
    assert named.encoder_.tokenizer.name == "word"


def test_wrong_use():
    with pytest.raises(ConfigError, match="pooling: expected one of mean, idf, sif, usif, found 'tfidf'"):
        WordVectorVectorizer(vectors(), pooling="tfidf").fit(TEXTS)
    with pytest.raises(ConfigError, match="pooling: expected one of mean, idf, sif, usif, found None"):
        make_pooling(None)
    with pytest.raises(ConfigError, match="a: expected a number from 1e-30 to 1e"):
        Sif(a=0)
    with pytest.raises(ConfigError, match="num_components: expected a whole number from 0 to 1000, found -1"):
        Idf(num_components=-1)
    with pytest.raises(TypeError, match="a list of texts, found a single text"):
        WordVectorVectorizer(vectors()).fit("a text")
    with pytest.raises(TypeError, match=r"expected a text at position 1, found a missing value \(None\)"):
        WordVectorVectorizer(vectors()).fit(["a", None])


@pytest.mark.parametrize("pooling", ["mean", "idf", Sif(a=1e6), "usif"])
def test_numbers_beyond_float32_are_refused(pooling):
    large = WordVectors(Vocabulary(WORDS, list(COUNTS)), np.full((4, 3), 3e38, np.float32))
    with pytest.raises(TrainingError, match="expected finite numbers, found an overflow"):
        WordVectorVectorizer(large, pooling=pooling).fit_transform([9 * "good bad ", "the film"])


def test_every_pooling_is_listed():
    assert [make_pooling(name).name for name in POOLINGS] == list(POOLINGS)
