"""Pairs of sentences with scores, as published and as users write them, and correlations by scipy."""

import numpy as np
import pytest
from scipy import stats

from wordlab.embeddings.evaluation.bootstrap import bootstrap_interval
from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.sentiment import WordVectorVectorizer
from wordlab.sentiment.documents.poolings.names import POOLINGS
from wordlab.sentiment.documents.sts import evaluate_sts
from wordlab.sentiment.documents.sts_files import read_sts

from .test_vectorizer import random_texts, random_vectors

VECTORS = random_vectors()


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


STS_B = (
    "main-captions\tMSRvid\t2012test\t0001\t5.000\tA man with a \"hat.\tA man's wearing a hat.\n"
    "main-news\theadlines\t2015\t0007\t2.5\tOne, two\tThree\thttp://a\thttp://b\n"
)  # fmt: skip
EXPECTED = [('A man with a "hat.', "A man's wearing a hat.", 5.0), ("One, two", "Three", 2.5)]


def test_the_benchmarks_own_files(tmp_path):
    assert read_sts(written(tmp_path / "sts-dev.csv", STS_B)) == EXPECTED
    assert read_sts(written(tmp_path / "crlf.csv", STS_B.replace("\n", "\r\n") + "\n")) == EXPECTED


@pytest.mark.parametrize(
    "text",
    [
        "A man with a \"hat.\tA man's wearing a hat.\t5\nOne, two\tThree\t2.5\n",
        "5\tA man with a \"hat.\tA man's wearing a hat.\n2.5\tOne, two\tThree\n",
        "score\tsent1\tsent2\n5\tA man with a \"hat.\tA man's wearing a hat.\n2.5\tOne, two\tThree\n",
        "score\tid\tsentence1\tsentence2\n5\t1\tA man with a \"hat.\tA man's wearing a hat.\n"
        "2.5\t2\tOne, two\tThree\n",
        'sentence1,sentence2,score\n"A man with a ""hat.",A man\'s wearing a hat.,5.0\n'
        '"One, two",Three,2.5\n',
        '"A man with a ""hat.",A man\'s wearing a hat.,5.0\n"One, two",Three,2.5\n',
        "pair_ID\tsentence_A\tsentence_B\trelatedness_score\tentailment_judgment\n"
        "1\tA man with a \"hat.\tA man's wearing a hat.\t5\tNEUTRAL\n2\tOne, two\tThree\t2.5\tNEUTRAL\n",
    ],
)  # fmt: skip
def test_other_forms(tmp_path, text):
    assert read_sts(written(tmp_path / "pairs", text)) == EXPECTED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected pairs of sentences with a score, found none"),
        ("sentence1\tsentence2\tscore\n", "found none below the header"),
        ("a\tb\tnan\n", ":1: expected two sentences and a score, or the columns of STS-B, found 'a', 'b'"),
        ("a\tb\t1\na\tb\tNaN\n", ":2: expected a score, a finite number, found 'NaN'"),
        ("a\tb\t1\na\tb\tinf\n", ":2: expected a score, a finite number, found 'inf'"),
        ("a\tb\t1\na\tb\t\n", ":2: expected a score, a finite number, found ''"),
        ("a\tb\t1\na\tb\n", ":2: expected 3 columns or more, found 2"),
        ("one\ttwo\n", ":1: expected two sentences and a score"),
        ("x\ta\tb\n", ":1: expected two sentences and a score"),
    ],
)  # fmt: skip
def test_bad_files(tmp_path, text, message):
    with pytest.raises(FormatError, match=message):
        read_sts(written(tmp_path / "pairs.tsv", text))


def test_missing_files(tmp_path):
    with pytest.raises(SourceError, match="cannot be"):
        read_sts(tmp_path / "none.tsv")


def rated(path, num_pairs=60, lost=()):
    left, right = random_texts(num_pairs, 40, seed=3), random_texts(num_pairs, 40, seed=4)
    left = ["zz" if n in lost else f"w1 {text}" for n, text in enumerate(left)]
    right = [f"w2 {text}" for text in right]
    scores = np.random.default_rng(5).integers(0, 50, num_pairs) / 10
    rows = zip(left, right, scores, strict=True)
    written(path, "".join(f"{one}\t{other}\t{score}\n" for one, other, score in rows))
    return left, right, scores


@pytest.mark.parametrize("pooling", POOLINGS)
def test_correlations_are_scipys(tmp_path, pooling):
    left, right, scores = rated(tmp_path / "pairs.tsv", lost=(3, 7))
    (found,) = evaluate_sts(VECTORS, tmp_path / "pairs.tsv", poolings=[pooling])
    rows = WordVectorVectorizer(VECTORS, pooling=pooling).fit_transform([*left, *right]).astype(np.float64)
    one, other = rows[:60], rows[60:]
    kept = one.any(axis=1)
    with np.errstate(invalid="ignore"):
        cosines = (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    assert found.pearson == pytest.approx(stats.pearsonr(scores[kept], cosines[kept])[0], abs=1e-6)
    assert found.spearman == pytest.approx(stats.spearmanr(scores[kept], cosines[kept])[0], abs=1e-6)
    assert found.pearson_interval[0] < found.pearson < found.pearson_interval[1]
    assert found.spearman_interval[0] < found.spearman < found.spearman_interval[1]
    assert found.pearson_interval != found.spearman_interval
    assert (found.name, found.pooling, found.num_pairs, found.num_lost) == ("pairs.tsv", pooling, 58, 2)
    assert found.coverage == pytest.approx(1 - 2 / sum(len(text.split()) for text in [*left, *right]))


def test_the_interval_of_pearson_is_scipys():
    random = np.random.default_rng(1)
    x = random.normal(size=80)
    y = x + random.normal(size=80)
    own = bootstrap_interval(x, y, num_resamples=4000, ranked=False)
    peer = stats.bootstrap(
        (x, y), lambda a, b: stats.pearsonr(a, b)[0], paired=True, vectorized=False, n_resamples=4000,
        method="percentile", rng=np.random.default_rng(2),
    ).confidence_interval  # fmt: skip
    assert own == pytest.approx(tuple(peer), abs=0.02)  # over ten seeds they differ by 0.008 at most


def test_equal_seeds_give_equal_intervals(tmp_path):
    rated(tmp_path / "pairs.tsv")
    one, same, other = (evaluate_sts(VECTORS, tmp_path / "pairs.tsv", seed=seed) for seed in (1, 1, 2))
    assert one == same != other
    assert [result.pooling for result in one] == list(POOLINGS)


@pytest.mark.parametrize("text", ["w1\tw2\t1\n", "w1\tw2\t3\nw3\tw4\t3\nw5\tw6 w1\t3\n", "w1\tw1\t1\n" * 2])
def test_too_little_for_a_correlation(tmp_path, text):
    written(tmp_path / "pairs.tsv", text)
    (found,) = evaluate_sts(VECTORS, tmp_path / "pairs.tsv", poolings=["mean"])
    assert found.pearson is found.spearman is found.pearson_interval is found.spearman_interval is None


def test_wrong_options(tmp_path):
    rated(tmp_path / "pairs.tsv")
    with pytest.raises(ConfigError, match="pooling: expected one of"):
        evaluate_sts(VECTORS, tmp_path / "pairs.tsv", poolings=["max"])
