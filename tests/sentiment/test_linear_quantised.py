"""Linear classifiers whose vectors are quantised: the arithmetic, what is kept, what is refused."""

import json

import numpy as np
import pytest

from wordlab.errors import ArtifactError, ConfigError, FormatError
from wordlab.io.digests import file_digest
from wordlab.sentiment import (
    LabelledTexts,
    LinearConfig,
    LinearModel,
    MultiLabelTexts,
    QuantisingConfig,
    load_classifier,
    quantise,
    train_linear,
)
from wordlab.sentiment.judging.smaller import measure_loss
from wordlab.sentiment.models.linear.codes import ProductCodes
from wordlab.sentiment.models.linear.quantising import learn_codes

from .test_linear import LABELS, NEW, QUICK, TEXTS, made, trained


@pytest.fixture(scope="module")
def model():
    return trained()


def shares(model, text, label):
    explanation = model.explain(text, label=label)
    return explanation.logit, {reason.words: reason.weight for reason in explanation.reasons}


class TestCodes:
    def test_by_hand(self):
        """Rows of three columns in parts of two and one."""
        centroids = np.zeros((256, 3), np.float32)
        centroids[1], centroids[2] = (1, 2, 3), (4, 5, 6)
        codes = ProductCodes(np.array([[0, 1], [2, 0]], np.uint8), centroids, 2)
        assert codes.to_float32().tolist() == [[0, 0, 3], [4, 5, 0]]
        norms = np.float32([2, 10, *[0] * 254])
        scaled = ProductCodes(codes.codes, centroids, 2, np.array([1, 0], np.uint8), norms)
        assert scaled.to_float32().tolist() == [[0, 0, 30], [8, 10, 0]]
        assert scaled.take(np.array([1])).to_float32().tolist() == [[8, 10, 0]]

    @pytest.mark.parametrize("qnorm", [False, True])
    def test_few_rows_are_kept_exactly(self, qnorm):
        matrix = np.random.default_rng(0).normal(size=(200, 5)).astype(np.float32)
        codes = learn_codes(matrix, QuantisingConfig(qnorm=qnorm), threads=1)
        np.testing.assert_allclose(codes.to_float32(), matrix, rtol=1e-6)

    @pytest.mark.parametrize("qnorm", [False, True])
    def test_zeros_stay_zeros(self, qnorm):
        matrix = np.random.default_rng(0).normal(size=(2000, 4)).astype(np.float32)
        matrix[::7] = 0
        found = learn_codes(matrix, QuantisingConfig(qnorm=qnorm), threads=1).to_float32()
        assert not found[::7].any()

    def test_each_row_has_the_nearest_centroids(self):
        matrix = np.random.default_rng(0).normal(size=(3000, 4)).astype(np.float32)
        codes = learn_codes(matrix, QuantisingConfig(), threads=1)
        for number, columns in enumerate((slice(0, 2), slice(2, 4))):
            far = np.linalg.norm(matrix[:, None, columns] - codes.centroids[None, :, columns], axis=2)
            chosen = far[np.arange(3000), codes.codes[:, number]]
            np.testing.assert_allclose(chosen, far.min(axis=1), atol=1e-6)

    def test_the_error_is_small_and_falls_with_the_part(self):
        """Of 3,000 normal rows; k-means of 255 centroids in two columns leaves about 1.5% of the variance."""
        matrix = np.random.default_rng(0).normal(size=(3000, 8)).astype(np.float32)
        errors = [
            np.mean((learn_codes(matrix, QuantisingConfig(part=part), threads=2).to_float32() - matrix) ** 2)
            for part in (1, 2, 4)
        ]
        assert errors[0] < errors[1] / 10 < errors[2] / 10
        assert errors[1] < 0.02

    def test_any_number_of_threads_gives_the_same_codes(self):
        matrix = np.random.default_rng(0).normal(size=(70_000, 6)).astype(np.float32)
        one, *others = (learn_codes(matrix, QuantisingConfig(seed=3), threads=n) for n in (1, 2, 3))
        for other in others:
            assert one.codes.tobytes() == other.codes.tobytes()
            assert one.centroids.tobytes() == other.centroids.tobytes()


