"""The linear classifier as a model: learnt, explained, kept, refused."""

import json
import subprocess
import sys

import numpy as np
import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import ArtifactError, ConfigError, CorpusError, TrainingError
from wordlab.sentiment import LinearConfig, LinearModel, load_classifier, train_linear
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.models.linear.config import LOSSES, PRESETS, preset_config, preset_options
from wordlab.text import Tokenizer, Vocabulary

WORDS = ["the", "a", "film", "was", "plot", "actor", "scene", "it"]
WORDS_OF = {"pos": ["good", "great", "fine"], "neg": ["bad", "poor", "dull"], "so": ["mixed", "fair"]}
QUICK = {"buckets": 500, "epochs": 10, "threads": 1}


def made(num_texts, seed=0, classes=("pos", "neg", "so")):
    """Texts of plain words with one or two words of their class among them."""
    random = np.random.default_rng(seed)
    labels = random.choice(classes, num_texts).tolist()
    texts = []
    for label in labels:
        words = [*random.choice(WORDS, 5), *random.choice(WORDS_OF[label], random.integers(1, 3))]
        texts.append(" ".join(random.permutation(words)))
    return texts, labels


TEXTS, LABELS = made(300)
NEW = ["a good film", "it was dull", "never seen", "", "fair"]


def trained(**options):
    vectors = options.pop("vectors", None)
    tokenizer = options.pop("tokenizer", None)
    config = LinearConfig(**{**QUICK, **options})
    return train_linear(TEXTS, LABELS, config, vectors=vectors, tokenizer=tokenizer)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("options", [{}, {"max_ngram": 4}, {"ngrams": 1}, {"dim": 2}], ids=str)
def test_it_learns_the_words_of_the_classes(loss, options):
    model = trained(loss=loss, **options)
    texts, labels = made(200, seed=1)
    found = model.predict_proba(texts)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert np.mean([label == p for label, p in zip(labels, model.predict(texts), strict=True)]) > 0.97
    losses = model.history.losses
    assert (len(losses), model.history.best_epoch) == (10, 10)
    assert losses[-1] < losses[0] / 2
    assert model.history.accuracies[-1] > 0.95


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_kept_predicts_the_same(tmp_path, loss):
    model = trained(loss=loss, max_ngram=3)
    model.save(tmp_path / "model", metrics={"accuracy": 0.5})
    loaded = load_classifier(tmp_path / "model")
    assert isinstance(loaded, LinearModel)
    assert loaded.config.to_dict() == model.config.to_dict()
    assert (loaded.classes, loaded.tokenizer) == (model.classes, model.tokenizer)
    assert loaded.predict_proba(NEW).tobytes() == model.predict_proba(NEW).tobytes()
    assert loaded.explain(NEW[0]) == model.explain(NEW[0])
    assert loaded.history.losses == model.history.losses
    assert loaded.predict_proba([]).shape == (0, 3)
    loaded.save(tmp_path / "again", metrics={"accuracy": 0.5})
    for file in (tmp_path / "model").iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes(), file.name


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("dim", [16, 100])
def test_any_number_of_threads_gives_the_same_files(tmp_path, loss, dim):
    for threads in (1, 2, 3):
        trained(loss=loss, dim=dim, threads=threads).save(tmp_path / str(threads))
    for file in (tmp_path / "1").iterdir():
        for other in "23":
            assert file.read_bytes() == (tmp_path / other / file.name).read_bytes(), file.name


def test_another_seed_gives_other_bytes_of_like_quality():
    one, other = trained(seed=1), trained(seed=2)
    assert one.inputs.tobytes() != other.inputs.tobytes()
    assert abs(one.history.accuracies[-1] - other.history.accuracies[-1]) < 0.05


def test_predictions_do_not_depend_on_what_is_read_together():
    model, texts = trained(), made(50, seed=2)[0]
    together = model.predict_proba(texts, threads=1)
    np.testing.assert_array_equal(together, [model.predict_proba([text], threads=2)[0] for text in texts])


