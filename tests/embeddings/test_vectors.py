import copy
import json
import mmap
import pickle
import tracemalloc
import warnings
from importlib.metadata import version

import joblib
import numpy as np
import pytest

import wordlab
from wordlab import artifact
from wordlab.embeddings import WordVectors, queries, storage
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import ArtifactError, ConfigError, OutputExistsError, UnknownWordError
from wordlab.text import Vocabulary
from wordlab.text.tokenizers import Tokenizer

WORDS = ["cat", "dog", "sun", "moon"]
ROWS = [[1.0, 0.0], [1.0, 1.0], [0.0, 2.0], [-3.0, 0.0]]


@pytest.fixture
def vectors() -> WordVectors:
    return WordVectors(Vocabulary(WORDS, [4, 3, 2, 1]), ROWS, details={"config": {"dim": 2}})


def random_vectors(num_words: int, dim: int, seed: int = 0) -> WordVectors:
    matrix = np.random.default_rng(seed).normal(size=(num_words, dim)).astype(np.float32)
    return WordVectors(Vocabulary([f"w{i}" for i in range(num_words)], [0] * num_words), matrix)


class TestValue:
    def test_look_up(self, vectors):
        assert len(vectors) == 4
        assert vectors.dim == 2
        assert "cat" in vectors
        assert "Cat" not in vectors
        assert vectors["dog"].tolist() == [1, 1]
        assert vectors[["moon", "cat"]].tolist() == [[-3, 0], [1, 0]]

    def test_as_plain_python_expects(self, vectors):
        assert list(vectors) == list(vectors.words) == WORDS
        assert vectors[1:3].tolist() == [[1, 1], [0, 2]]
        assert vectors[:0].shape == (0, 2)
        assert vectors.get("sun").tolist() == [0, 2]
        assert vectors.get("Sun") is None
        assert vectors.get("Sun", "none") == "none"
        with pytest.raises(TypeError, match="expected a word, found int 3"):
            vectors.get(3)

    def test_as_an_array(self, vectors):
        assert np.shares_memory(np.asarray(vectors), vectors.matrix)
        assert np.array(vectors, dtype=np.float64).tolist() == ROWS
        copied = np.array(vectors)
        copied[0] = 9
        assert vectors["cat"].tolist() == ROWS[0]
        with pytest.raises(ValueError, match="expected a type that needs no copy, float32, found"):
            vectors.__array__(np.float64, copy=False)

    def test_unknown_word_names_near_spellings(self, vectors):
        with pytest.raises(UnknownWordError, match="'Cat' is not among the 4 words; near spellings: cat"):
            vectors["Cat"]

    def test_matrix_is_float32_and_read_only(self, vectors):
        assert vectors.matrix.dtype == np.float32
        assert vectors.matrix.flags.c_contiguous
        with pytest.raises(ValueError, match="read-only"):
            vectors.matrix[0, 0] = 9
        with pytest.raises(ValueError, match="read-only"):
            vectors.unit[0, 0] = 9

    def test_callers_array_stays_writeable(self):
        matrix = np.ones((1, 2), np.float32)
        WordVectors(Vocabulary(["a"], [0]), matrix)
        matrix[0, 0] = 2

    @pytest.mark.parametrize("rows", [ROWS[:3], [[[1.0]]] * 4, [1.0, 2, 3, 4], [[], [], [], []]])
    def test_wrong_shape(self, rows):
        with pytest.raises(ValueError, match="expected a matrix of 4 rows"):
            WordVectors(Vocabulary(WORDS, [4, 3, 2, 1]), rows)

    def test_nan(self):
        with pytest.raises(ValueError, match="finite"):
            WordVectors(Vocabulary(["a"], [1]), [[np.nan]])

    def test_subset_follows_the_vocabulary(self, vectors):
        part = vectors.subset(["sun", "cat", "sun"])
        assert part.vocabulary.words == ("cat", "sun")
        assert part.vocabulary.counts.tolist() == [4, 2]
        assert part.matrix.tolist() == [[1, 0], [0, 2]]
        with pytest.raises(UnknownWordError):
            vectors.subset(["car"])
        with pytest.raises(ValueError, match="at least one word"):
            vectors.subset([])

    def test_outputs(self, vectors):
        assert vectors.outputs is None
        rows = np.arange(8, dtype=np.float64).reshape(4, 2)
        trained = WordVectors(vectors.vocabulary, ROWS, outputs=rows)
        assert trained.outputs.dtype == np.float32
        assert trained.outputs.tolist() == rows.tolist()
        with pytest.raises(ValueError, match="read-only"):
            trained.outputs[0, 0] = 9
        assert trained.subset(["cat", "sun"]).outputs is None

    @pytest.mark.parametrize(
        ("outputs", "details", "message"),
        [
            (np.ones((3, 2)), {}, r"expected outputs of shape \(4, 2\), found \(3, 2\)"),
            (np.ones((4, 3)), {}, r"expected outputs of shape \(4, 2\), found \(4, 3\)"),
            (np.ones((4, 2)), {"config": {"loss": "hierarchical"}}, r"shape \(3, 2\), found \(4, 2\)"),
            (np.full((4, 2), np.inf), {}, "expected finite numbers in the outputs"),
        ],
    )
    def test_wrong_outputs(self, vectors, outputs, details, message):
        with pytest.raises(ValueError, match=message):
            WordVectors(vectors.vocabulary, ROWS, outputs=outputs, details=details)


