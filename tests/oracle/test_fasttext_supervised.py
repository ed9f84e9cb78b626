"""The linear classifier's files, rows and predictions against the fasttext package."""

import numpy as np
import pytest

from wordlab.errors import FormatError
from wordlab.sentiment import (
    LinearConfig,
    LinearModel,
    QuantisingConfig,
    evaluate_multi_label,
    load_classifier,
    quantise,
    read_multi_label,
    train_linear,
)
from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.models.linear.config import LOSSES, preset_config
from wordlab.text import Tokenizer
from wordlab.text.tokenizers.packed import PackedWords

fasttext = pytest.importorskip("fasttext")

WHITESPACE = Tokenizer("whitespace")
WORDS = ["alpha", "béta", "gamma", "delta", "für", "漢字", "x", "z1", "good", "bad", "film", "😀", "naïve"]
FLOOR = 1e-5  # fastText adds it to a probability before it takes the logarithm


def made(num_texts, seed=0):
    random = np.random.default_rng(seed)
    labels = random.choice(list("abca"), num_texts).tolist()
    texts = [" ".join([*random.choice(WORDS, random.integers(0, 9)), label]) for label in labels]
    return texts, labels


TEXTS, LABELS = made(300)
NEW = [*made(30, seed=1)[0], "unseen words good", "", "für für", "a " * 3000]
KINDS = [
    {},
    {"ngrams": 3},
    {"max_ngram": 4},
    {"ngrams": 2, "min_ngram": 2, "max_ngram": 5, "min_count": 40},
]


def trained(loss, **options):
    config = preset_config(
        "fasttext", loss=loss, dim=20, **{"buckets": 1000, "learning_rate": 0.8, **options}
    )
    return train_linear(TEXTS, LABELS, config, tokenizer=WHITESPACE)


def probabilities(theirs, text, classes):
    found = {label: chance for chance, label in theirs.f.predict(text + "\n", -1, 0.0, "strict")}
    return np.array([found.get(f"__label__{name}", 0.0) for name in classes])


def supervised(path, **options):
    # with ten threads or more, or fastText leaves rows as it finds them in memory
    return fasttext.train_supervised(
        str(path), thread=12, verbose=0, **{"dim": 10, "bucket": 1000, **options}
    )


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    path = tmp_path_factory.mktemp("labelled") / "train.txt"
    lines = [f"__label__{label} {text}\n" for text, label in zip(TEXTS, LABELS, strict=True)]
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("options", KINDS, ids=str)
@pytest.mark.parametrize("loss", LOSSES)
class TestExport:
    def test_fasttext_keeps_the_bytes(self, tmp_path, loss, options):
        trained(loss, **options).export(tmp_path / "ours.bin")
        fasttext.load_model(str(tmp_path / "ours.bin")).save_model(str(tmp_path / "theirs.bin"))
        assert (tmp_path / "ours.bin").read_bytes() == (tmp_path / "theirs.bin").read_bytes()

    def test_fasttext_predicts_the_same(self, tmp_path, loss, options):
        model = trained(loss, **options)
        model.export(tmp_path / "model.bin")
        theirs = fasttext.load_model(str(tmp_path / "model.bin"))
        for text, ours in zip(NEW, model.predict_proba(NEW), strict=True):
            found = probabilities(theirs, text, model.classes)
            if loss == "ova":  # a sigmoid of each class, from a table of 512 cells over [-8, 8]
                tolerance = 16 / 512 / 4 + FLOOR
                np.testing.assert_allclose(sigmoids(model, text), found, atol=tolerance)
            else:
                np.testing.assert_allclose(ours, found, atol=2 * FLOOR)

    def test_what_is_read_back_is_the_same(self, tmp_path, loss, options):
        model = trained(loss, **options)
        model.export(tmp_path / "model.bin.gz")
        again = LinearModel.from_fasttext(tmp_path / "model.bin.gz")
        np.testing.assert_allclose(again.predict_proba(NEW), model.predict_proba(NEW), atol=1e-6)
        again.export(tmp_path / "again.bin.gz")
        assert (tmp_path / "again.bin.gz").read_bytes() == (tmp_path / "model.bin.gz").read_bytes()

    def test_the_mean_is_fasttexts(self, tmp_path, loss, options):
        model = trained(loss, **options)
        model.export(tmp_path / "model.bin")
        theirs = fasttext.load_model(str(tmp_path / "model.bin"))
        words, labels = theirs.f.getVocab("strict")[0], theirs.f.getLabels("strict")[0]
        assert list(words) == list(model.features.vocabulary.words)
        assert list(labels) == [f"__label__{model.classes[place]}" for place in model.by_count]
        if model.config.max_ngram:  # the rows of a word, without runs
            for word in ("für", "漢字", "unseen"):
                found = model.features._word_rows(PackedWords.of([word])).members
                np.testing.assert_array_equal(found, theirs.get_subwords(word)[1])


