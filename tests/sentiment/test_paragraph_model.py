import dataclasses
import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from wordlab.errors import ArtifactError, ConfigError, CorpusError
from wordlab.sentiment import ParagraphConfig, ParagraphModel, load_classifier, train_paragraphs
from wordlab.sentiment.data.labelled import LabelledTexts
from wordlab.sentiment.judging.judge import evaluate
from wordlab.sentiment.models.paragraphs import fitting, training
from wordlab.sentiment.models.paragraphs.grams import find_grams
from wordlab.sentiment.models.paragraphs.inference import means
from wordlab.sentiment.models.paragraphs.trainer import _presence, ratio_weights
from wordlab.text import Tokenizer

GOOD = ["a good film", "so good and so great", "great fun", "a great day for a good man"]
BAD = ["a bad film", "so bad and so poor", "poor taste", "a bad day, a poor man"]
TEXTS = 10 * (GOOD + BAD)
LABELS = 10 * (["pos"] * 4 + ["neg"] * 4)
UNLABELLED = 20 * [
    "a good and splendid film",
    "splendid and great",
    "a bad and dreadful film",
    "dreadful, poor",
]
NEW = ["a good day", "dreadful", "unknown", "", "good good good"]
CONFIG = ParagraphConfig(dim=12, epochs=8, learning_rate=0.1)


def trained(config=CONFIG, labels=LABELS, texts=TEXTS, **options):
    return train_paragraphs(texts, labels, config, **{"unlabelled": UNLABELLED, **options})


def test_it_predicts_also_by_words_that_no_labelled_text_has():
    model = trained()
    assert model.classes == ("neg", "pos")
    assert model.predict(["a good day", "a bad day"]) == ["pos", "neg"]
    assert model.predict(["splendid", "dreadful"]) == ["pos", "neg"]
    assert model.num_unlabelled == len(UNLABELLED)
    assert model.tally.num_texts == len(TEXTS)
    assert model.seen.contains([*TEXTS[:2], "splendid and great"]).tolist() == [True, True, False]
    assert (model.title, model.size) == ("paragraph vectors", (len(model.vocabulary), "runs of words"))


@pytest.mark.parametrize("num_classes", [2, 3])
def test_round_trip(tmp_path, num_classes):
    labels = LABELS if num_classes == 2 else [str(n % 3) for n in range(len(TEXTS))]
    model = trained(labels=labels)
    model.save(tmp_path / "model")
    loaded = load_classifier(tmp_path / "model")
    assert isinstance(loaded, ParagraphModel)
    assert (loaded.config, loaded.classes, loaded.tokenizer) == (model.config, model.classes, model.tokenizer)
    assert loaded.facts() == model.facts()
    assert loaded.predict_proba(NEW).tobytes() == model.predict_proba(NEW).tobytes()
    assert loaded.predict_proba([]).shape == (0, num_classes)
    np.testing.assert_allclose(loaded.predict_proba(NEW).sum(axis=1), 1)
    loaded.save(tmp_path / "again")
    for file in (tmp_path / "model").iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes(), file.name


def test_any_number_of_threads_gives_the_same_files(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "_BLOCKS", 8)
    for threads in (1, 2, 3):
        trained(dataclasses.replace(CONFIG, threads=threads)).save(tmp_path / str(threads))
    for file in (tmp_path / "1").iterdir():
        for other in "23":
            assert file.read_bytes() == (tmp_path / other / file.name).read_bytes(), file.name
    assert "threads" not in json.loads((tmp_path / "1/manifest.json").read_text())["details"]["config"]


@pytest.mark.parametrize("num_classes", [2, 3])
def test_explanations_add_up_to_the_log_odds(num_classes):
    labels = LABELS if num_classes == 2 else [str(n % 3) for n in range(len(TEXTS))]
    model = trained(labels=labels)
    for text in (*NEW, "so good and so good and so good"):
        log_odds = model.scorer.log_odds(model.vocabulary.encode([text]))[0]
        for position, label in enumerate(model.classes):
            expected = (2 * position - 1) * log_odds[0] if num_classes == 2 else log_odds[position]
            found = model.explain(text, label=label)
            assert found.logit == pytest.approx(expected, abs=1e-5)
            assert len({reason.words for reason in found.reasons}) == len(found.reasons)
            for reason in found.reasons:
                tokens = model.tokenizer(text)
                assert tuple(tokens[reason.position :][: len(reason.words)]) == reason.words
    best = model.explain("a good film", label=model.classes[-1]).reasons[0]
    assert num_classes == 3 or "good" in best.words