def test_blocks_of_many_texts_are_classified_side_by_side(monkeypatch):
    monkeypatch.setattr("wordlab.sentiment.features.encoding._BLOCK_CHARACTERS", 400)
    monkeypatch.setattr("wordlab.text.tokenizers.compiled._LEAST", 1)  # so that threads do it, not processes
    model, texts = trained(), [*TEXTS, *NEW, "of a\nline", "É"] * 3
    found = []
    for threads in (1, 3):
        tally = Tally()
        predicted = [(p.text, p.probabilities, p.known_words) for p in
                     model.predict_stream(texts, threads=threads, tally=tally)]  # fmt: skip
        found.append((predicted, tally))
    assert found[0] == found[1]
    assert found[0][1].num_texts == len(texts)
    alone = [next(model.predict_stream([text])).known_words for text in texts[:307]]
    assert [known for _, _, known in found[0][0][:307]] == alone
    assert [p.label for p in model.predict_stream(iter(texts))] == model.predict(texts)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("options", [{}, {"max_ngram": 4}, {"dim": 2}], ids=str)
def test_reasons_are_exact_shares_of_the_logit(loss, options):
    model = trained(loss=loss, **options)
    text = "a good film good film was unseen"
    for position, label in enumerate(model.classes):
        explanation = model.explain(text, label=label)
        assert explanation.logit == pytest.approx(
            explanation.rest + sum(reason.weight for reason in explanation.reasons)
        )
        logit, _ = model.reasons(text, position)
        assert explanation.logit == pytest.approx(logit)
    shares = {reason.words: reason for reason in model.explain(text, label="pos").reasons}
    assert (shares["good",].position, shares["good", "film"].position) == (1, 1)
    assert ("unseen",) not in shares or options.get("max_ngram")
    if loss == "softmax":
        logits = [model.reasons(text, position)[0] for position in range(3)]
        chances = np.exp(logits) / np.exp(logits).sum()
        np.testing.assert_allclose(model.predict_proba([text])[0], chances, atol=1e-6)


def test_a_reason_is_what_the_logit_loses_without_a_word():
    """Without runs of words, a word's share is the difference that its row makes, at equal length."""
    model = trained(ngrams=1, dim=3)
    with_it, _ = model.reasons("good film", 0)
    without, _ = model.reasons("unseen film", 0)
    (share,) = [r.weight for r in model.explain("good film", label=model.classes[0]).reasons
                if r.words == ("good",)]  # fmt: skip
    # the unseen word has no row: two rows are left of three
    assert with_it - share == pytest.approx(without * 2 / 3, abs=1e-9)


def test_a_text_without_a_known_word_is_judged_by_its_end():
    model = trained(buckets=2_000_000)  # so that no two runs share one
    unknown, empty = model.predict_proba(["never seen", ""])
    assert unknown.max() < 0.7
    assert empty.sum() == pytest.approx(1)
    assert model.explain("never seen").reasons == ()
    assert model.predict_proba(["never\nseen"])[0].tolist() == unknown.tolist()


def test_known_words_are_counted_and_guesses_flagged():
    """A guess stays what fastText makes of such a text."""
    model = trained(buckets=2_000_000)
    found = list(model.predict_stream(["a good film", "never seen", ""]))
    assert [prediction.known_words for prediction in found] == [3, 0, 0]
    assert [prediction.is_guess for prediction in found] == [False, True, True]
    (rows,) = model.probabilities(["a good film", "never seen", ""])
    assert [list(prediction.probabilities.values()) for prediction in found] == rows.tolist()
    spelt = trained(max_ngram=5, buckets=2_000_000)
    assert not next(spelt.predict_stream(["goodness"])).is_guess


def test_a_long_text():
    model = trained()
    text = "it was a good film " * 20_000
    assert model.predict([text]) == ["pos"]
    longer = train_linear([*TEXTS, text], [*LABELS, "pos"], LinearConfig(**QUICK))
    assert longer.predict([text]) == ["pos"]


