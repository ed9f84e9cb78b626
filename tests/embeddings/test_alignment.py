"""Alignment: the rotation, how it is judged, and the words that changed."""

import json

import numpy as np
import pytest
from scipy.linalg import orthogonal_procrustes
from scipy.stats import ortho_group

from wordlab.embeddings import WordVectors
from wordlab.embeddings.alignment import AlignConfig, align, shifted_words
from wordlab.embeddings.alignment.anchors import common_words, read_anchors
from wordlab.embeddings.alignment.csls import retrieval_ranks
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.text import Vocabulary

WORDS = [f"w{number}" for number in range(300)]
DIM = 6


def vectors_of(matrix, words=WORDS, **more):
    return WordVectors(Vocabulary(list(words), range(len(words), 0, -1)), matrix, **more)


@pytest.fixture
def base():
    return vectors_of(np.random.default_rng(1).normal(size=(300, DIM)))


def turned(vectors, noise=0.0, seed=2, **more):
    """The same vectors in another rotation, with noise."""
    rotation = ortho_group.rvs(DIM, random_state=seed)
    matrix = vectors.matrix @ rotation + noise * np.random.default_rng(seed).normal(size=vectors.matrix.shape)
    return vectors_of(matrix, vectors.vocabulary, **more)


def test_a_rotation_is_undone(base):
    other = turned(base)
    found = align(base, other)
    assert found.vectors.matrix == pytest.approx(base.matrix, abs=1e-5)
    assert found.rotation @ found.rotation.T == pytest.approx(np.eye(DIM), abs=1e-12)
    assert (found.num_anchors, found.num_held_out, found.num_unknown) == (270, 30, 0)
    assert found.after == pytest.approx(1)
    assert found.before < 0.9
    assert found.precision_at == {1: 1, 5: 1, 10: 1}
    json.dumps(found.facts(), allow_nan=False)


def test_it_is_scipys_rotation_of_the_unit_vectors_of_the_anchors(base):
    other = turned(base, noise=0.5)
    found = align(base, other, anchors=[(word, word) for word in WORDS[:50]], test_anchors=[("w99", "w99")])
    left, right = (
        each.matrix[:50] / np.linalg.norm(each.matrix[:50], axis=1, keepdims=True) for each in (base, other)
    )
    expected, _ = orthogonal_procrustes(right.astype(float), left.astype(float))
    assert found.rotation == pytest.approx(expected, abs=1e-5)
    assert (found.num_anchors, found.num_held_out) == (50, 1)


def test_a_second_rotation_does_without_the_anchors_that_changed_most(base):
    matrix = base.matrix.copy()
    matrix[:100] = np.random.default_rng(9).normal(size=(100, DIM))
    other = turned(vectors_of(matrix), noise=0.1)
    pairs = [(word, word) for word in WORDS]
    found = align(base, other, AlignConfig(left_out=0.4, held_out=0), anchors=pairs)
    left, right = (
        each.matrix.astype(float) / np.linalg.norm(each.matrix, axis=1, keepdims=True)
        for each in (base, other)
    )
    first, _ = orthogonal_procrustes(right, left)
    nearest = np.argsort(-((right @ first) * left).sum(axis=1))[:180]
    expected, _ = orthogonal_procrustes(right[nearest], left[nearest])
    assert found.rotation == pytest.approx(expected, abs=1e-4)
    assert (found.num_anchors, found.num_left_out) == (180, 120)
    assert nearest.min() >= 100
    true = ortho_group.rvs(DIM, random_state=2).T
    plain = align(base, other, AlignConfig(held_out=0), anchors=pairs)
    assert np.abs(found.rotation - true).max() < np.abs(plain.rotation - true).max() / 3


def test_as_many_anchors_stay_as_there_are_dimensions(base):
    pairs = [(word, word) for word in WORDS[:8]]
    found = align(base, turned(base), AlignConfig(left_out=0.9, held_out=0), anchors=pairs)
    assert (found.num_anchors, found.num_left_out) == (6, 2)


