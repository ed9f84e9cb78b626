"""Subwords: n-grams by hand, words outside the vocabulary, and the way to disk and back."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordlab.embeddings import WordVectors
from wordlab.embeddings.ngrams import hash_ngrams, ngram_strings
from wordlab.embeddings.subwords import Subwords
from wordlab.embeddings.word_rows import compose, row_numbers, rows_in
from wordlab.errors import ArtifactError, UnknownWordError
from wordlab.text import Vocabulary


def fnv1a(data: bytes) -> int:
    """The hash with which fastText's Dictionary::hash names n-grams, in the plainest way."""
    h = 2166136261
    for byte in data:
        signed = byte - 256 if byte > 127 else byte
        h = (h ^ (signed % 2**32)) * 16777619 % 2**32
    return h


def plain_ngrams(word: str, min_n: int, max_n: int) -> list[str]:
    """The n-grams of a word in fastText's order: by where they begin, then by their length."""
    if word == "</s>":
        return []
    text = f"<{word}>"
    return [
        text[start : start + n]
        for start in range(len(text))
        for n in range(max(1, min_n), max_n + 1)
        if start + n <= len(text) and not (n == 1 and start in (0, len(text) - 1))
    ]


def plain_buckets(word: str, min_n: int, max_n: int, num_buckets: int) -> list[int]:
    return [fnv1a(ngram.encode()) % num_buckets for ngram in plain_ngrams(word, min_n, max_n)]


def buckets(words, min_n, max_n, num_buckets) -> list[list[int]]:
    found = []
    for part, offsets, ids in hash_ngrams(words, min_n=min_n, max_n=max_n, num_buckets=num_buckets):
        assert part.start == len(found)
        found += [ids[start:end].tolist() for start, end in itertools.pairwise(offsets)]
    return found


@pytest.fixture
def subwords() -> Subwords:
    return Subwords(2, 3, np.random.default_rng(0).normal(size=(10, 4)))


@pytest.fixture
def vectors(subwords) -> WordVectors:
    matrix = np.random.default_rng(1).normal(size=(3, 4))
    return WordVectors(Vocabulary(["cat", "dog", "sun"], [3, 2, 1]), matrix, subwords=subwords)


class TestNgrams:
    def test_by_hand(self):
        assert plain_ngrams("ab", 2, 3) == ["<a", "<ab", "ab", "ab>", "b>"]
        assert plain_ngrams("a", 3, 6) == ["<a>"]
        assert plain_ngrams("", 1, 6) == ["<>"]
        assert fnv1a(b"a") == 0xE40C292C  # of the authors' test vectors

    def test_words_of_all_kinds(self):
        words = ["ab", "a", "", "naïve", "東京", "😀", "</s>", "</s>x", "a" * 100, "\u0301x", " ", "e\x00f"]
        for min_n, max_n in ((1, 1), (0, 2), (3, 6), (2, 64), (5, 5)):
            found = buckets(words, min_n, max_n, 1009)
            assert found == [plain_buckets(word, min_n, max_n, 1009) for word in words]

    def test_many_words_in_parts(self):
        words = [f"w{i}" for i in range(20_000)] + ["x" * 200_000, "y"]
        found = buckets(words, 3, 4, 1 << 21)
        for index in (0, 8191, 8192, 19_999, 20_001):
            assert found[index] == plain_buckets(words[index], 3, 4, 1 << 21)
        assert len(found) == len(words)
        assert buckets([], 3, 6, 7) == []

    @given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5), st.integers(0, 4))
    def test_any_words(self, words, min_n):
        assert buckets(words, min_n, 4, 97) == [plain_buckets(word, min_n, 4, 97) for word in words]


