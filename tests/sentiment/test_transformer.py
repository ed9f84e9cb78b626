import numpy as np
import pytest
from sklearn.base import clone
from sklearn.decomposition import TruncatedSVD
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError
from wordlab.sentiment.features.transformer import WordVectorsTransformer
from wordlab.text import Tokenizer, Vocabulary

WORDS = ["the", "film", "good", "bad"]
MATRIX = np.array([[1, 0, 0], [0, 2, 0], [0, 0, 3], [1, 1, -3]], dtype=np.float32)
TEXTS = ["The good film", "bad, bad film", "unknown", "", "the the the film"]


def vectors(counts=(60, 30, 6, 4)):
    return WordVectors(Vocabulary(WORDS, list(counts)), MATRIX)


def test_mean():
    transformer = WordVectorsTransformer(vectors())
    rows = transformer.fit_transform(TEXTS)
    assert rows.dtype == np.float32
    assert rows[0] == pytest.approx(MATRIX[:3].mean(axis=0))
    assert rows[1] == pytest.approx((2 * MATRIX[3] + MATRIX[1]) / 3)
    assert not rows[2].any()
    assert not rows[3].any()
    assert transformer.coverage_ == 10 / 11


@pytest.mark.parametrize("counts", [(60, 30, 6, 4), (0, 0, 0, 0)])
def test_sif_by_the_paper(counts):
    rows = WordVectorsTransformer(vectors(counts), weighting="sif", a=0.01).fit_transform(TEXTS)
    # of vectors without counts, the texts' own: the 4, film 3, bad 2, good 1
    known = np.array(counts) if any(counts) else np.array([4, 3, 1, 2])
    weights = 0.01 / (0.01 + known / known.sum())
    tokens = [[WORDS.index(t) for t in Tokenizer("word")(text) if t in WORDS] for text in TEXTS]
    averages = np.array(
        [sum((weights[id] * MATRIX[id] for id in ids), np.zeros(3)) / max(1, len(ids)) for ids in tokens]
    )
    common = TruncatedSVD(1, algorithm="arpack", random_state=1).fit(averages).components_[0]
    assert rows == pytest.approx(averages - np.outer(averages @ common, common), abs=1e-6)


def test_scikit_learns_contract():
    transformer = WordVectorsTransformer(vectors(), weighting="sif", tokenizer=Tokenizer("whitespace"))
    copy = clone(transformer)
    assert copy.get_params() == transformer.get_params()
    assert copy.vectors is transformer.vectors  # vectors are values; a grid search must not copy them
    with pytest.raises(NotFittedError):
        transformer.transform(TEXTS)
    names = transformer.fit(TEXTS).get_feature_names_out()
    assert list(names) == [f"wordvectorstransformer{n}" for n in range(3)]
    assert transformer.coverage_ == 8 / 11  # "The" and "bad," are other tokens
    model = make_pipeline(WordVectorsTransformer(vectors()), LogisticRegression())
    assert model.fit(TEXTS, [1, 0, 0, 0, 1]).predict(["good"]).shape == (1,)


def test_the_vectors_own_tokenizer():
    own = WordVectors(Vocabulary(WORDS, [4, 3, 2, 1]), MATRIX, tokenizer=Tokenizer("whitespace"))
    assert WordVectorsTransformer(own).fit(TEXTS).tokenizer_.name == "whitespace"
    assert WordVectorsTransformer(own, tokenizer=Tokenizer("word")).fit(TEXTS).tokenizer_.name == "word"


def test_wrong_use():
    with pytest.raises(ConfigError, match="weighting: expected one of mean, sif, found 'tfidf'"):
        WordVectorsTransformer(vectors(), weighting="tfidf").fit(TEXTS)
    with pytest.raises(ConfigError, match="a: expected a number above 0, found 0"):
        WordVectorsTransformer(vectors(), a=0).fit(TEXTS)
    with pytest.raises(TypeError, match="a list of texts, found a single text"):
        WordVectorsTransformer(vectors()).fit("a text")
    with pytest.raises(TypeError, match=r"expected a text at position 1, found a missing value \(None\)"):
        WordVectorsTransformer(vectors()).fit(["a", None])
