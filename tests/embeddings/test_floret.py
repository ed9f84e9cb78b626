"""floret's hashing and its tables: buckets as floret has them, the way to a file and back, and damage."""

import io
import itertools

import numpy as np
import pytest

from wordlab.embeddings import WordVectors, read_vectors, write_vectors
from wordlab.embeddings.ngrams import hash_ngrams
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import ArtifactError, ConfigError, FormatError
from wordlab.text import Vocabulary

BUCKETS = {  # floret 0.10.5: get_subwords with hashCount 3, bucket 1000, minn 3 and maxn 4
    "ab": [486, 422, 225, 845, 975, 499, 486, 422, 225, 120, 387, 125],  # <ab> <ab <ab> ab>
    "a": [305, 722, 636, 305, 722, 636],
    "naïf": [200, 231, 416, 228, 624, 51, 991, 328, 255, 954, 780, 154, 163, 628, 584, 67, 809, 235, 233, 576,
             182, 962, 752, 386],
    "東京": [58, 392, 397, 981, 914, 497, 58, 392, 397, 583, 728, 988],
    "": [109, 922, 354],
}  # fmt: skip
WORDS = ["cat", "naïve", "東京", "</s>", "x" * 300]
TABLE = np.random.default_rng(3).normal(size=(40, 3)).astype(np.float32)
HEADER = b"3 2 3 5 2 2166136261 < >\n"
ROWS = b"0 0.5 -1 \n1 2 3e-3 \n2 0 0.25 \n"


def buckets(words, **options) -> list[list[int]]:
    found = []
    for _, offsets, ids in hash_ngrams(words, **options):
        found += [ids[start:end].tolist() for start, end in itertools.pairwise(offsets)]
    return found


def made(subwords: Subwords) -> WordVectors:
    return WordVectors(Vocabulary(WORDS, [0] * len(WORDS)), subwords.vectors(WORDS), subwords=subwords)


def written(vectors: WordVectors, format: str = "floret") -> bytes:
    stream = io.BytesIO()
    write_vectors(vectors, stream, format=format)
    return stream.getvalue()


def read(data: bytes, **options) -> WordVectors:
    stream = io.BytesIO(data)
    stream.name = "v"
    return read_vectors(stream, **options)


def message(data: bytes, **options) -> str:
    with pytest.raises((FormatError, ConfigError)) as caught:
        read(data, **{"only": ["a"], **options})
    return str(caught.value)


class TestHashing:
    @pytest.mark.parametrize("num_hashes", [1, 2, 3])
    def test_the_buckets_are_those_of_floret(self, num_hashes):
        found = buckets(list(BUCKETS), min_n=3, max_n=4, num_buckets=1000, num_hashes=num_hashes)
        kept = [index for index in range(24) if index % 3 < num_hashes]
        assert found == [[ids[i] for i in kept if i < len(ids)] for ids in BUCKETS.values()]

    def test_many_words_in_parts(self):
        words = [f"w{i}" for i in range(9_000)]
        options = {"min_n": 3, "max_n": 4, "num_buckets": 97, "num_hashes": 4}
        found = buckets(words, **options)
        for index in (0, 8191, 8192, 8999):
            assert found[index] == buckets([words[index]], **options)[0]

    def test_no_word_is_without_a_vector(self):
        vectors = made(Subwords(3, 6, TABLE, num_hashes=2))
        assert all(vectors[word].any() for word in ["</s>", "", "a", "unheard"])
        assert vectors.matrix[0].tobytes() == vectors.subwords.vector("cat").tobytes()
        assert repr(vectors.subwords) == "Subwords(3 to 6 characters, 40 buckets, 2 hashes)"

    def test_what_makes_no_sense(self):
        for num_hashes in (5, -1):
            with pytest.raises(ValueError, match=f"expected from 0 to 4 hashes, found {num_hashes}"):
                Subwords(3, 6, TABLE, num_hashes=num_hashes)
        with pytest.raises(
            ValueError, match="expected no own vectors beside hashes of each n-gram, found both"
        ):
            Subwords(3, 6, TABLE, num_hashes=1, own=TABLE)
        with pytest.raises(ValueError, match="expected no pruned buckets beside hashes"):
            Subwords(3, 6, [[1.0], [0.0]], buckets=[3], num_buckets=9, num_hashes=1, pruned=True)


