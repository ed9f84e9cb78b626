import itertools
import re

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight

from pipelines.reports.sentiment import training_notes
from wordlab import artifact
from wordlab.devices import torch_threads
from wordlab.embeddings import WordVectors
from wordlab.errors import (
    ArtifactError,
    ConfigError,
    CorpusError,
    OutputExistsError,
    ResourceError,
    TrainingError,
)
from wordlab.sentiment import ClassifierConfig, train
from wordlab.sentiment.training.loop import class_weights
from wordlab.sentiment.training.preparation import prepare
from wordlab.text import Tokenizer, Vocabulary

SUBJECTS = ("the film", "a plot", "this actor", "her voice", "the end", "one scene")
TEXTS = [f"{s} is {a} {b}" for s in SUBJECTS for a in ("so", "very", "quite") for b in ("good", "bad")] * 2
LABELS = ["pos" if text.endswith("good") else "neg" for text in TEXTS]
WORDS = ("the", "film", "a", "plot", "is", "so", "very", "good", "bad", "unseen")
VECTORS = WordVectors(
    Vocabulary(WORDS, range(20, 10, -1)),
    np.random.default_rng(5).normal(size=(10, 8)),
    tokenizer=Tokenizer("word"),
)


def fit(texts=TEXTS, labels=LABELS, *, vectors=VECTORS, **options):
    arguments = {n: options.pop(n) for n in ("checkpoint", "resume", "validation_texts", "on_progress")
                 if n in options}  # fmt: skip
    if "validation_texts" in arguments:
        arguments["validation"] = arguments.pop("validation_texts")
    small = {"num_channels": 6, "hidden": 5, "epochs": 4, "batch_size": 8, "threads": 1, "dim": 8}
    return train(texts, labels, ClassifierConfig(**{**small, **options}), vectors=vectors, **arguments)


def weights(classifier):
    return {name: tensor.numpy().tobytes() for name, tensor in classifier.network.state_dict().items()}


@pytest.mark.parametrize("model", ["textcnn", "birnn"])
@pytest.mark.parametrize("vectors", [VECTORS, None])
def test_it_learns(model, vectors):
    classifier = fit(model=model, vectors=vectors, epochs=15, patience=15, learning_rate=0.01)
    assert classifier.predict(["the film is good", "a plot so bad"], threads=1) == ["pos", "neg"]
    assert classifier.history.losses[-1] < classifier.history.losses[0]


@pytest.mark.parametrize("model", ["textcnn", "birnn"])
@pytest.mark.parametrize("optimizer", ["adamw", "adadelta"])
def test_equal_seeds_give_equal_bytes(model, optimizer):
    first = fit(model=model, optimizer=optimizer, word_dropout=0.1, max_norm=3.0)
    assert weights(first) == weights(fit(model=model, optimizer=optimizer, word_dropout=0.1, max_norm=3.0))
    other = fit(model=model, optimizer=optimizer, word_dropout=0.1, max_norm=3.0, seed=2)
    assert weights(first) != weights(other)


def test_labels_may_be_positions_of_classes_that_are_named():
    positions = np.array([label == "pos" for label in LABELS], dtype=int)
    config = ClassifierConfig(epochs=2, threads=1, num_channels=6)
    named = train(TEXTS, positions, config, classes=["bad", "good"], vectors=VECTORS)
    assert named.classes == ("bad", "good")
    assert weights(named) == weights(train(TEXTS, LABELS, config, vectors=VECTORS))  # neg, pos
    held_out = (TEXTS, positions)
    judged = train(TEXTS, positions, config, classes=["bad", "good"], validation=held_out, vectors=VECTORS)
    assert len(judged.history.validation_accuracies) == 2
    assert judged.held_out.accuracy == judged.history.validation_accuracies[judged.history.best_epoch - 1]
    predicted = [judged.classes.index(label) for label in judged.predict(TEXTS)]
    expected = np.zeros((2, 2), int)
    np.add.at(expected, (positions, predicted), 1)
    assert judged.held_out.confusion == tuple(map(tuple, expected.tolist()))
    assert named.held_out.num_texts == 8  # a tenth of 72, at least one of each class
    for labels, validation in (([*positions[:-1], 2], None), (positions, (TEXTS, [-1] * len(TEXTS)))):
        with pytest.raises(ValueError, match="expected positions of 2 classes as labels, found"):
            train(TEXTS, labels, config, classes=["bad", "good"], validation=validation)


class StopHereError(Exception):
    pass


