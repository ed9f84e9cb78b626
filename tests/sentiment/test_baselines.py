import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_checks

from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError, CorpusError
from wordlab.sentiment.features.vectorizer import WordVectorVectorizer
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.models.mean_vectors import MeanVectorsClassifier
from wordlab.sentiment.models.nbsvm import NBSVM, log_count_ratio
from wordlab.sentiment.models.tfidf import TfidfClassifier
from wordlab.text import Tokenizer, Vocabulary

GOOD = ["a good film", "so good and so great", "great fun", "a great day for a good man"]
BAD = ["a bad film", "so bad and so poor", "poor taste", "a bad day, a poor man", "no fun"]
NEUTRAL = ["a film", "a man and a day"]
TEXTS = 3 * (GOOD + BAD)
LABELS = 3 * (["pos"] * len(GOOD) + ["neg"] * len(BAD))
WORDS = ["a", "good", "great", "bad", "poor", "film", "day", "man"]


def vectors():
    return WordVectors(Vocabulary(WORDS, list(range(8, 0, -1))), np.random.default_rng(1).normal(size=(8, 3)))


def estimators():
    return [NBSVM(), TfidfClassifier(min_count=1), MeanVectorsClassifier(vectors())]


CHECKS = pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_estimator_cloneable,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_estimator_tags_renamed,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_mixin_order,
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_set_params,
        estimator_checks.check_valid_tag_types,
    ],
    ids=lambda check: check.__name__,
)


def test_log_count_ratio_by_hand():
    # three n-grams; the first text is on the side, the other two are not
    present = csr_matrix(np.array([[1, 1, 0], [1, 0, 1], [0, 0, 1]], dtype=np.float32))
    found = log_count_ratio(present, np.array([True, False, False]), alpha=1)
    p, q = np.array([2, 2, 1]) / 5, np.array([2, 1, 3]) / 6
    assert found == pytest.approx(np.log(p / q))


def test_log_count_ratio_by_size_by_hand():
    # the side has one of ten n-grams counted, and so a tenth of the smoothing of 2
    present = csr_matrix(np.array([[1, 0, 0], [1, 1, 1], [1, 1, 1], [1, 1, 1]], dtype=np.float32))
    found = log_count_ratio(present, np.array([True, False, False, False]), alpha=1, by_size=True)
    p, q = np.array([1.2, 0.2, 0.2]), np.array([4.8, 4.8, 4.8])
    assert found == pytest.approx(np.log((p / 1.6) / (q / 14.4)), rel=1e-6)
    equal = csr_matrix(np.array([[1, 0], [0, 1]], dtype=np.float32))
    plain, sized = (
        log_count_ratio(equal, np.array([True, False]), 1.0, by_size=by_size) for by_size in (False, True)
    )
    assert sized == pytest.approx(plain)


