import dataclasses
import json

import pytest
from click.testing import CliRunner
from gensim.test.utils import datapath

from pipelines.embeddings.crosscheck import crosscheck
from wordlab.text import Corpus
from wordlab.training.crosscheck import exact as library
from wordlab.training.crosscheck import statistical

TEXT = ["the cat sat on the mat and the dog sat on the log", "a cat and a dog and a mat"] * 20
SMALL = ["--mode", "exact", "--dim", "4", "--epochs", "1", "--quiet"]


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    path = tmp_path_factory.mktemp("crosscheck") / "corpus"
    Corpus.from_lines(TEXT).save(path)
    return str(path)


def test_a_row_for_each_combination(directory):
    result = CliRunner().invoke(crosscheck, [directory, *SMALL])
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["exact", "inputs", "outputs", "smallest", "cosine", "one", "sentence"]
    assert sum(line.endswith("ok") for line in lines) == 24
    assert lines[-1].split() == ["bound", "2e-04", "2e-04", "0.99999", "1e-06"]


def test_subwords(directory):
    options = ["--subwords", "--min-ngram", "2", "--max-ngram", "4", "--buckets", "100", "--json"]
    result = CliRunner().invoke(crosscheck, [directory, *SMALL, *options])
    assert result.exit_code == 0, result.output
    value = json.loads(result.stdout)
    assert (value["passed"], len(value["exact"])) == (True, 24)
    config = value["exact"][-1]["config"]
    assert [config[name] for name in ("min_ngram", "max_ngram", "buckets")] == [2, 4, 100]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--buckets", "9"], "--buckets: expected --subwords beside it, found plain training"),
        (
            ["--subwords", "--buckets", "0"],
            "--buckets: expected a whole number from 1 to 2147483647, found 0",
        ),
        (["--subwords", "--min-ngram", "7"], "--min-ngram: expected at most the --max-ngram 6, found 7"),
    ],
)
def test_wrong_usage_of_subwords(directory, options, message):
    result = CliRunner().invoke(crosscheck, [directory, *options])
    assert result.exit_code == 2
    assert message in result.stderr


def test_buckets_that_memory_cannot_hold(directory):
    result = CliRunner().invoke(crosscheck, [directory, "--subwords", "--buckets", "2000000000"])
    assert result.exit_code == 1
    assert str(result.exception).startswith(
        "--buckets: expected 800,000 MB of memory for 2000000000 as gensim"
    )


def test_json(directory):
    result = CliRunner().invoke(crosscheck, [directory, *SMALL, "--json"])
    assert result.exit_code == 0
    value = json.loads(result.stdout)
    assert value["passed"] is True
    assert len(value["exact"]) == 24
    assert value["exact"][0]["config"]["dim"] == 4


def test_exit_code_1_where_a_check_falls_outside(directory, monkeypatch):
    right = library.exact

    def one_wrong(*arguments, **options):
        results = right(*arguments, **options)
        return dataclasses.replace(results[0], output_error=1e-3), *results[1:]

    monkeypatch.setattr(library, "exact", one_wrong)
    result = CliRunner().invoke(crosscheck, [directory, *SMALL[:-1]])
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1].endswith("FAILED")
    assert result.stderr.splitlines()[-1] == "1 check of 24 outside the bounds"


def test_wrong_usage_is_spelt_as_typed(directory):
    result = CliRunner().invoke(crosscheck, [directory, "--max-tokens", "1"])
    assert result.exit_code == 2
    assert "--max-tokens: expected 2 or more, found 1" in result.stderr


def test_statistical_mode(tmp_path, monkeypatch):
    right, found = statistical.statistical_grid, []

    def once(*arguments, **options):
        """The second run, which shows the same in another form, need not train again."""
        found.append((options, found[0][1] if found else right(*arguments, **options)))
        return found[-1][1]

    monkeypatch.setattr(statistical, "statistical_grid", once)
    with open(datapath("lee_background.cor"), encoding="utf-8") as file:
        Corpus.from_lines(file, min_count=5).save(tmp_path / "corpus")
    options = ["--mode", "statistical", "--dim", "8", "--epochs", "1", "--seeds", "2", "--quiet"]
    shown = CliRunner().invoke(crosscheck, [str(tmp_path / "corpus"), *options])
    assert [line for line in shown.stdout.splitlines() if line.endswith("2 seeds")] == [
        f"{model}, {loss}, 2 seeds" for model in ("skipgram", "cbow") for loss in ("negative", "hierarchical")
    ]
    value = json.loads(CliRunner().invoke(crosscheck, [str(tmp_path / "corpus"), *options, "--json"]).stdout)
    assert len(value["statistical"]) == 4
    (first, _), (second, _) = found
    assert (first["dim"], first["epochs"], first["num_seeds"]) == (8, 1, 2)
    assert second == first | {"on_progress": second["on_progress"]}
    assert value["passed"] == all(result["passed"] for result in value["statistical"])