class TestQueries:
    def test_similarity_by_hand(self, vectors):
        assert vectors.similarity("cat", "dog") == pytest.approx(1 / np.sqrt(2))
        assert vectors.similarities([("cat", "sun"), ("cat", "moon")]).tolist() == [0, -1]
        assert vectors.similarities([]).shape == (0,)

    def test_nearest_by_hand(self, vectors):
        found = vectors.nearest("cat", k=10)
        assert [word for word, _ in found] == ["dog", "sun", "moon"]
        assert [similarity for _, similarity in found] == pytest.approx([1 / np.sqrt(2), 0, -1])

    def test_nearest_to_vectors_leaves_nothing_out(self, vectors):
        found = vectors.nearest(np.array([[5.0, 0.0], [0.0, 1.0]]), k=2)
        assert [[word for word, _ in row] for row in found] == [["cat", "dog"], ["sun", "dog"]]

    def test_exclude(self, vectors):
        assert vectors.nearest("cat", k=1, exclude=["dog"])[0].word == "sun"

    def test_ties_go_by_id(self):
        same = WordVectors(Vocabulary(list("abcdefgh"), [0] * 8), [[0.1, 0.7, 0.3]] * 8)
        assert [word for word, _ in same.nearest("d", k=5)] == list("abcef")

    def test_zero_vectors_have_similarity_zero(self):
        vectors = WordVectors(Vocabulary(["zero", "a", "b"], [0] * 3), [[0, 0], [1, 1], [-1, 0]])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert vectors.nearest("zero", k=2) == [("a", 0.0), ("b", 0.0)]
            assert vectors.nearest("b", k=2)[0] == ("zero", 0.0)
            assert vectors.similarity("zero", "zero") == 0.0
            assert vectors.analogy("zero", "zero", "zero", 2) == [("a", 0.0), ("b", 0.0)]

    @pytest.mark.parametrize("num_words", [3, 50, 700, 5001])
    def test_nearest_equals_full_sorting(self, num_words):
        vectors = random_vectors(num_words, 7)
        unit = vectors.matrix.astype(float) / np.linalg.norm(vectors.matrix.astype(float), axis=1)[:, None]
        for k in (1, 2, 10, 200):
            for id, found in zip((0, 2), vectors.nearest(["w0", "w2"], k=k), strict=True):
                scores = unit @ unit[id]
                scores[id] = -np.inf
                order = np.argsort(-scores, kind="stable")[: min(k, num_words - 1)]
                assert [word for word, _ in found] == [f"w{i}" for i in order]
                assert [score for _, score in found] == pytest.approx(scores[order])

    def test_many_excluded(self):
        vectors = random_vectors(200, 7)
        everything = vectors.nearest("w3", k=200)
        left_out = [word for word, _ in everything[:90]]
        assert vectors.nearest("w3", k=4, exclude=left_out) == everything[90:94]
        assert vectors.nearest("w3", k=4, exclude=vectors.vocabulary.words) == []

    @pytest.mark.parametrize(("batch", "block_bytes"), [(3, 1 << 12), (1024, 1 << 14), (1, 1)])
    def test_batches_blocks_and_threads_change_nothing(self, monkeypatch, batch, block_bytes):
        vectors = random_vectors(64 * 40 + 5, 6)
        words = vectors.vocabulary.words[:20]
        triples = list(zip(words, words[1:], words[2:], strict=False))
        expected = [vectors.nearest(words, k=5), vectors.analogies(triples, 3, method="3cosmul")]
        monkeypatch.setattr(queries, "_BATCH", batch)
        monkeypatch.setattr(queries, "_BLOCK_BYTES", block_bytes)
        assert [vectors.nearest(words, k=5), vectors.analogies(triples, 3, method="3cosmul")] == expected

    def test_ties_across_groups_go_by_id(self):
        rows = np.tile(np.array([[0.1, 0.7, 0.3]]), (500, 1))
        same = WordVectors(Vocabulary([f"w{i}" for i in range(500)], [0] * 500), rows)
        assert [word for word, _ in same.nearest("w0", k=70)] == [f"w{i}" for i in range(1, 71)]

    def test_batch_equals_one_by_one(self):
        vectors = random_vectors(3000, 20)
        words = list(vectors.vocabulary.words[:300])
        assert vectors.nearest(words, k=3) == [vectors.nearest(word, k=3) for word in words]
        triples = list(zip(words, words[1:], words[2:], strict=False))
        for method in ("3cosadd", "3cosmul"):
            one_by_one = [vectors.analogy(*triple, 2, method=method) for triple in triples]
            assert vectors.analogies(triples, 2, method=method) == one_by_one

    def test_analogy_by_hand(self):
        rows = [[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1], [0.2, 0.2, 1]]
        vectors = WordVectors(Vocabulary(["man", "king", "woman", "queen", "girl"], [0] * 5), rows)
        for method in ("3cosadd", "3cosmul"):
            assert vectors.analogy("man", "king", "woman", method=method)[0].word == "queen"

    def test_odd_one_out_by_hand(self, vectors):
        found = vectors.odd_one_out(["cat", "dog", "dog", "moon", "sun"])
        assert [word for word, _ in found] == ["moon", "cat", "sun", "dog", "dog"]
        # the mean of (1, 0), (1, 1) / sqrt(2) twice, (-1, 0) and (0, 1)
        mean = np.array([np.sqrt(2), 1 + np.sqrt(2)]) / 5
        mean /= np.linalg.norm(mean)
        expected = [-mean[0], mean[0], mean[1], *2 * [(mean[0] + mean[1]) / np.sqrt(2)]]
        assert [similarity for _, similarity in found] == pytest.approx(expected)

    def test_equal_words_keep_their_order(self, vectors):
        found = vectors.odd_one_out(["dog", "cat", "dog", "dog"])
        assert [word for word, _ in found] == ["cat", "dog", "dog", "dog"]

    def test_list_similarity_by_hand(self, vectors):
        assert vectors.list_similarity(["cat"], ["dog"]) == pytest.approx(1 / np.sqrt(2))
        # the means are (0.5, 1) and (-1.5, 1)
        assert vectors.list_similarity(["cat", "sun"], ["moon", "sun"]) == pytest.approx(
            np.dot([0.5, 1], [-1.5, 1]) / np.linalg.norm([0.5, 1]) / np.linalg.norm([-1.5, 1])
        )

    def test_lists_of_words_are_checked(self, vectors):
        with pytest.raises(ConfigError, match="words: expected 3 or more, found 2"):
            vectors.odd_one_out(["cat", "dog"])
        with pytest.raises(ConfigError, match="words: expected 1 or more, found 0"):
            vectors.list_similarity([], ["cat"])
        with pytest.raises(TypeError, match="expected a list of words, found the string 'cat'"):
            vectors.list_similarity("cat", ["dog"])
        with pytest.raises(UnknownWordError, match="'Cat' is not among the 4 words; near spellings: cat"):
            vectors.odd_one_out(["cat", "dog", "Cat"])

    def test_question_words_are_not_answers(self, vectors):
        assert [word for word, _ in vectors.analogy("cat", "dog", "sun", 5)] == ["moon"]

    def test_one_dimension(self):
        vectors = WordVectors(Vocabulary(list("abcd"), [0] * 4), [[1], [2], [-1], [3]])
        assert vectors.nearest("a", k=3) == [("b", 1), ("d", 1), ("c", -1)]
        assert vectors.analogy("a", "b", "d", method="3cosmul")[0].word == "c"

    @pytest.mark.parametrize("k", [0, -1])
    def test_k_must_be_positive(self, vectors, k):
        for call in (lambda: vectors.nearest("cat", k), lambda: vectors.analogy("cat", "dog", "sun", k)):
            with pytest.raises(ValueError, match="expected k of 1 or more"):
                call()

    def test_wrong_calls(self, vectors):
        with pytest.raises(ValueError, match=r"shape \(n, 2\)"):
            vectors.nearest(np.ones((2, 2, 2)))
        with pytest.raises(ValueError, match="expected a method out of 3cosadd, 3cosmul"):
            vectors.analogy("cat", "dog", "sun", method="cosmul")
        with pytest.raises(UnknownWordError):
            vectors.nearest(["cat", "car"])

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda v: v.nearest(b"cat"), "expected a list of words, found bytes b'cat'"),
            (lambda v: v.nearest(7), "expected a list of words, found int 7"),
            (lambda v: v.nearest([["cat"]]), r"expected a word, found the list \['cat'\]"),
            (lambda v: v.nearest(["cat", 7]), "expected a word, found int 7"),
            (lambda v: v.nearest("cat", exclude="dog"), "expected a list of words, found the string 'dog'"),
            (lambda v: v.nearest("cat", k=2.0), "expected k as a whole number, found 2.0"),
            (lambda v: v.nearest("cat", k=True), "expected k as a whole number, found True"),
            (
                lambda v: v.nearest(np.ones((1, 2), bool)),
                "expected query vectors of numbers, found an array of bool",
            ),
            (lambda v: v[3], "expected a list of words, found int 3"),
            (lambda v: v.similarity("cat", ["dog"]), r"expected a word, found the list \['dog'\]"),
            (lambda v: v.similarities("cat"), "expected pairs of words, found the string 'cat'"),
            (
                lambda v: v.similarities(["ab", "cd"]),
                "pairs of words, found the string 'ab' among them",
            ),
            (lambda v: v.list_similarity(["cat"], "dog"), "expected a list of words, found the string 'dog'"),
            (lambda v: v.odd_one_out("cat"), "expected a list of words, found the string 'cat'"),
            (lambda v: v.analogy("cat", "dog", None), "expected a word, found NoneType None"),
            (lambda v: v.analogies("cat"), "expected triples of words, found the string 'cat'"),
            (lambda v: v.subset("cat"), "expected a list of words, found the string 'cat'"),
            (lambda v: v.nearest([b"a" * 100_000]), r"a'… \(100,000 characters\)$"),
        ],
    )
    def test_what_is_not_a_word(self, vectors, call, message):
        with pytest.raises(TypeError, match=message):
            call(vectors)

    def test_wrong_numbers_of_words(self, vectors):
        with pytest.raises(ValueError, match="expected pairs of words, found 3 words in one"):
            vectors.similarities([("cat", "dog", "sun")])
        with pytest.raises(ValueError, match="expected triples of words, found 2 words in one"):
            vectors.analogies([("cat", "dog")])

    def test_any_iterable_of_words(self, vectors):
        expected = vectors.nearest(["cat", "sun"], k=99)
        for words in (("cat", "sun"), np.array(["cat", "sun"]), iter(["cat", "sun"])):
            assert vectors.nearest(words, k=np.int64(99)) == expected
        assert vectors.nearest([]) == vectors.analogies([]) == vectors.analogies([], method="3cosmul") == []
        assert vectors.analogy("cat", "cat", "cat", 9) == vectors.nearest("cat", 9)

    def test_very_long_and_short_vectors(self):
        rows = np.array([[1, 0], [1, 1], [0, 1], [-1, 0]], np.float32) * np.float32(1e38)
        rows[2] *= np.float32(1e-38) * np.float32(1e-38)
        vectors = WordVectors(Vocabulary(WORDS, [0] * 4), rows)
        assert [word for word, _ in vectors.nearest("cat")] == ["dog", "sun", "moon"]
        assert vectors.nearest("cat")[0].similarity == pytest.approx(1 / np.sqrt(2))


