"""What the library says to a caller who hands over one text, tokens or bad labels."""

from functools import partial

import numpy as np
import pyarrow as pa
import pytest

from wordlab.embeddings import WordVectors
from wordlab.sentiment import NBSVM, BaselineConfig, TextClassifier, WordVectorVectorizer, train_baseline
from wordlab.sentiment.data.inputs import check_labelled, check_texts
from wordlab.text import Vocabulary

from .test_classifier_training import fit

TEXTS = ["a good film", "a bad film"] * 4
LABELS = ["pos", "neg"] * 4
ONE = "expected a list of texts, found a single text; put it in a list"


class NoValue:
    """As pandas' NA: neither equal nor unequal to anything, and without a truth value."""

    def __repr__(self):
        return "<NA>"

    def __ne__(self, other):
        return self

    __hash__ = None

    def __bool__(self):
        raise TypeError


class Table(dict):
    """As pandas' DataFrame, which gives the names of its columns where one iterates over it."""

    ndim = 2


network = pytest.fixture(scope="module")(fit)


def _with_labels(call, texts):
    return call(texts, LABELS)


@pytest.fixture(scope="module")
def methods(network):
    """Every public call that takes texts."""
    baseline = train_baseline(TEXTS, LABELS, BaselineConfig(model="nbsvm"))
    estimator = NBSVM().fit(TEXTS, LABELS)
    wrapped = TextClassifier(epochs=1, validation=0.0, threads=1, dim=4).fit(TEXTS, LABELS)
    words = WordVectors(Vocabulary(["good", "bad"], [1, 1]), np.eye(2, dtype=np.float32))
    transformer = WordVectorVectorizer(words).fit(TEXTS)
    found = {}
    for model in (network, baseline):
        for name in ("predict", "predict_proba", "predict_stream"):
            found[f"{type(model).__name__}.{name}"] = getattr(model, name)
        found[f"{type(model).__name__}.probabilities"] = lambda texts, model=model: list(
            model.probabilities(texts, threads=1)
        )
    for model in (estimator, wrapped):
        for name in ("predict", "predict_proba"):
            found[f"{type(model).__name__}.{name}"] = getattr(model, name)
        for name in ("fit", "score"):
            found[f"{type(model).__name__}.{name}"] = partial(_with_labels, getattr(model, name))
    found["NBSVM.decision_function"] = estimator.decision_function
    found["transform"], found["fit_transform"] = transformer.transform, transformer.fit_transform
    found["encode"] = network.encoder.encode
    found["train"] = lambda texts: fit(texts=texts, labels=LABELS)
    found["train_baseline"] = lambda texts: train_baseline(texts, LABELS)
    return found


def test_a_single_text_is_refused_everywhere(methods):
    for name, call in methods.items():
        with pytest.raises(TypeError) as caught:
            call("good bad")
        assert str(caught.value) == ONE, name


def test_tokens_are_refused_everywhere(methods):
    for name, call in methods.items():
        with pytest.raises(TypeError) as caught:
            found = call([["a", "good", "film"]] * 8)
            list(found)  # a stream looks at texts one by one
        expected = 'expected a text at position 0, found a list; join its tokens with " ".join(...)'
        assert str(caught.value) == expected, name


def test_explain_takes_one_text(network):
    with pytest.raises(TypeError, match=r"^expected a text, found a list; join its tokens"):
        network.explain(["a good film"])


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (b"bytes", ONE),
        (["a", b"b"], "expected a text at position 1, found bytes; decode them"),
        (["a", float("nan")], "expected a text at position 1, found a missing value (nan)"),
        (["a", NoValue()], "expected a text at position 1, found a missing value (<NA>)"),
        ([1], "expected a text at position 0, found int"),
        (Table({"text": TEXTS}), "expected a list of texts, found Table; choose one column of it"),
        ({"text": TEXTS}, "expected a list of texts, found dict; choose one column of it"),
        (np.array([TEXTS]), "expected a list of texts, found ndarray; choose one column of it"),
    ],
)
def test_what_is_not_a_text(texts, message):
    with pytest.raises(TypeError) as caught:
        check_texts(texts)
    assert str(caught.value) == message


def test_columns_of_tables_are_texts():
    assert check_texts(np.array(TEXTS)) == TEXTS
    assert check_texts(np.array(TEXTS, dtype=object)) == TEXTS
    assert check_texts(pa.array(TEXTS).to_pylist()) == TEXTS


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["pos", None], "expected a label for each text, found None at position 1"),
        ([1.0, float("nan")], "expected a label for each text, found nan at position 1"),
        (
            np.array([float("nan"), 1.0]),
            "expected a label for each text, found np.float64(nan) at position 0",
        ),
        (["pos", NoValue()], "expected a label for each text, found <NA> at position 1"),
        (["pos", float("nan")], "expected a label for each text, found nan at position 1"),
        (["1", 1], "expected labels of one type, found '1' and 1"),
        ([0.25, 1.0], "expected classes as labels, found the amount 0.25 at position 0"),
        (np.array([["a"], ["b"]]), "expected 2 labels, one per text, found shape (2, 1)"),
        (["a", "a"], "expected labels of two or more classes, found 1 class for 2 texts"),
    ],
)
def test_labels_that_name_no_class(labels, message):
    with pytest.raises(ValueError, match="expected") as caught:
        check_labelled(["a", "b"], labels)
    assert str(caught.value) == message


def test_one_string_is_not_a_list_of_labels():
    with pytest.raises(TypeError, match=r"^expected a list of labels, found a single label; put it in"):
        check_labelled(["a", "b"], "ab")


def test_labels_of_networks_are_checked_too():
    with pytest.raises(ValueError, match=r"^expected a label for each text, found nan at position 1$"):
        fit(labels=["pos", float("nan")] * 4, texts=TEXTS)


@pytest.mark.parametrize("labels", [[True, False], [1, 0], [1.0, 0.0], ("x", "y")])
def test_labels_of_any_one_type(labels):
    assert len(check_labelled(["a", "b"], labels)[1]) == 2
