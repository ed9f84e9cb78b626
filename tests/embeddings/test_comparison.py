"""`compare_vectors`: scores on common words, differences with intervals, neighbours by frequency."""

import json

import numpy as np
import pytest
from scipy import stats

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import (
    bootstrap,
    compare_vectors,
    evaluate_analogies,
    evaluate_categories,
    evaluate_outliers,
    evaluate_similarity,
)
from wordlab.errors import ConfigError, FormatError
from wordlab.text import Vocabulary

WORDS = [f"w{number}" for number in range(60)]


def vectors_of(words, seed, dim=8, noise_of=None):
    """Random vectors of `words`; those of another set with noise, if named."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(len(words), dim))
    if noise_of is not None:
        matrix = noise_of[words] + 0.3 * matrix
    return WordVectors(Vocabulary(words, range(len(words), 0, -1)), matrix)


def cosine(vectors, one, other):
    a, b = vectors[one].astype(float), vectors[other].astype(float)
    return a @ b / np.sqrt((a @ a) * (b @ b))


@pytest.fixture
def first():
    return vectors_of(WORDS, seed=1)


@pytest.fixture
def pairs(first, tmp_path):
    rng = np.random.default_rng(5)
    chosen = [tuple(rng.choice(WORDS, 2, replace=False)) for _ in range(40)]
    rows = [(a, b, cosine(first, a, b) + 0.2 * rng.normal()) for a, b in chosen]
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"{a}\t{b}\t{score + 2:.6f}\n" for a, b, score in rows) + "w1\tunknown\t3\n")
    return path


@pytest.fixture
def questions(tmp_path):
    lines = [f"w{a} w{a + 1} w{b} w{b + 1}" for a in range(0, 12, 2) for b in range(20, 40, 2)]
    path = tmp_path / "questions.txt"
    path.write_text(": words\n" + "\n".join(lines) + "\n: gram1-more\nw0 w1 w2 w3\nw2 w3 w4 w5\n")
    return path


def parallelogram(words, dim=12, noise=0.0):
    """Vectors in which an odd word is the even one before it and a constant step, with noise."""
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(len(words), dim))
    matrix[1::2] = matrix[::2] + 2 * np.eye(dim)[0]
    matrix += noise * rng.normal(size=matrix.shape)
    return WordVectors(Vocabulary(words, range(len(words), 0, -1)), matrix)


def test_similarity_is_that_of_each_set_and_the_interval_that_of_paired_resamples(first, pairs, questions):
    noisy = vectors_of(WORDS, seed=2, noise_of=first)
    found = compare_vectors(
        {"a": first, "b": noisy},
        files={"similarity": [pairs], "analogy": [questions]},
        num_resamples=300,
        seed=4,
    )
    score = found.scores[0]
    assert (score.test, score.measure, score.num_items) == ("pairs", "spearman", 40)
    each = [evaluate_similarity(vectors, pairs).spearman for vectors in (first, noisy)]
    assert score.values == pytest.approx(tuple(each))
    rows = [line.split("\t") for line in pairs.read_text().splitlines()[:-1]]
    human = np.array([float(row[2]) for row in rows])
    a, b = (np.array([cosine(vectors, *row[:2]) for row in rows]) for vectors in (first, noisy))
    draws = np.random.default_rng(4).integers(0, 40, (300, 40))
    differences = [stats.spearmanr(human[d], b[d])[0] - stats.spearmanr(human[d], a[d])[0] for d in draws]
    low, high = np.quantile(differences, [0.025, 0.975])
    (difference,) = score.differences
    assert difference == pytest.approx((each[1] - each[0], low, high))
    json.dumps(found.to_dict(), allow_nan=False)


def test_questions_that_begin_with_the_same_pair_are_drawn_together(pairs, questions):
    good, bad = parallelogram(WORDS), parallelogram(WORDS, noise=0.9)
    tests = {"files": {"similarity": [pairs], "analogy": [questions]}, "num_resamples": 200, "seed": 2}
    found = compare_vectors({"good": good, "bad": bad}, **tests)
    scores = {(score.test, score.measure): score for score in found.scores}
    total = scores["questions", "3cosadd"]
    expected = [evaluate_analogies(vectors, questions)[0].total.accuracy for vectors in (good, bad)]
    assert total.values == pytest.approx(tuple(expected))
    assert total.num_items == 62
    assert scores["questions, syntactic", "3cosadd"].num_items == 2
    assert scores["questions, semantic", "3cosmul"].num_items == 60
    assert total.differences[0].verdict == "worse"
    assert ("bad", total) in found.worse
    assert compare_vectors({"bad": bad, "good": good}, **tests).worse == []

    by_first_pair = {}  # number of questions, and how many either set answers
    for line in questions.read_text().splitlines():
        if line.startswith(":"):
            section = line[2:]
            continue
        totals = by_first_pair.setdefault(str((section, *line.split()[:2])), [0, 0, 0])
        for position, more in enumerate((1, rightly(good, line), rightly(bad, line))):
            totals[position] += more
    totals = np.array([by_first_pair[first] for first in by_first_pair])
    assert len(totals) == 8
    drawn = totals[np.random.default_rng(2).integers(0, 8, (200, 8))].sum(axis=1)
    expected = np.quantile((drawn[:, 2] - drawn[:, 1]) / drawn[:, 0], [0.025, 0.975])
    assert total.differences[0][1:] == pytest.approx(tuple(expected))


def rightly(vectors, line):
    a, b, c, d = line.split()
    unit = vectors.matrix / np.linalg.norm(vectors.matrix, axis=1, keepdims=True)
    target = unit[WORDS.index(b)] - unit[WORDS.index(a)] + unit[WORDS.index(c)]
    scores = unit @ target
    scores[[WORDS.index(word) for word in (a, b, c)]] = -np.inf
    return WORDS[int(scores.argmax())] == d


def test_categories_and_outliers_are_compared_on_the_same_words(first, tmp_path):
    other = vectors_of(WORDS, seed=2, noise_of=first)
    path = tmp_path / "sets" / "categories.txt"
    path.parent.mkdir()
    path.write_text("".join(f"w{number} c{number % 3}\n" for number in range(40)) + "unknown c1\n")
    for group in range(4):
        words = [f"w{10 * group + number}" for number in range(10)]
        (tmp_path / f"group{group}.txt").write_text("\n".join([*words[:6], "", *words[6:]]))
    folder = tmp_path / "groups"
    folder.mkdir()
    for group in range(4):
        (tmp_path / f"group{group}.txt").rename(folder / f"{group}.txt")
    files = {"categories": [path], "outliers": [folder]}
    found = compare_vectors({"a": first, "b": other}, files=files, num_resamples=200, seed=3)
    scores = {(score.test, score.measure): score for score in found.scores}
    purity = scores["categories", "purity"]
    each = [evaluate_categories(vectors, path, seed=3) for vectors in (first, other)]
    assert purity.values == pytest.approx(tuple(result.purity for result in each))
    assert purity.num_items == 40
    for measure in ("accuracy", "opp"):
        score = scores["groups", measure]
        results = [evaluate_outliers(vectors, folder) for vectors in (first, other)]
        assert score.values == pytest.approx(tuple(getattr(result.total, measure) for result in results))
        means = [[getattr(group, measure) for group in result.groups] for result in results]
        draws = np.random.default_rng(3).integers(0, 4, (200, 4))
        drawn = [np.array(values)[draws].mean(axis=1) for values in means]
        assert score.differences[0][1:] == pytest.approx(
            tuple(np.quantile(drawn[1] - drawn[0], [0.025, 0.975]))
        )
        assert score.intervals[0] == pytest.approx(tuple(np.quantile(drawn[0], [0.025, 0.975])))
    json.dumps(found.to_dict(), allow_nan=False)


def test_one_group_has_no_interval(first, tmp_path):
    path = tmp_path / "group.txt"
    path.write_text("w1\nw2\nw3\n\nw4\nw5\n")
    files = {"outliers": [path]}
    score = compare_vectors({"a": first, "b": first}, files=files).scores[-1]
    assert (score.intervals, score.differences) == ((None, None), (None,))
    assert score.values[0] is not None


def test_draws_are_the_same_in_blocks(first, pairs, monkeypatch):
    """However few items are drawn at once."""
    whole = evaluate_similarity(first, pairs)
    monkeypatch.setattr(bootstrap, "_DRAWN_AT_ONCE", 77)
    assert evaluate_similarity(first, pairs).interval == whole.interval


def test_only_common_words_count(first, pairs, questions):
    fewer = vectors_of([*WORDS[10:], "other"], seed=7)
    found = compare_vectors(
        {"a": first, "b": fewer}, files={"similarity": [pairs], "analogy": [questions]}, k=3
    )
    assert found.num_common == 50
    assert [each.num_words for each in found.sets] == [60, 51]
    score = found.scores[0]
    used = [row.split("\t") for row in pairs.read_text().splitlines()]
    assert score.num_items == sum(a in WORDS[10:] and b in WORDS[10:] for a, b, _ in used)
    restricted = WordVectors(Vocabulary(WORDS[10:], range(50, 0, -1)), first[WORDS[10:]])
    assert score.values[0] == pytest.approx(evaluate_similarity(restricted, pairs).spearman)
    assert found.bands[0][:2] == (1, 50)


def test_equal_sets_do_not_differ(first, pairs, questions):
    found = compare_vectors(
        {"a": first, "b": first, "c": first}, files={"similarity": [pairs], "analogy": [questions]}
    )
    assert [each for score in found.scores for each in score.differences] == 2 * len(found.scores) * [
        (0, 0, 0)
    ]
    assert {each.verdict for score in found.scores for each in score.differences} == {"not clear"}
    assert [band.overlaps for band in found.bands] == [(1, 1)]


def test_neighbours_in_common_by_hand(first, pairs, questions):
    other = vectors_of(WORDS, seed=2, noise_of=first)
    found = compare_vectors(
        {"a": first, "b": other}, files={"similarity": [pairs], "analogy": [questions]}, k=5
    )
    shares = []
    for word in WORDS:
        near = [{each.word for each in vectors.nearest(word, k=5)} for vectors in (first, other)]
        shares.append(len(near[0] & near[1]) / 5)
    assert found.bands[0].overlaps[0] == pytest.approx(np.mean(shares))


def test_too_little_is_no_score(first, tmp_path, questions):
    path = tmp_path / "few.tsv"
    path.write_text("w1\tw2\t3\nw3\tunknown\t2\n")
    score = compare_vectors(
        {"a": first, "b": first}, files={"similarity": [path], "analogy": [questions]}
    ).scores[0]
    assert (score.num_items, score.values, score.differences) == (1, (None, None), (None,))
    json.dumps(score.to_dict(), allow_nan=False)


def test_notes_say_why_little_could_be_used(first, questions):
    found = compare_vectors({"a": first, "b": first}, files={"analogy": [questions]})
    (note,) = [each for each in found.notes if each.startswith("WordSim-353: ")]
    assert "0 of 353 pairs can be used, because there is no vector for" in note


@pytest.mark.parametrize(
    ("sets", "options", "message"),
    [
        ({"a": vectors_of(WORDS, 1)}, {}, "vectors: expected two sets or more to compare, found 1"),
        (
            {"a": vectors_of(["cat", "dog"], 1), "b": vectors_of(["Cat", "Dog", "sun"], 1)},
            {},
            "vectors: expected words that all sets have, found 0; those of a look like 'cat', 'dog'; "
            "those of b look like 'Cat', 'Dog', 'sun'",
        ),
        (
            {"a": vectors_of(WORDS, 1), "b": vectors_of(WORDS, 1)},
            {"seed": -1},
            "seed: expected a whole number",
        ),
        (
            {"a": vectors_of(WORDS, 1), "b": vectors_of(WORDS, 1)},
            {"k": 0},
            "expected k and num_resamples of 1",
        ),
    ],
)
def test_what_cannot_be_compared(sets, options, message):
    with pytest.raises(ConfigError, match=message):
        compare_vectors(sets, **options)


class TestFiles:
    def test_a_directory_of_pairs_is_a_set_for_each_file(self, first, pairs, questions, tmp_path):
        folder = tmp_path / "sets"
        (folder / "more").mkdir(parents=True)
        (folder / ".hidden").write_text("no pairs\n")
        for name in ("b.tsv", "more/a.tsv"):
            (folder / name).write_bytes(pairs.read_bytes())
        found = compare_vectors(
            {"a": first, "b": first}, files={"similarity": [folder, pairs], "analogy": [questions]}
        )
        assert [score.test for score in found.scores[:3]] == ["b", "a", "pairs"]

    def test_a_directory_of_relations_is_one_set_of_analogies(self, tmp_path):
        vectors = parallelogram(WORDS)
        for name, start in (("1_first/I01 [even - odd]", 0), ("2_second/E01 [others]", 20)):
            path = tmp_path / "BATS" / f"{name}.txt"
            path.parent.mkdir(parents=True)
            path.write_text("".join(f"w{a}\tw{a + 1}/none\n" for a in range(start, start + 10, 2)))
        (result, _) = evaluate_analogies(vectors, tmp_path / "BATS")
        assert [section.name for section in result.sections] == ["I01 [even - odd]", "E01 [others]"]
        assert [section.num_used for section in result.sections] == [20, 20]
        assert result.name == "BATS"
        assert result.lines == "pairs, each combined with every other"

    def test_rated_pairs_given_as_analogies_are_recognised(self, first, pairs):
        message = "pairs.tsv:1: expected 4 words, or 2 on every line, found 3; it looks like rated pairs"
        with pytest.raises(FormatError, match=message):
            evaluate_analogies(first, pairs)