def sigmoids(model, text):
    logits = [model.reasons(text, place)[0] for place in range(len(model.classes))]
    return 1 / (1 + np.exp(-np.array(logits)))


@pytest.mark.parametrize("ngrams", [1, 2, 3])
def test_the_mean_of_a_text_is_fasttexts(tmp_path, ngrams):
    """The sentence vector of a supervised model is the mean of its rows, scaled by nothing."""
    model = trained("softmax", ngrams=ngrams)
    model.export(tmp_path / "model.bin")
    theirs = fasttext.load_model(str(tmp_path / "model.bin"))
    inputs = np.concatenate([model.inputs, np.zeros((1, model.dim), np.float32)])
    for text in NEW:
        (block,) = tokenise([text], WHITESPACE)
        rows = model.features.rows_of(block).rows
        found = theirs.get_sentence_vector(text)
        np.testing.assert_allclose(inputs[rows].mean(axis=0), found, atol=1e-6)


@pytest.mark.parametrize("options", [{}, {"wordNgrams": 3}, {"minn": 2, "maxn": 4}], ids=str)
@pytest.mark.parametrize("loss", ["softmax", "hs", "ova"])
def test_models_of_fasttext_are_read(tmp_path, labelled, loss, options):
    theirs = supervised(labelled, loss=loss, lr=0.5, **options)
    theirs.save_model(str(tmp_path / "theirs.bin"))
    model = LinearModel.from_fasttext(tmp_path / "theirs.bin")
    assert model.classes == ("a", "b", "c")
    assert model.tokenizer == WHITESPACE
    for text, ours in zip(NEW, model.predict_proba(NEW), strict=True):
        found = probabilities(theirs, text, model.classes)
        if loss == "ova":
            np.testing.assert_allclose(sigmoids(model, text), found, atol=16 / 512 / 4 + FLOOR)
        else:
            np.testing.assert_allclose(ours, found, atol=3 * FLOOR)
    model.export(tmp_path / "ours.bin")
    assert (tmp_path / "ours.bin").read_bytes() == (tmp_path / "theirs.bin").read_bytes()


def test_the_same_settings_learn_as_well(tmp_path, labelled):
    """Calibrated over seeds 1 to 5: both find more than 0.97 of new texts."""
    texts, labels = made(300, seed=2)
    config = preset_config("fasttext", dim=10, learning_rate=0.5, epochs=20, buckets=1000)
    model = train_linear(TEXTS, LABELS, config, tokenizer=WHITESPACE)
    theirs = supervised(labelled, lr=0.5, epoch=20)
    ours = np.mean([p == label for p, label in zip(model.predict(texts), labels, strict=True)])
    found = [theirs.f.predict(text + "\n", 1, 0.0, "strict")[0][1] for text in texts]
    others = np.mean([p == f"__label__{label}" for p, label in zip(found, labels, strict=True)])
    assert ours >= others - 0.02
    assert ours > 0.97