def test_what_is_within_the_other_set_stays(base):
    rng = np.random.default_rng(3)
    subwords = Subwords(2, 3, rng.normal(size=(40, DIM)).astype(np.float32))
    other = turned(base, noise=0.3, subwords=subwords, outputs=rng.normal(size=(300, DIM)))
    result = align(base, other).vectors
    assert result.nearest("w5", k=5)[0].word == other.nearest("w5", k=5)[0].word
    assert result.similarity("w5", "w9") == pytest.approx(other.similarity("w5", "w9"), abs=1e-5)
    rotation = align(base, other).rotation
    assert result["unseen"] == pytest.approx(other["unseen"] @ rotation, abs=1e-5)
    assert result.outputs is None
    assert result.details["aligned"]["num_anchors"] == 270


def test_pairs_of_a_dictionary(base):
    other = turned(base)
    foreign = vectors_of(other.matrix, [f"v{number}" for number in range(300)])
    pairs = [(word, f"v{word[1:]}") for word in WORDS]
    found = align(
        base, foreign, anchors=[*pairs[:100], ("w1", "missing"), pairs[0]], test_anchors=pairs[90:200]
    )
    assert (found.num_anchors, found.num_held_out, found.num_unknown) == (90, 110, 1)
    assert found.precision_at[1] == 1
    assert common_words(base, foreign) == []


def test_common_words_come_by_the_rarer_rank():
    first = vectors_of(np.eye(4), ["a", "b", "c", "d"])
    second = vectors_of(np.eye(4), ["d", "x", "b", "a"])
    assert common_words(first, second) == [("b", "b"), ("a", "a"), ("d", "d")]
    assert common_words(first, second, 1) == [("b", "b")]


def test_ranks_by_csls_as_a_plain_loop_finds_them():
    rng = np.random.default_rng(4)
    left, right = rng.normal(size=(50, 3)), rng.normal(size=(40, 3))
    asked, wanted = rng.integers(0, 50, 30), rng.integers(0, 40, 30)

    def cosine(a, b):
        return a @ b / np.sqrt((a @ a) * (b @ b))

    cosines = np.array([[cosine(a, b) for b in right] for a in left])
    near = np.sort(cosines, axis=1)[:, -10:].mean(axis=1), np.sort(cosines, axis=0)[-10:].mean(axis=0)
    expected = []
    for a, b in zip(asked, wanted, strict=True):
        scores = [2 * cosines[a, y] - near[0][a] - near[1][y] for y in range(40)]
        expected.append(sum(score > scores[b] for score in scores))
    found = retrieval_ranks(asked, wanted, left.astype(np.float32), right.astype(np.float32))
    assert found.tolist() == expected


@pytest.mark.parametrize(
    ("arrange", "message"),
    [
        (lambda base: (base, vectors_of(np.eye(3), WORDS[:3])), "other: expected 6 dimensions as the first"),
        (
            lambda base: (base, vectors_of(base.matrix[:5], WORDS[:5])),
            "anchors: expected 6 pairs or more to fit, one for each dimension, found 5 of 5 whose words",
        ),
        (
            lambda base: (base, vectors_of(base.matrix, [f"v{word}" for word in WORDS])),
            "found 0 of 0 whose words both sets have",
        ),
    ],
)
def test_what_cannot_be_aligned(base, arrange, message):
    with pytest.raises(ConfigError, match=message):
        align(*arrange(base))


@pytest.mark.parametrize(
    "field", [{"held_out": 1.0}, {"num_anchors": 0}, {"seed": -1}, {"num_candidates": 0}, {"left_out": 1.0}]
)
def test_settings_are_checked(field):
    with pytest.raises(ConfigError, match=f"{next(iter(field))}: "):
        AlignConfig(**field)


