"""`wordlab sentiment train --unlabelled`, and what becomes of its model."""

import gzip
import json

import pytest

from wordlab.sentiment import load_classifier

from .conftest import run

GOOD = ["a good film", "so good and so great", "great fun"]
BAD = ["a bad film", "so bad and so poor", "poor taste"]
OPTIONS = ("--model", "paragraph-vectors", "--dim", 10, "--epochs", 8, "--learning-rate", 0.1)


@pytest.fixture
def files(tmp_path):
    rows = [f"pos\t{text}\n" for text in 10 * GOOD] + [f"neg\t{text}\n" for text in 10 * BAD]
    (tmp_path / "train.tsv").write_text("".join(rows))
    lines = 20 * "a good and splendid film\na dreadful, bad film\n\n"
    (tmp_path / "unsup.txt.gz").write_bytes(gzip.compress(lines.encode()))
    (tmp_path / "more.csv").write_text("id,text\n" + 5 * "1,splendid and great\n")
    return tmp_path


def train(files, *more, model="model", **options):
    given = (*OPTIONS, "-o", files / model, *more)
    return run("sentiment", "train", files / "train.tsv", *given, **options)


def test_it_is_trained_and_used_as_any_other(files):
    given = ("--unlabelled", files / "unsup.txt.gz", "--unlabelled", files / "more.csv")
    trained = train(files, *given, "--json", "-q")
    assert trained.exit_code == 0, trained.output
    facts = json.loads(trained.stdout)
    assert facts["num_unlabelled"] == 45
    assert facts["config"]["dim"] == 10
    assert facts["config"]["ngrams"] == 3
    said = run("sentiment", "predict", files / "model", "so good", "so bad", "--json")
    found = json.loads(said.stdout)["predictions"]
    assert [prediction["label"] for prediction in found] == ["pos", "neg"]
    explained = run("sentiment", "predict", files / "model", "a splendid film", "--explain")
    assert "splendid" in explained.stdout
    judged = run("sentiment", "evaluate", files / "model", files / "train.tsv", "--json")
    assert json.loads(judged.stdout)["scores"]["accuracy"] == 1
    calibrated = run(
        "sentiment", "evaluate", files / "model", files / "train.tsv", "--calibrate", files / "train.tsv"
    )
    assert calibrated.exit_code == 0, calibrated.output
    plain = train(files, *given, model="again")
    assert "paragraph vectors, " in plain.stdout
    assert "unlabelled  45 texts" in plain.stdout


def test_unlabelled_texts_may_come_through_a_pipe(files):
    piped = train(files, "--unlabelled", "-", "-q", input="splendid and good\n" * 20)
    assert piped.exit_code == 0, piped.output
    assert load_classifier(files / "model").num_unlabelled == 20


def test_compare_knows_it(files):
    compared = run(
        "sentiment", "compare", files / "train.tsv", "--test-share", 0.2, "--epochs", 2,
        "--models", "nbsvm,paragraph-vectors", "-o", files / "compared", "--json", "-q",
    )  # fmt: skip
    assert compared.exit_code == 0, compared.output
    assert {entry["model"] for entry in json.loads(compared.stdout)["entries"]} == {
        "nbsvm",
        "paragraph-vectors",
    }


def test_other_models_say_that_they_take_none(files):
    refused = run(
        "sentiment", "train", files / "train.tsv", "--model", "nbsvm", "--unlabelled", files / "unsup.txt.gz",
        "-o", files / "model",
    )  # fmt: skip
    assert refused.exit_code == 2
    expected = (
        "Error: --unlabelled: expected one of the models textcnn, birnn, paragraph-vectors, found nbsvm ("
    )
    assert refused.stderr.startswith(expected)


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        (("--unlabelled", "missing.txt"), 1, "missing.txt: cannot be read: No such file or directory"),
        (("--dim", 0), 2, "--dim: expected a whole number from 1 to 10000, found 0"),
        (("--hidden", 3), 2, "--hidden: expected one of the models textcnn, birnn, found paragraph-vectors"),
        (("--beta", 0.2), 2, "found paragraph-vectors"),
        (("--resume",), 2, "--resume: expected one of the models textcnn, birnn, found paragraph-vectors"),
    ],
)
def test_wrong_options(files, more, code, message):
    refused = train(files, *more)
    assert refused.exit_code == code
    assert message in refused.stderr
    assert not (files / "model").exists()


def test_standard_input_is_read_once(files):
    given = ("--unlabelled", "-", "-o", files / "model")
    twice = run("sentiment", "train", "-", *OPTIONS, *given, input="pos\ta good film\n")
    assert twice.exit_code == 2
    assert "-: expected once at most, as standard input can be read only once" in twice.stderr


def test_a_directory_is_no_list_of_texts(files):
    (files / "folder").mkdir()
    refused = train(files, "--unlabelled", files / "folder")
    assert refused.exit_code == 2
    assert f"expected a file of texts, found the directory {files}/folder" in refused.stderr


@pytest.mark.parametrize("content", [bytes(range(256)), b"\x1f\x8b\x08 damaged"])
def test_a_binary_or_damaged_file_is_one_line_of_error(files, content):
    (files / "noise.txt").write_bytes(content)
    refused = train(files, "--unlabelled", files / "noise.txt", "-q")
    assert refused.exit_code == 1, refused.output
    assert refused.stderr.startswith(f"Error: {files}/noise.txt")
    assert refused.stderr.count("\n") == 1
    assert not (files / "model").exists()


def test_the_output_may_not_be_one_of_the_inputs(files):
    refused = run("sentiment", "train", files / "train.tsv", *OPTIONS, "--unlabelled", files / "unsup.txt.gz",
                  "-o", files / "unsup.txt.gz")  # fmt: skip
    assert refused.exit_code == 1
    assert "unsup.txt.gz" in refused.stderr
