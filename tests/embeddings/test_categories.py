"""Categorisation: files as they are published, and purity against a computation of its own."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics.cluster import contingency_matrix

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import evaluate, evaluate_categories
from wordlab.embeddings.evaluation.category_files import read_categories, sets_in
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.embeddings.ngrams import hash_ngrams
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.text import Vocabulary

AP = Path(os.environ.get("WORDLAB_DATA", "")) / "word-categorization" / "ap.csv"
NAMES = ("animal", "fruit", "tool")


def vectors_of(words, matrix, **more):
    return WordVectors(Vocabulary(list(words), range(len(words), 0, -1)), matrix, **more)


@pytest.fixture
def blobs():
    """Sixty words around three centres, so far apart that some are taken for another's."""
    rng = np.random.default_rng(1)
    words = [f"{name}{number}" for number in range(20) for name in NAMES]
    return vectors_of(words, np.tile(1.3 * np.eye(3, 8), (20, 1)) + rng.normal(size=(60, 8)))


def write(tmp_path, text, name="set.csv", encoding="utf-8"):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def table(blobs, tmp_path):
    rows = [f"{word},{word.rstrip('0123456789')}" for word in blobs.vocabulary.words]
    return write(tmp_path, "word,category\n" + "\n".join([*rows, "dodo,animal", "plum,fruit"]))


def purity(rows, categories, seed):
    """By scikit-learn and numpy alone."""
    unit = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    clusters = KMeans(len(set(categories)), n_init=10, random_state=seed).fit_predict(unit)
    return contingency_matrix(categories, clusters).max(axis=0).sum() / len(rows), clusters


class TestPurity:
    def test_it_is_that_of_scikit_learns_clusters(self, blobs, table):
        found = evaluate_categories(blobs, table, seed=3)
        categories = [word.rstrip("0123456789") for word in blobs.vocabulary.words]
        expected = [purity(blobs.matrix, categories, seed)[0] for seed in range(3, 13)]
        assert found.purities == pytest.approx(tuple(expected))
        assert found.purity == pytest.approx(np.mean(expected))
        assert found.deviation == pytest.approx(np.std(expected, ddof=1))
        assert 0.5 < found.purity < 1
        assert (found.num_words, found.num_lost, found.lost_words) == (60, 2, ("dodo", "plum"))
        assert found.num_categories == 3
        assert found.coverage == 60 / 62
        json.dumps(found.to_dict(), allow_nan=False)

    def test_the_interval_draws_words_whose_clusters_stay(self, blobs, table):
        found = evaluate_categories(blobs, table, num_seeds=2, seed=5)
        categories = np.array([word.rstrip("0123456789") for word in blobs.vocabulary.words])
        pure = []
        for seed in (5, 6):
            _, clusters = purity(blobs.matrix, categories.tolist(), seed)
            most = {}
            for cluster in set(clusters.tolist()):
                names, counts = np.unique(categories[clusters == cluster], return_counts=True)
                most[cluster] = names[counts.argmax()]
            pure.append([most[cluster] == name for cluster, name in zip(clusters, categories, strict=True)])
        shares = np.mean(pure, axis=0)
        draws = np.random.default_rng(5).integers(0, 60, (1000, 60))
        assert found.interval == pytest.approx(tuple(np.quantile(shares[draws].mean(axis=1), [0.025, 0.975])))

    def test_categories_far_apart_are_pure(self, tmp_path):
        words = ["a", "b", "c", "d"]
        vectors = vectors_of(words, [[1, 0], [1, 0.1], [0, 1], [0.1, 1]])
        found = evaluate_categories(vectors, write(tmp_path, "a x\nb x\nc y\nd y\n"))
        assert (found.purity, found.deviation, found.purities) == (1, 0, 10 * (1,))
        found = evaluate_categories(vectors, write(tmp_path, "a x\nc x\nb y\nd y\n"), num_seeds=1)
        assert (found.purity, found.deviation) == (0.5, None)

    def test_a_word_of_two_categories_is_an_item_of_each(self, tmp_path):
        vectors = vectors_of("abcd", [[1, 0], [1, 0.1], [0, 1], [0.1, 1]])
        found = evaluate_categories(vectors, write(tmp_path, "a x\nb x\nc y\nd y\na y\na x\n"))
        assert (found.num_words, found.purity) == (5, 0.8)
        assert found.note == "rows that repeat another, left out: 1; words in several categories: 1"

    def test_equal_vectors(self, tmp_path):
        found = evaluate_categories(
            vectors_of("abcd", np.ones((4, 2))), write(tmp_path, "a x\nb x\nc y\nd y\n")
        )
        assert found.purity == 0.5

    def test_too_few_words_have_no_score(self, tmp_path, blobs):
        found = evaluate_categories(blobs, write(tmp_path, "animal0 x\nanimal1 x\nno y\nnone y\n"))
        assert (found.purity, found.deviation, found.interval, found.purities) == (None, None, None, ())
        assert (found.num_words, found.num_lost) == (2, 2)
        json.dumps(found.to_dict(), allow_nan=False)

    def test_words_through_subwords_and_other_spellings(self, tmp_path):
        words = ["walk", "walking", "house", "houses"]
        parts = hash_ngrams(words, min_n=3, max_n=4, num_buckets=100_000)
        buckets = np.unique(np.concatenate([part.buckets for part in parts]))
        rows = np.vstack([np.random.default_rng(1).normal(size=(len(buckets), 5)), np.zeros(5)])
        subwords = Subwords(3, 4, rows, buckets=buckets, num_buckets=100_000)
        vectors = vectors_of(words, subwords.vectors(words), subwords=subwords)
        path = write(tmp_path, "verb: walk walking walked\nnoun: house houses qqq\n")
        found = evaluate_categories(vectors, path)
        assert (found.num_words, found.num_through_subwords, found.lost_words) == (5, 1, ("qqq",))
        plain = evaluate_categories(vectors_of(words, vectors.matrix), path)
        assert (plain.num_words, plain.num_through_subwords) == (4, None)
        tagged = write(tmp_path, "verb: walk-v walking-v\nnoun: house-n houses-n\n")
        found = evaluate_categories(vectors_of(words, vectors.matrix), tagged)
        assert found.num_words == 4
        assert found.note.startswith("words are read without their parts of speech")

    def test_it_is_the_same_on_any_number_of_threads(self, blobs, table):
        from threadpoolctl import threadpool_limits

        found = []
        for threads in (1, 2):
            with threadpool_limits(threads):
                found.append(evaluate_categories(blobs, table))
        assert found[0] == found[1]

    @pytest.mark.parametrize("wrong", [{"num_seeds": 0}, {"seed": -1}])
    def test_numbers_are_checked(self, blobs, table, wrong):
        with pytest.raises(ConfigError, match=f"{next(iter(wrong))}: expected"):
            evaluate_categories(blobs, table, **wrong)