def interrupt_in(epoch):
    def listen(event):
        if event.metrics["epoch"] >= epoch:
            raise StopHereError

    return listen


@pytest.mark.parametrize(("model", "optimizer", "averaging"), [
    ("textcnn", "adamw", 0.9), ("textcnn", "adadelta", 0.0), ("birnn", "adamw", 0.0)
])  # fmt: skip
@pytest.mark.parametrize("epoch", [1, 2, 4])
def test_an_interrupted_run_goes_on_to_the_same_result(
    tmp_path, monkeypatch, model, optimizer, averaging, epoch
):
    monkeypatch.setattr("wordlab.progress.REPORT_INTERVAL", 0.0)
    options = {"model": model, "optimizer": optimizer, "averaging": averaging, "patience": 9,
               "word_dropout": 0.2}  # fmt: skip
    whole = fit(**options)
    with pytest.raises(StopHereError):
        fit(**options, checkpoint=tmp_path / "state", on_progress=interrupt_in(epoch))
    assert (tmp_path / "state").exists() == (epoch > 1)
    resumed = fit(**options, checkpoint=tmp_path / "state", resume=True)
    assert weights(resumed) == weights(whole)
    assert resumed.history.to_dict() == whole.history.to_dict()
    assert resumed.history.num_epochs == 4


def test_a_checkpoint_belongs_to_its_data_and_config(tmp_path):
    state = tmp_path / "state"
    fit(checkpoint=state)
    with pytest.raises(OutputExistsError, match="exists already"):
        fit(checkpoint=state)
    with pytest.raises(ArtifactError, match=r"expected a run with dropout 0\.1, found 0\.5"):
        fit(checkpoint=state, resume=True, dropout=0.1)
    with pytest.raises(ArtifactError, match="expected a run on these texts and vectors, found other ones"):
        fit([text.upper() + " yes" for text in TEXTS], checkpoint=state, resume=True)
    assert fit(checkpoint=state, resume=True, epochs=6, patience=9).history.num_epochs == 6
    with artifact.create(tmp_path / "other", kind="corpus", format_version=1):
        pass
    with pytest.raises(ArtifactError, match="expected an artefact of kind 'classifier-checkpoint'"):
        fit(checkpoint=tmp_path / "other", resume=True)


def test_the_best_epoch_is_kept_and_the_rest_saved():
    """Held-out labels that contradict the training texts: every epoch is worse than the first."""
    flipped = ["pos" if label == "neg" else "neg" for label in LABELS]
    classifier = fit(validation_texts=(TEXTS, flipped), epochs=30, patience=3, learning_rate=0.01)
    history = classifier.history
    assert history.num_epochs == history.best_epoch + 3 < 30
    told = classifier.predict(TEXTS, threads=1)
    found = np.mean([a == b for a, b in zip(told, flipped, strict=True)])
    assert found == pytest.approx(max(history.validation_accuracies))


def test_without_held_out_texts_all_epochs_are_trained():
    classifier = fit(validation=0.0)
    assert classifier.history.num_epochs == classifier.history.best_epoch == 4
    assert classifier.history.validation_losses == []


# So long that sums of their products overflow, to both sides.
HUGE = WordVectors(VECTORS.vocabulary, np.sign(VECTORS.matrix) * 3e38, tokenizer=Tokenizer("word"))


def test_torch_is_left_as_it_was():
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    fit(threads=threads + 1)
    with pytest.raises(TrainingError):
        fit(threads=threads + 1, vectors=HUGE, unknown="zero")
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)


def test_a_loss_that_is_not_a_number_is_an_error():
    with pytest.raises(TrainingError, match=r"^epoch 1: the loss is not a finite number; try a"):
        fit(vectors=HUGE, unknown="zero")


@pytest.mark.parametrize(("model", "options"), [
    ("textcnn", {"learning_rate": 100.0, "epochs": 2}),
    ("textcnn", {"learning_rate": 100.0, "epochs": 2, "validation": 0.0}),
    ("birnn", {"learning_rate": 100.0, "epochs": 3, "validation": 0.0}),
])  # fmt: skip
def test_an_explosion_is_an_error(model, options):
    with pytest.raises(TrainingError) as caught:
        fit(model=model, **options)
    assert re.fullmatch(
        r"epoch \d+: the loss is (\S+, that of guessing 0\.693|not a finite number); "
        "try a learning_rate smaller than 100", str(caught.value),
    )  # fmt: skip


