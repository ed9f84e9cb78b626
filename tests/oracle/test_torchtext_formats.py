"""GloVe text against torchtext, which keeps the last of duplicates."""

import numpy as np
import pytest

from wordlab.embeddings import read_vectors


@pytest.mark.filterwarnings("ignore")
def test_last_of_duplicates(tmp_path):
    vocab = pytest.importorskip("torchtext.vocab")
    rng = np.random.default_rng(0)
    words = [f"w{i}" for i in rng.integers(0, 40, 100)]
    rows = [" ".join(f"{x:.5g}" for x in row) for row in rng.normal(size=(100, 4))]
    path = tmp_path / "v.txt"
    path.write_text("".join(f"{word} {row}\n" for word, row in zip(words, rows, strict=True)))
    expected = vocab.Vectors(str(path), cache=str(tmp_path / "cache"))
    found = read_vectors(path, duplicates="last")
    assert list(found.vocabulary.words) == list(expected.stoi) == list(dict.fromkeys(words))
    matrix = np.stack([expected[word].numpy() for word in found.vocabulary.words])
    assert found.matrix.tobytes() == matrix.tobytes()
    assert not np.array_equal(read_vectors(path).matrix, matrix)
