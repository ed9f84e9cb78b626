import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError, CorpusError
from wordlab.sentiment.features.encoding import Encoder, count_words, tokenise
from wordlab.sentiment.features.spelling import Spellings, letter_groups
from wordlab.sentiment.features.words import choose_words
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.text import Tokenizer, Vocabulary

VECTORS = WordVectors(
    Vocabulary(["the", "film", "good", "bad", "rare"], [9, 5, 4, 3, 1]), np.arange(10.0).reshape(5, 2)
)
TEXTS = ["good good film", "odd odd bad", "once"]


def choose(texts=TEXTS, vectors=VECTORS, **fields):
    blocks = tokenise(texts, Tokenizer("word"))
    return choose_words(count_words(blocks), ClassifierConfig(**fields), vectors)


@pytest.mark.parametrize("name", ["word", "whitespace", "jieba"])
@settings(max_examples=40)
@given(texts=st.lists(st.text(max_size=12), max_size=6))
def test_texts_have_the_tokens_of_their_tokenizer(name, texts):
    tokenizer = Tokenizer(name)
    encoder = Encoder(Vocabulary(["a", "b"], [2, 1]), tokenizer, max_tokens=3)
    encoded = encoder.encode(texts)
    assert len(encoded) == len(texts)
    for i, text in enumerate(texts):
        clean = text.replace("\n", " ").encode("utf-8", "replace").decode()
        expected = [{"a": 2, "b": 3}.get(token, 1) for token in tokenizer(clean)][:3]
        assert encoded.ids[encoded.offsets[i] : encoded.offsets[i + 1]].tolist() == expected


def test_long_inputs_are_cut_into_blocks_and_come_back_whole():
    texts = [f"a {'b ' * (n % 7)}" for n in range(240_000)]
    encoder = Encoder(Vocabulary(["a", "b"], [2, 1]), Tokenizer("word"), max_tokens=5)
    alone = encoder.encode(texts)
    by_workers = encoder.encode(texts, threads=2)
    assert alone.lengths.tolist() == [min(5, 1 + n % 7) for n in range(240_000)]
    np.testing.assert_array_equal(alone.ids, by_workers.ids)
    np.testing.assert_array_equal(alone.offsets, by_workers.offsets)


@pytest.mark.parametrize("threads", [1, 2])
def test_texts_without_tokens_keep_their_place(threads):
    long = "a " * 600_000
    texts = [long, "b b", long, "", " \t", "b", long, "a b", long]
    encoder = Encoder(Vocabulary(["a", "b"], [2, 1]), Tokenizer("whitespace"), max_tokens=3)
    encoded = encoder.encode(texts, threads=threads)
    assert encoded.lengths.tolist() == [3, 2, 3, 0, 0, 1, 3, 2, 3]
    assert encoded.batch(np.array([1, 4, 7])).tolist() == [[3, 3], [0, 0], [2, 3]]


def test_batches_are_padded_to_their_longest():
    encoder = Encoder(Vocabulary(["a", "b"], [2, 1]), Tokenizer("word"), max_tokens=9)
    encoded = encoder.encode(["a b a", "", "b"])
    assert encoded.batch(np.array([2, 0])).tolist() == [[3, 0, 0], [2, 3, 2]]
    assert encoded.batch(np.array([1])).tolist() == [[0]]


def test_words_of_the_texts_come_before_those_of_the_vectors():
    words = choose(extra_words=1)
    assert words.vocabulary.words == ("good", "odd", "film", "bad", "the")
    assert words.vocabulary.counts.tolist() == [2, 2, 1, 1, 0]
    assert words.extra.tolist() == [[0.0, 1.0]]
    assert words.matrix[2].tolist() == [4.0, 5.0]
    assert not words.matrix[0].any()


def test_coverage_counts_types_and_tokens():
    coverage = choose().coverage
    assert (coverage.num_types, coverage.num_known_types) == (5, 3)
    assert (coverage.num_tokens, coverage.num_known_tokens) == (7, 4)
    assert coverage.tokens == pytest.approx(4 / 7)


@pytest.mark.parametrize(
    ("unknown", "words"),
    [
        ("zero", ("good", "film", "bad")),
        ("mean", ("good", "film", "bad")),
        ("subword", ("good", "film", "bad")),
        ("random", ("good", "odd", "film", "bad")),
    ],
)
def test_policies_for_unknown_words(unknown, words):
    found = choose(unknown=unknown, extra_words=0)
    assert found.vocabulary.words == words
    row = found.matrix[1].tolist()
    if unknown == "zero":
        assert row == [0.0, 0.0]
    elif unknown in ("mean", "subword"):
        assert row == [4.0, 5.0]
    else:
        # Kim 2014: the same variance as the vectors'
        limit = np.sqrt(3 * VECTORS.matrix[[2, 1, 3]].var())
        assert 0 < np.abs(found.matrix[3]).max() <= limit


def test_words_without_vectors():
    words = choose(vectors=None, dim=4)
    assert words.vocabulary.words == ("good", "odd", "film", "bad", "once")
    assert words.matrix.shape == (7, 4)
    assert words.coverage is None


def test_texts_without_words_to_know():
    with pytest.raises(CorpusError, match="found not a single word"):
        choose(["", "  ?"])
    with pytest.raises(CorpusError, match="found none of their words"):
        choose(["odd", "strange"], unknown="zero")
    with pytest.raises(ConfigError, match="channels: expected tuned or both where there are no vectors"):
        choose(vectors=None, channels="static")


def test_letter_groups():
    assert letter_groups("ab") == {"<ab", "ab>", "<ab>"}


def test_the_nearest_spelling():
    spellings = Spellings(["watchable", "table", "the", "terrible"])
    assert spellings.nearest("unwatchable") == 0
    assert spellings.nearest("terribble") == 3
    assert spellings.nearest("xyzzy") is None
    assert spellings.nearest("") is None


def test_spelling_stands_in_for_unknown_words():
    encoder = Encoder(Vocabulary(["watchable", "film"], [2, 1]), Tokenizer("word"), 9, by_spelling=True)
    assert encoder.encode(["unwatchable film xyzzy"]).ids.tolist() == [2, 3, 1]
