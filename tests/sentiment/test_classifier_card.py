"""The card of a classifier: its figures are those of its manifest and of tests, and its program runs."""

import re

import numpy as np
import pytest
from sklearn.metrics import classification_report

from wordlab import artifact
from wordlab.cards import CardConfig, to_markdown
from wordlab.sentiment import (
    BaselineConfig,
    LinearConfig,
    MultiLabelTexts,
    evaluate,
    evaluate_multi_label,
    load_classifier,
    train_baseline,
    train_linear,
)
from wordlab.sentiment.card import ClassifierCard, classifier_card
from wordlab.sentiment.card.judged import of_held_out, of_several, of_test
from wordlab.sentiment.data.labelled import LabelledTexts
from wordlab.sentiment.judging.held_out import HeldOut

GOOD = ["a good film", "so good and great", "great story", "a lovely good story"]
BAD = ["a bad film", "so bad and poor", "poor story", "a dull bad story"]
TEXTS = [f"{text} {number}" for number in range(6) for text in (*GOOD, *BAD)]
LABELS = [label for _ in range(6) for label in [*4 * ["pos"], *4 * ["<i>neg|"]]]


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """A function that saves a classifier in the working directory and gives what a card is made of."""
    monkeypatch.chdir(tmp_path)

    def save(model, name="model", tests=(), **parts):
        model.save(name, **parts)
        return ClassifierCard(
            load_classifier(name), artifact.load(name, kind="classifier", format_version=1), tests
        )

    return save


@pytest.fixture(scope="module")
def model():
    return train_baseline(TEXTS, LABELS, BaselineConfig(model="nbsvm", calibration_folds=3))


def data_of(texts, labels):
    return LabelledTexts(list(texts), list(labels), "test.tsv")


def test_held_out_scores_by_class():
    """From the confusion alone, as scikit-learn finds them from the labels."""
    rng = np.random.default_rng(0)
    labels, predicted = rng.choice(["a", "b", "c"], (2, 200))
    held_out = HeldOut.of(predicted, labels, ["a", "b", "c"])
    judged = of_held_out(held_out, ["a", "b", "c"])
    expected = classification_report(labels, predicted, output_dict=True)
    for each in judged.by_class:
        of_class = expected[each.label]
        assert (each.precision, each.recall, each.f1, each.support) == pytest.approx(
            (of_class["precision"], of_class["recall"], of_class["f1-score"], of_class["support"])
        )
    assert judged.value == pytest.approx(expected["accuracy"])
    assert judged.scores.macro_f1 == pytest.approx(expected["macro avg"]["f1-score"])


def test_held_out_without_a_confusion():
    judged = of_held_out(HeldOut(0.75, 40, 5), ["a", "b"])
    assert judged.facts["accuracy"].startswith("75.0% (95% interval 59.8% to 85.8%)")
    assert (judged.by_class, judged.scores) == ((), None)
    assert judged.name == "training texts, held out in 5 folds"


def test_what_a_card_says(saved, model):
    content = saved(model, parents={"vectors": 64 * "a"})
    card = classifier_card(content, CardConfig(license="mit", text_languages=("en",)))
    text = to_markdown(card)
    assert (card.title, card.license, card.task) == ("model", "mit", "text-classification")
    assert f"made from: vectors | `{64 * 'a'}`" in text
    assert f"{model.held_out.accuracy:.1%}" in text
    assert "It has seen 48 texts only." in text
    assert [picture.name for picture in card.pictures] == ["confusion"]
    first = card.metrics[0]
    assert (first.kind, first.value) == ("accuracy", model.held_out.accuracy)
    assert text == to_markdown(classifier_card(content, CardConfig(license="mit", text_languages=("en",))))


def test_tests_come_first_and_leave_out_what_was_trained_on(saved, model):
    texts = [*TEXTS[:8], "good good", "bad film bad", "poor"]
    labels = [*LABELS[:8], "pos", "<i>neg|", "pos"]
    found = evaluate(model, data_of(texts, labels))
    judged = of_test(found, "test.tsv")
    assert judged.facts["texts"] == "3"
    assert judged.notes == ("8 other texts of test.tsv were trained on, and are left out.",)
    assert judged.value == pytest.approx(np.mean(np.array(model.predict(texts[8:])) == labels[8:]))
    card = classifier_card(saved(model, tests=(judged,)))
    assert card.pictures[0].data is judged
    assert [metric.dataset for metric in card.metrics][:2] == ["test.tsv", "test.tsv"]


def test_a_test_of_nothing_but_training_texts(model):
    judged = of_test(evaluate(model, data_of(TEXTS[:8], LABELS[:8])), "test.tsv")
    assert judged.notes == ("All 8 texts of test.tsv were trained on: the figures flatter.",)


def test_several_labels(saved):
    texts = ["good food", "bad staff", "good food bad staff", "so"] * 10
    labels = [["food"], ["staff"], ["food", "staff"], []] * 10
    several = train_linear(texts, labels, LinearConfig(loss="ova", buckets=1_000, threads=1))
    found = evaluate_multi_label(several, MultiLabelTexts(texts, labels, "topics.csv"))
    judged = of_several(found, "topics.csv")
    assert (judged.measure, judged.value) == ("F1", found.scores.micro.f1)
    card = classifier_card(saved(several, tests=(judged,)))
    text = to_markdown(card)
    assert "any number of them a text" in text
    assert "40 of the texts of topics.csv were trained on" in text
    assert card.pictures == ()


def test_nothing_known_of_its_quality(saved):
    linear = train_linear(TEXTS, LABELS, LinearConfig(buckets=1_000, threads=1))
    text = to_markdown(classifier_card(saved(linear)))
    assert "Not known: nothing was held out in training." in text
    assert "How well it does is not known." in text
    assert "model-index" not in text


def test_the_program_runs(saved, model, capsys):
    programs = [
        code for code in classifier_card(saved(model, 'odd "name"')).programs if code.language == "python"
    ]
    (program,) = programs
    exec(compile(program.code, "the card", "exec"), {})  # noqa: S102 - it is what the card says
    assert re.fullmatch(r"\['.*', '.*'\]\n", capsys.readouterr().out)
