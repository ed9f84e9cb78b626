"""Outlier detection: files as they are published, and both scores against the paper's definition."""

import json

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import evaluate, evaluate_outliers
from wordlab.embeddings.evaluation.outlier_files import read_outliers
from wordlab.embeddings.ngrams import hash_ngrams
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import FormatError
from wordlab.text import Vocabulary


def vectors_of(words, matrix, **more):
    return WordVectors(Vocabulary(list(words), range(len(words), 0, -1)), matrix, **more)


def write(tmp_path, text, name="cats.txt"):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def position(rows, outlier):
    """That of the outlier among the n words of `rows`, by the compactness score of the paper's equation 1."""
    everything = np.vstack([rows, outlier]).astype(float)
    unit = everything / np.linalg.norm(everything, axis=1, keepdims=True)
    n = len(rows)
    compactness = []
    for left_out in range(n + 1):
        others = [row for number, row in enumerate(unit) if number != left_out]
        sums = [a @ b for i, a in enumerate(others) for j, b in enumerate(others) if i != j]
        compactness.append(sum(sums) / (n * (n - 1)))
    # without the outlier the others are most alike: its compactness is the largest if it is last
    return sum(compactness[word] < compactness[n] for word in range(n))


@pytest.fixture
def groups(tmp_path):
    """Six groups of eight and eight as in 8-8-8, and vectors in which groups overlap."""
    rng = np.random.default_rng(1)
    words, rows = [], []
    for group in range(6):
        inside = [f"g{group}w{number}" for number in range(8)]
        outside = [f"g{group}o{number}" for number in range(8)]
        write(tmp_path, "\n".join([*inside, "", *outside]), f"8-8-8/group{group}.txt")
        words += inside + outside
        rows += [*(1.6 * np.eye(6)[group] + rng.normal(size=(8, 6))), *rng.normal(size=(8, 6))]
    return vectors_of(words, np.array(rows)), tmp_path / "8-8-8"