def test_what_is_read_is_counted():
    model = trained()
    assert model.tally.num_texts == 300
    assert (model.tally.own, model.tally.num_cut_texts) == (1.0, 0)
    from wordlab.sentiment import Tally

    tally = Tally()
    model.predict_proba(["good unseen"], tally=tally)
    assert tally.known == 0.5
    assert model.seen.contains([TEXTS[0], "other"]).tolist() == [True, False]


def test_counting_changes_no_probability():
    model = trained(loss="ova")
    assert np.array_equal(model.predict_proba(NEW), model.predict_proba(NEW, tally=Tally()))


def test_prediction_loads_no_more_than_it_needs(tmp_path):
    trained().save(tmp_path / "model")
    script = """
import sys
from wordlab.sentiment import load_classifier
print(*load_classifier(sys.argv[1]).predict(sys.argv[2:]), *sys.modules)
"""
    words = [sys.executable, "-c", script, str(tmp_path / "model"), "a good film", "a bad film"]
    first, second, *loaded = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    assert (first, second) == ("pos", "neg")
    heavy = {"pyarrow.compute", "pyarrow.dataset", "rich", "safetensors", "scipy.linalg", "sklearn", "torch"}
    assert not heavy & set(loaded)


def test_progress_is_reported():
    events = []
    train_linear(TEXTS, LABELS, LinearConfig(**QUICK), on_progress=events.append)
    assert {event.task for event in events} == {"train classifier"}
    assert (events[-1].done, events[-1].total, events[-1].unit) == (3000, 3000, "texts")


def test_class_weights_help_the_rare_class():
    texts, labels = made(400, seed=3, classes=("pos", "neg"))
    rare = [place for place, label in enumerate(labels) if label == "neg"][5:]
    kept = [place for place in range(400) if place not in rare]
    texts, labels = [texts[p] for p in kept], [labels[p] for p in kept]
    new, wanted = made(200, seed=4, classes=("pos", "neg"))

    def recall(**options):
        config = LinearConfig(**{**QUICK, "epochs": 3, "learning_rate": 0.2, **options})
        found = train_linear(texts, labels, config).predict(new)
        return np.mean([f == "neg" for f, w in zip(found, wanted, strict=True) if w == "neg"])

    assert recall(class_weights="balanced") > recall() + 0.2


class TestStart:
    def vectors(self, words=("good", "bad", "odd"), subwords=None, dim=7):
        random = np.random.default_rng(0)
        matrix = random.normal(size=(len(words), dim)).astype(np.float32)
        return WordVectors(Vocabulary(words, [3, 2, 1]), matrix, subwords=subwords)

    def start(self, vectors, **options):
        model = trained(vectors=vectors, learning_rate=0.0, **options)
        words = model.features.vocabulary
        return model, {word: model.inputs[words.id(word)] for word in words.words}

    def test_known_words_begin_with_their_vectors(self):
        vectors = self.vectors()
        model, rows = self.start(vectors, dim=16)
        assert model.dim == 7
        np.testing.assert_array_equal(rows["good"], vectors["good"])
        assert np.abs(rows["film"]).max() <= 1 / 7
        assert np.abs(model.inputs[len(rows) :]).max() <= 1 / 7

    def subwords(self, dim=7, num_buckets=500):
        random = np.random.default_rng(1)
        return Subwords(3, 4, random.normal(size=(num_buckets, dim)).astype(np.float32))

    def test_unknown_words_are_composed_of_other_n_grams(self):
        subwords = self.subwords(num_buckets=400)
        vectors = self.vectors(subwords=subwords)
        _, rows = self.start(vectors)
        np.testing.assert_array_equal(rows["good"], vectors["good"])
        np.testing.assert_array_equal(rows["film"], subwords.vector("film"))

    def test_equal_n_grams_begin_with_their_own_vectors(self):
        subwords = self.subwords()
        vectors = self.vectors(subwords=subwords)
        model, rows = self.start(vectors, ngrams=1, min_ngram=3, max_ngram=4)
        own = subwords.own_vectors(vectors.vocabulary.words, vectors.matrix)
        np.testing.assert_array_equal(rows["good"], own[0])
        buckets = model.features.buckets
        np.testing.assert_array_equal(model.inputs[len(rows) :], subwords.matrix[buckets])

    def test_good_vectors_help_where_texts_are_few(self):
        words = tuple(word for words in WORDS_OF.values() for word in words)
        matrix = np.zeros((len(words), 5), np.float32)
        for column, of_class in enumerate(WORDS_OF.values()):
            matrix[[words.index(word) for word in of_class], column] = 3
        vectors = WordVectors(Vocabulary(words, [1] * len(words)), matrix)
        texts, labels = made(12, seed=5)
        new, wanted = made(200, seed=6)
        config = LinearConfig(**QUICK, ngrams=1, dim=5)

        def accuracy(vectors):
            found = train_linear(texts, labels, config, vectors=vectors).predict(new)
            return np.mean([f == w for f, w in zip(found, wanted, strict=True)])

        assert accuracy(vectors) > accuracy(None)