class TestSeveralLabels:
    """One-against-rest with any number of labels: predictions and scores of fastText's `test`."""

    @pytest.fixture(scope="class")
    def files(self, tmp_path_factory):
        folder = tmp_path_factory.mktemp("several")
        random = np.random.default_rng(3)
        for name in ("train", "test"):
            lines = []
            for _ in range(300):
                labels = [label for label in "abcde" if random.random() < 0.35] or ["e"]
                words = [*random.choice(WORDS, 5), *labels[: random.integers(1, 4)]]
                lines.append(" ".join([*(f"__label__{label}" for label in labels), *words]) + "\n")
            (folder / f"{name}.txt").write_text("".join(lines), encoding="utf-8")
        return folder

    @pytest.fixture(scope="class")
    def model(self, files):
        data = read_multi_label(files / "train.txt")
        config = preset_config("fasttext", loss="ova", dim=20, buckets=1000, ngrams=2, learning_rate=0.5)
        found = train_linear(data.texts, data.labels, config, tokenizer=WHITESPACE)
        found.export(files / "model.bin")
        return found

    def test_predictions(self, files, model):
        theirs = fasttext.load_model(str(files / "model.bin"))
        for text, ours in zip(NEW, model.predict_proba(NEW), strict=True):
            found = probabilities(theirs, text, model.classes)
            np.testing.assert_allclose(ours, found, atol=16 / 512 / 4 + FLOOR)

    @pytest.mark.parametrize("k", [1, 2, 3])
    def test_first_labels(self, files, model, k):
        """But for ties in fastText's table, which has 512 sigmoids: of 300 texts one or two."""
        found = evaluate_multi_label(model, read_multi_label(files / "test.txt"), first=(k,))
        theirs = fasttext.load_model(str(files / "model.bin")).test(str(files / "test.txt"), k=k)
        (ours,) = found.scores.first
        assert theirs == pytest.approx((300, ours.precision, ours.recall), abs=2 / 300)

    def test_at_the_threshold(self, files, model):
        """At one half, which is a value of fastText's table of sigmoids, both predict the same labels."""
        scores = evaluate_multi_label(model, read_multi_label(files / "test.txt"), threshold=0.5).scores
        theirs = fasttext.load_model(str(files / "model.bin"))
        found = theirs.test(str(files / "test.txt"), k=-1, threshold=0.5)
        assert found == pytest.approx((300, scores.micro.precision, scores.micro.recall), abs=1e-12)
        each = theirs.test_label(str(files / "test.txt"), k=-1, threshold=0.5)
        for ours in scores.by_class:
            of_label = each[f"__label__{ours.label}"]
            assert (ours.precision, ours.recall, ours.f1) == pytest.approx(
                (of_label["precision"], of_label["recall"], of_label["f1score"]), abs=1e-12
            )

    def test_labels_that_are_new_are_left_out_by_both(self, files, model, tmp_path):
        lines = (files / "test.txt").read_text(encoding="utf-8")
        (tmp_path / "more.txt").write_text("__label__new __label__a x good\n" + lines, encoding="utf-8")
        found = evaluate_multi_label(model, read_multi_label(tmp_path / "more.txt"), first=(2,))
        theirs = fasttext.load_model(str(files / "model.bin")).test(str(tmp_path / "more.txt"), k=2)
        (ours,) = found.scores.first
        assert found.unknown == {"new": 1}
        assert theirs == pytest.approx((301, ours.precision, ours.recall), abs=1e-12)

    def test_models_of_fasttext_are_read(self, files, tmp_path):
        theirs = supervised(files / "train.txt", loss="ova", lr=0.5)
        theirs.save_model(str(tmp_path / "theirs.bin"))
        model = LinearModel.from_fasttext(tmp_path / "theirs.bin")
        assert model.several
        scores = evaluate_multi_label(model, read_multi_label(files / "test.txt"), threshold=0.5).scores
        found = theirs.test(str(files / "test.txt"), k=-1, threshold=0.5)
        assert found == pytest.approx((300, scores.micro.precision, scores.micro.recall), abs=1e-12)
        assert model.predict_proba(["a b"]).max() <= 1

    def test_the_same_settings_learn_as_well(self, files, model):
        """Calibrated over seeds 1 to 5 of fastText: 0.96 to 0.99 of the first labels are right for both."""
        theirs = supervised(files / "train.txt", loss="ova", lr=0.5, epoch=20)
        data = read_multi_label(files / "train.txt")
        config = preset_config("fasttext", loss="ova", dim=10, learning_rate=0.5, epochs=20, buckets=1000)
        ours = train_linear(data.texts, data.labels, config, tokenizer=WHITESPACE)
        (first,) = evaluate_multi_label(ours, read_multi_label(files / "test.txt"), first=(1,)).scores.first
        assert first.precision >= theirs.test(str(files / "test.txt"), k=1)[1] - 0.02


