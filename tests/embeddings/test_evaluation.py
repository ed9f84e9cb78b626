import gzip
import json
import re
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import evaluate, evaluate_analogies, evaluate_similarity, lines, search
from wordlab.embeddings.evaluation.bootstrap import bootstrap_interval
from wordlab.embeddings.evaluation.category_files import read_categories
from wordlab.embeddings.evaluation.datasets import packaged_file
from wordlab.embeddings.evaluation.lookup import Lookup
from wordlab.embeddings.evaluation.outlier_files import read_outliers
from wordlab.embeddings.evaluation.questions import read_questions
from wordlab.embeddings.evaluation.rated_pairs import read_rated_pairs
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.embeddings.ngrams import hash_ngrams
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import ConfigError, FormatError, SourceError, UnknownWordError
from wordlab.text import Vocabulary

PLAIN = "words from columns 0 and 1, scores from column 2 (counted from 0)"
QUESTIONS = """: capitals
Athens Greece Oslo Norway
Oslo Norway Athens Greece
Athens Greece Rome Italy
: gram1-plural
cat cats dog dogs
"""


def make(words, rows) -> WordVectors:
    return WordVectors(Vocabulary(words, [0] * len(words)), rows)


@pytest.fixture
def vectors() -> WordVectors:
    rows = [[1, 0, 0, 0, 0], [1, 0, 0, 1, 0], [0, 1, 0, 0, 0], [0, 1, 0, 1, 0]]
    rows += [[0, 0, 1, 0, 0], [0, 0, 1, 0, 1], [1, 0, 1, 0, 0], [1, 0, 1, 0, 1], [0.2, 0, 0.6, 0, 1]]
    return make(["Athens", "Greece", "oslo", "norway", "cat", "cats", "dog", "dogs", "hounds"], rows)


def write(tmp_path, text, name="set.txt"):
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


