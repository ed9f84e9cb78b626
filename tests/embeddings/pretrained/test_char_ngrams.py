import numpy as np

from wordlab.embeddings import WordVectors
from wordlab.embeddings.pretrained import CharNGrams
from wordlab.embeddings.pretrained.char_ngrams import char_ngrams
from wordlab.text import Vocabulary


def test_the_ngrams_of_a_word():
    assert list(char_ngrams("ab")) == [
        "2gram-#BEGIN#a", "2gram-ab", "2gram-b#END#",
        "3gram-#BEGIN#ab", "3gram-ab#END#",
        "4gram-#BEGIN#ab#END#",
    ]  # fmt: skip
    assert list(char_ngrams("")) == ["2gram-#BEGIN##END#"]


def test_a_vector_is_the_mean_of_those_that_are_known():
    rows = WordVectors(
        Vocabulary(["2gram-ab", "4gram-#BEGIN#ab#END#", "3gram-xyz"], [0, 0, 0]), [[1, 2], [3, 6], [9, 9]]
    )
    ngrams = CharNGrams(rows)
    assert ngrams.vector("ab").tolist() == [2.0, 4.0]
    assert ngrams.vector("ab").dtype == np.float32
    assert ngrams.vector("qq").tolist() == [0.0, 0.0]
    assert ngrams.vector("<unk>").tolist() == [0.0, 0.0]
    assert ngrams.vector("aab").tolist() == [1.0, 2.0]
