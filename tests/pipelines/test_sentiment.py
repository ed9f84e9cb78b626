import json
import re

import pytest

from pipelines.sentiment.train import train
from wordlab.sentiment import Classifier, ClassifierConfig

from .conftest import run

QUICK = ("--epochs", 2, "--threads", 1, "--num-channels", 4, "--hidden", 4)


def test_train_reports_what_it_made(place):
    result = run("sentiment", "train", "reviews.tsv", "--vectors", "vectors", "-o", "made", *QUICK, "--quiet")
    assert result.exit_code == 0, result.output
    assert "texts       48 in 2 classes: neg, pos" in result.stdout
    assert "of the tokens and" in result.stdout
    assert "held out" in result.stdout
    classifier = Classifier.load("made")
    assert classifier.config.num_channels == (4, 4, 4)
    assert json.loads((place / "made/manifest.json").read_text())["parents"].keys() == {"vectors"}


def test_train_as_json_with_a_picture(place):
    result = run("sentiment", "train", "train", "--model", "birnn", "-o", "made", *QUICK, "--plot", "c.png",
                 "--validation", 0.25, "--json", "--quiet")  # fmt: skip
    assert result.exit_code == 0, result.output
    facts = json.loads(result.stdout)
    assert facts["coverage"] is None
    assert facts["config"]["model"] == "birnn"
    assert len(facts["history"]["validation_accuracies"]) == 2
    assert (place / "c.png").read_bytes().startswith(b"\x89PNG")


def test_defaults_of_train_are_those_of_the_config():
    from pipelines.config_options import config_from

    context = train.make_context("train", ["reviews.tsv", "-o", "model"])
    with context:
        assert config_from(ClassifierConfig, context.params) == ClassifierConfig()
    assert all(param.help for param in train.params if param.param_type_name == "option")


def test_resuming_gives_the_same_bytes(place):
    def trained(output, *options):
        result = run("sentiment", "train", "reviews.tsv", "-o", output, "--threads", 1, "--quiet", *options)
        assert result.exit_code == 0, result.output
        return (place / output / "weights.safetensors").read_bytes()

    whole = trained("whole", "--epochs", 4)
    trained("half", "--epochs", 2, "--checkpoint", "state")
    assert trained("rest", "--epochs", 4, "--checkpoint", "state", "--resume") == whole


def test_predict_shows_a_table(place):
    result = run("sentiment", "predict", "model", "so good and so great", "so bad", "--threads", 1)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["text", "class", "probability", "known", "words"]
    assert lines[1].startswith("so good and so great  ")
    assert re.fullmatch(r"so good and so great +\w+ +[\d.]+% +5", lines[1])


def test_predict_streams_lines(place):
    text = "so good and so great\n\nso bad\n"
    result = run("sentiment", "predict", "model", "-", "--threads", 1, input=text)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["text"] for line in found] == ["so good and so great", "", "so bad"]
    classifier = Classifier.load("model")
    assert [line["label"] for line in found] == classifier.predict(text.splitlines(), threads=1)
    assert all(sum(line["probabilities"].values()) == pytest.approx(1) for line in found)


@pytest.mark.parametrize("model", ["textcnn", "birnn"])
def test_predict_explains(place, model):
    if model == "birnn":
        result = run("sentiment", "train", "reviews.tsv", "--model", "birnn", "-o", "birnn", *QUICK, "-q")
        assert result.exit_code == 0, result.output
    name = {"textcnn": "model", "birnn": "birnn"}[model]
    result = run("sentiment", "predict", name, "so good and so great", "--explain", "--threads", 1)
    assert result.exit_code == 0, result.output
    assert "adds to the logit" in result.stdout
    assert "everything else adds" in result.stdout
    result = run("sentiment", "predict", name, "so good and so great", "--explain", "--json")
    reasons = json.loads(result.stdout)["predictions"][0]["reasons"]
    assert reasons
    assert {"words", "position", "weight"} == reasons[0].keys()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("train", "nowhere.tsv", "-o", "m"), 1,
         "Error: nowhere.tsv: cannot be read: No such file or directory"),
        (("train", "reviews.tsv", "-o", "model"), 1,
         "Error: model: exists already; choose another name or use --overwrite"),
        (("train", "reviews.tsv", "-o", "m", "--resume"), 2,
         "Error: --resume needs --checkpoint, the directory to resume from "
         "(see wordlab sentiment train --help)"),
        (("train", "reviews.tsv", "-o", "m", "--dropout", 2), 2,
         "Error: --dropout: expected a number from 0.0 to 0.99, found 2.0 "
         "(see wordlab sentiment train --help)"),
        (("train", "reviews.tsv", "-o", "m", "--device", "tpu"), 2,
         "Error: --device: expected one that this torch can use (cpu), found 'tpu' "
         "(see wordlab sentiment train --help)"),
        (("train", "reviews.tsv", "-o", "m", "--plot", "curves.gif"), 2,
         "Error: curves.gif: expected a picture's name, which ends in .png, .svg, .pdf "
         "(see wordlab sentiment train --help)"),
        (("predict", "vectors", "a text"), 1,
         "Error: vectors: expected an artefact of kind 'classifier', found 'vectors', "
         "which WordVectors.load loads"),
        (("predict", "model", "-", "a text"), 2,
         "Error: TEXT...: expected texts or -, found both "
         "(see wordlab sentiment predict --help)"),
        (("predict", "model", "a text", "--threads", 0), 2,
         "Error: --threads: expected a whole number from 1 to 1024, found 0 "
         "(see wordlab sentiment predict --help)"),
    ],
)  # fmt: skip
def test_errors_are_one_line(place, words, code, message):
    result = run("sentiment", *words)
    assert (result.exit_code, result.stderr) == (code, message + "\n")


def test_predict_rejects_bytes_that_are_not_text(place):
    result = run("sentiment", "predict", "model", "-", input=b"good\n\xff\xfe\n")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: stdin: byte 5: expected UTF-8, found 0xff; ")
    assert result.stderr.count("\n") == 1