class TestNotFinite:
    @pytest.mark.parametrize(("value", "found"), [(np.nan, "NaN"), (-np.inf, "infinity"), (1e39, "infinity")])
    def test_the_word_is_named(self, value, found):
        rows = [*ROWS[:2], [0.0, value], ROWS[3]]
        with pytest.raises(ValueError, match=f"in the matrix, found {found} in the vector of 'sun'$"):
            WordVectors(Vocabulary(WORDS, [4, 3, 2, 1]), rows)

    def test_a_mapped_matrix_of_the_callers_own(self, tmp_path):
        np.save(tmp_path / "m.npy", np.array([*ROWS[:2], [0, np.nan], ROWS[3]], np.float32))
        mapped = np.load(tmp_path / "m.npy", mmap_mode="r")
        vectors = WordVectors(Vocabulary(WORDS, [4, 3, 2, 1]), mapped)
        calls = (
            lambda: vectors.nearest("cat"),
            lambda: vectors.analogy("cat", "dog", "moon"),
            lambda: vectors.similarity("cat", "sun"),
            lambda: vectors["sun"],
            lambda: vectors.save(tmp_path / "v"),
        )
        for call in calls:
            with pytest.raises(ValueError, match=r"expected finite numbers in the .* of 'sun'"):
                call()
        assert not (tmp_path / "v").exists()
        with pytest.raises(ValueError, match="finite numbers in the query vectors, found NaN in row 0"):
            vectors.nearest(np.full((1, 2), np.nan))


