"""A new data set is a line in `datasets.DATA_SETS`: scores, reports and the crosscheck take it from there."""

import numpy as np
import pytest

from pipelines.reports.evaluation import print_analogies
from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import datasets, evaluate
from wordlab.embeddings.evaluation.datasets import DataSet
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