class TestQuantised:
    """`.ftz`, pruned or not, with and without norms."""

    CHOICES = ({}, {"qnorm": True}, {"cutoff": 25}, {"cutoff": 25, "qnorm": True})

    @pytest.mark.parametrize("choices", CHOICES, ids=str)
    @pytest.mark.parametrize("options", KINDS, ids=str)
    @pytest.mark.parametrize("loss", LOSSES)
    def test_fasttext_predicts_the_same(self, tmp_path, loss, options, choices):
        model = quantise(trained(loss, **options), QuantisingConfig(**choices), threads=1)
        model.export(tmp_path / "ours.ftz")
        theirs = fasttext.load_model(str(tmp_path / "ours.ftz"))
        assert theirs.is_quantized()
        for text, ours in zip(NEW, model.predict_proba(NEW), strict=True):
            found = probabilities(theirs, text, model.classes)
            if loss == "ova":
                np.testing.assert_allclose(sigmoids(model, text), found, atol=16 / 512 / 4 + FLOOR)
            else:
                np.testing.assert_allclose(ours, found, atol=3 * FLOOR)
        again = LinearModel.from_fasttext(tmp_path / "ours.ftz")
        np.testing.assert_allclose(again.predict_proba(NEW), model.predict_proba(NEW), atol=1e-6)
        again.export(tmp_path / "again.ftz")
        assert (tmp_path / "again.ftz").read_bytes() == (tmp_path / "ours.ftz").read_bytes()
        theirs.save_model(str(tmp_path / "theirs.ftz"))
        if not choices.get("cutoff"):  # fastText writes what is left of buckets in any order
            assert (tmp_path / "ours.ftz").read_bytes() == (tmp_path / "theirs.ftz").read_bytes()

    @pytest.mark.parametrize("choices", CHOICES, ids=str)
    @pytest.mark.parametrize("options", [{}, {"wordNgrams": 2}, {"minn": 2, "maxn": 4}], ids=str)
    def test_files_of_fasttext_are_read(self, tmp_path, labelled, options, choices):
        words = " ".join(f"w{n}" for n in range(400))  # fastText refuses fewer rows than 256
        path = tmp_path / "many.txt"
        path.write_text(f"{labelled.read_text(encoding='utf-8')}__label__a {words}\n", encoding="utf-8")
        theirs = supervised(path, **{"lr": 0.5, "dim": 7, **options})
        cutoff = {"cutoff": 300} if "cutoff" in choices else {}
        theirs.quantize(qnorm=choices.get("qnorm", False), **cutoff)
        theirs.save_model(str(tmp_path / "theirs.ftz"))
        theirs = fasttext.load_model(str(tmp_path / "theirs.ftz"))
        model = LinearModel.from_fasttext(tmp_path / "theirs.ftz")
        for text, ours in zip(NEW, model.predict_proba(NEW), strict=True):
            np.testing.assert_allclose(ours, probabilities(theirs, text, model.classes), atol=3 * FLOOR)
        model.save(tmp_path / "kept")
        kept = load_classifier(tmp_path / "kept")
        assert kept.predict_proba(NEW).tobytes() == model.predict_proba(NEW).tobytes()

    def test_it_loses_no_more_than_fasttexts(self, tmp_path):
        """Of the same model both find as many labels of 300 new texts, but for 1%."""
        model = trained("softmax", ngrams=2)
        model.export(tmp_path / "model.bin")
        theirs = fasttext.load_model(str(tmp_path / "model.bin"))
        theirs.quantize()
        texts, labels = made(300, seed=4)
        ours = quantise(model, threads=1).predict(texts)
        others = [theirs.f.predict(text + "\n", 1, 0.0, "strict")[0][1] for text in texts]
        right = np.mean([a == b for a, b in zip(ours, labels, strict=True)])
        assert right >= np.mean([a == f"__label__{b}" for a, b in zip(others, labels, strict=True)]) - 0.01