class TestCopies:
    def test_pickle_and_joblib(self, vectors, tmp_path):
        subwords = Subwords(2, 3, np.ones((4, 2), np.float32))
        made = WordVectors(vectors.vocabulary, ROWS, outputs=np.ones((4, 2)), subwords=subwords,
                           tokenizer=Tokenizer("word"), details={"config": {"dim": 2}})  # fmt: skip
        made.save(tmp_path / "v")
        loaded = WordVectors.load(tmp_path / "v")
        loaded.nearest("cat")
        joblib.dump(loaded, tmp_path / "v.joblib")
        for copied in (pickle.loads(pickle.dumps(loaded)), joblib.load(tmp_path / "v.joblib")):  # noqa: S301
            assert copied.vocabulary == loaded.vocabulary
            assert copied.nearest(["cat", "sun"]) == loaded.nearest(["cat", "sun"])
            assert copied["unseen"].tolist() == loaded["unseen"].tolist()
            assert (copied.tokenizer, copied.digest, dict(copied.details)) == (
                loaded.tokenizer, loaded.digest, {"config": {"dim": 2}}
            )  # fmt: skip
            for array in (copied.matrix, copied.outputs, copied.subwords.matrix, copied.vocabulary.counts):
                assert not array.flags.writeable
        assert copy.copy(loaded) is copy.deepcopy(loaded) is loaded


