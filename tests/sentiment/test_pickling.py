"""Estimators, classifiers and encoded texts survive pickle, joblib and copies, fitted or not."""

import copy
import io
import pickle
import pickletools

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from wordlab.errors import ArtifactError
from wordlab.sentiment import (
    NBSVM,
    DocumentVectors,
    LinearConfig,
    MeanVectorsClassifier,
    ParagraphConfig,
    ParagraphVectors,
    QuantisingConfig,
    TextClassifier,
    TfidfClassifier,
    WordVectorVectorizer,
    load_classifier,
    quantise,
    train_baseline,
    train_linear,
    train_paragraphs,
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
    "pipeline of paragraphs": make_pipeline(ParagraphVectors(dim=4, epochs=1), LogisticRegression()),
}
CLASSIFIERS = {
    "textcnn": lambda: fit(unknown="subword"),
    "baseline": lambda: train_baseline(TEXTS, LABELS),
    "linear": lambda: train_linear(TEXTS, LABELS, LinearConfig(epochs=1, dim=4, ngrams=2)),
    "quantised": lambda: quantise(
        train_linear(TEXTS, LABELS, LinearConfig(epochs=1, dim=4)), QuantisingConfig()
    ),
    "paragraphs": lambda: train_paragraphs(TEXTS, LABELS, ParagraphConfig(epochs=1, dim=4)),
}


def through_pickle(value):
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own bytes


def through_joblib(value):
    file = io.BytesIO()
    joblib.dump(value, file)
    file.seek(0)
    return joblib.load(file)


WAYS = {"pickle": through_pickle, "joblib": through_joblib, "deepcopy": copy.deepcopy}


@pytest.fixture(scope="module")
def fitted():
    return {name: clone(estimator).fit(TEXTS, LABELS) for name, estimator in ESTIMATORS.items()}


@pytest.fixture(scope="module")
def classifiers():
    return {name: make() for name, make in CLASSIFIERS.items()}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("name", ESTIMATORS)
def test_estimators(name, way, fitted):
    found = way(fitted[name])
    np.testing.assert_array_equal(found.predict_proba(TEXTS), fitted[name].predict_proba(TEXTS))
    assert found.classes_.tolist() == fitted[name].classes_.tolist()


@pytest.mark.parametrize("name", ESTIMATORS)
def test_estimators_that_are_not_fitted(name, fitted):
    found = through_pickle(ESTIMATORS[name]).fit(TEXTS, LABELS)
    np.testing.assert_array_equal(found.predict_proba(TEXTS), fitted[name].predict_proba(TEXTS))


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifiers(name, way, classifiers):
    classifier = classifiers[name]
    found = way(classifier)
    np.testing.assert_array_equal(found.predict_proba(TEXTS), classifier.predict_proba(TEXTS))
    assert (len(found.seen), found.tally) == (len(classifier.seen), classifier.tally)
    assert found.explain(TEXTS[0]) == classifier.explain(TEXTS[0])


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifiers_from_disk(name, classifiers, tmp_path):
    classifiers[name].save(tmp_path / "made")
    loaded = load_classifier(tmp_path / "made")
    found = through_pickle(loaded)
    for each in (found, classifiers[name]):
        np.testing.assert_array_equal(each.predict_proba(TEXTS), loaded.predict_proba(TEXTS))
    assert found.digest == loaded.digest


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_no_code_of_torch_is_in_a_pickle(name, classifiers):
    """Its modules change with its versions, and `torch.load` could run anything."""
    content = pickle.dumps(classifiers[name], protocol=2)
    made = {argument.split()[0] for op, argument, _ in pickletools.genops(content) if op.name == "GLOBAL"}
    assert not {module for module in made if module.startswith("torch")}


def test_what_is_computed_is_not_pickled(classifiers):
    linear = through_pickle(classifiers["linear"])
    before = len(pickle.dumps(linear))
    linear.predict_proba(TEXTS)
    assert len(pickle.dumps(linear)) == before


def test_a_damaged_network_is_refused(classifiers):
    state = classifiers["textcnn"].__getstate__()
    other = type(classifiers["textcnn"]).__new__(type(classifiers["textcnn"]))
    wrong = fit(num_channels=3).__getstate__()["network"]
    with pytest.raises(ArtifactError, match="a pickled classifier: expected"):
        other.__setstate__(state | {"network": wrong})


def test_encoded_texts(tmp_path):
    documents = DocumentVectors.encode(TEXTS, VECTORS, pooling="mean")
    documents.save(tmp_path / "made")
    for value in (documents, DocumentVectors.load(tmp_path / "made")):
        found = through_pickle(value)
        assert found.matrix.tobytes() == value.matrix.tobytes()
        assert not found.matrix.flags.writeable
        assert (found.ids, found.excerpts, found.digest) == (value.ids, value.excerpts, value.digest)
    found = through_pickle(documents)
    assert found.nearest("the film", k=2) == documents.nearest("the film", k=2)
