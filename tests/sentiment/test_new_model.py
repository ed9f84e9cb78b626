"""The seam for new classifiers: what is defined here, and two lines in the lists, is a whole model."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from torch import nn

from wordlab.artifact import Draft
from wordlab.errors import ArtifactError, ConfigError
from wordlab.sentiment import (
    Classifier,
    ClassifierConfig,
    TextClassifier,
    TextModel,
    load_classifier,
    train,
    train_baseline,
)
from wordlab.sentiment.base import Reason
from wordlab.sentiment.models import names
from wordlab.sentiment.models.baseline import Baseline, linear_options
from wordlab.sentiment.models.baseline_config import BaselineConfig
from wordlab.sentiment.models.names import Listed
from wordlab.sentiment.models.network import Network
from wordlab.sentiment.storage import read_array, write_array

from .test_classifier_training import LABELS, TEXTS, VECTORS

NETWORK = Listed(f"{__name__}.BagOfVectors", "adds vectors up")
BASELINE = Listed(f"{__name__}.Keyword", "looks for a word", cost=5.0)


@dataclass(frozen=True, kw_only=True)
class BagConfig(ClassifierConfig):
    """The config of BagOfVectors."""

    joining: str = "mean"
    """Whether vectors are averaged (`mean`) or added (`sum`)."""

    choices = {**ClassifierConfig.choices, "joining": ("mean", "sum")}


class BagOfVectors(Network):
    title = "bag of vectors"
    config_class = BagConfig

    def __init__(self, words, num_classes, joining):
        super().__init__()
        self.words, self.joining = words, joining
        self.output = nn.Linear(words.num_features, num_classes)

    @classmethod
    def build(cls, words, num_classes, config):
        return cls(words, num_classes, config.joining)

    def classify(self, vectors, lengths):
        sums = vectors.sum(dim=1)
        return self.output(sums if self.joining == "sum" else sums / lengths.clamp(min=1)[:, None])


class Keyword(Baseline):
    """Whether a text has the word of which the first class has more than its share."""

    title, feature_noun = "keyword", "keywords"

    def __init__(self, C=1.0, class_weight=None, word="good"):  # noqa: N803
        self.C, self.class_weight, self.word = C, class_weight, word

    @classmethod
    def from_config(cls, config, *, vectors, tokenizer):
        return cls(**linear_options(config))

    def fit(self, texts, labels):
        model = LogisticRegression(C=self.C).fit(self.features(texts), labels)
        self.classes_ = model.classes_
        return self._keep(model.coef_, model.intercept_)

    def features(self, texts):
        return csr_matrix([[float(self.word in text)] for text in texts])

    def reasons(self, text, tokens, coef):
        return [Reason((t,), i, float(coef[0])) for i, t in enumerate(tokens) if t == self.word]

    def write(self, draft):
        write_array(draft, "seen", np.ones(1))

    @classmethod
    def read(cls, source, config, tokenizer):
        read_array(source, "seen", (1,))
        return cls.from_config(config, vectors=None, tokenizer=tokenizer), 1


@pytest.fixture
def listed(monkeypatch):
    for models in (names.NETWORKS, names.MODELS):
        monkeypatch.setitem(models, "bag", NETWORK)
    for models in (names.BASELINES, names.MODELS):
        monkeypatch.setitem(models, "keyword", BASELINE)


def bag(**options):
    config = BagConfig(model="bag", epochs=20, patience=20, learning_rate=0.02, threads=1, **options)
    return train(TEXTS, LABELS, config, vectors=VECTORS)


@pytest.mark.parametrize("joining", ["mean", "sum"])
def test_a_network(listed, tmp_path, joining):
    classifier = bag(joining=joining)
    assert classifier.predict(["the film is good", "a plot so bad"]) == ["pos", "neg"]
    assert classifier.explain("the film is good").reasons[0].words == ("good",)
    classifier.save(tmp_path / "model")
    facts = json.loads((tmp_path / "model/manifest.json").read_text())["details"]["config"]
    assert (facts["model"], facts["joining"]) == ("bag", joining)
    loaded = load_classifier(tmp_path / "model")
    assert (loaded.title, loaded.config, type(loaded)) == ("bag of vectors", classifier.config, Classifier)
    np.testing.assert_array_equal(loaded.predict_proba(TEXTS), classifier.predict_proba(TEXTS))
    with pytest.raises(ConfigError, match="joining: expected one of mean, sum, found 'max'"):
        BagConfig(model="bag", joining="max")
    with pytest.raises(ConfigError, match="expected a BagConfig for the model 'bag', found a Classifier"):
        train(TEXTS, LABELS, ClassifierConfig(model="bag"), vectors=VECTORS)
    assert TextClassifier(model="bag").config == BagConfig(model="bag")
    pytest.importorskip("onnx")
    with pytest.raises(ConfigError, match="expected a network that ONNX can hold, found a bag of vectors"):
        loaded.export(tmp_path / "model.onnx")


def test_a_baseline(listed, tmp_path):
    config = BaselineConfig(model="keyword")
    assert config.cost == 5.0
    model = train_baseline(TEXTS, LABELS, config)
    assert model.predict(["so good", "so bad"]) == ["pos", "neg"]
    assert [reason.words for reason in model.explain("so good").reasons] == [("good",)]
    model.save(tmp_path / "model")
    loaded = TextModel.load(tmp_path / "model")
    assert (loaded.title, loaded.size) == ("keyword", (1, "keywords"))
    assert loaded.predict_proba(TEXTS).tobytes() == model.predict_proba(TEXTS).tobytes()
    with pytest.raises(ConfigError, match=r"model: expected one that ONNX can hold \(textcnn, birnn, bag\)"):
        loaded.export(tmp_path / "model.onnx")


def test_the_other_kind_is_named(tmp_path):
    train_baseline(TEXTS, LABELS).save(tmp_path / "model")
    with pytest.raises(ArtifactError) as caught:
        Classifier.load(tmp_path / "model")
    assert str(caught.value) == (
        f"{tmp_path}/model: expected a Classifier, found the model 'nbsvm', which BaselineModel.load loads; "
        "wordlab.sentiment.load_classifier loads both"
    )


ROOT = Path(__file__).parents[2]
COMMANDS = f"""
import sys
sys.argv[0] = "wordlab"
from wordlab.sentiment.models import names
names.NETWORKS["bag"] = names.MODELS["bag"] = names.{NETWORK!r}
names.BASELINES["keyword"] = names.MODELS["keyword"] = names.{BASELINE!r}
from pipelines.cli import main
main()
"""


def wordlab(*words, folder):
    command = [sys.executable, "-c", COMMANDS, "sentiment", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}  # the process imports this file
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)


def test_the_commands_know_them(tmp_path):
    rows = [f"{label}\t{text}\n" for text, label in zip(TEXTS, LABELS, strict=True)]
    (tmp_path / "train.tsv").write_text("".join(rows))
    given = ("train", "train.tsv", "--epochs", "2", "--threads", "1", "-q", "-o")
    trained = wordlab(*given, "bag", "--model", "bag", "--joining", "sum", "--plot", "c.png", folder=tmp_path)
    assert (trained.returncode, trained.stderr) == (0, "")
    assert "model       bag of vectors, " in trained.stdout
    manifest = json.loads((tmp_path / "bag/manifest.json").read_text())
    assert manifest["details"]["config"]["joining"] == "sum"
    help = wordlab("train", "--model", "bag", "--help", folder=tmp_path).stdout
    assert "--joining [mean|sum]" in help
    assert "bag adds vectors up" in " ".join(help.split())
    wrong = wordlab(*given, "x", "--model", "textcnn", "--joining", "sum", folder=tmp_path)
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("Error: No such option '--joining'")
    compared = wordlab(
        "compare", "train.tsv", "--test-share", "0.25", "--models", "bag,keyword", "-q", "-o", "c",
        folder=tmp_path,
    )  # fmt: skip
    assert compared.returncode == 0, compared.stderr
    assert {"bag of vectors", "keyword"} <= {line.split("  ")[0] for line in compared.stdout.splitlines()}


@pytest.mark.parametrize("columns", [1, 3, 8])
@pytest.mark.parametrize("rows", [0, 1, 5, 10_000])
def test_columns_of_an_array_are_stored_as_numpy_stores_them(tmp_path, rows, columns):
    wider = np.arange(rows * 8, dtype=np.float32).reshape(rows, 8)
    write_array(Draft(tmp_path), "x", wider[:, :columns])
    np.save(tmp_path / "y.npy", np.ascontiguousarray(wider[:, :columns]))
    assert (tmp_path / "x.npy").read_bytes() == (tmp_path / "y.npy").read_bytes()