ITEMS = [("cat", "animal"), ("dog", "animal"), ("plum", "fruit")]


class TestFiles:
    @pytest.mark.parametrize(
        ("text", "read_as"),
        [
            (",category,word\n0,animal,cat\n1,animal,dog\n2,fruit,plum\n",
             "words from 'word', categories from 'category'"),
            ("word\tclass\tclass2\ncat\tanimal\tx\ndog\tanimal\tx\nplum\tfruit\tx\n",
             "words from 'word', categories from 'class'"),
            ("cat\tanimal\ndog\tanimal\nplum\tfruit\n",
             "words from column 0, categories from column 1 (counted from 0)"),
            ("animal cat\nanimal  dog\nfruit plum\n",
             "words from column 1, categories from column 0 (counted from 0)"),
            ("0;cat;animal\n1;dog;animal\n2;plum;fruit\n",
             "words from column 1, categories from column 2 (counted from 0)"),
            ('"cat","animal"\n"dog","animal"\n"plum","fruit"\n',
             "words from column 0, categories from column 1 (counted from 0)"),
            ("animal: cat dog\nfruit: plum\n", "lines `category: word word`"),
            ("animal: cat, dog\r\n\r\nfruit: plum\r\n", "lines `category: word word`"),
            ("\ufeff# comment\nanimal:\tcat\tdog\nfruit:\tplum\n", "lines `category: word word`"),
        ],
    )  # fmt: skip
    def test_layouts(self, tmp_path, text, read_as):
        assert read_categories(write(tmp_path, text)) == (ITEMS, read_as, 0, 0)
        assert (
            read_categories(write(tmp_path, "\ufeff" + text.lstrip("\ufeff"), encoding="utf-16-le")).items
            == ITEMS
        )

    def test_a_file_for_each_category(self, tmp_path):
        for name, text in (("fruit.txt", "plum\n"), ("animal.txt", "cat\ndog\n")):
            write(tmp_path, text, f"EN-AP/{name}")
        read = read_categories(tmp_path / "EN-AP")
        assert read == (ITEMS, "a file for each of 2 categories", 0, 0)

    def test_battigs_columns(self, tmp_path):
        write(
            tmp_path,
            "word,freq,frequency,rank,rfreq\nemerald,217,0.5,1,3\nstring bean,9,1,2,3\n",
            "B/stone.txt",
        )
        write(tmp_path, "apple 429 9\nplum 3 1\n", "B/fruit.txt")
        assert read_categories(tmp_path / "B").items == [
            ("apple", "fruit"), ("plum", "fruit"), ("emerald", "stone"), ("string bean", "stone")
        ]  # fmt: skip

    def test_a_directory_of_sets(self, tmp_path, blobs):
        write(tmp_path, "cat\ndog\n", "all/EN-AP/animal.txt")
        write(tmp_path, "plum\n", "all/EN-AP/fruit.txt")
        write(tmp_path, "cat animal\ndog animal\nplum fruit\n", "all/tables/b.txt")
        write(tmp_path, "animal: cat dog\nfruit: plum\n", "all/tables/a.txt")
        all = tmp_path / "all"
        assert sets_in(all) == [all / "EN-AP", all / "tables/a.txt", all / "tables/b.txt"]
        found = evaluate(blobs, files={"categories": [all]}, leave_out=["similarity", "analogy"])
        assert [result.name for result in found.categories] == ["EN-AP", "a", "b"]
        assert (found.scores[0].test, found.scores[0].measure) == ("EN-AP", "purity")

    def test_options(self, tmp_path):
        path = write(tmp_path, "für,x:animal\nb:animal\nc:fruit\n", encoding="latin-1")
        read = read_categories(path, options=TableOptions(delimiter=":", encoding="latin-1"))
        assert read.items[0] == ("für,x", "animal")

    @pytest.mark.skipif(not AP.is_file(), reason="needs WORDLAB_DATA")
    def test_ap(self):
        read = read_categories(AP)
        assert (len(read.items), read.num_repeated, read.num_blank) == (402, 0, 21)
        assert len({item.category for item in read.items}) == 21

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "set.csv: expected a word and its category in two columns, or lines"),
            ("word,category\n", "set.csv: expected a word and its category in .*, found only a header"),
            ("cat animal\ndog\n", "set.csv:2: expected a word and its category in .*, found 'dog'"),
            ("word,class\ncat,animal\ndog,\n", "set.csv:3: expected a category, found none"),
            ("animal: cat\nfruit\n", r"set.csv:2: expected `category: word word`, found 'fruit'"),
            ("animal: cat,,dog\n", r"set.csv:1: expected words of 'animal', found an empty place among them"),
            ("a b\nc d\n", r"set.csv: expected a column whose entries repeat, the categories, found 2 and 2 "
             r"different entries in 2 rows; it looks like analogy questions, which go with --analogies"),
            ("cat\tdog\t9.5\nsun\tmoon\t3\n",
             r"set.csv:1: .*, 'dog', '9.5'; it looks like rated pairs, which go with --similarity"),
            (": x\na b c d\n", "set.csv:2: .*; it looks like analogy questions, which go with --analogies"),
            ("a b c d\ne f g h\n", "set.csv:1: .*; it looks like analogy .*, which go with --analogies"),
            ("cat\ndog\n\ncar\n", "set.csv:1: .*; it looks like groups with outliers, .* --outliers"),
        ],
    )  # fmt: skip
    def test_other_files(self, tmp_path, text, message):
        with pytest.raises(FormatError, match=message):
            read_categories(write(tmp_path, text))

    def test_too_many_categories(self, tmp_path):
        path = write(tmp_path, "".join(f"w{number} c{number % 1_001}\n" for number in range(2_002)))
        with pytest.raises(
            FormatError, match=r"set.csv: expected at most 1,000 categories, found 1,001 \(words"
        ):
            read_categories(path)

    def test_other_directories(self, tmp_path):
        write(tmp_path, "cat\ndog\n\ncar\nhouse\n", "groups/cats.txt")
        expected = r"cats.txt:3: expected a word of the category 'cats', found an empty line; it looks like "
        with pytest.raises(FormatError, match=expected + "groups with outliers, which go with --outliers"):
            read_categories(tmp_path / "groups")
        write(tmp_path, "cat\ndog\nthis line is a whole sentence by itself\n", "mixed/cats.txt")
        with pytest.raises(
            FormatError, match=r"cats.txt:3: expected a word of the category 'cats', alone or with"
        ):
            read_categories(tmp_path / "mixed")
        (tmp_path / "empty").mkdir()
        with pytest.raises(SourceError, match="expected a directory with files of test sets, found none"):
            sets_in(tmp_path / "empty")
