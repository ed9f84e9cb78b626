"""Weights of texts: a text of weight 2 counts as two, one of 0 as none."""

import numpy as np
import pytest
import sklearn
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from wordlab.errors import ConfigError, CorpusError
from wordlab.sentiment import NBSVM, MeanVectorsClassifier, TfidfClassifier
from wordlab.sentiment.models import nbsvm

from .test_classifier_training import LABELS, TEXTS, VECTORS

MAKE = {
    "nbsvm": lambda **options: NBSVM(calibration_folds=0, **options),
    "nbsvm-logistic": lambda **options: NBSVM(calibration_folds=0, loss="logistic", **options),
    "tfidf": lambda **options: TfidfClassifier(**options),
    "tfidf-rare": lambda **options: TfidfClassifier(min_count=9, ngrams=3, **options),
    "means": lambda **options: MeanVectorsClassifier(VECTORS, **options),
}
WEIGHTS = np.random.default_rng(3).integers(0, 4, len(TEXTS))
THREE = [label if text.count("so") else "other" for text, label in zip(TEXTS, LABELS, strict=True)]


def repeated(values):
    return [value for value, times in zip(values, WEIGHTS, strict=True) for _ in range(times)]


@pytest.fixture
def tight(monkeypatch):
    """A solver that stops far from the optimum stops elsewhere on repeated texts."""
    monkeypatch.setattr(nbsvm, "_TOLERANCE", 1e-9)


@pytest.mark.parametrize("labels", [LABELS, THREE], ids=["two", "three"])
@pytest.mark.parametrize("class_weight", [None, "balanced"])
@pytest.mark.parametrize("name", MAKE)
def test_weights_are_repetitions(name, class_weight, labels, tight):
    make = MAKE[name]
    weighted = make(class_weight=class_weight).fit(TEXTS, labels, sample_weight=WEIGHTS)
    expected = make(class_weight=class_weight).fit(repeated(TEXTS), repeated(labels))
    plain = make(class_weight=class_weight).fit(TEXTS, labels)
    found = weighted.predict_proba(TEXTS)
    np.testing.assert_allclose(found, expected.predict_proba(TEXTS), rtol=2e-4, atol=2e-5)
    assert np.abs(found - plain.predict_proba(TEXTS)).max() > 2e-3
    if hasattr(weighted, "counter_"):
        assert weighted.counter_.vocabulary_ == expected.counter_.vocabulary_


@pytest.mark.parametrize("name", MAKE)
def test_a_weight_of_one_changes_nothing(name):
    ones = MAKE[name]().fit(TEXTS, LABELS, sample_weight=np.ones(len(TEXTS), dtype=bool))
    np.testing.assert_allclose(
        ones.predict_proba(TEXTS), MAKE[name]().fit(TEXTS, LABELS).predict_proba(TEXTS), rtol=1e-4
    )


def test_fractions_count_as_whole_texts_for_min_count():
    texts, labels = ["good one", "bad one", "good", "bad"], ["a", "b", "a", "b"]
    model = TfidfClassifier(min_count=2, ngrams=1).fit(texts, labels, sample_weight=[0.1, 0.1, 0.2, 1.5])
    assert sorted(model.counter_.vocabulary_) == ["bad", "good", "one"]
    with pytest.raises(CorpusError, match="min_count 4 leaves no run of words"):
        TfidfClassifier(min_count=4).fit(texts, labels, sample_weight=[1, 1, 1, 1])


def test_calibration_takes_the_weights():
    weights = np.where(np.arange(len(TEXTS)) % 3, 5.0, 0.5)
    found = NBSVM().fit(TEXTS, LABELS, sample_weight=weights).predict_proba(TEXTS)
    assert np.isfinite(found).all()
    assert np.abs(found - NBSVM().fit(TEXTS, LABELS).predict_proba(TEXTS)).max() > 1e-4


def test_in_a_pipeline_and_routed():
    model = make_pipeline(FunctionTransformer(list), NBSVM(calibration_folds=0))
    found = model.fit(TEXTS, LABELS, nbsvm__sample_weight=WEIGHTS).predict_proba(TEXTS)
    alone = MAKE["nbsvm"]().fit(TEXTS, LABELS, sample_weight=WEIGHTS)
    np.testing.assert_array_equal(found, alone.predict_proba(TEXTS))
    with sklearn.config_context(enable_metadata_routing=True):
        routed = (
            NBSVM(calibration_folds=0)
            .set_fit_request(sample_weight=True)
            .set_score_request(sample_weight=True)
        )
        scores = cross_validate(routed, TEXTS, LABELS, cv=2, params={"sample_weight": WEIGHTS})
        assert scores["test_score"].min() > 0.9
        assert routed.get_metadata_routing().fit.requests == {"sample_weight": True}


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0], "expected 72, one per text, found shape (1,)"),
        (np.ones((len(TEXTS), 1)), "expected 72, one per text, found shape (72, 1)"),
        (["1"] * len(TEXTS), "expected numbers, found <U1"),
        ([-1.0] + [1.0] * (len(TEXTS) - 1), "expected finite numbers of 0 or more, found -1.0 at position 0"),
        (
            [1.0] * (len(TEXTS) - 1) + [np.nan],
            "expected finite numbers of 0 or more, found nan at position 71",
        ),
        ([0.0] * len(TEXTS), "expected weights above zero for two or more classes, found fewer"),
        (
            [label == "pos" for label in LABELS],
            "expected weights above zero for two or more classes, found fewer",
        ),
    ],
)
def test_weights_that_are_none(weights, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        NBSVM().fit(TEXTS, LABELS, sample_weight=weights)
    assert str(caught.value) == f"sample_weight: {message}"


def test_poolings_that_learn_from_texts_take_no_weights():
    with pytest.raises(ConfigError, match=r"sample_weight: expected the pooling 'mean' .* found 'sif'"):
        MeanVectorsClassifier(VECTORS, pooling="sif").fit(TEXTS, LABELS, sample_weight=WEIGHTS)


def test_nbsvm_weighs_classes_by_their_sizes_or_not():
    with pytest.raises(ConfigError, match="class_weight: expected one of balanced, found"):
        NBSVM(class_weight={"pos": 2}).fit(TEXTS, LABELS)
