"""Estimators and classifiers survive pickle, joblib and copies, fitted or not."""

import copy
import io
import pickle

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from wordlab.sentiment import (
    NBSVM,
    MeanVectorsClassifier,
    TextClassifier,
    TfidfClassifier,
    WordVectorVectorizer,
    train_baseline,
)

from .test_classifier_training import LABELS, TEXTS, VECTORS, fit

SMALL = {"epochs": 1, "dim": 4, "hidden": 3, "num_channels": (2,), "threads": 1}
ESTIMATORS = {
    "textcnn": TextClassifier(**SMALL),
    "birnn": TextClassifier("birnn", unknown="subword", **SMALL),
    "nbsvm": NBSVM(),
    "tfidf": TfidfClassifier(),
    "pipeline": make_pipeline(FunctionTransformer(list), NBSVM()),
    "vectors": TextClassifier(vectors=VECTORS, **(SMALL | {"dim": VECTORS.dim})),
    "mean of vectors": MeanVectorsClassifier(VECTORS),
    "pipeline of vectors": make_pipeline(WordVectorVectorizer(VECTORS), LogisticRegression()),
}


def through_joblib(value):
    file = io.BytesIO()
    joblib.dump(value, file)
    file.seek(0)
    return joblib.load(file)


WAYS = (lambda value: pickle.loads(pickle.dumps(value)), through_joblib, copy.deepcopy)  # noqa: S301 - our own bytes


@pytest.mark.parametrize("way", WAYS, ids=["pickle", "joblib", "deepcopy"])
@pytest.mark.parametrize("name", ESTIMATORS)
def test_estimators(name, way):
    estimator = clone(ESTIMATORS[name])
    way(estimator).fit(TEXTS, LABELS)
    estimator.fit(TEXTS, LABELS)
    found = way(estimator)
    np.testing.assert_array_equal(found.predict_proba(TEXTS), estimator.predict_proba(TEXTS))
    assert found.classes_.tolist() == estimator.classes_.tolist()


@pytest.mark.parametrize("way", WAYS, ids=["pickle", "joblib", "deepcopy"])
@pytest.mark.parametrize("make", [lambda: fit(unknown="subword"), lambda: train_baseline(TEXTS, LABELS)])
def test_classifiers(make, way):
    classifier = make()
    found = way(classifier)
    np.testing.assert_array_equal(found.predict_proba(TEXTS), classifier.predict_proba(TEXTS))
    assert (len(found.seen), found.tally) == (len(classifier.seen), classifier.tally)