class TestRatedPairs:
    @pytest.mark.parametrize(
        "text",
        [
            "a\tb\t1\nc\td\t2.5\n",
            "# comment\n\na,b,1\nc,d,2.5",
            "a b 1\r\nc  d   2.5\r\n",
            "word1\tword2\tscore\tPOS\na\tb\t1\tN\nc\td\t2.5\tV\n",
            "\ufeffWord 1,Word 2,Human (mean)\na,b,1\nc,d,2.5\n",
            '"a","b","1"\n"c","d","2.5"\n',
        ],
    )
    def test_common_formats(self, tmp_path, text):
        assert read_rated_pairs(write(tmp_path, text)).pairs == [("a", "b", 1.0), ("c", "d", 2.5)]

    def test_packaged_files(self):
        assert len(read_rated_pairs(packaged_file("wordsim353.tsv")).pairs) == 353
        assert len(read_rated_pairs(packaged_file("simlex999.txt")).pairs) == 999

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a\tb\t1\nc\td\n", "set.txt:2: expected two words and a number, found 2 columns"),
            ("a\tb\t1\nc\td\tx\n", "set.txt:2: expected two words and a number, found 'x'"),
            ("a\tb\t1\nc\td\tnan\n", "set.txt:2: expected two words and a number, found 'nan'"),
            (
                "a b\n",
                "set.txt:1: expected two words and a number, found 2 columns; it looks like analogy "
                "questions, which go with --analogies",
            ),
            ("# nothing\n", "set.txt: expected pairs of words with a score, found none"),
            (
                b"a b 1\n\xff b 2\n",
                "set.txt:2: expected UTF-8, found other bytes (invalid start byte); "
                "if it is cp1252, as it seems, use --encoding cp1252",
            ),
            (
                "a b 1\ncafé thé 2\n".encode("cp1252"),
                "set.txt:2: expected UTF-8, found other bytes (invalid continuation byte); "
                "if it is cp1252, as it seems, use --encoding cp1252",
            ),
        ],
    )
    def test_errors(self, tmp_path, text, expected):
        with pytest.raises(FormatError) as caught:
            read_rated_pairs(write(tmp_path, text))
        assert str(caught.value) == f"{tmp_path}/{expected}"

    @pytest.mark.parametrize(
        ("text", "columns"),
        [
            (
                "word1\tword2\tPOS\tSimLex999\tconc(w1)\tSD(SimLex)\na\tb\tN\t1\t4.5\t0.9\nc\td\tN\t2.5\t4\t1\n",
                "words from 'word1' and 'word2', scores from 'SimLex999'",
            ),
            ("a\tb\tV\t1\tSYN\nc\td\tV\t2.5\tNONE\n",
             "words from columns 0 and 1, scores from column 3 (counted from 0)"),
            ("a;b;1\nc;d;2.5\n", PLAIN),
            ("a;b;1\nc;d;2,5\n", f"{PLAIN} with decimal commas"),
            ('"a","b","1"\n"c","d","2,5"\n', f"{PLAIN} with decimal commas"),
            ("a b 1,0\nc d 2,5\n", f"{PLAIN} with decimal commas"),
            ("a|b|1\nc|d|2.5\n", PLAIN),
            (",word1,word2,raters,similarity\n0,a,b,9,1\n1,c,d,9,2.5\n",
             "words from 'word1' and 'word2', scores from 'similarity'"),
            ("0,a,b,1\n1,c,d,2.5\n", "words from columns 1 and 2, scores from column 3 (counted from 0)"),
            ("rating;w1;w2\n1;a;b\n2.5;c;d\n", "words from 'w1' and 'w2', scores from 'rating'"),
            ("x,y,raters,mean (10)\na,b,9,1\nc,d,9,2.5\n", "words from 'x' and 'y', scores from 'mean (10)'"),
        ],
    )  # fmt: skip
    def test_columns_as_published(self, tmp_path, text, columns):
        assert read_rated_pairs(write(tmp_path, text)) == ([("a", "b", 1.0), ("c", "d", 2.5)], columns)

    def test_columns_by_option(self, tmp_path):
        path = write(tmp_path, "word1\tword2\tscore\tOther\na\tb\t1\t7\n")
        for name in ("other", "3"):
            found = read_rated_pairs(path, options=TableOptions(score_column=name))
            assert found == ([("a", "b", 7.0)], "words from 'word1' and 'word2', scores from 'Other'")
        with pytest.raises(ConfigError, match="score_column: expected word1, word2, score, Other, found 'x'"):
            read_rated_pairs(path, options=TableOptions(score_column="x"))
        path = write(tmp_path, "für,haus:b:1\n".encode("latin-1"))
        found = read_rated_pairs(path, options=TableOptions(delimiter=":", encoding="latin-1"))
        assert found.pairs == [("für,haus", "b", 1.0)]
        with pytest.raises(ConfigError, match=r"encoding: expected utf-8, utf-16, cp1252 or .*, found 'hex'"):
            read_rated_pairs(path, options=TableOptions(encoding="hex"))

    def test_utf16(self, tmp_path):
        data = "für haus 1\r\n\u010a b 2\n".encode("utf-16-le")  # a line feed is a half of its first letter
        expected = [("für", "haus", 1.0), ("\u010a", "b", 2.0)]
        assert read_rated_pairs(write(tmp_path, b"\xff\xfe" + data)).pairs == expected
        path = write(tmp_path, data)
        assert read_rated_pairs(path, options=TableOptions(encoding="utf-16-le")).pairs == expected
        with pytest.raises(FormatError, match="expected a byte-order mark, as the encoding is utf-16, found"):
            read_rated_pairs(path, options=TableOptions(encoding="utf-16"))
        with pytest.raises(FormatError, match=r"set\.txt: expected pairs of words with a score, found none"):
            read_rated_pairs(write(tmp_path, b""), options=TableOptions(encoding="utf-16"))
        path = write(tmp_path, data + b"\x00\xd8\n\x00")
        with pytest.raises(FormatError, match=r"set.txt:3: expected utf-16-le, found other bytes \("):
            read_rated_pairs(path, options=TableOptions(encoding="utf-16-le"))

    def test_the_line_of_a_bad_byte_inside_a_run_of_utf7(self, tmp_path):
        path = write(tmp_path, b"a b 1\n+2AA\xff b 2\n")
        with pytest.raises(FormatError, match=r"set\.txt:2: expected utf-7, found other bytes \("):
            read_rated_pairs(path, options=TableOptions(encoding="utf-7"))

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("a,b,9,2\nc,d,7,1\n",
             "1: expected one number, found '9,2': a decimal comma or two columns? --score-column 2"),
            ("a,b,9\nc,d,7,1\n", "2: expected 3 columns as in the first row, found 4"),
            ("a;b;9,2\nc;d;7.1\n", "1: expected one decimal mark in all scores, found 9,2 and 7.1"),
            ("a;b;9,200\nc;d;1,300\n", "1: expected a decimal point in scores, found 9,200: are these"),
            ("a b 9\nNew York b 3\n", "2: expected 3 columns as in the first row, found 4"),
            ("w1\tw2\tscore\na\tb\tn/a\n", "2: expected two words and a number, found 'n/a'"),
            ("w1\tw2\tscore\nr1\ta\tb\t9\n", "2: expected 3 columns as in the first row, found 4"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_told_is_an_error(self, tmp_path, text, message):
        with pytest.raises(FormatError, match=re.escape(message)):
            read_rated_pairs(write(tmp_path, text))

    def test_a_file_too_large_to_be_a_set(self, tmp_path, monkeypatch):
        monkeypatch.setattr(lines, "_MAX_BYTES", 1 << 20)
        path = write(tmp_path, gzip.compress(bytes(3 << 20)), "set.txt.gz")
        with pytest.raises(FormatError, match="expected a test set of at most 1 MiB, found more"):
            read_rated_pairs(path)

    def test_missing_file(self, tmp_path):
        with pytest.raises(SourceError, match="cannot be read"):
            read_rated_pairs(tmp_path / "no")


class TestSimilarity:
    def test_by_hand(self, vectors, tmp_path):
        path = write(tmp_path, "cat\tcats\t9\ncat\toslo\t1\nCats\tdogs\t7\nathens\tcat\t1\ncat\tcow\t5\n")
        result = evaluate_similarity(vectors, path)
        human = [9, 1, 7]
        cosines = [1 / np.sqrt(2), 0, 2 / np.sqrt(6)]
        assert result.name == "set"
        assert result.spearman == pytest.approx(0.5)
        assert result.pearson == pytest.approx(np.corrcoef(human, cosines)[0, 1])
        assert (result.num_pairs, result.num_lost, result.lost_words) == (3, 2, ("athens", "cow"))
        assert result.coverage == 0.6
        assert "as written, else lower-cased" in result.policy
        json.dumps(result.to_dict(), allow_nan=False)

    def test_restriction_loses_rare_words(self, vectors, tmp_path):
        path = write(tmp_path, "cat\tcats\t9\ncat\toslo\t1\ncat\tnorway\t2\ndog\tdogs\t7\n")
        result = evaluate_similarity(vectors, path, restrict_vocab=6)
        assert (result.num_pairs, result.lost_words) == (3, ("dog", "dogs"))

    @pytest.mark.parametrize(
        "text", ["x\ty\t1\n", "cat\tdog\t1\n", "cat\tdog\t1\ncat\tdogs\t1\ncat\tcats\t1\n"]
    )
    def test_no_correlation_without_enough_pairs(self, vectors, tmp_path, text):
        result = evaluate_similarity(vectors, write(tmp_path, text))
        assert (result.spearman, result.pearson, result.interval) == (None, None, None)
        json.dumps(result.to_dict(), allow_nan=False)

    def test_bootstrap_resamples_are_spearman(self):
        rng = np.random.default_rng(3)
        x, y = rng.integers(0, 5, 40), rng.normal(size=40)
        draws = np.random.default_rng(7).integers(0, 40, (200, 40))
        expected = np.quantile([stats.spearmanr(x[d], y[d])[0] for d in draws], [0.025, 0.975])
        assert bootstrap_interval(x, y, num_resamples=200, seed=7) == pytest.approx(tuple(expected))

    def test_interval_covers_the_truth(self):
        # 95% intervals over 200 samples of a bivariate normal with rho 0.5, whose Spearman correlation
        # is 6 / pi * asin(0.25) = 0.4826; the percentile bootstrap at n = 60 covers 90 to 96 per cent
        covered = 0
        for seed in range(200):
            x, noise = np.random.default_rng(seed).normal(size=(2, 60))
            low, high = bootstrap_interval(x, 0.5 * x + np.sqrt(0.75) * noise, num_resamples=300, seed=seed)
            covered += low <= 6 / np.pi * np.arcsin(0.25) <= high
        assert 170 <= covered <= 198

    def test_seed(self):
        x, y = np.random.default_rng(0).normal(size=(2, 50))
        assert bootstrap_interval(x, y, seed=1) == bootstrap_interval(x, y, seed=1)
        assert bootstrap_interval(x, y, seed=1) != bootstrap_interval(x, y, seed=2)


class TestAnalogies:
    def test_by_hand(self, vectors, tmp_path):
        add, multiply = evaluate_analogies(vectors, write(tmp_path, QUESTIONS))
        for result in (add, multiply):
            assert [(s.name, s.num_correct, s.num_used, s.num_lost) for s in result.sections] == [
                ("capitals", 2, 2, 1),
                ("gram1-plural", 1, 1, 0),
            ]
            assert (result.semantic.num_used, result.syntactic.num_used) == (2, 1)
            assert (result.total.accuracy, result.total.coverage) == (1.0, 0.75)
        json.dumps(add.to_dict(), allow_nan=False)

    def test_question_words_are_not_answers(self, tmp_path):
        vectors = make(["a", "b", "c", "d"], [[1, 0], [1, 0.1], [1, 0.2], [-1, 0]])
        result = evaluate_analogies(vectors, write(tmp_path, ": x\na b c d\na b c c\n"))
        assert [(r.total.num_correct, r.total.num_used) for r in result] == [(1, 2), (1, 2)]

    def test_nothing_known(self, vectors, tmp_path):
        (result,) = evaluate_analogies(vectors, write(tmp_path, ": x\nq r s t\n"), methods=["3cosadd"])
        assert (result.total.accuracy, result.total.num_lost) == (0.0, 1)

    def test_no_candidate_left(self, tmp_path):
        for policy in ("wordlab", "gensim"):
            vectors = make(["a", "b", "c"], [[1, 0], [1, 0.1], [1, 0.2]])
            results = evaluate_analogies(vectors, write(tmp_path, ": x\na b c a\n"), policy=policy)
            assert [result.total.num_correct for result in results] == [0, 0]

    @pytest.mark.parametrize("threads", [1, 2, 5])
    @pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
    def test_equals_the_queries(self, tmp_path, method, threads):
        rng = np.random.default_rng(5)
        words = [f"w{i}" for i in range(2500)]
        matrix = rng.normal(size=(2500, 12)).astype(np.float32)
        matrix[1500:2000] = matrix[1000:1500]  # equal vectors, so that ties must be broken
        matrix[7] = 0
        vectors = make(words, matrix)
        triples = [tuple(words[i] for i in row) for row in rng.integers(0, 60, (500, 3))]
        triples += [(words[7], words[1], words[2]), (words[7], words[7], words[7])]
        answers = [found[0].word for found in vectors.analogies(triples, method=method)]
        lines = [" ".join((*triple, answer)) for triple, answer in zip(triples, answers, strict=True)]
        path = write(tmp_path, ": all\n" + "\n".join(lines))
        (result,) = evaluate_analogies(vectors, path, methods=[method], threads=threads)
        assert (result.total.num_correct, result.total.num_used) == (502, 502)

    def test_an_interrupt_ends_the_search(self, tmp_path, monkeypatch):
        """Each thread ends with the block that it is in; all 157 would take a minute."""
        num_blocks = []

        def slow(rows, norms):
            num_blocks.append(len(rows))
            time.sleep(0.4)
            return rows, norms

        def interrupt(progress):
            raise KeyboardInterrupt

        monkeypatch.setattr(search, "without_extremes", slow)
        monkeypatch.setattr(search, "_BLOCK_BYTES", 1)
        rng = np.random.default_rng(5)
        vectors = make([f"w{i}" for i in range(20_000)], rng.normal(size=(20_000, 4)))
        path = write(tmp_path, ": all\nw1 w2 w3 w4\n")
        with pytest.raises(KeyboardInterrupt):
            evaluate_analogies(vectors, path, threads=1, on_progress=interrupt)
        assert len(num_blocks) < 10

    @pytest.mark.parametrize("threads", [0, 1_025, 1.5, True])
    def test_threads_are_checked(self, vectors, tmp_path, threads):
        with pytest.raises(ConfigError, match=f"threads: expected .* from 1 to 1024, found {threads}"):
            evaluate_analogies(vectors, tmp_path / "not read", threads=threads)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (": x\na b c d\na b c\n", "set.txt:3: expected 4 words, found 3"),
            (": x\na b c\n", "set.txt:2: expected 4 words, or 2 on every line, found 3"),
            ("a b\nc d\na b c d\n", "set.txt:3: expected 2 words, found 4"),
            ("a b\n", "set.txt: expected analogy questions, found none"),
            (1001 * "a b\n", "set.txt:1001: expected at most 1,000 pairs in a section, found more"),
            (": x\n", "set.txt: expected analogy questions, found none"),
        ],
    )
    def test_errors(self, tmp_path, text, expected):
        with pytest.raises(FormatError) as caught:
            read_questions(write(tmp_path, text))
        assert str(caught.value) == f"{tmp_path}/{expected}"

    @pytest.mark.parametrize(
        "text", ["Athens\tGreece/oslo\ncat\tno/cats/x\n", ":x\nAthens,Greece\ncat,cats\n"]
    )
    def test_pairs_as_in_bats(self, vectors, tmp_path, text):
        sections, lines = read_questions(write(tmp_path, text))
        assert len(sections[0][1]) == 2
        assert lines == "pairs, each combined with every other"
        for result in evaluate_analogies(vectors, write(tmp_path, text)):
            assert result.lines == lines
            assert (result.sections[0].name, result.total.num_used) == (sections[0][0], 2)

    def test_any_alternative_is_right(self, vectors, tmp_path):
        for answer, num_correct in (("x/norway/oslo", 1), ("x/oslo", 0)):
            path = write(tmp_path, f":a\nAthens Greece/x Oslo {answer}\n")
            (result,) = evaluate_analogies(vectors, path, methods=["3cosadd"])
            assert (result.total.num_used, result.total.num_correct) == (1, num_correct)

    def test_sections_without_a_space(self, tmp_path):
        sections, _ = read_questions(
            write(tmp_path, ":capitals of all states here\na b c d\n:) :( e f\n:gram x\n")
        )
        assert [(name, len(questions)) for name, questions in sections] == [
            ("capitals of all states here", 2), ("gram x", 0)
        ]  # fmt: skip

    def test_a_section_of_three_words(self, tmp_path):
        sections, _ = read_questions(write(tmp_path, ": capitals of states\na b c d\n"))
        assert sections == [("capitals of states", [("a", "b", "c", "d")])]

    def test_wrong_options(self, vectors, tmp_path):
        path = write(tmp_path, QUESTIONS)
        with pytest.raises(ValueError, match="expected a method"):
            evaluate_analogies(vectors, path, methods=["add"])
        with pytest.raises(ValueError, match="expected a policy out of wordlab, gensim"):
            evaluate_analogies(vectors, path, policy="other")
        with pytest.raises(ValueError, match="restrict_vocab of 1 or more"):
            evaluate_analogies(vectors, path, restrict_vocab=0)


