import copy
import sys

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError, MissingExtraError, UnknownWordError
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


@pytest.mark.parametrize(
    ("padding", "unknown", "special"),
    [
        (True, None, [[0, 0]]),
        (False, "zeros", [[0, 0]]),
        (True, "zeros", [[0, 0], [0, 0]]),
        (True, "mean", [[0, 0], [2.25, 1.05]]),
        (False, "mean", [[2.25, 1.05]]),
    ],
)
def test_rows_before_the_words(vectors, padding, unknown, special):
    embedding = vectors.to_torch(padding=padding, unknown=unknown)
    assert embedding.weight.numpy() == pytest.approx(np.array([*special, *vectors.matrix.tolist()]))
    assert embedding.num_special == len(special)
    assert embedding.padding_idx == (0 if padding else None)
    assert embedding.unknown_idx == (None if unknown is None else int(padding))
    assert embedding(embedding.ids(["b", "a"])).numpy().tolist() == vectors[["b", "a"]].tolist()


def test_ids_and_batches(vectors):
    embedding = vectors.to_torch(padding=True, unknown="mean")
    assert embedding.ids(["a", "?", "b"]).tolist() == [2, 1, 3]
    assert embedding.batch([["a"], [], ["b", "?", "a"]]).tolist() == [[2, 0, 0], [0, 0, 0], [3, 1, 2]]
    assert embedding.batch([]).shape == (0, 0)
    assert embedding.ids([]).shape == (0,)
    assert vectors.to_torch().ids(["b"]).tolist() == [1]
    with pytest.raises(UnknownWordError, match="'c' is not among the 2 words"):
        vectors.to_torch(padding=True).ids(["c"])
    with pytest.raises(ConfigError, match="padding: expected an embedding with padding=True"):
        vectors.to_torch().batch([["a"]])
    with pytest.raises(ConfigError, match="unknown: expected one of zeros, mean, or None, found 'random'"):
        vectors.to_torch(unknown="random")
    for call, value in ((embedding.ids, "a b"), (embedding.batch, ["a b"])):
        with pytest.raises(TypeError, match="a single string"):
            call(value)


def test_padding_stays_zero_in_training(vectors):
    torch = pytest.importorskip("torch")
    embedding = vectors.to_torch(freeze=False, padding=True, unknown="zeros")
    optimizer = torch.optim.SGD(embedding.parameters(), lr=1.0)
    embedding(embedding.batch([["a"], ["b", "?"]])).sum().backward()
    optimizer.step()
    assert embedding.weight[0].tolist() == [0, 0]
    assert embedding.weight[1].tolist() == [-1, -1]  # that of unknown words learns
    again = vectors.to_torch(padding=True, unknown="zeros")
    again.load_state_dict(embedding.state_dict())
    assert copy.deepcopy(again).ids(["b"]).tolist() == [3]


def test_without_torch(vectors, monkeypatch):
    monkeypatch.delitem(sys.modules, "wordlab.embeddings.interop.torch", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'wordlab\[torch\]'"):
        vectors.to_torch()