def test_nearest_needs_little_memory_beside_the_matrix():
    vectors = random_vectors(100_000, 100)  # 40 MB
    vectors.vocabulary.get("w0")
    tracemalloc.start()
    try:
        vectors.nearest("w0")
        vectors.nearest(list(vectors.vocabulary.words[:50]))
        vectors.analogy("w0", "w1", "w2", method="3cosmul")
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


class TestArtifact:
    def test_round_trip(self, vectors, tmp_path):
        tokenizer = Tokenizer("word", lowercase=False)
        vectors = WordVectors(vectors.vocabulary, ROWS, tokenizer=tokenizer, details={"config": {"dim": 2}})
        vectors.save(tmp_path / "v", parents={"corpus": "abc"})
        loaded = WordVectors.load(tmp_path / "v")
        assert loaded.vocabulary == vectors.vocabulary
        assert np.array_equal(loaded.matrix, vectors.matrix)
        assert loaded.tokenizer == tokenizer
        assert dict(loaded.details) == {"config": {"dim": 2}}
        assert loaded.digest
        manifest = json.loads((tmp_path / "v" / "manifest.json").read_text())
        assert manifest["parents"] == {"corpus": "abc"}
        assert manifest["details"]["num_words"] == 4

    def test_equal_vectors_give_equal_bytes(self, vectors, tmp_path):
        for name in "ab":
            vectors.save(tmp_path / name)
        assert WordVectors.load(tmp_path / "a").digest == WordVectors.load(tmp_path / "b").digest

    def test_an_interrupt_ends_the_verification(self, vectors, tmp_path, monkeypatch):
        ended = []

        def interrupt(source, verify):
            raise KeyboardInterrupt

        monkeypatch.setattr(storage, "_read_parts", interrupt)
        monkeypatch.setattr(artifact, "verify_digests", lambda _, stopping: ended.append(stopping.wait(30)))
        vectors.save(tmp_path / "v")
        with pytest.raises(KeyboardInterrupt):
            WordVectors.load(tmp_path / "v")
        assert ended == [True]

    def test_loaded_matrices_are_mapped(self, vectors, tmp_path):
        WordVectors(vectors.vocabulary, ROWS, outputs=np.ones((4, 2))).save(tmp_path / "v")
        loaded = WordVectors.load(tmp_path / "v")
        for owner in (loaded.matrix, loaded.outputs):
            while isinstance(owner, np.ndarray):
                owner = owner.base
            assert isinstance(owner, mmap.mmap)

    def test_outputs_round_trip(self, vectors, tmp_path):
        tree = {"config": {"loss": "hierarchical"}}
        for details, num_rows in (({}, 4), (tree, 3)):
            rows = np.random.default_rng(1).normal(size=(num_rows, 2)).astype(np.float32)
            trained = WordVectors(vectors.vocabulary, ROWS, outputs=rows, details=details)
            trained.save(tmp_path / "v", overwrite=True)
            assert np.array_equal(WordVectors.load(tmp_path / "v").outputs, rows)
        vectors.save(tmp_path / "v", overwrite=True)
        assert not (tmp_path / "v" / "outputs.npy").exists()
        assert WordVectors.load(tmp_path / "v").outputs is None

    def test_wrong_outputs(self, vectors, tmp_path):
        with artifact.create(tmp_path / "v", kind="vectors", format_version=1) as draft:
            np.save(draft.payload("matrix.npy"), vectors.matrix)
            np.save(draft.payload("outputs.npy"), vectors.matrix[1:])
            vectors.vocabulary.write(draft.payload("vocabulary.parquet"))
        with pytest.raises(ArtifactError, match=r"outputs\.npy: expected float32 of shape 4 x 2, found"):
            WordVectors.load(tmp_path / "v")

    def test_saving_over_itself(self, vectors, tmp_path):
        vectors.save(tmp_path / "v")
        loaded = WordVectors.load(tmp_path / "v")
        with pytest.raises(OutputExistsError):
            loaded.save(tmp_path / "v")
        loaded.save(tmp_path / "v", overwrite=True)
        assert np.array_equal(WordVectors.load(tmp_path / "v").matrix, vectors.matrix)

    @pytest.mark.parametrize("name", ["matrix.npy", "vocabulary.parquet"])
    def test_damage_is_found(self, vectors, tmp_path, name):
        vectors.save(tmp_path / "v")
        path = tmp_path / "v" / name
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)
        with pytest.raises(ArtifactError, match=name):
            WordVectors.load(tmp_path / "v")
        path.write_bytes(data[:-1])
        with pytest.raises(ArtifactError, match=f"{name}: expected {len(data)} bytes"):
            WordVectors.load(tmp_path / "v", verify=False)

    @pytest.mark.parametrize(
        "matrix", [np.zeros((3, 2), np.float32), np.zeros((4, 2)), np.zeros(4, np.float32), np.array([None])]
    )
    def test_wrong_matrix(self, vectors, tmp_path, matrix):
        with artifact.create(tmp_path / "v", kind="vectors", format_version=1) as draft:
            np.save(draft.payload("matrix.npy"), matrix, allow_pickle=True)
            vectors.vocabulary.write(draft.payload("vocabulary.parquet"))
        with pytest.raises(ArtifactError, match=r"matrix\.npy|expected 3 words, found 4"):
            WordVectors.load(tmp_path / "v")


