"""What is held out to judge and to calibrate by: folds, sigmoids, and the figure that they give."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.calibration import _sigmoid_calibration
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline

from wordlab.errors import ArtifactError, CorpusError
from wordlab.sentiment import BaselineConfig, BaselineModel, train_baseline
from wordlab.sentiment.judging.folds import rows_of_folds, stratified_folds
from wordlab.sentiment.judging.held_out import HeldOut, held_out_rows
from wordlab.sentiment.judging.reliability import reliability
from wordlab.sentiment.judging.sigmoid import fit_sigmoid
from wordlab.sentiment.models.nbsvm import NBSVM
from wordlab.sentiment.models.tfidf import TfidfClassifier

from .test_baselines import LABELS, TEXTS, vectors


def noisy(number, seed=1):
    """Texts of words of which some speak for a class, and labels that are wrong now and then."""
    random = np.random.default_rng(seed)
    labels = random.random(number) < 0.4
    texts = [
        " ".join(random.choice(["good", "bad"], p=[0.8, 0.2] if label else [0.2, 0.8], size=3))
        + " " + " ".join(f"w{word}" for word in random.integers(0, 200, 12))
        for label in labels
    ]  # fmt: skip
    return texts, ["pos" if label else "neg" for label in labels]


def test_folds_are_scikit_learns():
    labels = ["a"] * 7 + ["b"] * 5
    folds = stratified_folds(labels, 3, seed=4)
    peer = StratifiedKFold(3, shuffle=True, random_state=4).split(labels, labels)
    for (rows, held), (peer_rows, peer_held) in zip(rows_of_folds(folds), peer, strict=True):
        assert rows.tolist() == peer_rows.tolist()
        assert held.tolist() == peer_held.tolist()
    assert np.bincount(folds).tolist() == [4, 4, 4]


def test_folds_of_a_rare_class_are_not_all_filled(recwarn):
    folds = stratified_folds(["a"] * 9 + ["b"], 3, seed=1)
    assert sorted(np.bincount(folds).tolist()) == [3, 3, 4]
    assert not recwarn.list


def test_a_share_is_the_same_of_each_class():
    targets = np.array([0] * 20 + [1] * 10)
    kept, held = held_out_rows(targets, 0.1, seed=2)
    assert (np.bincount(targets[held]).tolist(), len(kept)) == ([2, 1], 27)
    assert sorted([*kept, *held]) == list(range(30))
    assert held_out_rows(np.array([0, 0, 1]), 0.1, seed=2) is None


def test_sigmoid_is_platts():
    random = np.random.default_rng(3)
    is_class = random.random(300) < 0.3
    scores = random.normal(np.where(is_class, 0.02, -0.01), 0.03)
    slope, offset = fit_sigmoid(scores, is_class)
    a, b = _sigmoid_calibration(scores, is_class)  # Platt's, of scikit-learn's own calibration
    assert expit(slope * scores + offset) == pytest.approx(expit(-(a * scores + b)), abs=1e-3)


def test_weights_of_a_sigmoid_are_repeats():
    random = np.random.default_rng(5)
    is_class = random.random(60) < 0.5
    scores = random.normal(is_class, 1.0)
    weights = random.integers(1, 4, 60)
    weighted = fit_sigmoid(scores, is_class, weights.astype(float))
    # repeats change Platt's targets, which count texts, a little
    repeated = fit_sigmoid(np.repeat(scores, weights), np.repeat(is_class, weights))
    assert weighted == pytest.approx(repeated, rel=0.15)
    assert weighted != pytest.approx(fit_sigmoid(scores, is_class), rel=1e-3)


@pytest.mark.parametrize(
    ("scores", "is_class"),
    [
        (np.zeros(0), np.zeros(0, bool)),
        (np.array([1.0, 2.0]), np.array([True, True])),
        (np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, True, False, False])),
    ],
    ids=["no text", "one class", "the wrong way round"],
)
def test_scores_that_determine_no_sigmoid(scores, is_class):
    assert fit_sigmoid(scores, is_class) is None


def test_nbsvm_is_calibrated():
    """Over seeds 1 to 5 the error is 0.276 to 0.297 uncalibrated, and 0.014 to 0.021 calibrated."""
    texts, labels = noisy(2_000)
    new, truth = noisy(2_000, seed=2)
    errors = []
    for folds in (0, 5):
        model = NBSVM(calibration_folds=folds).fit(texts, labels)
        targets = np.searchsorted(model.classes_, truth)
        errors.append(reliability(targets, model.predict_proba(new)).error)
    assert errors[0] > 0.25
    assert errors[1] < 0.04


def test_class_weights_survive_calibration():
    texts, labels = noisy(2_000)
    new, _ = noisy(2_000, seed=51)
    rare = [row for row, label in enumerate(labels) if label == "neg" or row % 8 == 0]
    texts, labels = [texts[row] for row in rare], [labels[row] for row in rare]
    shares = [
        np.mean(NBSVM(class_weight=weight).fit(texts, labels).predict(new) == "pos")
        for weight in (None, "balanced")
    ]
    assert shares[1] > 1.5 * shares[0]  # 1.96 to 3.5 times over seeds 1 to 5


def test_nbsvm_with_a_class_of_one_text():
    labels = ["neg"] * 20 + ["pos"] * 6 + ["odd"]
    model = NBSVM().fit(TEXTS, labels)
    assert np.isfinite(model.predict_proba(TEXTS)).all()
    assert np.mean(model.predict(TEXTS[:26]) == "odd") < 0.5


@pytest.mark.parametrize(("num_classes", "cost"), [(2, 1.0), (3, 0.03)])
def test_cost_goes_by_the_number_of_classes(num_classes, cost):
    labels = [str(number % num_classes) for number in range(len(TEXTS))]
    models = [NBSVM(C=given).fit(TEXTS, labels).coef_.tobytes() for given in (None, cost, 0.3)]
    assert models[0] == models[1] != models[2]


def test_nbsvm_where_nothing_can_be_held_out():
    model = train_baseline(["good day", "bad day"], ["a", "b"], BaselineConfig())
    assert model.held_out is None
    assert model.predict(["good", "bad"]) == ["a", "b"]


def test_the_figure_is_that_of_the_folds():
    texts, labels = noisy(400)
    model = train_baseline(texts, labels, BaselineConfig(calibration_folds=4))
    assert (model.held_out.num_texts, model.held_out.num_folds) == (400, 4)
    right = 0
    for rows, held in rows_of_folds(stratified_folds(labels, 4, seed=1)):
        part = NBSVM(calibration_folds=0).fit([texts[row] for row in rows], [labels[row] for row in rows])
        right += np.sum(part.predict([texts[row] for row in held]) == np.array(labels)[held])
    assert model.held_out.accuracy == pytest.approx(right / 400, abs=0.03)  # uncalibrated, words of a part


def test_the_figure_is_that_of_a_share():
    texts, labels = noisy(400)
    model = train_baseline(texts, labels, BaselineConfig(model="tfidf", min_count=1))
    kept, held = held_out_rows(np.array(labels), 0.1, seed=1)
    assert (model.held_out.num_texts, model.held_out.num_folds) == (40, None)
    whole = TfidfClassifier(min_count=1).fit(texts, labels)
    counts, targets = whole.counter_.transform(texts), np.array(labels)  # n-grams are those of all texts
    peer = make_pipeline(TfidfTransformer(sublinear_tf=True), LogisticRegression(C=10, max_iter=2_000))
    assert model.held_out.accuracy == peer.fit(counts[kept], targets[kept]).score(counts[held], targets[held])
    assert model.estimator.coef_.tobytes() == whole.coef_.tobytes()


@pytest.mark.parametrize("name", ["nbsvm", "tfidf", "mean-vectors"])
def test_texts_of_their_own_are_held_out(name):
    config = BaselineConfig(model=name, min_count=1)
    model = train_baseline(
        TEXTS,
        LABELS,
        config,
        vectors=vectors(),
        validation=(["so good", "bad", "poor"], ["pos", "neg", "pos"]),
    )
    assert model.held_out == HeldOut(pytest.approx(2 / 3), 3, confusion=model.held_out.confusion)
    (right, wrong), (missed, found) = model.held_out.confusion
    assert (right + found, right + wrong, missed + found) == (2, 1, 2)
    plain = train_baseline(TEXTS, LABELS, config, vectors=vectors())
    assert model.estimator.coef_.shape == plain.estimator.coef_.shape
    assert model.facts()["held_out"] == model.held_out.to_dict()


def test_confusion_counts_texts_by_class_and_by_what_they_were_taken_for():
    labels, predicted = np.array(["a", "a", "b", "c", "b"]), np.array(["a", "b", "b", "a", "b"])
    found = HeldOut.of(predicted, labels, ["a", "b", "c"])
    assert found == HeldOut(0.6, 5, None, ((1, 1, 0), (0, 2, 0), (1, 0, 0)))
    assert (
        HeldOut.from_dict(found.to_dict() | {"confusion": [[1, 1, 0], [0, 2, 0], [1, 0, 0]]}, "x", 3) == found
    )
    assert HeldOut.of(predicted, labels, range(51)) == HeldOut(0.6, 5)  # kept for 50 classes at most
    assert HeldOut.of(predicted[:0], labels[:0], ["a", "b"]) is None


@pytest.mark.parametrize(
    "confusion",
    [[[1, 2]], [[1, 2], [3]], [[1, -2], [3, 4]], [[1, 2], [3, 4], [5, 6]], [[1, "2"], [3, 4]], [], 5],
)
def test_damaged_confusion(confusion):
    with pytest.raises(ArtifactError, match=r"^m: held_out: confusion: "):
        HeldOut.from_dict({"accuracy": 1.0, "num_texts": 4, "confusion": confusion}, "m: held_out", 2)


@pytest.mark.parametrize("name", ["nbsvm", "tfidf", "mean-vectors"])
def test_nothing_is_held_out(name):
    config = BaselineConfig(model=name, min_count=1, validation=0.0, calibration_folds=0)
    assert train_baseline(TEXTS, LABELS, config, vectors=vectors()).held_out is None


def test_held_out_texts_with_other_labels():
    with pytest.raises(CorpusError) as caught:
        train_baseline(TEXTS, LABELS, validation=(["so so"], ["mixed"]))
    assert str(caught.value) == "validation: expected labels of the training texts, found 'mixed'"
    with pytest.raises(ValueError, match="expected a label for each text, found 1 texts, 0 labels"):
        train_baseline(TEXTS, LABELS, validation=(["so so"], []))


def test_the_figure_is_saved(tmp_path):
    model = train_baseline(TEXTS, LABELS, BaselineConfig(min_count=1))
    model.save(tmp_path / "model")
    assert BaselineModel.load(tmp_path / "model").held_out == model.held_out
    path = tmp_path / "model" / "manifest.json"
    path.write_text(path.read_text().replace('"num_folds": 5', '"num_folds": "five"'))
    with pytest.raises(ArtifactError, match="details: held_out: num_folds: expected"):
        BaselineModel.load(tmp_path / "model")


@pytest.mark.parametrize("name", ["nbsvm", "tfidf"])
def test_progress_ends_where_it_was_to_end(name):
    events = []
    labels = [str(n % 3) for n in range(len(TEXTS))]
    train_baseline(TEXTS, labels, BaselineConfig(model=name, min_count=1), on_progress=events.append)
    done = [event.done for event in events]
    assert done == sorted(done)
    # NB-SVM: counting, and for each of three classes all texts once and the others of each fold
    assert {event.total for event in events} == {27 * (1 + 3 * 5 if name == "nbsvm" else 1 + 1)}
    assert events[-1].done == events[-1].total