def test_texts_beside_a_text_do_not_change_its_probabilities():
    model = trained()
    together = model.predict_proba([*NEW, *TEXTS])
    for row, text in enumerate(NEW):
        assert model.predict_proba([text]).tobytes() == together[row].tobytes()
    assert model.predict_proba(NEW, threads=3).tobytes() == model.predict_proba(NEW).tobytes()


def test_the_scores_are_those_of_the_vectors_and_the_ngrams():
    model, config = trained(), CONFIG
    vocabulary, grams, counts = find_grams(
        [*TEXTS, *UNLABELLED], Tokenizer("word"), ngrams=config.ngrams, min_count=config.min_count
    )
    is_side = np.array(LABELS) == "pos"
    present = _presence(grams, len(TEXTS), len(vocabulary))
    weights = ratio_weights(present, [is_side], config.ratio_power)
    learnt = training.learn(grams, counts, weights, config)
    side = fitting.fit_side(means(vocabulary.encode(TEXTS), learnt.grams, weights), present, is_side, config)
    new = vocabulary.encode(NEW)
    expected = (
        means(new, learnt.grams, weights) @ side.of_vectors
        + _presence(new, len(NEW), len(vocabulary)) @ side.of_grams
        + side.bias
    )
    np.testing.assert_allclose(model.scorer.log_odds(new)[:, 0], expected, rtol=1e-4, atol=1e-4)


def test_ratio_weights_by_hand():
    present = _presence(
        find_grams(["a b", "a", "a c", "c"], Tokenizer("word"), ngrams=1, min_count=1)[1], 3, 3
    )
    sides = [np.array([True, True, False])]
    # a: 2 of 1, b: 1 of none, c: none of 1
    expected = {"a": 3 / 2, "b": 2.0, "c": 2.0}
    vocabulary = find_grams(["a b", "a", "a c", "c"], Tokenizer("word"), ngrams=1, min_count=1)[0]
    found = ratio_weights(present, sides, 0.5)
    assert found == pytest.approx([expected[word] ** 0.5 for word in vocabulary.words])
    assert ratio_weights(present, sides, 0.0).tolist() == [1, 1, 1]


def test_the_part_on_vectors_is_scikit_learns():
    random = np.random.default_rng(1)
    vectors, is_side = random.normal(2, 3, (60, 4)).astype(np.float32), random.random(60) > 0.5
    part = fitting._fit_vectors(vectors, is_side, CONFIG)
    scaler = StandardScaler().fit(vectors)
    model = LogisticRegression(C=CONFIG.vector_cost).fit(scaler.transform(vectors), is_side)
    expected = model.decision_function(scaler.transform(vectors))
    np.testing.assert_allclose(part.scores(vectors), expected, atol=1e-3)


def test_folds_are_stretches_of_either_class():
    is_side = np.array([True, False, True, True, False, True, False])
    assert fitting._folds(is_side, 2).tolist() == [0, 0, 0, 1, 0, 1, 1]


def test_a_part_that_misleads_counts_nothing():
    random = np.random.default_rng(1)
    is_side = random.random(200) > 0.5
    good, wrong = np.where(is_side, 1, -1) + random.normal(0, 1, 200), random.normal(0, 1, 200) - is_side
    of_vectors, of_grams, _ = fitting._stack(np.stack([good, wrong], axis=1), is_side)
    assert of_vectors > 0
    assert of_grams == 0
    assert fitting._stack(np.stack([wrong, wrong], axis=1), is_side) == (0.5, 0.5, 0.0)
    assert fitting._stack(np.full((200, 2), np.nan), is_side) == (0.5, 0.5, 0.0)


