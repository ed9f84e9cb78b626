"""A new data set is a line in `datasets.DATA_SETS`: scores, reports and the crosscheck take it from there."""

import sys
import types
from typing import NamedTuple

import numpy as np
import pytest

from pipelines.reports.evaluation import print_analogies, print_evaluation
from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import compare_vectors, datasets, evaluate, kinds
from wordlab.embeddings.evaluation.bootstrap import Share
from wordlab.embeddings.evaluation.datasets import DataSet
from wordlab.embeddings.evaluation.judging import Judge, NamedSample, Sampled, TestScore
from wordlab.embeddings.evaluation.kinds import KindOfSet
from wordlab.errors import SourceError
from wordlab.text import Vocabulary
from wordlab.training.crosscheck import measures


@pytest.fixture
def vectors():
    rng = np.random.default_rng(4)
    return WordVectors(Vocabulary([f"w{i}" for i in range(60)], [0] * 60), rng.normal(size=(60, 5)))


@pytest.fixture
def men(tmp_path, monkeypatch):
    """Rated pairs and questions under names that no other file knows."""
    pairs = "".join(f"w{i} w{i + 1} {i % 7}\n" for i in range(50))
    (tmp_path / "men.txt").write_text(pairs)
    (tmp_path / "bats.txt").write_text(": a\n" + "".join(f"w{i} w1 w{i + 1} w3\n" for i in range(4, 50)))
    new = [
        DataSet(
            name="MEN", kind="similarity", file="men.txt", licence="CC BY 2.0", tolerance=0.5,
            locate=tmp_path.joinpath,
        ),
        DataSet(
            name="BATS", kind="analogy", file="bats.txt", licence="CC BY-NC 4.0", locate=tmp_path.joinpath
        ),
    ]  # fmt: skip
    monkeypatch.setattr(datasets, "DATA_SETS", [*datasets.DATA_SETS, *new])


def test_scores(vectors, men, capsys):
    found = evaluate(vectors)
    assert [result.name for result in found.similarities] == ["WordSim-353", "SimLex-999", "MEN"]
    assert found.similarities[-1].num_pairs == 50
    assert [result.name for result in found.analogies] == ["Google analogies"] * 2 + ["BATS"] * 2
    assert [result["name"] for result in found.to_dict()["analogies"]][-1] == "BATS"
    print_analogies(found.analogies)
    assert "(share of questions answered rightly): BATS\n" in capsys.readouterr().out


def test_crosscheck(vectors, men):
    models = measures.Models([vectors, vectors], [vectors, vectors], [])
    (similarity,) = measures._similarities(models)
    assert (similarity.name, similarity.tolerance, similarity.passed) == ("MEN", 0.5, True)
    (analogies,) = measures._analogies(models)
    assert (analogies.name, analogies.tolerance) == ("BATS", 0.02)


class TestNewKind:
    """A new kind is a module with a `JUDGE` and a line in `KINDS`."""

    @pytest.fixture
    def lengths(self, tmp_path, monkeypatch):
        """How many words of a file are longer than two letters."""

        class LengthResult(NamedTuple):
            name: str
            scores: tuple[TestScore, ...]
            policy: str = "by length"
            note: str | None = None
            read_as: str | None = None

            def to_dict(self):
                return {"name": self.name}

        def share(path):
            words = path.read_text().split()
            return Share(np.array([len(word) > 2 for word in words], float), np.arange(len(words)))

        def results(vectors, path, name, judging, on_progress):
            sample = share(path)
            interval = judging.interval(sample)
            return [
                LengthResult(name, (TestScore(name, "long", sample.value, interval, sample.num_items, 0),))
            ]

        def sampled(vectors, path, name, judging, on_progress):
            return Sampled([NamedSample(name, "long", share(path))], None)

        module = types.ModuleType("wordlab.embeddings.evaluation.lengths")
        module.JUDGE = Judge(results=results, sampled=sampled, sets_in=lambda path: [path])
        monkeypatch.setitem(sys.modules, module.__name__, module)
        kind = KindOfSet(
            title="words",
            task="A task",
            option="--lengths",
            results="lengths",
            module="lengths",
            measures={},
            help="Words.",
        )
        monkeypatch.setitem(kinds.KINDS, "lengths", kind)
        (tmp_path / "words.txt").write_text("a bb ccc dddd\n")
        return tmp_path / "words.txt"

    def test_scores_and_comparison(self, vectors, lengths, capsys):
        files = {"lengths": [lengths]}
        found = evaluate(vectors, files=files, leave_out=["similarity", "analogy"])
        (score,) = found.scores
        assert (score.test, score.value, score.num_used) == ("words", 0.5, 4)
        assert found.to_dict()["lengths"] == [{"name": "words"}]
        assert "long" in found._repr_html_()
        print_evaluation(found, files)
        assert "words  long     0.500" in capsys.readouterr().out
        compared = compare_vectors({"a": vectors, "b": vectors}, files=files)
        assert compared.scores[-1].values == (0.5, 0.5)


def test_files_are_called_by_the_names_of_their_sets(men, tmp_path):
    assert datasets.set_name(tmp_path / "men.txt") == "MEN"
    assert datasets.set_name("elsewhere/questions-words.txt") == "Google analogies"
    assert datasets.set_name("mine.tsv") == "mine"


@pytest.mark.parametrize("data", datasets.DATA_SETS, ids=lambda data: data.name)
def test_every_set_is_there(data):
    assert data.path.is_file()
    assert data.licence
    with pytest.raises(SourceError, match="expected a test set packaged with gensim, found no file"):
        data.locate(data.file + "x")
