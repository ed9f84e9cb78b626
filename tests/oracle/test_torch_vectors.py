import sys

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.errors import MissingExtraError
from wordlab.text import Vocabulary


@pytest.fixture
def vectors() -> WordVectors:
    return WordVectors(Vocabulary(["a", "b"], [2, 1]), [[1.5, 2], [3, 0.1]])


def test_equal_weights(vectors):
    torch = pytest.importorskip("torch")
    frozen = vectors.to_torch()
    assert not frozen.weight.requires_grad
    assert vectors.to_torch(freeze=False).weight.requires_grad
    assert np.array_equal(frozen.weight.numpy(), vectors.matrix)
    assert np.array_equal(frozen(torch.tensor([1, 0])).numpy(), vectors[["b", "a"]])
    with torch.no_grad():
        frozen.weight += 1  # a copy: the vectors stay as they are
    assert vectors["a"].tolist() == [1.5, 2]


def test_without_torch(vectors, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'wordlab\[torch\]'"):
        vectors.to_torch()