class TestAnchorFiles:
    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            ("cat\n\ndog\n", [("cat", "cat"), ("dog", "dog")]),
            ("cat chat\ndog\tchien\n", [("cat", "chat"), ("dog", "chien")]),
            ("New York\tNueva York\r\n", [("New York", "Nueva York")]),
            ("\ufeffcat  chat", [("cat", "chat")]),
        ],
    )
    def test_pairs(self, tmp_path, content, expected):
        path = tmp_path / "anchors.txt"
        path.write_bytes(content.encode())
        assert read_anchors(path) == expected

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("", "expected a word or a pair of words on each line, found none"),
            ("cat chat\na b c\n", "anchors.txt:2: expected a word or a pair of words, found 'a b c'"),
            ("cat\t\n", "anchors.txt:1: expected a word or a pair of words"),
            ("a\tb\tc\n", "anchors.txt:1: expected a word or a pair of words"),
        ],
    )
    def test_other_files(self, tmp_path, content, message):
        path = tmp_path / "anchors.txt"
        path.write_text(content)
        with pytest.raises(FormatError, match=message):
            read_anchors(path)

    def test_no_file(self, tmp_path):
        with pytest.raises(SourceError):
            read_anchors(tmp_path / "none")


class TestShifts:
    def test_a_planted_word_comes_first(self, base):
        matrix = base.matrix.copy()
        matrix[120] = -matrix[120] + 0.3
        found = shifted_words(base, turned(vectors_of(matrix), noise=0.1), k=5)
        first = found.shifts[0]
        assert first.word == "w120"
        assert first.change > 1.5
        assert first.excess > 3
        assert found.num_words == 300
        assert found.num_beyond <= 15  # one in twenty
        json.dumps(found.to_dict(), allow_nan=False)

    def test_gained_and_lost_by_hand(self, base):
        other = turned(base, noise=0.6)
        found = shifted_words(base, other, k=4, most=300)
        aligned = align(base, other, AlignConfig(left_out=0.5)).vectors
        for shift in found.shifts:
            here, there = ([each.word for each in v.nearest(shift.word, k=4)] for v in (base, aligned))
            assert shift.lost == tuple(word for word in here if word not in there)
            assert shift.gained == tuple(word for word in there if word not in here)
            assert shift.overlap == len(set(here) & set(there)) / 4

    def test_the_bounds_of_a_control_are_its_changes(self, base):
        matrix = base.matrix.copy()
        matrix[:100] = np.random.default_rng(9).normal(size=(100, DIM))  # a third changed
        other, control = turned(vectors_of(matrix), noise=0.1), turned(base, noise=0.1, seed=5)
        plain = shifted_words(base, other)
        found = shifted_words(base, other, control=control)
        assert plain.num_beyond <= 15
        # over five seeds 105 to 112, as noise takes some beyond; with all anchors 107 to 137
        assert 100 <= found.num_beyond <= 120
        with_all = shifted_words(base, other, AlignConfig(), control=control)
        assert (
            with_all.num_beyond > found.num_beyond + 10
        )  # what changed turns the rotation, and others with it
        assert all(int(shift.word[1:]) < 100 for shift in found.shifts[:80])
        aligned = align(base, control, AlignConfig(left_out=0.5)).vectors
        changes = [1 - cosine_of(base[word], aligned[word]) for word in WORDS]
        assert found.shifts[0].usual == pytest.approx(np.median(changes), abs=1e-6)
        assert found.shifts[0].bound == pytest.approx(np.quantile(changes, 0.95), abs=1e-6)

    def test_equal_sets_have_no_shifts(self, base):
        found = shifted_words(base, base)
        assert found.mean_overlap == 1
        assert all(shift.change < 1e-6 for shift in found.shifts)

    def test_a_control_must_know_the_words(self, base):
        control = vectors_of(base.matrix[:250], WORDS[:250])
        with pytest.raises(ConfigError, match="control: expected another training of the first set's text"):
            shifted_words(base, base, control=control)

    @pytest.mark.parametrize("wrong", [{"k": 0}, {"most": 0}, {"num_words": 1}])
    def test_numbers_are_checked(self, base, wrong):
        with pytest.raises(ConfigError, match="expected k and most of 1 or more"):
            shifted_words(base, base, **wrong)


def cosine_of(a, b):
    a, b = a.astype(float), b.astype(float)
    return a @ b / np.sqrt((a @ a) * (b @ b))
