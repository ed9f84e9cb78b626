import numpy as np
import pyarrow as pa
import pytest

from wordlab.errors import ArtifactError, UnknownWordError
from wordlab.text import Vocabulary
from wordlab.text.tokenizers.packed import PackedWords


@pytest.fixture
def vocabulary():
    return Vocabulary(["the", "Paris", "king", "kings", "naïve"], [9, 5, 5, 2, 0])


def test_ids_words_and_counts_belong_together(vocabulary):
    assert [vocabulary.id(word) for word in vocabulary] == list(range(5))
    assert vocabulary.ids(["king", "the"]).tolist() == [2, 0]
    assert vocabulary.get("queen") is None
    assert "king" in vocabulary
    assert 3 not in vocabulary
    assert vocabulary.num_tokens == 21


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("paris", "'paris' is not among the 5 words; near spellings: Paris"),
        ("kingz", "'kingz' is not among the 5 words; near spellings: king, kings"),
        ("zzz", "'zzz' is not among the 5 words"),
        ("", "'' is not among the 5 words"),
    ],
)
def test_an_unknown_word_is_met_with_near_spellings(vocabulary, word, message):
    with pytest.raises(UnknownWordError) as error:
        vocabulary.id(word)
    assert str(error.value) == message
    assert isinstance(error.value, KeyError)


@pytest.mark.parametrize(
    ("words", "counts", "message"),
    [
        (["a", "b"], [1], r"expected 2 counts, one a word, found shape \(1,\)"),
        (["a", "b"], [1, 2], "descending"),
        (["a", "b"], [1, -2], "0 or more"),
        (["a", "a"], [2, 1], "expected each word once, found duplicates"),
        (["a", None], [2, 1], "found None"),
    ],
)
def test_a_vocabulary_that_makes_no_sense_is_refused(words, counts, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary(words, counts)


def test_it_cannot_be_changed(vocabulary):
    with pytest.raises(ValueError, match="read-only"):
        vocabulary.counts[0] = 1


def test_round_trip(vocabulary, tmp_path):
    vocabulary.write(tmp_path / "v.parquet")
    again = Vocabulary.read(tmp_path / "v.parquet")
    assert again == vocabulary
    assert again.counts.dtype == np.int64
    assert again.words == vocabulary.words


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "v.parquet"
    path.write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(ArtifactError, match=r"v\.parquet: expected a vocabulary, found a damaged file"):
        Vocabulary.read(path)


def test_the_stored_size_is_known_before(tmp_path):
    vocabulary = Vocabulary([f"wörd{n}" for n in range(5_000)], list(range(5_000, 0, -1)))
    size = vocabulary.stored_size()
    vocabulary.write(tmp_path / "vocabulary.parquet")
    assert size == (tmp_path / "vocabulary.parquet").stat().st_size


def test_packed_words_make_the_same_vocabulary(tmp_path):
    packed = PackedWords.of(["b", "", "naïve", "日本"]).take(np.array([2, 0, 3]))
    assert (packed, packed.hashes.tolist()) == (
        ["naïve", "b", "日本"],
        PackedWords.of(["naïve", "b", "日本"]).hashes.tolist(),
    )
    found, expected = (
        Vocabulary.of_packed(packed, np.array([3, 2, 2])),
        Vocabulary(list(packed), [3, 2, 2]),
    )
    assert found == expected
    assert found.find(PackedWords.of(["日本", "x", "naïve"])).tolist() == [2, -1, 0]
    for name, vocabulary in (("a", found), ("b", expected)):
        vocabulary.write(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert len(Vocabulary.of_packed(packed.take(np.zeros(0, np.int64)), np.zeros(0))) == 0


@pytest.mark.parametrize("words", [["b", "", "naïve"], [], [""], ["a\nb", "b", "c"]])
def test_packed_words_are_found_however_arrow_holds_the_vocabulary(words):
    whole = pa.array(["x", *words, "y"])
    for array in (whole.slice(1, len(words)), pa.array(words, pa.large_string())):
        vocabulary = Vocabulary(array, range(len(words))[::-1])
        sought = ["naïve", "b", "", "x", "y", "c", "a"]
        expected = [-1 if vocabulary.get(word) is None else vocabulary.id(word) for word in sought]
        assert vocabulary.find(PackedWords.of(sought)).tolist() == expected