class TestSubwords:
    def test_a_vector_is_the_mean_of_the_ngrams(self, subwords):
        rows = subwords.matrix[plain_buckets("ab", 2, 3, 10)]
        total = np.zeros(4, np.float32)
        for row in rows:
            total += row
        assert subwords.vector("ab").tobytes() == (total * np.float32(1 / 5)).tobytes()
        assert subwords.vector("ab").dtype == np.float32

    def test_nothing_to_add_is_zero(self):
        subwords = Subwords(3, 6, np.ones((5, 2)))
        assert subwords.vectors(["", "</s>", "a"]).tolist() == [[0, 0], [0, 0], [1, 1]]
        assert subwords.vectors([]).shape == (0, 2)

    def test_alone_or_among_others_a_vector_is_the_same(self, subwords):
        words = [f"w{i}" for i in range(9000)]
        together = subwords.vectors(words)
        for index in (0, 8191, 8192, 8999):
            assert together[index].tobytes() == subwords.vector(words[index]).tobytes()

    def test_own_vectors_are_found_again(self, subwords):
        rng = np.random.default_rng(5)
        words = [f"word{i}" for i in range(500)]
        for scale in (1e-3, 1, 1e3):
            composed = subwords.compose(words, (scale * rng.normal(size=(500, 4))).astype(np.float32))
            own = subwords.decompose(words, composed)
            assert np.array_equal(subwords.compose(words, own), composed)

    def test_own_vectors_of_any_vectors_come_near(self, subwords):
        words = [f"word{i}" for i in range(500)]
        wanted = np.random.default_rng(6).normal(size=(500, 4)).astype(np.float32)
        found = subwords.compose(words, subwords.decompose(words, wanted))
        assert np.abs(found - wanted).max() < 5e-7  # an ulp of numbers from 4 to 8; 2.4e-7 in five seeds

    def test_own_vectors_beyond_float32(self, subwords):
        with pytest.raises(FloatingPointError, match="within float32"):
            subwords.decompose(["cat"], np.full((1, 4), 1e38, np.float32))

    @pytest.mark.parametrize(("min_n", "max_n"), [(-1, 3), (4, 3), (0, 0), (3, 65)])
    def test_lengths_that_make_no_sense(self, min_n, max_n):
        with pytest.raises(ValueError, match="expected 0 <= min_n <= max_n"):
            Subwords(min_n, max_n, np.ones((2, 2)))

    def test_matrices_that_make_no_sense(self):
        with pytest.raises(ValueError, match="row a bucket"):
            Subwords(3, 6, np.ones((0, 2)))
        with pytest.raises(ValueError, match="finite"):
            Subwords(3, 6, [[np.nan]])

    def test_nothing_changes(self, subwords):
        with pytest.raises(ValueError, match="read-only"):
            subwords.matrix[0] = 0
        assert repr(subwords) == "Subwords(2 to 3 characters, 10 buckets)"