CHOICES = [{}, {"qnorm": True}, {"cutoff": 30}, {"cutoff": 30, "qnorm": True}]


@pytest.mark.parametrize("options", CHOICES, ids=str)
class TestModel:
    def test_what_is_kept_predicts_the_same(self, model, tmp_path, options):
        small = quantise(model, QuantisingConfig(**options), threads=1)
        small.save(tmp_path / "small")
        assert not (tmp_path / "small" / "inputs.npy").exists()
        loaded = load_classifier(tmp_path / "small")
        assert loaded.predict_proba(NEW).tobytes() == small.predict_proba(NEW).tobytes()
        assert loaded.explain(NEW[0]) == small.explain(NEW[0])
        loaded.save(tmp_path / "again")
        for file in (tmp_path / "small").iterdir():
            assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes(), file.name

    def test_it_is_nearly_as_good(self, model, options):
        texts, labels = made(200, seed=1)
        small = quantise(model, QuantisingConfig(**options), threads=1)
        loss = measure_loss(model, small, LabelledTexts(tuple(texts), tuple(labels), "s"))
        assert (loss.measure, loss.num_texts) == ("accuracy", 200)
        assert loss.after >= loss.before - 0.01
        assert loss.equal > 0.98

    def test_reasons_are_exact_shares_of_the_logit(self, model, options):
        small = quantise(model, QuantisingConfig(**options), threads=1)
        text = "a good film good film was unseen"
        logits = []
        for position, label in enumerate(small.classes):
            logit, reasons = small.reasons(text, position)
            assert small.explain(text, label=label).logit == pytest.approx(logit)
            logits.append(logit)
            assert all(reason.weight for reason in reasons)
        chances = np.exp(logits) / np.exp(logits).sum()
        np.testing.assert_allclose(small.predict_proba([text])[0], chances, atol=1e-6)


class TestCutoff:
    def test_the_longest_rows_and_the_end_are_kept(self, model):
        small = quantise(model, QuantisingConfig(cutoff=20), threads=1)
        assert len(small.inputs) == 20
        assert "</s>" in small.features.vocabulary
        lengths = np.sort(np.linalg.norm(model.inputs, axis=1))[::-1]
        kept = np.sort(np.linalg.norm(small.inputs, axis=1))[::-1]
        assert kept[:19] == pytest.approx(lengths[:19], rel=0.05)
        assert {"good", "bad"} <= set(small.features.vocabulary.words)

    def test_what_is_cut_does_not_count(self, model):
        """A run that was not met counts as zeros before, and not at all afterwards, as in fastText."""
        small = quantise(model, QuantisingConfig(cutoff=20), threads=1)
        chances = small.predict_proba(["good", "good unseen words that no text had"])
        assert chances[0].argmax() == chances[1].argmax()
        found = small.features.rows_of(_block("good unseen words", small))
        assert found.rows.max() < len(small.inputs)
        placed = small.features.placed_rows(_block("good unseen words", small))
        assert len(placed.rows) > len(found.rows)

    def test_more_than_there_are_keeps_all(self, model):
        small = quantise(model, QuantisingConfig(cutoff=10**6), threads=1)
        assert len(small.inputs) == len(model.inputs)
        assert not small.features.drops_missing

    def test_only_the_end(self, model):
        small = quantise(model, QuantisingConfig(cutoff=1), threads=1)
        assert small.features.vocabulary.words == ("</s>",)
        assert len(set(small.predict(NEW))) == 1


def _block(text, model):
    from wordlab.sentiment.features.encoding import tokenise

    (block,) = tokenise([text], model.tokenizer)
    return block


def test_several_labels_are_kept(tmp_path):
    texts, labels = ["good", "bad", "good bad", "odd"] * 30, [["x"], ["y"], ["x", "y"], []] * 30
    config = LinearConfig(loss="ova", buckets=100, threads=1, epochs=30)
    model = train_linear(texts, labels, config)
    small = quantise(model, threads=1)
    small.save(tmp_path / "s")
    assert load_classifier(tmp_path / "s").several
    data = MultiLabelTexts(tuple(texts), tuple(map(tuple, labels)), "s")
    assert measure_loss(model, small, data).to_dict() == {
        "measure": "micro-F1", "before": 1.0, "after": 1.0, "equal": 1.0, "num_texts": 120,
    }  # fmt: skip


