"""The classifiers by name, found without loading any of them: no array library is imported here.

Each line names the class in whose file everything else about the model stands; the file is imported when
the model is used. A new network or baseline is such a file and a line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple


class Listed(NamedTuple):
    """Where a model's class is, and what the command line must know of it before it is loaded.

    `summary` completes a sentence that starts with the model's name. `cost` and `min_count` are the
    defaults of a baseline's config; a `min_count` of None means that it counts no runs of words, a `cost` of
    None that the baseline works it out from the texts.
    `takes_unlabelled` says that its trainer has the keyword `unlabelled`, for texts without a label;
    `several_with` are the settings, fields of its config, with which it learns any number of labels a text.
    """

    path: str
    summary: str
    needs_vectors: bool = False
    cost: float | None = 1.0
    min_count: int | None = None
    takes_unlabelled: bool = False
    several_with: Mapping[str, str] | None = None


_HERE = "wordlab.sentiment.models"

NETWORKS = {
    "textcnn": Listed(f"{_HERE}.textcnn.TextCNN", "looks for telling n-grams (Kim 2014)"),
    "birnn": Listed(f"{_HERE}.birnn.BiRNN", "reads the text in both directions"),
}
"""Networks, which torch trains: subclasses of `wordlab.sentiment.models.network.Network`."""

BASELINES = {
    "nbsvm": Listed(
        f"{_HERE}.nbsvm.NBSVM",
        "weighs n-grams as naive Bayes does (Wang and Manning 2012)",
        cost=None,
        min_count=1,
    ),
    "tfidf": Listed(
        f"{_HERE}.tfidf.TfidfClassifier", "counts n-grams, the rarer the more", cost=10.0, min_count=2
    ),
    "mean-vectors": Listed(
        f"{_HERE}.mean_vectors.MeanVectorsClassifier", "averages the vectors of the words", needs_vectors=True
    ),
}
"""Linear classifiers by scikit-learn: subclasses of `wordlab.sentiment.models.baseline.Baseline`."""

LINEAR = {
    "linear": Listed(
        f"{_HERE}.linear.model.LinearModel",
        "averages vectors of words and runs (fastText)",
        several_with={"loss": "ova"},
    ),
}
"""Linear classifiers on compiled kernels: each is a TextModel."""

PARAGRAPHS = {
    "paragraph-vectors": Listed(
        f"{_HERE}.paragraphs.model.ParagraphModel",
        "learns vectors of texts from unlabelled texts as well, and weighs n-grams beside them",
        takes_unlabelled=True,
    ),
}
"""Classifiers on paragraph vectors: each is a TextModel."""

MODELS = {**BASELINES, **LINEAR, **PARAGRAPHS, **NETWORKS}


class Kind(NamedTuple):
    """Models that are trained and held by the same code: where that is, and which they are."""

    text_model: str
    train: str
    models: Mapping[str, Listed]


KINDS = (
    Kind(f"{_HERE}.classifier.Classifier", "wordlab.sentiment.training.loop.train", NETWORKS),
    Kind(f"{_HERE}.baseline_model.BaselineModel", f"{_HERE}.baseline_model.train_baseline", BASELINES),
    Kind(f"{_HERE}.linear.model.LinearModel", f"{_HERE}.linear.training.train_linear", LINEAR),
    Kind(
        f"{_HERE}.paragraphs.model.ParagraphModel", f"{_HERE}.paragraphs.trainer.train_paragraphs", PARAGRAPHS
    ),
)


def takes_several(name: str, config: Any) -> bool:
    """Whether the model called `name`, with the settings of `config`, learns any number of labels a text."""
    settings = MODELS[name].several_with
    return settings is not None and all(getattr(config, field) == value for field, value in settings.items())


def several_hint() -> str:
    """Which models learn several labels a text, for messages of those that do not."""
    found = []
    for name, listed in MODELS.items():
        if listed.several_with is not None:
            options = (f"--{field} {value}" for field, value in listed.several_with.items())
            found.append(f"--model {name} {' '.join(options)}")
    return f"several are for {' or '.join(found)}"


def model_class(name: str) -> Any:
    """The class of the model called `name`; KeyError if there is none."""
    return _load(MODELS[name].path)


def text_model_class(name: str) -> Any:
    """The TextModel that holds a trained model called `name`; KeyError if there is none."""
    return _load(_kind(name).text_model)


def trainer(name: str) -> Any:
    """The function that trains a model called `name`; KeyError if there is none.

    It takes texts, labels and a config, and the keywords vectors, tokenizer and on_progress; where
    `Listed.takes_unlabelled`, also unlabelled, an iterable of texts.
    """
    return _load(_kind(name).train)


def _kind(name: str) -> Kind:
    for kind in KINDS:
        if name in kind.models:
            return kind
    raise KeyError(name)


def _load(path: str) -> Any:
    module, _, attribute = path.rpartition(".")
    return getattr(import_module(module), attribute)