def test_without_unlabelled_texts_and_with_a_stream_of_them():
    assert trained(unlabelled=()).predict(["so good", "so bad"]) == ["pos", "neg"]
    assert trained(unlabelled=iter(UNLABELLED)).num_unlabelled == len(UNLABELLED)


def test_empty_texts_and_texts_without_a_known_ngram():
    model = trained(texts=[*TEXTS, "", "...", "", "xyzzy"], labels=[*LABELS, "pos", "neg", "neg", "pos"])
    nothing = model.predict_proba(["", "   ", "plugh"])
    assert (nothing == nothing[0]).all()
    found = model.explain("plugh")
    assert found.reasons == ()
    assert found.logit == pytest.approx(found.rest)


def test_known_words_are_counted_in_streams_of_any_length():
    """A text without any has the shares of the classes in training."""
    model = trained(labels=["pos", *LABELS[1:]])
    known = TEXTS[1]
    found = list(model.predict_stream([known, "zzz"] * 700))
    assert [prediction.known_words for prediction in found] == [len(model.tokenizer(known)), 0] * 700
    assert found[1].is_guess
    assert list(found[1].probabilities.values()) == list(model.class_shares)
    assert sum(model.class_shares) == pytest.approx(1)


def test_classes_of_one_text_each_share_no_fold():
    model = trained(texts=["a good film", "a bad film"], labels=["pos", "neg"])
    assert model.predict(["good", "bad"]) == ["pos", "neg"]


def test_class_weights():
    texts, labels = TEXTS + 10 * GOOD, LABELS + 40 * ["pos"]
    plain = trained(texts=texts, labels=labels)
    balanced = trained(dataclasses.replace(CONFIG, class_weights="balanced"), texts=texts, labels=labels)
    assert balanced.predict_proba(["film"])[0, 0] > plain.predict_proba(["film"])[0, 0]


def test_it_is_evaluated_and_calibrated_as_others():
    data = LabelledTexts(tuple(GOOD + BAD), ("pos",) * 4 + ("neg",) * 4, "here")
    found = evaluate(trained(), data, calibration=data, num_worst=2)
    assert found.scores.accuracy == 1
    assert found.temperature is not None


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"texts": ["", "..."], "labels": ["a", "b"], "unlabelled": []}, CorpusError, "found none"),
        ({"texts": TEXTS, "labels": len(TEXTS) * ["pos"]}, ValueError, "two or more classes"),
        ({"texts": TEXTS, "labels": LABELS[1:]}, ValueError, "expected 80 labels"),
        ({"unlabelled": "a single text"}, TypeError, "expected a list of texts, found a single text"),
        ({"unlabelled": ["good", None]}, TypeError, "found a missing value"),
        ({"config": dataclasses.replace(CONFIG, min_count=1_000)}, CorpusError, "1000 times or more"),
    ],
)
def test_bad_input(options, error, message):
    with pytest.raises(error, match=message):
        trained(**options)


@pytest.mark.parametrize(
    ("field", "value"),
    [("dim", 0), ("ngrams", 11), ("epochs", 0), ("stacking_folds", 1), ("ratio_power", -1.0), ("cost", 0.0),
     ("vector_cost", 0.0), ("threads", 0), ("shards", 65), ("negative", -1.0), ("learning_rate", "fast"),
     ("class_weights", "rare"), ("model", "nbsvm")],
)  # fmt: skip
def test_settings_that_make_no_sense(field, value):
    with pytest.raises(ConfigError, match=f"{field}: expected .*, found {value!r}"):
        ParagraphConfig(**{field: value})


def test_damage(tmp_path):
    trained().save(tmp_path / "model")
    for payload in sorted((tmp_path / "model").iterdir()):
        content = payload.read_bytes()
        payload.write_bytes(content[: len(content) // 2])
        with pytest.raises(ArtifactError):
            load_classifier(tmp_path / "model")
        payload.write_bytes(content)
    assert load_classifier(tmp_path / "model").classes == ("neg", "pos")


def test_weights_below_zero_are_no_weights(tmp_path):
    model = trained()
    model.scorer.weights[0] = -1
    model.save(tmp_path / "model")
    with pytest.raises(ArtifactError, match=r"weights.npy: expected weights of 0 or more"):
        load_classifier(tmp_path / "model")