class TestScores:
    def test_they_are_those_of_the_paper(self, groups):
        vectors, folder = groups
        found = evaluate_outliers(vectors, folder, seed=3)
        expected = []
        for group in range(6):
            rows = vectors[[f"g{group}w{number}" for number in range(8)]]
            expected.append([position(rows, vectors[f"g{group}o{number}"]) for number in range(8)])
        expected = np.array(expected)
        assert 0.2 < (expected == 8).mean() < 0.9
        assert found.total.accuracy == pytest.approx((expected == 8).mean())
        assert found.total.opp == pytest.approx((expected / 8).mean())
        assert [group.num_found for group in found.groups] == (expected == 8).sum(axis=1).tolist()
        assert (found.total.num_used, found.total.num_lost, found.total.num_shortened) == (48, 0, 0)
        draws = np.random.default_rng(3).integers(0, 6, (1000, 6))
        for interval, values in ((found.interval, expected == 8), (found.opp_interval, expected / 8)):
            means = values.mean(axis=1)[draws].mean(axis=1)
            assert interval == pytest.approx(tuple(np.quantile(means, [0.025, 0.975])))
        json.dumps(found.to_dict(), allow_nan=False)

    def test_by_hand(self, tmp_path):
        # cosines: a-b 1, a-c = b-c = 0.6, x-a = x-b = 0, x-c = 0.8
        vectors = vectors_of("abcxy", [[1, 0], [2, 0], [0.6, 0.8], [0, 1], [1, 0]])
        found = evaluate_outliers(vectors, write(tmp_path, "a\nb\nc\n\nx\ny\n"))
        # beside x: a and b 1.6 / 3, c 2 / 3, x 0.8 / 3; y is as like the others as a and b are
        (group,) = found.groups
        assert (group.num_found, group.num_used, group.sum_positions) == (1, 2, 1)
        assert (found.total.accuracy, found.total.opp) == (0.5, 0.5)
        assert (found.interval, found.opp_interval) == (None, None)

    def test_ties_count_against_the_outlier(self, tmp_path):
        vectors = vectors_of("abx", np.eye(3))
        found = evaluate_outliers(vectors, write(tmp_path, "a\nb\n\nx\n"))
        assert (found.total.num_found, found.total.opp) == (0, 0)

    def test_words_that_lack(self, tmp_path):
        vectors = vectors_of("abcxy", np.random.default_rng(1).normal(size=(5, 4)))
        write(tmp_path, "a\nb\nno\n\nx\ny\nnone\n", "sets/shortened.txt")
        write(tmp_path, "a\nno\n\nx\ny\n", "sets/lost.txt")
        write(tmp_path, "a\nb\nc\n\nx\n", "sets/whole.txt")
        found = evaluate_outliers(vectors, tmp_path / "sets")
        counts = {each.name: (each.num_used, each.num_lost, each.num_shortened) for each in found.groups}
        assert counts == {"lost": (0, 2, 0), "shortened": (2, 1, 2), "whole": (1, 0, 0)}
        assert found.lost_words == ("no", "none")
        assert found.note == "questions asked without words of their group that have no vector: 2"
        (accuracy, opp) = found.scores
        assert (accuracy.num_used, accuracy.num_lost, accuracy.coverage) == (3, 3, 0.5)
        assert (accuracy.measure, opp.measure) == ("accuracy", "opp")
        alone = evaluate_outliers(vectors, tmp_path / "sets" / "lost.txt")
        assert [score.value for score in alone.scores] == [None, None]

    def test_entries_of_several_words_have_the_mean_of_their_words(self, tmp_path):
        words = ["real", "madrid", "bayern", "munich", "Red_Bull", "cat"]
        vectors = vectors_of(words, np.random.default_rng(2).normal(size=(6, 4)))
        path = write(tmp_path, "Real_Madrid\nBayern Munich\nRed_Bull\n\ncat\nAC_Milan\n")
        found = evaluate_outliers(vectors, path)
        rows = [vectors[["real", "madrid"]].mean(axis=0), vectors[["bayern", "munich"]].mean(axis=0)]
        expected = position([*rows, vectors["Red_Bull"]], vectors["cat"]) / 3
        assert found.total.opp == pytest.approx(expected)
        assert (found.num_through_parts, found.total.num_lost, found.lost_words) == (1, 1, ("AC_Milan",))
        assert found.note == "questions with an entry of several words that has their mean vector: 1"
        foreign = evaluate_outliers(vectors, write(tmp_path, "x\nReal_Madrid\nq\n\ny\nz\n"))
        assert "there is no vector for 'x', 'Real_Madrid', 'q'" in foreign.note

    def test_words_through_subwords(self, tmp_path):
        words = ["walk", "walking", "house"]
        parts = hash_ngrams(words, min_n=3, max_n=4, num_buckets=100_000)
        buckets = np.unique(np.concatenate([part.buckets for part in parts]))
        rows = np.vstack([np.random.default_rng(1).normal(size=(len(buckets), 5)), np.zeros(5)])
        subwords = Subwords(3, 4, rows, buckets=buckets, num_buckets=100_000)
        vectors = vectors_of(words, subwords.vectors(words), subwords=subwords)
        path = write(tmp_path, "walk\nwalking\n\nhouse\nhouses\nqqq\n")
        found = evaluate_outliers(vectors, path)
        assert (found.total.num_used, found.total.num_through_subwords, found.total.num_lost) == (2, 1, 1)
        assert found.scores[0].num_through_subwords == 1
        plain = evaluate_outliers(vectors_of(words, vectors.matrix), path)
        assert (plain.total.num_used, plain.total.num_through_subwords) == (1, None)

    def test_a_directory_is_one_set(self, groups):
        vectors, folder = groups
        found = evaluate(vectors, files={"outliers": [folder]}, leave_out=["similarity", "analogy"])
        assert [(score.test, score.measure) for score in found.scores] == [
            ("8-8-8", "accuracy"),
            ("8-8-8", "opp"),
        ]
        assert found.to_dict()["outliers"][0]["total"]["num_used"] == 48


class TestFiles:
    def test_groups(self, tmp_path):
        write(tmp_path, "\ufeff\nMadison_Square\nRoyal Hall\nRoyal Hall\r\n\r\n\nRMS\nArena_di_Verona\n",
              "en/Q1060829.txt")  # fmt: skip
        write(tmp_path, "a\nb\n\nc", "de/x.txt")
        assert read_outliers(tmp_path) == [
            ("de/x", ["a", "b"], ["c"], 0),
            ("en/Q1060829", ["Madison_Square", "Royal_Hall"], ["RMS", "Arena_di_Verona"], 1),
        ]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "cats.txt: expected words of a group a line, an empty line, and words .*, found nothing"),
            ("a\nb\n", "cats.txt:2: expected words of a group a line, .*, found no empty line"),
            ("a\nb\n\nc\n\nd\n", "cats.txt:6: expected words of a group a line, .*, found a third part"),
            ("a\n\nc\n", "cats.txt:1: expected 2 words of a group or more, found 1"),
            ("a\nb\n\nc\na\n", "cats.txt:5: expected a word that is not of the group, found 'a', which"),
            ("a\tb\n\nc\n", r"cats.txt:1: expected words of a group a line, .*, found 'a\\tb'"),
            ("a\tb\t9.5\nc\td\t3\n", "cats.txt:1: .*; it looks like rated pairs, which go with --similarity"),
            (": x\na b c d\n", "cats.txt:2: .*; it looks like analogy questions, which go with --analogies"),
            ("animal: cat dog\nfruit: plum\n",
             "cats.txt:2: .*; it looks like words with their categories, which go with --categories"),
        ],
    )  # fmt: skip
    def test_other_files(self, tmp_path, text, message):
        with pytest.raises(FormatError, match=message):
            read_outliers(write(tmp_path, text))
