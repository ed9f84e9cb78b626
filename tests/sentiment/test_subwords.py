"""Texts with words outside the vectors' vocabulary, whose vectors are made of their n-grams."""

import copy
import json
import logging
import pickle

import numpy as np
import pytest
import torch

from pipelines.reports.labelled import coverage_line, coverage_notes
from wordlab.embeddings import WordVectors
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import ArtifactError
from wordlab.sentiment import BaselineConfig, Classifier, load_classifier, train_baseline
from wordlab.sentiment.documents.poolings.sif import Sif
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.features.vectorizer import WordVectorVectorizer
from wordlab.text import Tokenizer, Vocabulary

from .test_classifier_training import fit

WORDS = ["the", "film", "is", "wonderful", "terrible"]
TEXTS = ["the film is wonderful", "the film is terrible", "a wonderfull film", "a terrrible film"] * 6
LABELS = ["pos", "neg"] * 12
MISSPELT = ["wonderfulll", "terible", "wonderfl"]
HOSTILE = ["", "\x00\x1b[31m\x07", "q", "</s>", 100_000 * "x", "a\u0301\u200b", "aaaa aaaaa"]


def subword_vectors(*, buckets=500, own=False):
    """Words of n-grams of 3 and 4 characters, all of which "q" and "a" are too short for."""
    rng = np.random.default_rng(3)
    subwords = Subwords(4, 5, rng.normal(size=(buckets, 8)))
    matrix = subwords.vectors(WORDS)
    subwords = Subwords(4, 5, subwords.matrix, own=matrix if own else None)
    return WordVectors(
        Vocabulary(WORDS, [9, 7, 5, 3, 2]), matrix, subwords=subwords, tokenizer=Tokenizer("whitespace")
    )


VECTORS = subword_vectors(own=True)
PLAIN = WordVectors(VECTORS.vocabulary, VECTORS.matrix, tokenizer=VECTORS.tokenizer)
NETWORKS = [
    {"model": "textcnn", "channels": "both"},
    {"model": "textcnn", "channels": "tuned"},
    {"model": "birnn", "channels": "static"},
    {"model": "birnn", "channels": "tuned"},
]


def trained(**options):
    return fit(TEXTS, LABELS, vectors=VECTORS, **{"epochs": 2, "unknown": "zero", **options})


