import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from wordlab.errors import ConfigError, CorpusError
from wordlab.sentiment import ParagraphVectors

TEXTS = 20 * [
    "the cat and the dog ate fish",
    "a dog chased the cat",
    "rain and wind and snow",
    "snow in the wind",
]


def fitted(**options):
    return ParagraphVectors(**{"dim": 10, "epochs": 20, "learning_rate": 0.1, **options}).fit(TEXTS)


def test_texts_become_means_of_the_vectors_of_their_grams():
    model = fitted(ngrams=2)
    found = model.transform(["Dog, dog and cat", "plugh", ""])
    ids = model.vocabulary_.encode(["dog dog and cat"]).ids
    np.testing.assert_allclose(found[0], model.gram_vectors_[ids].mean(axis=0), rtol=1e-5, atol=1e-7)
    assert (found.shape, found.dtype) == ((3, 10), np.float32)
    assert (found[1:] == 0).all()
    assert model.text_vectors_.shape == (80, 10)


def test_a_text_has_the_same_vector_whatever_is_beside_it():
    model = fitted()
    together = model.transform(TEXTS[:4])
    for row, text in enumerate(TEXTS[:4]):
        assert model.transform(iter([text])).tobytes() == together[row].tobytes()
    assert model.set_params(threads=3).transform(TEXTS[:4]).tobytes() == together.tobytes()
    assert model.transform([]).shape == (0, 10)


def test_under_scikit_learns_contract():
    model = fitted()
    assert clone(model).get_params() == model.get_params()
    again = pickle.loads(pickle.dumps(model))  # noqa: S301 - our own bytes
    assert again.transform(TEXTS).tobytes() == model.transform(TEXTS).tobytes()
    assert model.get_feature_names_out().tolist()[:2] == ["paragraphvectors0", "paragraphvectors1"]
    labels = 20 * ["animals", "animals", "weather", "weather"]
    pipeline = make_pipeline(clone(model), LogisticRegression(C=100)).fit(TEXTS, labels)
    assert pipeline.predict(["a dog", "snow and rain"]).tolist() == ["animals", "weather"]


def test_bad_input():
    with pytest.raises(NotFittedError):
        ParagraphVectors().transform(TEXTS)
    with pytest.raises(ConfigError, match="dim: expected a whole number from 1 to 10000, found 0"):
        ParagraphVectors(dim=0).fit(TEXTS)
    with pytest.raises(CorpusError, match="found none"):
        ParagraphVectors().fit(["", "..."])
    with pytest.raises(TypeError, match="found a single text"):
        ParagraphVectors().fit("a text")
    with pytest.raises(TypeError, match="found a single text"):
        fitted().transform("a text")


def test_one_text():
    model = ParagraphVectors(dim=4, min_count=1, epochs=2).fit(["a single text"])
    assert model.transform(["text"]).shape == (1, 4)
