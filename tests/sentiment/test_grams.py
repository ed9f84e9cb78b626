import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from wordlab import artifact
from wordlab.errors import ArtifactError, CorpusError
from wordlab.sentiment.models.paragraphs.grams import GramVocabulary, find_grams
from wordlab.text import Tokenizer

WORD = Tokenizer("word")
TEXTS = ["so good so good", "not so good", "", "good"]


def names(vocabulary, ids):
    return [vocabulary.name(id) for id in ids.tolist()]


def test_by_hand():
    vocabulary, grams, counts = find_grams(TEXTS, WORD, ngrams=3, min_count=2)
    assert vocabulary.words == ("good", "so")
    assert names(vocabulary, np.arange(len(vocabulary))) == ["good", "so", "so good"]
    assert counts.tolist() == [4, 3, 3]
    assert grams.offsets.tolist() == [0, 6, 9, 9, 10]
    first = names(vocabulary, grams.ids[:6])
    assert first == ["so", "good", "so", "good", "so good", "so good"]
    assert vocabulary.longest == 2


def test_longer_grams_by_hand():
    vocabulary, grams, _ = find_grams(["a b c a b c"], WORD, ngrams=3, min_count=1)
    assert names(vocabulary, grams.ids[-4:]) == ["a b c", "b c a", "c a b", "a b c"]
    assert vocabulary.longest == 3


def test_an_unknown_word_separates():
    vocabulary, _, _ = find_grams(["good film", "good film"], WORD, ngrams=2, min_count=2)
    assert names(vocabulary, vocabulary.encode(["good bad film"]).ids) == ["good", "film"]


def test_no_gram_crosses_texts():
    vocabulary, _, _ = find_grams(["a b", "a b", "b a c"], WORD, ngrams=2, min_count=1)
    assert "b b" not in names(vocabulary, np.arange(len(vocabulary)))
    assert vocabulary.encode(["a", "b"]).offsets.tolist() == [0, 1, 2]


texts = st.lists(st.lists(st.sampled_from("abcde"), max_size=8).map(" ".join), min_size=1, max_size=6)


@given(texts, st.integers(1, 4), st.integers(1, 3))
def test_counts_are_those_of_scikit_learn(texts, ngrams, min_count):
    if not any(texts) or all(sum(t.split().count(w) for t in texts) < min_count for w in "abcde"):
        with pytest.raises(CorpusError):
            find_grams(texts, WORD, ngrams=ngrams, min_count=min_count)
        return
    vocabulary, grams, counts = find_grams(texts, WORD, ngrams=ngrams, min_count=min_count)
    counter = CountVectorizer(tokenizer=str.split, token_pattern=None, ngram_range=(1, ngrams))
    table = counter.fit_transform(texts).toarray()
    expected = {name: table[:, place] for name, place in counter.vocabulary_.items()}
    expected = {name: column for name, column in expected.items() if column.sum() >= min_count}
    all_names = names(vocabulary, np.arange(len(vocabulary)))
    assert sorted(all_names) == sorted(expected)
    assert counts.tolist() == [expected[name].sum() for name in all_names]
    for text in range(len(texts)):
        found = names(vocabulary, grams.ids[grams.offsets[text] : grams.offsets[text + 1]])
        assert {name: found.count(name) for name in found} == {
            name: column[text] for name, column in expected.items() if column[text]
        }
    again = vocabulary.encode(texts)
    np.testing.assert_array_equal(again.ids, grams.ids)
    np.testing.assert_array_equal(again.offsets, grams.offsets)
    places = list(vocabulary.places(texts[0].split()))
    assert [id for id, _, _ in places] == grams.ids[: grams.offsets[1]].tolist()
    for id, words, start in places:
        assert " ".join(words) == vocabulary.name(id)
        assert list(words) == texts[0].split()[start : start + len(words)]


def test_words_that_are_too_rare_are_an_error():
    with pytest.raises(CorpusError, match="expected texts with words that occur 3 times or more, found none"):
        find_grams(["a b", ""], WORD, ngrams=2, min_count=3)


def written(path, vocabulary):
    with artifact.create(path, kind="classifier", format_version=1) as draft:
        vocabulary.write(draft)
    return artifact.load(path, kind="classifier", format_version=1)


def test_round_trip(tmp_path):
    vocabulary, _, _ = find_grams(TEXTS, WORD, ngrams=3, min_count=1)
    loaded = GramVocabulary.read(written(tmp_path / "a", vocabulary), WORD)
    assert loaded.words == vocabulary.words
    np.testing.assert_array_equal(loaded.pairs, vocabulary.pairs)


@pytest.mark.parametrize(
    ("words", "pairs", "message"),
    [
        ((), [[0, 0]], "expected words, each once"),
        (("a", "a"), [[0, 0]], "expected words, each once"),
        (("a", "b"), [[0, 2]], "expected n-grams and words with lower ids"),
        (("a", "b"), [[-1, 0]], "expected n-grams and words with lower ids"),
        (("a", "b"), [[2, 0]], "expected n-grams and words with lower ids"),
        (("a", "b"), [[0, 1], [0, 1]], "expected ascending pairs, each once"),
        (("a", "b"), [[1, 0], [0, 1]], "expected ascending pairs, each once"),
    ],
)
def test_damage(tmp_path, words, pairs, message):
    source = written(tmp_path / "a", GramVocabulary(words, np.array(pairs), WORD))
    with pytest.raises(ArtifactError, match=message):
        GramVocabulary.read(source, WORD)