class TestQuestions:
    def test_words_of_the_vocabulary_keep_their_rows(self, vectors):
        assert np.array_equal(vectors[["sun", "cat"]], vectors.matrix[[2, 0]])

    def test_other_words_have_vectors_and_are_not_in(self, vectors, subwords):
        assert np.array_equal(vectors["moon"], subwords.vector("moon"))
        assert np.array_equal(vectors[["moon", "dog"]], [subwords.vector("moon"), vectors.matrix[1]])
        assert "moon" not in vectors
        assert len(vectors) == 3

    def test_without_subwords_words_stay_unknown(self, vectors):
        plain = WordVectors(vectors.vocabulary, vectors.matrix)
        for ask in (
            lambda: plain["moon"],
            lambda: plain.nearest("moon"),
            lambda: plain.similarity("cat", "moon"),
            lambda: plain.analogy("cat", "dog", "moon"),
        ):
            with pytest.raises(UnknownWordError, match="'moon' is not among the 3 words"):
                ask()

    def test_nearest(self, vectors):
        expected = vectors.nearest(vectors["moon"][None], k=3)[0]
        assert vectors.nearest("moon", k=3) == expected
        assert len(vectors.nearest("moon", k=3, exclude=["cat"])) == 2
        assert vectors.nearest(["cat", "moon"], k=3) == [vectors.nearest("cat", k=3), expected]

    def test_similarity(self, vectors):
        left, right = vectors["moon"].astype(float), vectors["cat"].astype(float)
        cosine = left @ right / np.linalg.norm(left) / np.linalg.norm(right)
        assert vectors.similarity("moon", "cat") == pytest.approx(cosine, abs=1e-12)
        assert vectors.similarities([]).shape == (0,)

    @pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
    def test_analogy_is_that_of_a_vocabulary_with_the_words(self, vectors, method):
        words = ["cat", "dog", "sun", "moon", "mars"]
        matrix = np.concatenate([vectors.matrix, vectors[["moon", "mars"]]])
        larger = WordVectors(Vocabulary(words, [0] * 5), matrix)
        for triple in (("moon", "cat", "mars"), ("moon", "mars", "moon"), ("cat", "dog", "sun")):
            answers = larger.analogy(*triple, k=5, method=method)
            expected = [answer for answer in answers if answer.word in vectors]
            found = vectors.analogy(*triple, k=5, method=method)
            assert [answer.word for answer in found] == [answer.word for answer in expected]
            assert [a.similarity for a in found] == pytest.approx([a.similarity for a in expected])

    def test_a_subset_keeps_subwords(self, vectors):
        assert vectors.subset(["cat"])["moon"].tolist() == vectors["moon"].tolist()

    def test_of_as_many_dimensions(self, vectors):
        with pytest.raises(ValueError, match="expected subwords of 2 dimensions, found 4"):
            WordVectors(Vocabulary(["a"], [1]), [[1, 2]], subwords=vectors.subwords)


class TestOnDisk:
    def test_round_trip(self, vectors, tmp_path):
        vectors.save(tmp_path / "v")
        found = WordVectors.load(tmp_path / "v")
        assert (found.subwords.min_n, found.subwords.max_n) == (2, 3)
        assert not found.subwords.matrix.flags.owndata
        assert isinstance(found.subwords.matrix.base.base, np.memmap)
        assert found.subwords.matrix.tobytes() == vectors.subwords.matrix.tobytes()
        assert found["moon"].tobytes() == vectors["moon"].tobytes()
        assert dict(found.details) == {}

    def test_without_subwords_nothing_is_new(self, vectors, tmp_path):
        WordVectors(vectors.vocabulary, vectors.matrix).save(tmp_path / "v")
        assert sorted(p.name for p in (tmp_path / "v").iterdir()) == [
            "manifest.json",
            "matrix.npy",
            "vocabulary.parquet",
        ]
        assert "subwords" not in (tmp_path / "v" / "manifest.json").read_text()
        assert WordVectors.load(tmp_path / "v").subwords is None

    @pytest.mark.parametrize("facts", [None, {}, {"min_n": 4, "max_n": 2}, {"min_n": "2", "max_n": 3}, 7])
    def test_a_manifest_with_other_facts(self, vectors, tmp_path, facts):
        vectors.save(tmp_path / "v")
        path = tmp_path / "v" / "manifest.json"
        manifest = json.loads(path.read_text())
        manifest["details"]["subwords"] = facts
        path.write_text(json.dumps(manifest))
        with pytest.raises(ArtifactError, match=r"manifest\.json: details: subwords: .*expected .*, found "):
            WordVectors.load(tmp_path / "v")

    def test_buckets_of_other_dimensions(self, vectors, tmp_path):
        vectors.save(tmp_path / "v")
        np.save(tmp_path / "v" / "subwords.npy", np.ones((8, 5), np.float32))
        path = tmp_path / "v" / "manifest.json"
        manifest = json.loads(path.read_text())
        manifest["payloads"]["subwords.npy"]["bytes"] = (tmp_path / "v" / "subwords.npy").stat().st_size
        path.write_text(json.dumps(manifest))
        with pytest.raises(ArtifactError, match="expected float32 of shape any x 4, found"):
            WordVectors.load(tmp_path / "v", verify=False)