class TestLookup:
    def test_policies(self):
        vectors = make(["Paris", "paris", "ROME", "oslo"], np.eye(4))
        wordlab = Lookup(vectors, "wordlab", None)
        assert [wordlab.id(w) for w in ("Paris", "paris", "PARIS", "Rome", "OSLO")] == [0, 1, 1, None, 3]
        gensim = Lookup(vectors, "gensim", None)
        assert [gensim.id(w) for w in ("Paris", "paris", "PARIS", "Rome", "OSLO")] == [0, 0, 0, 2, 3]
        assert list(gensim.same(0)) == [0, 1]
        assert Lookup(vectors, "wordlab", 3).id("oslo") is None


class TestSpellings:
    def test_parts_of_speech_are_left_out_where_nothing_is_found_otherwise(self, vectors, tmp_path):
        for mark in ("-n", "_NN", "/N", ".v", "#a"):
            text = f"cat{mark} cats{mark} 9\ncat{mark} Oslo{mark} 1\ncats{mark} dogs{mark} 7\n"
            result = evaluate_similarity(vectors, write(tmp_path, text))
            assert (result.num_pairs, result.num_lost) == (3, 0)
            assert result.note == (
                "words are read without their parts of speech (sun-n as sun): "
                "3 of 3 pairs can be used so, 0 as written"
            )

    def test_languages_of_conceptnet(self, tmp_path):
        vectors = make(["/c/de/gas", "/c/en/cat", "/c/en/natural_gas", "/c/en/gas"], np.eye(4))
        path = write(tmp_path, "cat\tgas\t8\nNatural gas\tgas\t9\nNatural_Gas\tcat\t1\n")
        result = evaluate_similarity(vectors, path)
        assert result.num_pairs == 3
        assert result.note.startswith("words are read with the prefix /c/en/: 3 of 3 pairs")
        with pytest.raises(UnknownWordError, match="near spellings: /c/en/cat"):
            vectors.nearest("cat")

    def test_a_hint_where_some_are_found(self, tmp_path):
        vectors = make(["a", "b", "CAT", "DOG", "SUN"], np.eye(5))
        path = write(tmp_path, "a b 1\ncat dog 3\ncat sun 2\ndog sun 1\n")
        result = evaluate_similarity(vectors, path)
        assert result.num_pairs == 1
        assert result.note == (
            "1 of 4 pairs can be used, because there is no vector for 'cat', 'dog', 'sun'; "
            "4 could be if words were read upper-cased"
        )

    def test_lower_case_of_turkish(self, tmp_path):
        vectors = make(["istanbul", "ankara", "ışık", "lamba"], np.eye(4))
        path = write(tmp_path, "İstanbul\tAnkara\t9\nIŞIK\tLamba\t8\nistanbul\tlamba\t1\n")
        result = evaluate_similarity(vectors, path)
        assert result.num_pairs == 1
        assert "; 3 could be if words were read lower-cased by --language tr" in result.note
        result = evaluate_similarity(vectors, path, language="tr")
        assert (result.num_pairs, result.note) == (3, None)
        assert "lower-cased as in tr" in result.policy
        with pytest.raises(UnknownWordError, match="near spellings: ışık"):
            vectors.nearest("IŞIK")

    def test_nothing_helps(self, vectors, tmp_path):
        result = evaluate_similarity(vectors, write(tmp_path, "x y 1\n"))
        assert result.note.endswith(
            "there is no vector for 'x', 'y'; words look like 'Athens', 'Greece', 'oslo'"
        )
        (result, _) = evaluate_analogies(vectors, write(tmp_path, ": x\nq r s t\n"))
        assert result.note.startswith("0 of 1 questions can be used")

    def test_gensims_policy_stays_gensims(self, vectors, tmp_path):
        result = evaluate_similarity(vectors, write(tmp_path, "cat-n\tcats-n\t9\n"), policy="gensim")
        assert result.num_pairs == 0
        assert "1 could be if words were read without their parts of speech" in result.note


