"""Which texts a classifier was trained on: known when judged, in memory and from disk."""

import json

import numpy as np
import pytest

from wordlab.errors import ArtifactError, CorpusError
from wordlab.schema import config_from
from wordlab.sentiment import (
    BaselineConfig,
    LabelledTexts,
    TextClassifier,
    compare,
    evaluate,
    load_classifier,
    train_baseline,
)
from wordlab.sentiment.features.seen import SeenTexts
from wordlab.sentiment.judging.trainers import SharedSettings

from .test_classifier_training import LABELS, TEXTS, fit

OTHERS = ("the film was so good", "her voice was so bad", "a plot was poor")
MIXED = LabelledTexts(
    (*TEXTS[:4], *OTHERS), (*LABELS[:4], "pos", "neg", "neg"), "mixed.tsv"
)  # fmt: skip


@pytest.fixture(scope="module")
def model():
    return train_baseline(TEXTS, LABELS)


def test_white_space_and_case_make_no_difference():
    seen = SeenTexts.of(["A good  film", "a GOOD film\n", "", " ", "straße"])
    assert len(seen) == 2
    found = seen.contains(["a good film", "good film", "", "STRASSE", "a\tgood\xa0film", "\udcff"])
    assert found.tolist() == [True, False, False, True, True, False]


def test_the_digests_stay_the_same():
    """Artefacts hold them: another digest would make every text of an old one unseen."""
    assert SeenTexts.of(["A good film"]).digests.tolist() == [4876373373115988710]


@pytest.mark.parametrize("make", [
    lambda: train_baseline(TEXTS, LABELS), lambda: fit(),
    lambda: TextClassifier(epochs=1, threads=1, dim=4).fit(TEXTS, LABELS).classifier_,
])  # fmt: skip
def test_a_classifier_knows_its_texts_after_a_round_trip(tmp_path, make):
    model = make()
    model.save(tmp_path / "model")
    for found in (model, load_classifier(tmp_path / "model")):
        assert found.seen.contains([*TEXTS, *OTHERS]).tolist() == [True] * len(TEXTS) + [False] * 3
    payload = tmp_path / "model" / "training_texts.npy"
    assert payload.stat().st_size == 128 + 8 * len(set(TEXTS))
    load_classifier(tmp_path / "model").save(tmp_path / "again")
    assert (tmp_path / "again" / "training_texts.npy").read_bytes() == payload.read_bytes()


def test_scores_on_unseen_texts_are_given_too(model):
    found = evaluate(model, MIXED, calibration=MIXED.take([0, 4, 5]))
    assert (found.num_seen, found.num_calibration_seen) == (4, 1)
    alone = evaluate(model, MIXED.take([4, 5, 6]))
    assert found.unseen == alone.scores
    assert (alone.num_seen, alone.unseen) == (0, None)
    facts = found.to_dict()
    assert (facts["num_seen"], facts["unseen"]["num_texts"]) == (4, 3)


def test_all_texts_seen_leave_none_to_judge_by(model):
    found = evaluate(model, MIXED.take([0, 1, 2, 3]))
    assert (found.num_seen, found.unseen) == (4, None)


def test_an_older_classifier_says_nothing(tmp_path, model):
    model.save(tmp_path / "model")
    path = tmp_path / "model" / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["payloads"]["training_texts.npy"]
    path.write_text(json.dumps(manifest))
    (tmp_path / "model" / "training_texts.npy").unlink()
    old = load_classifier(tmp_path / "model")
    found = evaluate(old, MIXED)
    assert (old.seen, found.num_seen, found.unseen) == (None, None, None)
    old.save(tmp_path / "again")
    assert "training_texts.npy" not in {file.name for file in (tmp_path / "again").iterdir()}


@pytest.mark.parametrize("digests", [
    np.array([2, 1], np.uint64), np.array([1, 1], np.uint64), np.array([1, 2], np.int64),
    np.array([[1]], np.uint64), np.array(["a"]),
])  # fmt: skip
def test_digests_that_make_no_sense(tmp_path, digests):
    model = train_baseline(TEXTS, LABELS)
    model.seen = SeenTexts(digests)
    model.save(tmp_path / "model")
    with pytest.raises(ArtifactError, match=r"training_texts\.npy: expected "):
        load_classifier(tmp_path / "model")


def test_a_comparison_counts_what_it_trained_on():
    training = LabelledTexts(tuple(TEXTS), tuple(LABELS), "train.tsv")
    found = compare(
        training, MIXED, models=["nbsvm", "textcnn"], settings=SharedSettings(epochs=1, threads=1)
    )
    assert found.num_seen == 4
    assert [entry.unseen.num_texts for entry in found.entries] == [3, 3]
    by_model = {entry["model"]: entry for entry in found.to_dict()["entries"]}
    assert by_model["nbsvm"]["coverage"] is None
    assert 0 < by_model["textcnn"]["coverage"]["tokens"] <= 1
    with pytest.raises(CorpusError):
        compare(training, LabelledTexts(("x",), ("odd",), "test.tsv"), models=["nbsvm"])
    clean = compare(training, MIXED.take([4, 5]), models=["nbsvm"])
    assert (clean.num_seen, clean.entries[0].unseen) == (0, None)


def test_config_is_not_touched(model):
    assert config_from(model.config.to_dict(), BaselineConfig, "config") == model.config