class TestConfig:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"model": "svm"}, "model: expected one of linear, found 'svm'"),
            ({"loss": "hinge"}, "loss: expected one of softmax, ova, hierarchical, found 'hinge'"),
            ({"class_weights": "x"}, "class_weights: expected one of none, balanced, found 'x'"),
            ({"dim": 0}, "dim: expected a whole number from 1 to 10000, found 0"),
            ({"ngrams": 0}, "ngrams: expected a whole number from 1 to 10, found 0"),
            ({"buckets": 2**31}, "buckets: expected a whole number from 1 to 2147483647, found 2147483648"),
            ({"max_ngram": 2}, "min_ngram: expected at most the max_ngram 2, found 3"),
            ({"learning_rate": -1}, "learning_rate: expected a number from 0.0 to 1000.0, found -1"),
            ({"epochs": 1.5}, "epochs: expected a whole number from 1 to 1000000, found 1.5"),
            ({"threads": 0}, "threads: expected a whole number from 1 to 1024, found 0"),
            ({"min_count": True}, "min_count: expected a whole number from 1 to 1000000, found True"),
            ({"seed": -1}, f"seed: expected a whole number from 0 to {2**63 - 1}, found -1"),
        ],
    )
    def test_bad_options_are_refused(self, options, message):
        with pytest.raises(ConfigError) as error:
            LinearConfig(**options)
        assert str(error.value) == message

    def test_presets(self):
        config = preset_config("fasttext", ngrams=2)
        assert (config.dim, config.learning_rate, config.epochs, config.ngrams) == (100, 0.1, 5, 2)
        assert preset_options("fasttext") is PRESETS["fasttext"]
        with pytest.raises(ConfigError) as error:
            preset_config("fastext")
        assert (
            str(error.value) == "preset: expected one of fasttext, found 'fastext'; did you mean 'fasttext'?"
        )

    def test_threads_are_no_part_of_the_result(self):
        assert "threads" not in LinearConfig(threads=3).to_dict()