class TestSuite:
    def test_packaged_test_sets(self):
        words = ["love", "sex", "tiger", "cat", "book", "paper", "old", "new", "smart", "hard", "athens"]
        words += ["intelligent", "difficult", "greece", "oslo", "norway"]
        rng = np.random.default_rng(0)
        events = []
        evaluation = evaluate(make(words, rng.normal(size=(16, 4))), on_progress=events.append)
        assert [result.name for result in evaluation.similarities] == ["WordSim-353", "SimLex-999"]
        assert [result.method for result in evaluation.analogies] == ["3cosadd", "3cosmul"]
        add = evaluation.analogies[0]
        assert add.total.num_used + add.total.num_lost == 19_544
        assert add.semantic.num_used + add.semantic.num_lost == 8_869
        assert add.total.num_used == 2
        assert (events[-1].done, events[-1].total) == (100, 100)
        json.dumps(evaluation.to_dict(), allow_nan=False)

    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            (
                {"files": {"similarities": ["x.tsv"]}},
                ValueError,
                "expected kinds out of similarity, analogy, ",
            ),
            ({"leave_out": ["analogies"]}, ValueError, "expected kinds out of .*, found 'analogies'"),
            (
                {"files": {"outliers": "x.txt"}},
                TypeError,
                "expected a list of files for outliers, found 'x.txt'",
            ),
        ],
    )
    def test_kinds_are_checked(self, vectors, options, error, message):
        with pytest.raises(error, match=message):
            evaluate(vectors, **options)