def test_beta_0_is_naive_bayes():
    model = NBSVM(beta=0, ngrams=1, calibration_folds=0).fit(TEXTS, LABELS)
    present = model.features(TEXTS)
    bayes = MultinomialNB(alpha=1).fit(present, LABELS)
    odds = np.diff(bayes.predict_joint_log_proba(present), axis=1).ravel()
    scores = model.decision_function(TEXTS)
    size = scores[0] / odds[0]  # mean|w|: the same for all texts
    assert size > 0
    assert scores == pytest.approx(size * odds, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("loss", ["squared-hinge", "logistic"])
def test_beta_1_is_the_linear_classifier(loss):
    model = NBSVM(beta=1, loss=loss, calibration_folds=0).fit(TEXTS, LABELS)
    present = model.features(TEXTS)
    is_second = np.array(LABELS) == model.classes_[1]
    scaled = present.multiply(log_count_ratio(present, is_second, 1.0)).tocsr()
    linear = model._linear_model().fit(scaled, is_second)
    assert model.decision_function(TEXTS) == pytest.approx(linear.decision_function(scaled), abs=1e-4)


def test_tfidf_is_scikit_learns_pipeline():
    model = TfidfClassifier(ngrams=2, min_count=2, C=3).fit(TEXTS, LABELS)
    peer = make_pipeline(
        TfidfVectorizer(
            tokenizer=Tokenizer("word"), token_pattern=None, ngram_range=(1, 2), min_df=2, sublinear_tf=True
        ),
        LogisticRegression(C=3, solver="newton-cg"),
    ).fit(TEXTS, LABELS)
    assert model.predict_proba(GOOD) == pytest.approx(peer.predict_proba(GOOD), abs=1e-5)


@pytest.mark.parametrize("labels", [LABELS, [str(n % 3) for n in range(len(TEXTS))]])
def test_mean_vectors_is_scikit_learns_pipeline(labels):
    model = MeanVectorsClassifier(vectors()).fit(TEXTS, labels)
    peer = make_pipeline(WordVectorVectorizer(vectors()), StandardScaler(), LogisticRegression())
    peer.fit(TEXTS, labels)
    assert model.predict_proba(GOOD) == pytest.approx(peer.predict_proba(GOOD), abs=1e-5)


@pytest.mark.parametrize("model", estimators(), ids=lambda model: type(model).__name__)
def test_scikit_learns_contract(model):
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    with pytest.raises(NotFittedError):
        copy.predict(TEXTS)
    assert copy.fit(TEXTS, LABELS).score(TEXTS, LABELS) > 0.8
    assert copy.classes_.tolist() == ["neg", "pos"]
    probabilities = copy.predict_proba([*GOOD, "", "unknown"])
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert clone(copy).fit(TEXTS, LABELS).coef_.tobytes() == copy.coef_.tobytes()
    assert cross_val_score(model, TEXTS, LABELS, cv=3).shape == (3,)
    search = GridSearchCV(
        make_pipeline(clone(model)), {f"{type(model).__name__.lower()}__C": [0.1, 10]}, cv=2
    )
    assert search.fit(TEXTS, LABELS).best_score_ > 0.5
    numbers = np.array([label == "pos" for label in LABELS])
    assert set(clone(model).fit(np.array(TEXTS), numbers).predict(GOOD)) <= {True, False}


@CHECKS
@pytest.mark.parametrize(
    "model", [*estimators(), WordVectorVectorizer(vectors())], ids=lambda model: type(model).__name__
)
def test_scikit_learns_own_checks(check, model):
    """Those of its checks that do not feed numbers to an estimator."""
    check(type(model).__name__, model)


@pytest.mark.parametrize("model", estimators(), ids=lambda model: type(model).__name__)
def test_three_classes(model):
    texts = 4 * (GOOD + BAD + NEUTRAL)
    labels = 4 * (["pos"] * len(GOOD) + ["neg"] * len(BAD) + ["none"] * len(NEUTRAL))
    model = clone(model).set_params(C=100).fit(texts, labels)
    probabilities = model.predict_proba(texts)
    assert probabilities.shape == (len(texts), 3)
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert model.score(texts, labels) > 0.7  # mean vectors in three dimensions reach 0.73, the others 1


def test_bigrams_see_negation():
    texts = ["not good", "not bad", "good", "bad", "so good", "so bad"]
    labels = ["neg", "pos", "pos", "neg", "pos", "neg"]
    assert NBSVM(ngrams=2, beta=1, C=100).fit(texts, labels).score(texts, labels) == 1
    assert NBSVM(ngrams=1, beta=1, C=100).fit(texts, labels).score(texts, labels) < 1


def test_class_weights_move_the_decision_boundary():
    labels = ["neg"] * 24 + ["pos"] * 3
    plain = TfidfClassifier(min_count=1).fit(TEXTS, labels).predict_proba(TEXTS)[:, 1].mean()
    balanced = TfidfClassifier(min_count=1, class_weight="balanced").fit(TEXTS, labels)
    assert balanced.predict_proba(TEXTS)[:, 1].mean() > 1.5 * plain


def test_wrong_use():
    for model, message in (
        (NBSVM(ngrams=0), "ngrams: expected a whole number from 1 to 10, found 0"),
        (NBSVM(beta=2), "beta: expected a number from 0.0 to 1.0, found 2"),
        (NBSVM(loss="l2"), "loss: expected one of squared-hinge, logistic, found 'l2'"),
        (NBSVM(calibration_folds=-1), "calibration_folds: expected a whole number from 0 to 1000, found -1"),
        (TfidfClassifier(C=0), "C: expected a number from"),
        (MeanVectorsClassifier(vectors(), pooling="max"), "pooling: expected one of mean, idf, sif, usif"),
    ):
        with pytest.raises(ConfigError, match=message):
            model.fit(TEXTS, LABELS)
    with pytest.raises(CorpusError, match="expected texts with words that occur often enough, found none"):
        NBSVM().fit(["!", "?"], ["a", "b"])
    with pytest.raises(ValueError, match="labels of two or more classes, found 1"):
        NBSVM().fit(["a", "b"], ["x", "x"])
    with pytest.raises(ValueError, match="expected 2 labels, one per text, found shape"):
        NBSVM().fit(["a", "b"], ["x"])


def test_defaults_of_the_config_are_those_of_the_estimators():
    from wordlab.sentiment.models.baseline_model import make_estimator

    for name, own in (("nbsvm", NBSVM()), ("tfidf", TfidfClassifier())):
        assert make_estimator(BaselineConfig(model=name)).get_params() == own.get_params()
    made = make_estimator(BaselineConfig(model="mean-vectors"), vectors())
    expected = MeanVectorsClassifier(vectors()).get_params()
    assert {**made.get_params(), "vectors": 0} == {**expected, "vectors": 0}