class TestThroughSubwords:
    def test_words_are_named_once(self, vectors):
        assert vectors.through_subwords(["moon", "cat", "mars", "moon"]) == ["moon", "mars"]
        assert WordVectors(vectors.vocabulary, vectors.matrix).through_subwords(["cat"]) == []

    @pytest.mark.parametrize("word", ["", "</s>", "a"])
    def test_words_without_n_grams(self, vectors, word):
        subwords = Subwords(4, 5, vectors.subwords.matrix)
        vectors = WordVectors(vectors.vocabulary, vectors.matrix, subwords=subwords)
        message = f"'{word}' is not among the 3 words, and no n-gram of 4 to 5 characters gives it a vector"
        with pytest.raises(UnknownWordError, match=message):
            vectors.through_subwords(["moon", word])

    def test_n_grams_that_no_training_met(self, vectors):
        subwords = Subwords(4, 5, np.zeros((1, 4)), buckets=np.empty(0), num_buckets=9)
        vectors = WordVectors(vectors.vocabulary, vectors.matrix, subwords=subwords)
        with pytest.raises(UnknownWordError, match="'moon' is not among the 3 words, and no n-gram of 4 to"):
            vectors.through_subwords(["cat", "moon"])

    def test_hostile_words(self, vectors):
        words = [100_000 * "x", "\x00\x1b\x7f", "\ud800", "x" * 100_000 + "y"]
        assert vectors.through_subwords(words) == words
        one = WordVectors(vectors.vocabulary, vectors.matrix, subwords=Subwords(4, 5, np.ones((1, 4))))
        assert np.array_equal(one["abcd"], one["zyxwv"])  # they share all n-grams

    def test_sums_beyond_float32(self, vectors):
        subwords = Subwords(1, 2, np.full((2, 4), 3e38, np.float32))
        composed = compose(["ab", "abc", "cat"], vectors.vocabulary, subwords)
        assert not composed.row_of
        assert composed.vectors.shape == (0, 4)

    def test_rows_of_both_kinds(self, vectors):
        composed = compose(["moon", "dog", "mars"], vectors.vocabulary, vectors.subwords)
        numbers = row_numbers(["mars", "dog", "no", "moon"], vectors.vocabulary, composed)
        assert numbers.tolist() == [4, 1, -1, 3]
        found = rows_in(vectors.matrix, composed, numbers[[0, 1, 3]])
        assert found.tobytes() == vectors[["mars", "dog", "moon"]].tobytes()
        assert compose(["moon"], vectors.vocabulary, None) is None

    def test_equal_ones(self, vectors, subwords):
        again = Subwords(2, 3, subwords.matrix, own=vectors.matrix)
        assert again.equals(subwords)
        assert again.without_own().own is None
        assert subwords.without_own() is subwords
        assert not Subwords(2, 4, subwords.matrix).equals(subwords)


@pytest.mark.parametrize(("min_n", "max_n"), [(3, 6), (1, 2), (0, 4), (1, 1)])
@pytest.mark.parametrize("word", ["cat", "é", "", "数据", "</s>", "a" * 40, "\ud800x"])
def test_ngrams_as_strings_are_those_that_are_hashed(word, min_n, max_n):
    strings = list(ngram_strings(word, min_n=min_n, max_n=max_n))
    (hashed,) = hash_ngrams([word], min_n=min_n, max_n=max_n, num_buckets=10_000)
    encoded = [text.encode("utf-8", "surrogatepass") for text in strings]
    assert hashed.buckets.tolist() == [fnv1a(data) % 10_000 for data in encoded]
    as_floret = list(ngram_strings(word, min_n=min_n, max_n=max_n, num_hashes=2))
    (hashed,) = hash_ngrams([word], min_n=min_n, max_n=max_n, num_buckets=10_000, num_hashes=2)
    assert len(hashed.buckets) == 2 * len(as_floret)
    assert as_floret[0] == f"<{word}>"
