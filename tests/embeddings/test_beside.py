"""Several sets of vectors as one: words, dimensions, sizes, and what is refused."""

import numpy as np
import pytest

from wordlab.embeddings import WordVectors, side_by_side
from wordlab.errors import ConfigError
from wordlab.text import Corpus, Tokenizer, Vocabulary
from wordlab.training import SubwordConfig, train


def vectors_of(words, rows, **options):
    return WordVectors(Vocabulary(words.split(), range(len(words.split()), 0, -1)), rows, **options)


def test_words_of_all_sets_in_their_order():
    left = vectors_of("cat dog", [[3.0, 4.0], [-3.0, 4.0]])
    right = vectors_of("dog sun cat", [[1.0], [0.0], [-1.0]])
    both = side_by_side([left, right])
    assert both.vocabulary.words == ("cat", "dog", "sun")
    assert both.dim == 3
    scale = np.sqrt(25 / 2) / np.sqrt(2 / 3)
    assert both.matrix == pytest.approx(np.array([[3, 4, -scale], [-3, 4, scale], [0, 0, 0]]))
    assert not both.vocabulary.counts.any()


def test_one_set_is_itself_and_a_set_of_zeros_stays_so():
    left = vectors_of("cat dog", [[3.0], [4.0]])
    assert side_by_side([left]) is left
    nothing = vectors_of("cat sun", np.zeros((2, 2)))
    assert side_by_side([left, nothing]).matrix.tolist() == [[3, 0, 0], [4, 0, 0], [0, 0, 0]]


def test_words_that_a_set_lacks_are_made_of_its_n_grams():
    corpus = Corpus.from_lines(["one two three four"] * 50, tokenizer=Tokenizer("whitespace"))
    subwords = train(corpus, SubwordConfig(dim=4, epochs=1, buckets=100, threads=1, subsample=0))
    other = vectors_of("threes x", [[1.0], [2.0]])
    both = side_by_side([other, subwords])
    own = both["threes"][1:] / np.linalg.norm(both["threes"][1:])
    wanted = subwords["threes"] / np.linalg.norm(subwords["threes"])
    assert own == pytest.approx(wanted, abs=1e-6)
    assert both.subwords is None
    assert both.tokenizer == Tokenizer("whitespace")


def test_sets_of_different_tokenizers_and_no_set_are_refused():
    left = vectors_of("cat", [[3.0]], tokenizer=Tokenizer("word"))
    right = vectors_of("Cat", [[3.0]], tokenizer=Tokenizer("whitespace"))
    message = r"vectors: expected sets of one tokenizer, found .*'word'.* and .*'whitespace'"
    with pytest.raises(ConfigError, match=message):
        side_by_side([left, right])
    with pytest.raises(ConfigError, match="vectors: expected one set or more, found none"):
        side_by_side([])