class TestRefusals:
    def test_one_class(self):
        with pytest.raises(CorpusError) as error:
            train_linear(["a", "b"], ["x", "x"])
        assert str(error.value) == "labels: expected texts of at least two classes, found only 'x'"
        with pytest.raises(CorpusError) as error:
            train_linear([], [])
        assert str(error.value) == "labels: expected texts of at least two classes, found no text"

    def test_labels_of_another_number(self):
        with pytest.raises(ValueError, match="expected a label for each text, found 1 texts, 2 labels"):
            train_linear(["a"], ["x", "y"])

    def test_a_single_string(self):
        with pytest.raises(TypeError, match="found a single text; put it in a list"):
            train_linear("abc", ["x", "y", "z"])

    def test_texts_without_a_word_still_have_an_end(self):
        model = train_linear(["", " ", ""], ["x", "x", "y"], LinearConfig(**QUICK))
        assert model.predict(["", "new"]) == ["x", "x"]

    @pytest.mark.parametrize("loss", LOSSES)
    def test_a_loss_that_is_not_finite(self, loss):
        with pytest.raises(TrainingError) as error:
            trained(learning_rate=1000.0, loss=loss, ngrams=1, epochs=400)
        assert "not a finite number" in str(error.value)
        assert "a learning rate smaller than 1000 may help" in str(error.value)


class TestDamage:
    @pytest.fixture
    def saved(self, tmp_path):
        trained(loss="softmax").save(tmp_path / "m")
        return tmp_path / "m"

    def rewrite(self, saved, name, change):
        """Change an array, and the manifest's digest with it."""
        from wordlab.io.digests import file_digest

        array = change(np.load(saved / name))
        np.save(saved / name, array)
        manifest = json.loads((saved / "manifest.json").read_text())
        facts = manifest["payloads"][name]
        facts["bytes"], facts["sha256"] = (saved / name).stat().st_size, file_digest(saved / name)
        (saved / "manifest.json").write_text(json.dumps(manifest))

    def refused(self, saved):
        with pytest.raises(ArtifactError) as error:
            load_classifier(saved)
        return str(error.value)

    def test_a_missing_payload(self, saved):
        (saved / "buckets.npy").unlink()
        assert "buckets.npy" in self.refused(saved)

    def test_changed_bytes(self, saved):
        data = bytearray((saved / "inputs.npy").read_bytes())
        data[-1] ^= 1
        (saved / "inputs.npy").write_bytes(data)
        assert "inputs.npy: expected" in self.refused(saved)

    @pytest.mark.parametrize(
        ("name", "change", "message"),
        [
            ("buckets.npy", lambda a: a[::-1], "expected buckets below 500 in ascending order"),
            ("buckets.npy", lambda a: a + np.uint32(400), "expected buckets below 500 in ascending order"),
            ("buckets.npy", lambda a: a[:-1], "rows, found shape"),
            ("buckets.npy", lambda a: a.astype(np.int64), "expected uint32"),
            ("inputs.npy", lambda a: a[:-1], "rows, found shape"),
            ("inputs.npy", lambda a: a[:, :0], "found shape"),
            ("inputs.npy", lambda a: np.where(a == a[0, 0], np.nan, a), "finite"),
            ("outputs.npy", lambda a: a[:, :-1], "outputs.npy: expected"),
            ("outputs.npy", lambda a: a[:-1], "outputs.npy: expected"),
        ],
    )
    def test_arrays_that_do_not_fit(self, saved, name, change, message):
        self.rewrite(saved, name, change)
        assert message in self.refused(saved)

    @pytest.mark.parametrize(
        ("facts", "message"),
        [
            ({"class_counts": [1, 2]}, "class_counts: expected 3 numbers of texts, found [1, 2]"),
            ({"by_count": [0, 0, 1]}, "by_count: expected the classes by descending count, found [0, 0, 1]"),
            ({"by_count": "x"}, "by_count: expected a list, found 'x'"),
            ({"history": None}, "history: expected"),
            ({"classes": ["a"]}, "classes: expected two or more"),
        ],
    )
    def test_facts_that_do_not_fit(self, saved, facts, message):
        manifest = json.loads((saved / "manifest.json").read_text())
        manifest["details"].update(facts)
        (saved / "manifest.json").write_text(json.dumps(manifest))
        assert message in self.refused(saved)


def test_other_tokenizers():
    model = trained(tokenizer=Tokenizer("whitespace"))
    assert model.tokenizer.name == "whitespace"
    assert "Good" not in model.features.vocabulary