class TestAnyText:
    """Whatever a file holds, a reader takes it or says what is wrong, and where."""

    ALPHABET = 'ab12.,;|: \t\n\n"#/-\u00e9\u2028\x00'

    @pytest.mark.parametrize(
        "read",
        [read_rated_pairs, read_questions, read_categories, read_outliers],
        ids=lambda read: read.__name__,
    )
    @given(text=st.text(ALPHABET, max_size=60))
    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_readers(self, tmp_path, read, text):
        path = write(tmp_path, text, "set.txt")
        problem = f"{path}:"
        try:
            assert read(path)
        except FormatError as error:
            problem = str(error)
        assert problem.startswith(f"{path}:")
        assert "\n" not in problem


class TestThroughSubwords:
    PAIRS = "walked\twalking\t9\nWalker\twalks\t8\nwalk\tzebra\t1\nzebra\tqqq\t2\nwalk\twalked\t9\n"

    @pytest.fixture
    def vectors(self):
        """Words of their n-grams alone; "zebra" and "qqq" have no n-gram in common with any."""
        words, rng = ["walk", "walking", "walks"], np.random.default_rng(1)
        parts = hash_ngrams(words, min_n=3, max_n=4, num_buckets=2_000_000)
        buckets = np.unique(np.concatenate([part.buckets for part in parts]))
        rows = np.vstack([rng.normal(size=(len(buckets), 5)), np.zeros(5)])
        subwords = Subwords(3, 4, rows, buckets=buckets, num_buckets=2_000_000)
        return WordVectors(Vocabulary(words, [3, 2, 1]), subwords.vectors(words), subwords=subwords)

    def test_pairs_with_a_word_that_has_n_grams_are_used(self, vectors, tmp_path):
        (tmp_path / "pairs.tsv").write_text(self.PAIRS)
        result = evaluate_similarity(vectors, tmp_path / "pairs.tsv")
        assert (result.num_pairs, result.num_through_subwords, result.num_lost) == (3, 3, 2)
        assert result.lost_words == ("zebra", "qqq")
        assert result.note is None
        for options in ({"policy": "gensim"}, {"restrict_vocab": 2}):
            result = evaluate_similarity(vectors, tmp_path / "pairs.tsv", **options)
            assert (result.num_pairs, result.num_through_subwords) == (0, None)

    QUESTIONS = (
        ": verbs\nwalk walking walks walked\nWalker walking walks walk\nwalker walked walks walking\n"
        "walk walking walks zebra\nzebra walking walks walk\n: more\nwalk walks walking walk\n"
    )

    @pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
    def test_questions_may_hold_words_that_have_n_grams_but_answers_are_words(
        self, vectors, tmp_path, method
    ):
        (tmp_path / "questions.txt").write_text(self.QUESTIONS)
        (result,) = evaluate_analogies(vectors, tmp_path / "questions.txt", methods=[method])
        counts = [(s.num_used, s.num_through_subwords, s.num_lost) for s in (*result.sections, result.total)]
        assert counts == [(2, 2, 3), (1, 0, 0), (3, 2, 3)]
        assert result.note is None
        words = [("walker", "walking", "walks", "walk"), ("walker", "walked", "walks", "walking")]
        right = [vectors.analogy(a, b, c, method=method)[0].word == d for a, b, c, d in words]
        assert result.sections[0].num_correct == sum(right)
        assert result.to_dict()["total"]["num_through_subwords"] == 2

    def test_the_search_is_that_of_a_vocabulary_with_the_words(self, tmp_path):
        rng = np.random.default_rng(4)
        subwords = Subwords(3, 5, rng.normal(size=(300, 6)))
        words = [f"word{n}" for n in range(200)]
        small = WordVectors(Vocabulary(words, [0] * 200), rng.normal(size=(200, 6)), subwords=subwords)
        asked = [rng.choice([*words, "wrod", "wordd", "owrd"], 3) for _ in range(60)]
        lines = [" ".join([*abc, small.analogy(*abc)[0].word]) for abc in asked]
        (tmp_path / "questions.txt").write_text(": all\n" + "\n".join(lines) + "\n")
        for result in evaluate_analogies(small, tmp_path / "questions.txt"):
            assert result.total.num_used == 60
            through = sum(any(word not in small for word in abc) for abc in asked)
            assert result.total.num_through_subwords == through
            if result.method == "3cosadd":
                assert result.total.num_correct == 60

    def test_where_n_grams_do_not_count_nothing_is_said_of_them(self, vectors, tmp_path):
        (tmp_path / "questions.txt").write_text(self.QUESTIONS)
        for options in ({"policy": "gensim"}, {"restrict_vocab": 2}):
            result = evaluate_analogies(vectors, tmp_path / "questions.txt", **options)[0]
            assert result.total.num_through_subwords is None
            assert "num_through_subwords" not in result.to_dict()["total"]
        plain = WordVectors(vectors.vocabulary, vectors.matrix)
        result = evaluate_analogies(plain, tmp_path / "questions.txt")[0]
        assert (result.total.num_used, result.total.num_through_subwords) == (1, None)

    def test_the_first_of_several_alternatives_is_composed(self, vectors, tmp_path):
        (tmp_path / "bats.txt").write_text("walk\twalker/zebra\nwalking\twalks/walk\n")
        result = evaluate_analogies(vectors, tmp_path / "bats.txt")[0]
        assert (result.total.num_used, result.total.num_through_subwords, result.total.num_lost) == (1, 1, 1)

    def test_hostile_words(self, vectors, tmp_path):
        long = "walk" * 25_000
        (tmp_path / "questions.txt").write_text(f": all\n{long} walk\x1b walks walking\nw \x00 walks walk\n")
        result = evaluate_analogies(vectors, tmp_path / "questions.txt")[0]
        assert (result.total.num_used, result.total.num_through_subwords, result.total.num_lost) == (1, 1, 1)
