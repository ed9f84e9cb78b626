"""Test sets in the layouts in which they are published, a few lines of each."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import evaluate_analogies, evaluate_similarity
from wordlab.embeddings.evaluation.questions import read_questions
from wordlab.embeddings.evaluation.rated_pairs import read_rated_pairs
from wordlab.embeddings.evaluation.table_options import TableOptions
from wordlab.errors import FormatError
from wordlab.text import Vocabulary

DATA = Path(os.environ.get("WORDLAB_DATA", "")) / "word-similarity"
with_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs WORDLAB_DATA")

SIMLEX = (
    "word1\tword2\tPOS\tSimLex999\tconc(w1)\tconc(w2)\tconcQ\tAssoc(USF)\tSimAssoc333\tSD(SimLex)\n"
    "old\tnew\tA\t1.58\t2.72\t2.81\t2\t7.25\t1\t0.41\n"
    "smart\tintelligent\tA\t9.2\t1.75\t2.46\t1\t7.11\t1\t0.67\n"
)
SIMVERB = (
    "take\tremove\tV\t6.81\tSYNONYMS\nwalk\ttrail\tV\t4.81\tCOHYPONYMS\nfeed\tstarve\tV\t1.49\tANTONYMS\n"
)
RARE = (
    "squishing\tsquirt\t5.88\t7\t7\t6\t1\t4\t2\t8\t9\t6\t8\n"
    "undated\tundatable\t5.83\t10\t9\t7\t4\t5\t3\t2\t8\t6\t4\n"
)
MTURK_287 = "episcopal,russia,2.750000000\nwater,shortage,2.714285714\n"
MTURK_771 = "access,gateway,3.791666667\naccount,explanation,2.000000000\n"
YP_130 = "brag\tboast\t4\nconcoct\tdevise\t4\ndivide\tsplit\t3.833\n"
WORDSIM_HALF = "tiger\tcat\t7.35\ntiger\ttiger\t10.00\nplane\tcar\t5.77\n"
WORDSIM_COMMENTS = (
    "# The WordSimilarity-353 Test Collection\n# Word 1\tWord 2\tHuman (mean)\ntiger\tcat\t7.35\n"
    "tiger\ttiger\t10.00\n"
)
WORDSIM_CSV = "Word 1,Word 2,Human (mean)\nlove,sex,6.77\ntiger,cat,7.35\n"
WORDSIM_SET = (
    "Word 1\tWord 2\tHuman (mean)\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13\n"
    "love\tsex\t6.77\t9\t6\t8\t8\t7\t8\t8\t4\t7\t2\t6\t7\t8\n"
    "tiger\tcat\t7.35\t9\t7\t8\t7\t8\t9\t8.5\t5\t6\t9\t7\t5\t7\n"
)
WORDSIM_GOLD = (
    "# The gold standard of similarity\n#relation\tword1\tword2\tscore\n"
    "i\tJapanese\tAmerican\t6.5\nh\tsmart\tstudent\t4.62\n"
)
MEN_LEMMA = "sun-n sunlight-n 50.000000\nautomobile-n car-n 50.000000\nzombie-n eat-v 10.0\n"
MEN_NATURAL = "sun sunlight 50.000000\nautomobile car 50.000000\n"
RG_65 = "gem;jewel;3,94\nmidday;noon;3,94\nautomobile;car;3,92\n"
VERB_143 = "accept\tadd\t0.3\naccept\tallow\t2.2\n"
SEMEVAL_17 = "Mohandas Gandhi\tIndia\t2.5\ncar\tautomobile\t4.0\n"


def write(tmp_path, text, encoding="utf-8", name="set.txt"):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


class TestRatedPairs:
    @pytest.mark.parametrize(
        ("text", "first", "last", "score"),
        [
            (SIMLEX, ("old", "new", 1.58), ("smart", "intelligent", 9.2), "'SimLex999'"),
            (SIMVERB, ("take", "remove", 6.81), ("feed", "starve", 1.49), "column 3"),
            (RARE, ("squishing", "squirt", 5.88), ("undated", "undatable", 5.83), "column 2"),
            (MTURK_287, ("episcopal", "russia", 2.75), ("water", "shortage", 2.714285714), "column 2"),
            (MTURK_771, ("access", "gateway", 3.791666667), ("account", "explanation", 2), "column 2"),
            (YP_130, ("brag", "boast", 4), ("divide", "split", 3.833), "column 2"),
            (WORDSIM_HALF, ("tiger", "cat", 7.35), ("plane", "car", 5.77), "column 2"),
            (WORDSIM_COMMENTS, ("tiger", "cat", 7.35), ("tiger", "tiger", 10), "'Human (mean)'"),
            (WORDSIM_CSV, ("love", "sex", 6.77), ("tiger", "cat", 7.35), "'Human (mean)'"),
            (WORDSIM_SET, ("love", "sex", 6.77), ("tiger", "cat", 7.35), "'Human (mean)'"),
            (WORDSIM_GOLD, ("Japanese", "American", 6.5), ("smart", "student", 4.62), "'score'"),
            (
                WORDSIM_GOLD.replace("#relation\tword1\tword2\tscore\n", ""),
                ("Japanese", "American", 6.5),
                ("smart", "student", 4.62),
                "column 3",
            ),
            (MEN_LEMMA, ("sun-n", "sunlight-n", 50), ("zombie-n", "eat-v", 10), "column 2"),
            (MEN_NATURAL, ("sun", "sunlight", 50), ("automobile", "car", 50), "column 2"),
            (RG_65, ("gem", "jewel", 3.94), ("automobile", "car", 3.92), "column 2"),
            (VERB_143, ("accept", "add", 0.3), ("accept", "allow", 2.2), "column 2"),
            (SEMEVAL_17, ("Mohandas Gandhi", "India", 2.5), ("car", "automobile", 4), "column 2"),
        ],
    )
    def test_as_published(self, tmp_path, text, first, last, score):
        expected_lines = len([line for line in text.splitlines() if not line.startswith("#")])
        for path in (write(tmp_path, text), write(tmp_path, text.replace("\n", "\r\n"), name="dos.txt"),
                     write(tmp_path, "\ufeff" + text, "utf-16-le", "utf16.txt")):  # fmt: skip
            pairs, columns = read_rated_pairs(path)
            assert (pairs[0], pairs[-1]) == (first, last)
            assert len(pairs) in (expected_lines, expected_lines - 1)  # some have a header
            assert f"scores from {score}" in columns

    @with_data
    @pytest.mark.parametrize(("name", "number"), [("EN-MEN-TR-3k.txt", 3000), ("EN-RG-65.txt", 65)])
    def test_whole_files(self, name, number):
        assert len(read_rated_pairs(DATA / name).pairs) == number

    def test_windows_1252(self, tmp_path):
        path = write(tmp_path, "café\tthé\t7,5\nœuf\tsœur\t1,25\n", "cp1252")
        with pytest.raises(FormatError, match=r"set.txt:1: expected UTF-8, .* use --encoding cp1252"):
            read_rated_pairs(path)
        pairs, columns = read_rated_pairs(path, options=TableOptions(encoding="cp1252"))
        assert pairs == [("café", "thé", 7.5), ("œuf", "sœur", 1.25)]
        assert columns.endswith("with decimal commas")

    def test_parts_of_speech_are_left_out(self, tmp_path):
        words = ["sun", "sunlight", "automobile", "car", "zombie", "eat"]
        vectors = WordVectors(
            Vocabulary(words, range(6, 0, -1)), np.random.default_rng(1).normal(size=(6, 4))
        )
        found = evaluate_similarity(vectors, write(tmp_path, MEN_LEMMA))
        assert (found.num_pairs, found.num_lost) == (3, 0)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                SIMVERB + "car\tautomobile\t9\n",
                r"set.txt:4: expected two words and a number, found 3 columns",
            ),
            (
                MEN_NATURAL + "New York city 30\n",
                r"set.txt:3: expected 3 columns as in the first row, found 4",
            ),
            (SIMLEX + "old\tyoung\n", r"set.txt:4: expected two words and a number, found 2 columns"),
            (
                "the cat sat on the mat\nthe dog did not\n",
                r"set.txt:2: expected two words and a number, found 'did'",
            ),
            ("cat\n", r"set.txt:1: expected two words and a number, found 1 columns"),
        ],
    )
    def test_mixed_and_unknown_layouts(self, tmp_path, text, message):
        with pytest.raises(FormatError, match=message):
            read_rated_pairs(write(tmp_path, text))


GOOGLE = ": capital-common-countries\nAthens Greece Baghdad Iraq\nAthens Greece Bangkok Thailand\n"
MSR = "good better rough rougher\nbetter good rougher rough\nstate states lord lords\n"
MSR_TAGGED = (
    "good better rough rougher JJ_JJR\nbetter good rougher rough JJR_JJ\ngood better cold colder JJ_JJR\n"
    "cat cat's dog dog's NN_NNPOS\n"
)


class TestQuestions:
    def sections(self, path):
        return [(name, len(questions)) for name, questions in read_questions(path).sections]

    def test_google(self, tmp_path):
        assert self.sections(write(tmp_path, GOOGLE)) == [("capital-common-countries", 2)]
        assert self.sections(write(tmp_path, GOOGLE.replace(" ", "\t"))) == [("capital-common-countries", 2)]

    def test_msr(self, tmp_path):
        path = write(tmp_path, MSR, name="EN-MSR.txt")
        (section,) = read_questions(path).sections
        assert section[0] == "EN-MSR"
        assert section[1][0] == ("good", "better", "rough", "rougher")
        assert len(section[1]) == 3

    def test_msr_with_relations(self, tmp_path):
        expected = [("JJ_JJR", 2), ("JJR_JJ", 1), ("NN_NNPOS", 1)]
        assert self.sections(write(tmp_path, MSR_TAGGED)) == expected
        first = "".join(
            f"{line[4]} {' '.join(line[:4])}\n" for line in map(str.split, MSR_TAGGED.splitlines())
        )
        assert self.sections(write(tmp_path, first)) == expected
        (_, questions), *_ = read_questions(write(tmp_path, first)).sections
        assert questions == [("good", "better", "rough", "rougher"), ("good", "better", "cold", "colder")]

    def test_bats(self, tmp_path):
        folder = tmp_path / "BATS_3.0"
        write(
            folder,
            "album\talbums\napplication\tapplications\n",
            name="1_Inflectional/I01 [noun - plural_reg].txt",
        )
        write(
            folder,
            "ape\tbaby/infant\nbear\tcub\ncat\tkitten\n",
            name="4_Encyclopedic/E05 [animal - young].txt",
        )
        write(folder, "andorra\tcatalan/spanish\nargentina\tspanish\n", name="4_Encyclopedic/E02.txt")
        found = read_questions(folder)
        assert [(name, len(questions)) for name, questions in found.sections] == [
            ("I01 [noun - plural_reg]", 2), ("E02", 2), ("E05 [animal - young]", 6)
        ]  # fmt: skip
        words = ["album", "albums", "application", "applications", "bear", "cub", "cat", "kitten"]
        vectors = WordVectors(
            Vocabulary(words, range(8, 0, -1)), np.random.default_rng(1).normal(size=(8, 4))
        )
        result = evaluate_analogies(vectors, folder)[0]
        assert (result.name, result.total.num_used, result.total.num_lost) == ("BATS_3.0", 4, 6)
        assert result.interval is not None
        assert json.dumps(result.to_dict(), allow_nan=False)

    def test_the_interval_draws_questions_that_begin_alike_together(self, tmp_path):
        words = [f"w{number}" for number in range(40)]
        matrix = np.random.default_rng(3).normal(size=(40, 6))
        matrix[1::2] = matrix[::2] + 1.5 * np.eye(6)[0] + 0.5 * np.random.default_rng(4).normal(size=(20, 6))
        vectors = WordVectors(Vocabulary(words, range(40, 0, -1)), matrix)
        path = write(tmp_path, "".join(f"w{number}\tw{number + 1}\n" for number in range(0, 20, 2)))
        result = evaluate_analogies(vectors, path, methods=["3cosadd"], seed=5)[0]
        unit = vectors.matrix / np.linalg.norm(vectors.matrix, axis=1, keepdims=True)
        rightly = np.zeros((10, 10))
        for one in range(10):
            for other in range(10):
                ids = [2 * one, 2 * one + 1, 2 * other, 2 * other + 1]
                scores = unit @ (unit[ids[1]] - unit[ids[0]] + unit[ids[2]])
                scores[ids[:3]] = -np.inf
                rightly[one, other] = scores.argmax() == ids[3] and one != other
        assert result.total.num_correct == rightly.sum()
        shares = rightly.sum(axis=1)[np.random.default_rng(5).integers(0, 10, (1000, 10))].sum(axis=1) / 90
        assert result.interval == pytest.approx(tuple(np.quantile(shares, [0.025, 0.975])))

    def test_other_encodings(self, tmp_path):
        text = "café\tcafés\nthé\tthés\n"
        assert read_questions(write(tmp_path, text, "cp1252"), encoding="cp1252").sections[0][1][0][:2] == (
            "café", "cafés"
        )  # fmt: skip
        assert len(read_questions(write(tmp_path, "\ufeff" + text, "utf-16-be")).sections[0][1]) == 2

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (MSR + "good better rough\n", r"set.txt:4: expected 4 words, found 3"),
            (MSR_TAGGED + "good better rough rougher x\n",
             r"set.txt:5: expected 4 words and a relation such as JJ_JJR, found good, better, rough, "
             r"rougher, x"),
            ("a b c d e\n", r"set.txt:1: expected 4 words, or 2 on every line, found 5"),
            ("good better rough\n", r"set.txt:1: expected 4 words, or 2 on every line, found 3"),
            (SIMVERB, r"set.txt:1: expected 4 words, .*; it looks like rated pairs, which go with --sim"),
            ("cat\ndog\n\ncar\n", r"set.txt:1: expected 4 words, .* groups with outliers, .* --outliers"),
            ("".join(f"{name}{number} {name}\n" for name in ("bird", "tree") for number in range(15)),
             r"set.txt: expected pairs of one relation, found a column whose entries repeat; it looks like "
             r"words with their categories, which go with --categories"),
        ],
    )  # fmt: skip
    def test_mixed_and_unknown_layouts(self, tmp_path, text, message):
        with pytest.raises(FormatError, match=message):
            read_questions(write(tmp_path, text))