@pytest.mark.parametrize("loss", ["ova", "hierarchical"])
def test_other_losses(loss):
    model = train_linear(TEXTS, LABELS, LinearConfig(**QUICK, loss=loss))
    small = quantise(model, threads=1)
    texts, labels = made(100, seed=1)
    assert np.mean([a == b for a, b in zip(small.predict(texts), labels, strict=True)]) > 0.97


class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"cutoff": -1}, "cutoff: expected a whole number from 0 to 2147483647, found -1"),
            ({"part": 0}, "part: expected a whole number from 1 to 10000, found 0"),
            ({"seed": -1}, "seed: expected a whole number from 0 to 4294967295, found -1"),
        ],
    )
    def test_bad_options(self, options, message):
        with pytest.raises(ConfigError) as error:
            QuantisingConfig(**options)
        assert str(error.value) == message

    def test_parts_that_are_too_large(self, model):
        with pytest.raises(ConfigError, match="part: expected at most the 16 dimensions, found 17"):
            quantise(model, QuantisingConfig(part=17))
        assert quantise(model, QuantisingConfig(part=16)).codes.codes.shape[1] == 1

    def test_twice(self, model):
        with pytest.raises(ConfigError, match="vectors are numbers, found a quantised one"):
            quantise(quantise(model, threads=1))


class TestDamage:
    @pytest.fixture
    def saved(self, model, tmp_path):
        quantise(model, QuantisingConfig(qnorm=True), threads=1).save(tmp_path / "m")
        return tmp_path / "m"

    def refused(self, saved):
        with pytest.raises(ArtifactError) as error:
            load_classifier(saved)
        return str(error.value)

    @pytest.mark.parametrize(
        ("name", "change", "message"),
        [
            ("input_codes.npy", lambda a: a[:-1], "input_norm_codes.npy: expected"),
            ("input_codes.npy", lambda a: a[:, 1:], "input_codes.npy: expected"),
            ("input_codes.npy", lambda a: a.astype(np.int16), "expected uint8"),
            ("input_centroids.npy", lambda a: a[:-1], "input_centroids.npy: expected"),
            ("input_centroids.npy", lambda a: a * np.nan, "finite"),
            ("input_norms.npy", lambda a: a[:-1], "input_norms.npy: expected"),
            ("buckets.npy", lambda a: a[:-1], "rows, found shape"),
        ],
    )
    def test_arrays_that_do_not_fit(self, saved, name, change, message):
        np.save(saved / name, change(np.load(saved / name)))
        manifest = json.loads((saved / "manifest.json").read_text())
        facts = manifest["payloads"][name]
        facts["bytes"], facts["sha256"] = (saved / name).stat().st_size, file_digest(saved / name)
        (saved / "manifest.json").write_text(json.dumps(manifest))
        assert message in self.refused(saved)

    @pytest.mark.parametrize(
        ("facts", "message"),
        [
            ({"quantised": {"part": 17}}, "quantised: part: expected 1 to 16 columns, found 17"),
            ({"quantised": {"part": 0}}, "quantised: part: expected 1 to 16 columns, found 0"),
            ({"quantised": {"part": "2"}}, "quantised"),
            ({"quantised": {}}, "quantised"),
            ({"drops_missing": 1}, "drops_missing: expected"),
        ],
    )
    def test_facts_that_do_not_fit(self, saved, facts, message):
        manifest = json.loads((saved / "manifest.json").read_text())
        manifest["details"].update(facts)
        (saved / "manifest.json").write_text(json.dumps(manifest))
        assert message in self.refused(saved)

    @pytest.mark.parametrize("kept", [60, 200, 2000, -1])
    def test_cut_files_of_fasttext(self, model, tmp_path, kept):
        quantise(model, QuantisingConfig(cutoff=50), threads=1).export(tmp_path / "m.ftz")
        (tmp_path / "cut.ftz").write_bytes((tmp_path / "m.ftz").read_bytes()[:kept])
        with pytest.raises(FormatError, match="expected"):
            LinearModel.from_fasttext(tmp_path / "cut.ftz")
