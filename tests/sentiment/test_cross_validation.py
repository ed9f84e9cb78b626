"""Cross-validation, folds that are given, settings of single models, and what is kept."""

import csv
import statistics

import numpy as np
import pytest

from wordlab.errors import ConfigError, CorpusError, OutputExistsError
from wordlab.sentiment import BaselineConfig, LabelledTexts, load_classifier, train_baseline
from wordlab.sentiment.judging.comparison import compare, cross_validate
from wordlab.sentiment.judging.cross_validation import FoldScores, choose_folds, given_folds
from wordlab.sentiment.judging.folds import rows_of_folds, stratified_folds
from wordlab.sentiment.judging.keeping import Keeper
from wordlab.sentiment.judging.model_settings import read_settings
from wordlab.sentiment.judging.trainers import SharedSettings

from .test_held_out import noisy

TEXTS, LABELS = noisy(90)
DATA = LabelledTexts(tuple(TEXTS), tuple(LABELS), "noisy.tsv")


def test_each_text_is_judged_by_a_model_that_has_not_seen_it():
    folds = choose_folds(DATA, 3, seed=4)
    assert folds.tolist() == stratified_folds(LABELS, 3, seed=4).tolist()
    settings = SharedSettings(seed=4, own={"tfidf": {"ngrams": 1}})
    found = cross_validate(DATA, folds, models=["tfidf"], settings=settings).entries[0]
    right, accuracies = 0, []
    for rows, held in rows_of_folds(folds):
        part = DATA.take(rows.tolist())
        model = train_baseline(part.texts, part.labels, BaselineConfig(model="tfidf", ngrams=1, seed=4))
        hits = np.array(model.predict([TEXTS[row] for row in held])) == np.array(LABELS)[held]
        right += hits.sum()
        accuracies.append(hits.mean())
    assert found.scores.accuracy == pytest.approx(right / 90)
    assert found.folds.accuracies == pytest.approx(accuracies)
    assert found.folds.mean == pytest.approx(statistics.mean(accuracies))
    assert found.folds.deviation == pytest.approx(statistics.stdev(accuracies))
    assert sum(map(sum, found.scores.confusion)) == 90


def test_scores_of_folds_by_hand():
    found = FoldScores.of(np.array([1, 1, 0, 1, 0, 0], bool), np.array([0, 0, 0, 1, 1, 1]))
    assert found.accuracies == pytest.approx((2 / 3, 1 / 3))
    assert (found.mean, found.deviation) == (pytest.approx(0.5), pytest.approx((1 / 18) ** 0.5))


def test_two_models_are_compared_on_the_same_folds():
    found = cross_validate(DATA, choose_folds(DATA, 3, seed=1), models=["nbsvm", "tfidf"])
    assert found.num_training == 90
    assert found.test is not None
    facts = found.to_dict()
    assert [len(entry["folds"]["accuracies"]) for entry in facts["entries"]] == [3, 3]


def test_texts_that_stand_in_two_folds_are_counted():
    data = LabelledTexts((*TEXTS, TEXTS[0]), (*LABELS, LABELS[0]), "noisy.tsv")
    folds = given_folds(data, [*(str(row % 3) for row in range(90)), "1"])
    found = cross_validate(data, folds, models=["tfidf"])
    assert found.num_seen == 2
    assert found.entries[0].unseen.num_texts == 89


def test_given_folds_are_in_the_order_of_their_names():
    data = LabelledTexts(("a", "b", "c", "d") * 2, ("x", "y") * 4, "data")
    assert given_folds(data, ["10", "10", "9", "9"] * 2).tolist() == [1, 1, 0, 0] * 2
    assert given_folds(data, ["b", "b", "7", "a"] * 2).tolist() == [2, 2, 0, 1] * 2


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["1"] * 3, "data: expected the fold of each of 4 texts, found 3 folds"),
        (["1"] * 4, "data: expected 2 to 1000 folds, found 1"),
        (["1", "1", "2", "2"], "data: expected texts of each class in two folds or more, found 'x' in fold 1 "
         "alone"),
    ],
)  # fmt: skip
def test_bad_folds(names, message):
    data = LabelledTexts(("a", "b", "c", "d"), ("x", "x", "y", "y"), "data")
    with pytest.raises(CorpusError) as caught:
        given_folds(data, names)
    assert str(caught.value) == message