class TestNetworks:
    def test_words_of_the_training_texts_start_with_their_composed_vectors(self):
        classifier = trained(channels="both")
        vocabulary, static = classifier.encoder.vocabulary, classifier.network.words.static
        for word in ("wonderfull", "terrrible"):
            row = static[vocabulary.id(word) + 2].numpy()
            assert row.tobytes() == VECTORS[word].tobytes()
        assert "a" not in vocabulary  # too short for any n-gram
        coverage = classifier.coverage
        assert (coverage.num_types, coverage.num_known_types, coverage.num_composed_types) == (8, 7, 2)
        assert (coverage.num_tokens, coverage.num_known_tokens) == (84, 72)
        assert coverage.num_composed_tokens == 12

    @pytest.mark.parametrize("options", NETWORKS, ids=str)
    def test_unseen_words_are_read_as_if_they_had_been_known(self, options):
        classifier = trained(**options)
        texts = [f"the film is {word}" for word in MISSPELT] + ["", "the film"]
        found = classifier.predict_proba(texts, threads=1)
        larger = copy.deepcopy(classifier)
        encoder = larger.encoder
        words = Vocabulary(
            [*encoder.vocabulary.words, *MISSPELT], [*encoder.vocabulary.counts, *[0] * len(MISSPELT)]
        )
        larger.encoder = type(encoder)(words, encoder.tokenizer, encoder.max_tokens)
        larger.network.words.extend(torch.from_numpy(VECTORS[MISSPELT]))
        np.testing.assert_array_equal(found, larger.predict_proba(texts, threads=1))
        assert found.tobytes() == classifier.predict_proba(texts, threads=3).tobytes()
        ours, theirs = (each.explain(texts[0], label="pos") for each in (classifier, larger))
        assert ours == theirs
        assert any("wonderfulll" in reason.words for reason in ours.reasons)
        assert not np.array_equal(found[0], found[4])

    @pytest.mark.parametrize("options", NETWORKS, ids=str)
    def test_hostile_words(self, options):
        classifier = trained(**options)
        texts = [f"the {word} film" for word in HOSTILE]
        found = classifier.predict_proba(texts, threads=1)
        assert np.isfinite(found).all()
        for text, row in zip(texts, found, strict=True):
            np.testing.assert_allclose(classifier.predict_proba([text], threads=1)[0], row, rtol=1e-5)

    def test_words_without_n_grams_follow_the_policy(self):
        classifier = trained(unknown="mean")
        encoded = classifier.encoder.encode_blocks([], classifier.encoder.compose(["q", "a", "</s>", ""]))
        assert encoded.composed is None
        assert classifier.encoder.id("q") == 1
        spelt = trained(unknown="subword")
        assert list(spelt.encoder.compose(["filmm", "q"]).row_of) == ["filmm"]

    def test_words_that_share_all_n_grams_have_one_vector(self):
        classifier = fit(TEXTS, LABELS, vectors=subword_vectors(buckets=1), epochs=1)
        found = classifier.predict_proba(["the film is abcd", "the film is zyxwvu"], threads=1)
        np.testing.assert_allclose(found[0], found[1], rtol=1e-6)

    def test_saved_and_loaded(self, tmp_path):
        classifier = trained()
        assert classifier.encoder.subwords.own is None
        classifier.save(tmp_path / "model")
        loaded = Classifier.load(tmp_path / "model")
        assert loaded.equals(classifier)
        assert not (tmp_path / "model" / "subwords_own.npy").exists()
        assert loaded.coverage == classifier.coverage
        expected = classifier.predict_proba(MISSPELT, threads=1)
        restored = pickle.loads(pickle.dumps(classifier))  # noqa: S301 - our own bytes
        for each in (loaded, restored, copy.deepcopy(loaded)):
            assert each.predict_proba(MISSPELT, threads=1).tobytes() == expected.tobytes()
            assert each.equals(classifier)
        other = trained()
        other.encoder = type(other.encoder)(
            other.encoder.vocabulary, other.tokenizer, other.encoder.max_tokens
        )
        assert not other.equals(classifier)

    def test_a_damaged_artefact(self, tmp_path):
        trained().save(tmp_path / "model")
        manifest = json.loads((tmp_path / "model" / "manifest.json").read_text())
        manifest["details"]["subwords"]["min_n"] = 9
        (tmp_path / "model" / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(ArtifactError, match=r"manifest\.json: details: subwords: expected 0 <= min_n"):
            Classifier.load(tmp_path / "model", verify=False)

    def test_without_subwords_nothing_is_new(self, tmp_path):
        classifier = fit(TEXTS, LABELS, vectors=PLAIN, epochs=1, unknown="zero")
        classifier.save(tmp_path / "model")
        assert "subwords" not in (tmp_path / "model" / "manifest.json").read_text()
        assert "composed" not in (tmp_path / "model" / "manifest.json").read_text()
        assert set(classifier.facts()["coverage"]) == {"types", "tokens"}
        assert set(classifier.tally.facts()["coverage"]) == {"tokens", "tokens_lowercased"}

    def test_onnx_says_what_it_cannot_do(self, tmp_path, caplog):
        pytest.importorskip("onnx")
        with caplog.at_level(logging.INFO):
            fit(TEXTS, LABELS, vectors=PLAIN, epochs=1).export(tmp_path / "plain.onnx")
            assert not caplog.messages
            classifier = trained()
            classifier.export(tmp_path / "model.onnx")
        (message,) = caplog.messages
        assert message.endswith(
            "model.onnx: ONNX holds no n-grams; words beyond the 7 of the classifier are unknown there"
        )
        encoded = classifier.encoder.encode(["the filmm is terible"])
        assert encoded.ids.max() < classifier.encoder.num_ids


class TestMeanVectors:
    @pytest.mark.parametrize("pooling", ["mean", "idf", "sif", "usif"])
    def test_saved_explained_and_counted(self, tmp_path, pooling):
        config = BaselineConfig(model="mean-vectors", pooling=pooling)
        model = train_baseline(TEXTS, LABELS, config, vectors=VECTORS)
        assert (model.tally.num_known, model.tally.num_composed) == (60, 12)
        model.save(tmp_path / "model")
        loaded = load_classifier(tmp_path / "model")
        texts = [*MISSPELT, "the terible film", *HOSTILE]
        found = model.predict_proba(texts)
        assert np.isfinite(found).all()
        np.testing.assert_allclose(loaded.predict_proba(texts), found, rtol=1e-6)
        explanation = loaded.explain("the terible film q", label="neg")
        assert sorted(reason.words[0] for reason in explanation.reasons) == ["film", "terible", "the"]
        score = model.estimator.decision_function(["the terible film q"])[0]
        assert explanation.logit == pytest.approx(-score, rel=1e-4)

    def test_the_vectorizer_by_hand(self):
        vectorizer = WordVectorVectorizer(VECTORS)
        rows = vectorizer.fit_transform(["the filmm q", "terible terible film", "q", ""])
        assert rows[0] == pytest.approx(VECTORS[["the", "filmm"]].mean(axis=0), abs=1e-6)
        assert rows[1] == pytest.approx((2 * VECTORS["terible"] + VECTORS["film"]) / 3, abs=1e-6)
        assert not rows[2:].any()
        assert (vectorizer.coverage_, vectorizer.coverage_through_subwords_) == (5 / 7, 3 / 7)
        np.testing.assert_allclose(vectorizer.transform(["the filmm q"])[0], rows[0], rtol=1e-6)
        plain = WordVectorVectorizer(PLAIN).fit(["the filmm q"])
        assert (plain.coverage_, plain.coverage_through_subwords_) == (1 / 3, 0.0)

    def test_unknown_words_weigh_as_words_of_no_probability(self):
        pooling = Sif(a=0.01, num_components=0)
        vectorizer = WordVectorVectorizer(VECTORS, pooling=pooling).fit(TEXTS)
        the = 0.01 / (0.01 + 9 / 26)
        expected = (the * VECTORS["the"] + VECTORS["filmm"]) / 2
        assert vectorizer.transform(["the filmm"])[0] == pytest.approx(expected, abs=1e-6)


class TestCoverage:
    def test_prediction_counts_what_n_grams_answer(self):
        tally = Tally()
        trained().predict_proba(["the filmm q", "a wonderfull film"], threads=1, tally=tally)
        assert (tally.num_tokens, tally.num_known, tally.num_composed) == (6, 3, 1)
        facts = tally.facts()["coverage"]
        assert (facts["tokens"], facts["tokens_through_subwords"]) == (4 / 6, 1 / 6)
        assert coverage_line(facts) == "66.7% of the tokens have a vector, 16.7% through subwords"

    def test_in_training_both_shares_are_shown(self):
        classifier = trained()
        line = coverage_line(classifier.facts()["coverage"])
        assert line == (
            "85.7% of the tokens and 87.5% of the distinct words have a vector, "
            "14.3% and 25.0% through subwords"
        )

    @pytest.mark.parametrize(
        ("known", "lowercased", "composed", "notes"),
        [
            (70, 70, 30, []),
            (70, 70, 0, []),
            (40, 40, 60, ["x: only 40.0% of the tokens have a vector of their own; do texts and vectors "
                          "share a language and a --tokenizer?"]),
            (90, 95, 9, ["x: 90.0% of the tokens have a vector of their own; in lower case 95.0% would: "
                         "train with --lowercase"]),
        ],
    )  # fmt: skip
    def test_n_grams_do_not_hide_words_that_do_not_fit(self, known, lowercased, composed, notes):
        tally = Tally(9, 100, known, lowercased, num_composed=composed)
        assert coverage_notes("x", tally) == notes