class TestFiles:
    @pytest.mark.parametrize("only_some", [False, True])
    def test_a_table_there_and_back(self, only_some):
        rows, chosen = TABLE, None
        if only_some:  # as training leaves them
            chosen = np.arange(0, 39)
            rows = np.concatenate([TABLE[:39], np.zeros((1, 3), np.float32)])
        vectors = made(Subwords(2, 5, rows, buckets=chosen, num_buckets=40, num_hashes=3))
        data = written(vectors)
        assert data.startswith(b"40 3 2 5 3 2166136261 < >\n0 ")
        assert data.count(b"\n") == 41
        found = read(data, only=WORDS)
        assert found.vocabulary.words == tuple(sorted(WORDS))
        assert found.subwords.facts() == {"min_n": 2, "max_n": 5, "num_hashes": 3}
        assert found.subwords.matrix.tobytes() == rows.tobytes()
        for word in [*WORDS, "unheard"]:
            assert found[word].tobytes() == vectors[word].tobytes()
        assert found.details["format"] == "floret"
        assert found.details["only"] == {"num_wanted": 5, "num_found": 5}
        assert written(found) == data

    def test_as_floret_writes_it(self):
        for data in (
            HEADER + ROWS,
            (HEADER + ROWS).replace(b"\n", b"\r\n"),
            HEADER + ROWS.replace(b" \n", b"\n"),
        ):
            found = read(data, only=["a"], lenient=True)
            assert found.subwords.matrix.tolist() == [[0.5, -1], [2, np.float32(3e-3)], [0, 0.25]]

    @pytest.mark.parametrize("format", ["numpy", "safetensors"])
    def test_formats_of_arrays_hold_it(self, format):
        vectors = made(Subwords(2, 5, TABLE, num_hashes=3))
        found = read(written(vectors, format), format=format)
        assert found.subwords.facts() == vectors.subwords.facts()
        assert found["unheard"].tobytes() == vectors["unheard"].tobytes()

    @pytest.mark.parametrize("precision", ["float32", "int8"])
    def test_artefacts(self, tmp_path, precision):
        vectors = made(Subwords(2, 5, TABLE, num_hashes=3))
        vectors.save(tmp_path / "v", precision=precision)
        found = WordVectors.load(tmp_path / "v")
        assert found.subwords.facts() == vectors.subwords.facts()
        assert found["unheard"] == pytest.approx(vectors["unheard"], abs=0.02 * (precision == "int8"))

    def test_an_artefact_of_five_hashes(self, tmp_path):
        made(Subwords(2, 5, TABLE, num_hashes=3)).save(tmp_path / "v")
        path = tmp_path / "v" / "manifest.json"
        path.write_text(path.read_text().replace('"num_hashes": 3', '"num_hashes": 5'))
        with pytest.raises(ArtifactError, match="details: subwords: expected from 0 to 4 hashes"):
            WordVectors.load(tmp_path / "v")


class TestRefusals:
    def test_a_table_without_words(self):
        assert message(HEADER + ROWS, only=None) == (
            "v: expected a list of words, found a table of floret, which has none but gives any a vector; "
            "--only names a list, a corpus or other vectors"
        )
        assert message(HEADER + ROWS, prefix="x") == (
            "prefix: expected none for floret, whose tables have no words, found 'x'"
        )

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            (HEADER + ROWS[:-12], "v: expected 3 rows as line 1 says, found 2"),
            (HEADER + ROWS + b"3 1 1\n", "v: expected 3 rows as line 1 says, found 4"),
            (HEADER, "v: expected 3 rows as line 1 says, found 0"),
            (HEADER + ROWS.replace(b"\n1 ", b"\n2 "), "v:3: expected the row of bucket 1, found '2'"),
            (HEADER + ROWS.replace(b"\n1 ", b"\nthe "), "v:3: expected the row of bucket 1, found 'the'"),
            (HEADER + ROWS.replace(b"3e-3", b"nan"), "v:3: expected finite numbers for '1', found 'nan'"),
            (HEADER + ROWS.replace(b" 3e-3", b""), "v:3: expected 2 values, found 1"),
            (HEADER.replace(b"3 2", b"0 2", 1), "v:1: expected buckets and dimensions, found 0 and 2"),
            (HEADER.replace(b"3 2", b"3 0", 1) + ROWS, "v:1: expected buckets and dimensions, found 3 and 0"),
            (HEADER.replace(b"3 5", b"6 5", 1) + ROWS,
             "v:1: expected 0 <= min_n <= max_n and max_n from 1 to 64, found 6 and 5"),
            (HEADER.replace(b"2166136261", b"7") + ROWS,
             "v:1: expected the seed and brackets '2166136261 < >', found '7 < >'"),
            (HEADER.replace(b"< >", b"[ ]") + ROWS,
             "v:1: expected the seed and brackets '2166136261 < >', found '2166136261 [ ]'"),
            (b"999999999999999999 2 3 5 2 2166136261 < >\n" + ROWS,
             "v: expected 999999999999999999 rows as line 1 says, found 3"),
            (b"3 999999999999999999 3 5 2 2166136261 < >\n" + ROWS,
             "v:2: expected 999999999999999999 values, found 2"),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("lenient", [False, True])
    def test_damage_is_never_skipped(self, data, expected, lenient):
        assert message(data, lenient=lenient) == expected

    def test_a_header_that_is_none(self):
        expected = "v:1: expected \"buckets dim minn maxn hashes seed < >\", found '3 2'"
        assert message(b"3 2\n" + ROWS, format="floret") == expected
        rows = b"3 2 3 5 2 6 1 1\n4 2 3 5 2 6 1 1\n"  # seven numbers for each of two words
        assert read(rows).vocabulary.words == ("3", "4")

    @pytest.mark.parametrize("size", range(0, len(HEADER + ROWS) - 8, 3))
    def test_truncation(self, size):
        assert message((HEADER + ROWS)[:size], format="floret").startswith("v")

    def test_vectors_of_other_kinds(self):
        plain = WordVectors(Vocabulary(["a"], [1]), [[1.0]])
        fasttext = WordVectors(Vocabulary(["a"], [1]), [[1.0]], subwords=Subwords(3, 6, [[1.0]]))
        for vectors, found in (
            (plain, "words alone"),
            (fasttext, "fastText's, which --format fasttext writes"),
        ):
            with pytest.raises(FormatError) as caught:
                written(vectors)
            assert str(caught.value) == (
                f"cannot be written as floret: expected n-grams hashed as in floret, found {found}"
            )

    def test_other_formats_that_cannot_hold_it(self):
        vectors = made(Subwords(2, 5, TABLE, num_hashes=3))
        for format in ("fasttext", "gensim"):
            with pytest.raises(FormatError) as caught:
                written(vectors, format)
            assert str(caught.value) == (
                f"cannot be written as {format}: expected n-grams hashed as in fastText, found 3 hashes "
                "of each; --format floret writes these"
            )