def test_too_many_folds():
    data = LabelledTexts(("a", "b", "c", "d", "e"), ("x", "x", "y", "y", "y"), "data")
    with pytest.raises(CorpusError) as caught:
        choose_folds(data, 4, seed=1)
    assert (
        str(caught.value) == "data: expected 4 texts or more of some class for as many folds, found 3 of 'y'"
    )
    with pytest.raises(ConfigError, match="folds: expected a whole number from 2 to 1000, found 1"):
        choose_folds(data, 1, seed=1)


def test_models_and_predictions_are_kept(tmp_path):
    folds = choose_folds(DATA, 2, seed=1)
    found = cross_validate(DATA, folds, models=["tfidf"], keeper=Keeper(tmp_path / "kept"))
    with (tmp_path / "kept/tfidf/predictions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["text"]) for row in rows] == list(range(90))
    assert [int(row["fold"]) - 1 for row in rows] == folds.tolist()
    right = np.mean([row["label"] == row["predicted"] for row in rows])
    assert right == pytest.approx(found.entries[0].scores.accuracy)
    for fold in (0, 1):
        model = load_classifier(tmp_path / f"kept/tfidf/fold-{fold + 1}")
        held = np.flatnonzero(folds == fold).tolist()
        chances = model.predict_proba([TEXTS[row] for row in held])[:, 1]
        assert chances == pytest.approx([float(rows[row]["p(pos)"]) for row in held], abs=1e-5)
    with pytest.raises(OutputExistsError, match="kept: exists already; models are kept in a new or empty"):
        Keeper(tmp_path / "kept")
    (tmp_path / "new").mkdir()
    compare(DATA, DATA, models=["tfidf"], keeper=Keeper(tmp_path / "new"))
    assert load_classifier(tmp_path / "new/tfidf/model").classes == ("neg", "pos")


def test_settings_as_users_type_them():
    found = read_settings(
        [
            "textcnn.epochs=5",
            "textcnn.kernel-widths=2,3",
            "nbsvm.beta=1",
            "nbsvm.loss=logistic",
            "tfidf.cost=2",
        ]
    )
    assert found == {
        "textcnn": {"epochs": 5, "kernel_widths": (2, 3)},
        "nbsvm": {"beta": 1.0, "loss": "logistic"},
        "tfidf": {"cost": 2.0},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epochs=5", "own: expected MODEL.FIELD=VALUE, found 'epochs=5'"),
        ("textcnn.epochs", "own: expected MODEL.FIELD=VALUE, found 'textcnn.epochs'"),
        ("svm.epochs=5", "own: expected one of the models nbsvm, tfidf, mean-vectors, linear, "
         "paragraph-vectors, textcnn, birnn, found 'svm'"),
        ("textcnn.epochs=five", "own: expected a whole number in 'textcnn.epochs=five', found 'five'"),
        ("nbsvm.beta=x", "own: expected a number in 'nbsvm.beta=x', found 'x'"),
        ("textcnn.kernel_widths=2,x", "own: expected whole numbers separated by commas in "
         "'textcnn.kernel_widths=2,x', found '2,x'"),
    ],
)  # fmt: skip
def test_settings_that_make_no_sense(text, message):
    with pytest.raises(ConfigError) as caught:
        read_settings([text])
    assert str(caught.value) == message


@pytest.mark.parametrize("field", ["epoch", "seed", "model"])
def test_settings_that_a_model_has_not(field):
    with pytest.raises(
        ConfigError, match=rf"own: expected a setting of textcnn \(channels, .*\), found '{field}'"
    ):
        read_settings([f"textcnn.{field}=5"])


def test_settings_are_checked_before_training():
    events = []
    for own, message in (
        ({"birnn": {"epochs": 2}}, "own: expected settings of nbsvm, textcnn, found those of 'birnn'"),
        ({"textcnn": {"epochs": 0}}, "epochs: expected a whole number from 1 to 1000000, found 0"),
    ):
        with pytest.raises(ConfigError) as caught:
            compare(
                DATA, DATA, models=["nbsvm", "textcnn"], settings=SharedSettings(own=own),
                on_progress=events.append,
            )  # fmt: skip
        assert str(caught.value) == message
    assert not events