class TestMostSimilar:
    @pytest.mark.parametrize(
        ("positive", "negative"),
        [("w3", []), (["w1", "w2"], []), (["w1", "w2"], ["w3"]), (["w5"], "w9"), ([], ["w4"])],
    )
    def test_answers_are_gensims(self, positive, negative):
        vectors = random_vectors(50, 8)
        expected = vectors.to_gensim().most_similar(positive, negative, topn=7)
        found = vectors.most_similar(positive, negative, topn=7)
        assert [word for word, _ in found] == [word for word, _ in expected]
        assert [cosine for _, cosine in found] == pytest.approx([cosine for _, cosine in expected], abs=1e-6)

    def test_odd_questions(self, vectors):
        with pytest.raises(ConfigError, match="words: expected 1 or more, found 0"):
            vectors.most_similar([])
        with pytest.raises(UnknownWordError, match="'Cat' is not among"):
            vectors.most_similar("dog", ["Cat"])
        with pytest.raises(ValueError, match="expected k of 1 or more, found 0"):
            vectors.most_similar("dog", topn=0)
        assert len(vectors.most_similar("dog")) == 3

    def test_one_vector_has_one_list(self, vectors):
        (several,) = vectors.nearest(np.array([[1.0, 0.1]]), k=2)
        assert vectors.nearest(np.array([1.0, 0.1]), k=2) == several
        with pytest.raises(ValueError, match=r"expected query vectors of shape \(n, 2\), found \(1, 3\)"):
            vectors.nearest(np.zeros(3))


def test_the_package_says_its_names_and_version():
    assert wordlab.__version__ == version("wordlab")
    assert {"WordVectors", "Corpus", "train", "WordlabError", "__version__"} <= set(dir(wordlab))
    with pytest.raises(AttributeError, match="wordvectors"):
        wordlab.wordvectors  # noqa: B018