def test_more_weights_than_memory_is_an_error(monkeypatch):
    with pytest.raises(ResourceError) as caught:
        fit(model="birnn", hidden=100_000)
    assert re.fullmatch(
        r"memory: expected 128\d\.\d GB to train the BiRNN's 80,\d{3},\d{3},\d{3} weights, found \S+ GB; "
        "smaller layers need less", str(caught.value),
    )  # fmt: skip
    monkeypatch.setattr("wordlab.sentiment.training.memory.available_memory", lambda: None)
    fit()


def test_memory_that_torch_cannot_have_is_a_memory_error():
    with (
        pytest.raises(MemoryError, match=r"^torch asked for 40,000,000,000,000,000 bytes"),
        torch_threads(1),
    ):
        torch.empty(10**16)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"), torch_threads(1):
        torch.zeros(2, 3) @ torch.zeros(2, 3)


def test_a_loss_on_held_out_texts_that_is_not_a_number_is_an_error(monkeypatch):
    monkeypatch.setattr("wordlab.sentiment.training.loop.evaluate_network", lambda *_, **__: (np.nan, 0.9))
    with pytest.raises(TrainingError, match=r"^epoch 1: the loss is not a finite number; try a"):
        fit()


def test_a_loss_far_above_that_of_guessing_is_noted():
    history = {"losses": [0.5], "validation_losses": [1.3, 2.5], "best_epoch": 2}
    assert training_notes(history, 2, 0.5) == [
        "the loss is 2.5, that of guessing 0.693: the classifier is sure of much that is wrong; a "
        "--learning-rate smaller than 0.5 or more texts may help"
    ]
    assert training_notes(history, 6, 0.5) == training_notes(None, 2, 0.5) == []
    assert training_notes({"losses": [9.0, 0.7], "validation_losses": [], "best_epoch": 2}, 2, 0.5) == []


def test_balanced_class_weights_are_scikit_learns():
    texts, labels = TEXTS[:20], [*LABELS[:18], "neg", "rare"]
    config = ClassifierConfig(class_weights="balanced", validation=0.0)
    prepared = prepare(texts, labels, config, vectors=None, tokenizer=None, validation=None)
    expected = compute_class_weight("balanced", classes=np.unique(labels), y=labels)
    np.testing.assert_allclose(class_weights(prepared, config, "cpu"), expected, rtol=1e-6)
    balanced = fit(texts, labels, class_weights="balanced", validation=0.0)
    assert weights(balanced) != weights(fit(texts, labels, validation=0.0))


def test_max_norm_limits_the_output():
    classifier = fit(max_norm=0.1, optimizer="adadelta")
    assert classifier.network.output.weight.norm(dim=1).max() <= 0.1 + 1e-6


def test_the_static_channel_and_the_extra_words_are_those_of_the_vectors():
    classifier = fit()
    network, encoder = classifier.network, classifier.encoder
    for word in WORDS:
        row = network.words.static[encoder.id(word)].numpy()
        np.testing.assert_array_equal(row, VECTORS[word])
    assert "unseen" in encoder.vocabulary
    tuned = network.words.tuned.weight[encoder.id("good")].numpy()
    assert not np.array_equal(tuned, VECTORS["good"])


def test_progress_comes_to_its_end():
    events = []
    stalled = {"patience": 1, "epochs": 50, "learning_rate": 1e-12}
    classifier = fit(on_progress=events.append, validation=0.2, **stalled)
    assert all(a.done <= b.done for a, b in itertools.pairwise(events))
    assert events[-1].done == events[-1].total
    assert {"epoch", "loss", "accuracy"} <= events[-1].metrics.keys()
    assert events[-1].metrics["epoch"] == classifier.history.num_epochs == 2


@pytest.mark.parametrize(
    ("texts", "labels", "options", "error", "message"),
    [
        (["a"], ["x"], {}, CorpusError, "labels: expected texts of at least two classes, found only 'x'"),
        ([], [], {}, CorpusError, "labels: expected texts of at least two classes, found no text"),
        (["", "?"], ["x", "y"], {}, CorpusError, "found not a single word in them"),
        (["a", "b"], ["x", "y"], {}, ConfigError, "validation: expected a share that holds texts of each"),
        (["a"], ["x", "y"], {}, ValueError, "expected a label for each text, found 1 texts, 2 labels"),
    ],
)
def test_texts_that_nothing_can_be_learnt_from(texts, labels, options, error, message):
    with pytest.raises(error, match=message):
        fit(texts, labels, vectors=None, **options)


def test_a_device_that_is_not_there():
    with pytest.raises(ConfigError, match="device: expected one that this torch can use"):
        train(TEXTS, LABELS, device="meta")