class TestRefused:
    def read(self, path):
        with pytest.raises(FormatError) as error:
            LinearModel.from_fasttext(path)
        return str(error.value).replace(str(path), "F")

    def test_vectors(self, tmp_path, labelled):
        fasttext.train_unsupervised(
            str(labelled), dim=4, minCount=1, thread=12, bucket=100, verbose=0
        ).save_model(str(tmp_path / "v.bin"))
        assert self.read(tmp_path / "v.bin") == (
            "F: expected a supervised model of fastText, found the model skipgram; "
            "`wordlab embeddings import` reads word vectors"
        )

    def test_a_pruned_model_of_plain_numbers(self, tmp_path):
        """Which fastText refuses as well."""
        from dataclasses import replace

        model = trained("softmax", ngrams=2)
        model.features = replace(model.features, drops_missing=True)
        model.export(tmp_path / "model.bin")
        data = (tmp_path / "model.bin").read_bytes()
        rows = len(model.features.vocabulary) + 1000
        kept = len(model.inputs)
        shape = np.array([rows, model.dim], "<i8").tobytes()
        assert data.count(shape) == 1
        at = data.index(shape)
        rest = data[at + 16 + 4 * rows * model.dim :]
        plain = np.ascontiguousarray(model.inputs, "<f4").tobytes()
        (tmp_path / "p.bin").write_bytes(
            data[:at] + np.array([kept, model.dim], "<i8").tobytes() + plain + rest
        )
        assert self.read(tmp_path / "p.bin") == (
            "F: vectors: expected codes in a pruned model, found plain numbers"
        )

    def test_other_files(self, tmp_path):
        (tmp_path / "x").write_bytes(b"no model at all" * 100)
        assert self.read(tmp_path / "x") == (
            "F: header: expected fastText's magic number or the settings of its files of 2016, found neither"
        )

    @pytest.mark.parametrize("kept", [3, 60, 90, 150, 1000, -1])
    def test_cut_files(self, tmp_path, kept):
        trained("softmax").export(tmp_path / "model.bin")
        data = (tmp_path / "model.bin").read_bytes()
        (tmp_path / "cut.bin").write_bytes(data[:kept])
        assert "expected" in self.read(tmp_path / "cut.bin")

    def test_more_than_the_model(self, tmp_path):
        trained("softmax").export(tmp_path / "model.bin")
        (tmp_path / "more.bin").write_bytes((tmp_path / "model.bin").read_bytes() + b"x")
        assert self.read(tmp_path / "more.bin") == "F: expected the end, found more"

    def test_numbers_that_are_not_finite(self, tmp_path):
        model = trained("softmax")
        model.outputs[0, 0] = np.nan
        model.export(tmp_path / "model.bin")
        assert self.read(tmp_path / "model.bin") == (
            "F: output layer: expected finite numbers, found NaN or infinity"
        )

    def test_a_label_with_a_space(self, tmp_path):
        model = train_linear(["a", "b"], ["fair enough", "bad"], LinearConfig(buckets=10))
        with pytest.raises(FormatError) as error:
            model.export(tmp_path / "model.bin")
        assert str(error.value) == (
            "cannot be written as fasttext: expected a label without white space, found 'fair enough'"
        )
        assert not (tmp_path / "model.bin").exists()

    def test_a_word_with_a_space(self, tmp_path):
        model = train_linear(["a\x00b", "b"], ["x", "y"], LinearConfig(buckets=10), tokenizer=WHITESPACE)
        with pytest.raises(FormatError) as error:
            model.export(tmp_path / "model.bin")
        assert str(error.value) == (
            "cannot be written as fasttext: expected a word without white space, found 'a\\x00b'"
        )
