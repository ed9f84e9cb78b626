"""The search of settings: what is proposed, what is kept, limits of time, number and size."""

import dataclasses
import itertools
import json
import time

import numpy as np
import pytest

from wordlab.errors import ConfigError, CorpusError, TrainingError
from wordlab.sentiment import AutotuneConfig, LinearConfig, autotune, quantise, train_linear
from wordlab.sentiment.features.encoding import tokenise
from wordlab.sentiment.judging.held_out import Validation
from wordlab.sentiment.judging.trials import try_within
from wordlab.sentiment.models.linear import autotune as module
from wordlab.sentiment.models.linear import trial_texts
from wordlab.sentiment.models.linear.features import join_blocks
from wordlab.sentiment.models.linear.goals import find_goals
from wordlab.sentiment.models.linear.quantising_config import QuantisingConfig
from wordlab.sentiment.models.linear.search import LENGTHS, STEPS, TUNED, propose
from wordlab.sentiment.models.linear.sizes import fitting_cutoff
from wordlab.text import Tokenizer

from .test_linear import LABELS, QUICK, TEXTS, made, trained

CONFIG = LinearConfig(**{**QUICK, "epochs": 1, "learning_rate": 0.05})
FEW = AutotuneConfig(time_limit=None, trials=4)


class TestProposals:
    def many(self, number=200, **options):
        fixed = options.pop("fixed", ())
        best = LinearConfig(**options)
        return [propose(best, best, n, fixed, [best]) for n in range(1, number)]

    def test_all_settings_move_within_their_ranges(self):
        found = self.many()
        for name, step in STEPS.items():
            values = {getattr(config, name) for config in found}
            assert len(values) > 3, name
            assert step.least <= min(values) <= max(values) <= step.most, name
        assert {(config.min_ngram, config.max_ngram) for config in found} == set(LENGTHS)

    def test_others_stay(self):
        for config in self.many(loss="ova", min_count=3, seed=7, threads=1):
            assert (config.loss, config.min_count, config.seed, config.threads) == ("ova", 3, 7, 1)

    @pytest.mark.parametrize("name", TUNED)
    def test_what_is_fixed_stays(self, name):
        best = LinearConfig()
        assert {getattr(config, name) for config in self.many(fixed=(name,))} == {getattr(best, name)}

    def test_steps_become_smaller(self):
        found = [abs(np.log2(config.learning_rate / 0.5)) for config in self.many(400)]
        assert np.mean(found[:5] + found[5:10]) > np.mean(found[50:])

    def test_the_same_number_gives_the_same(self):
        assert self.many(20) == self.many(20)
        assert self.many(20, seed=2) != self.many(20)

    def test_nothing_is_tried_twice_or_costs_too_much(self):
        best, tried = LinearConfig(ngrams=5), []
        fixed = [name for name in TUNED if name != "ngrams"]
        while (found := propose(best, best, len(tried), fixed, [*tried, best])) is not None:
            tried.append(found)
        assert {config.ngrams for config in tried} == {1, 2, 3, 4}
        dear = [config.epochs * config.dim for config in self.many(epochs=5, dim=16)]
        assert max(dear) <= 24 * 5 * 16 * 2

    def test_nothing_is_left_to_move(self):
        assert propose(LinearConfig(), LinearConfig(), 1, TUNED, []) is None


class TestSearch:
    def test_it_finds_better_settings(self):
        found = autotune(TEXTS, LABELS, CONFIG, AutotuneConfig(time_limit=None, trials=25))
        first, *_ = found.trials
        assert first.config == CONFIG
        assert found.trials[found.kept].score > first.score + 0.1
        texts, labels = made(200, seed=1)
        right = np.mean([a == b for a, b in zip(found.model.predict(texts), labels, strict=True)])
        assert right > 0.95
        assert found.measure == "accuracy"

    def test_the_best_is_trained_on_all_texts(self):
        found = autotune(TEXTS, LABELS, CONFIG, FEW)
        again = train_linear(TEXTS, LABELS, found.trials[found.kept].config)
        assert found.model.inputs.tobytes() == again.inputs.tobytes()
        assert found.model.seen.contains(TEXTS).all()
        assert found.model.tally.num_texts == 300

    def test_equal_numbers_of_trials_give_equal_bytes(self):
        def run(threads, trials=4):
            config = LinearConfig(**{**QUICK, "threads": threads})
            return autotune(TEXTS, LABELS, config, AutotuneConfig(time_limit=None, trials=trials))

        one, other = run(1), run(2)
        assert one.model.inputs.tobytes() == other.model.inputs.tobytes()
        assert [trial.score for trial in one.trials] == [trial.score for trial in other.trials]
        longer = run(1, trials=6)
        assert [trial.config for trial in longer.trials[:4]] == [trial.config for trial in one.trials]

    def test_a_trial_is_what_training_on_the_kept_texts_is(self):
        """The texts that are held out are the same share of each class, and no part of the vocabulary."""
        seen = []

        def watched(tokenised, goals, config, *rest):
            seen.append((len(tokenised.line_ends), goals.counts.tolist()))
            return original(tokenised, goals, config, *rest)

        original = module.train_tokenised
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "train_tokenised", watched)
            autotune(TEXTS, LABELS, CONFIG, AutotuneConfig(time_limit=None, trials=1, share=0.2))
        counts = [LABELS.count(label) for label in sorted(set(LABELS))]
        assert seen[0][0] == 240
        assert seen[0][1] == pytest.approx([0.8 * count for count in counts], abs=1)

    def test_few_texts_are_judged_by_in_several_parts(self, monkeypatch):
        one = AutotuneConfig(time_limit=None, trials=1, share=0.25)
        found = autotune(TEXTS, LABELS, CONFIG, one)
        assert found.num_judged == len(TEXTS)
        held = found.model.held_out
        assert (held.num_texts, held.num_folds) == (300, 4)
        assert held.accuracy == found.trials[0].score
        monkeypatch.setattr(trial_texts, "ENOUGH", 100)
        some = autotune(TEXTS, LABELS, CONFIG, one)
        assert (some.num_judged, some.model.held_out.num_folds) == (150, 2)
        monkeypatch.setattr(trial_texts, "ENOUGH", 75)
        assert autotune(TEXTS, LABELS, CONFIG, one).model.held_out.num_folds is None

    def test_parts_have_no_text_twice(self):
        several = [["x"], ["y"], ["x", "y"], []] * 75
        for labels, config in ((LABELS, CONFIG), (several, LinearConfig(loss="ova"))):
            texts = trial_texts.Texts(
                join_blocks(tokenise(map(str, range(300)), Tokenizer("word"))),
                find_goals(300, labels, config),
            )
            parts = trial_texts.held_out_parts(texts, 0.2, seed=1)
            held = [np.setdiff1d(np.arange(300), part.rows) for part in parts]
            assert np.sort(np.concatenate(held)).tolist() == list(range(300))
            assert [len(part.judging) for part in parts] == [60] * 5
            assert [len(part.training) for part in parts] == [240] * 5

    def test_trials_that_fall_behind_are_given_up(self):
        wrong = dataclasses.replace(CONFIG, learning_rate=0.0)
        best = dataclasses.replace(CONFIG, learning_rate=1.0, epochs=20)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "propose", lambda best, first, number, *rest: [wrong, None][number - 1])
            found = autotune(TEXTS, LABELS, best, AutotuneConfig(time_limit=None, trials=3))
        assert [trial.failure for trial in found.trials] == [None, "given up after 1 of 10 parts"]
        assert found.trials[1].score < found.trials[0].score
        assert found.kept == 0

    def test_the_classifier_that_was_judged(self):
        found = autotune(TEXTS, LABELS, CONFIG, dataclasses.replace(FEW, retrain=False))
        seen = found.model.seen.contains(TEXTS)
        assert seen.sum() < len(TEXTS) == 300
        held = [place for place, text in enumerate(TEXTS) if text not in set(np.array(TEXTS)[seen])]
        right = np.mean([found.model.predict([TEXTS[place]]) == [LABELS[place]] for place in held])
        assert found.model.held_out.num_folds is None
        assert found.num_judged == len(held)
        assert found.model.held_out.accuracy == pytest.approx(right)

    def test_other_texts_to_judge_by(self):
        texts, labels = made(100, seed=1)
        found = autotune(TEXTS, LABELS, CONFIG, FEW, validation=Validation(texts=texts, labels=labels))
        model = train_linear(TEXTS, LABELS, CONFIG)
        right = np.mean([a == b for a, b in zip(model.predict(texts), labels, strict=True)])
        assert found.trials[0].score == pytest.approx(right)
        with pytest.raises(CorpusError, match="validation: expected labels of the training texts, found 'x'"):
            autotune(TEXTS, LABELS, CONFIG, FEW, validation=Validation(texts=["a"], labels=["x"]))

    def test_several_labels(self):
        texts, labels = ["good", "bad", "good bad", "odd"] * 30, [["x"], ["y"], ["x", "y"], []] * 30
        config = LinearConfig(loss="ova", buckets=100, threads=1, epochs=30)
        found = autotune(texts, labels, config, FEW)
        assert (found.measure, found.model.several) == ("micro-F1", True)
        assert found.trials[0].score == 1.0
        held = Validation(texts=["good", "odd"], labels=[["x"], []])
        assert autotune(texts, labels, config, FEW, validation=held).trials[0].score == 1.0

    def test_the_first_trial_is_always_made(self):
        found = autotune(TEXTS, LABELS, CONFIG, AutotuneConfig(time_limit=1e-3))
        assert len(found.trials) == 1

    def test_time_ends_the_search(self):
        started = time.perf_counter()
        found = autotune(TEXTS, LABELS, CONFIG, AutotuneConfig(time_limit=1.0, trials=100_000))
        assert 1 < len(found.trials) < 100_000
        assert time.perf_counter() - started < 60

    def test_a_trial_that_takes_too_long_is_stopped(self):
        def work(listen):
            while True:
                listen(None)

        outcome = try_within(work, time.perf_counter() + 0.01)
        assert (outcome.score, outcome.failure) == (None, "stopped at the limit of time")

    def test_a_loss_that_is_not_finite_is_no_end(self, monkeypatch):
        def explodes(tokenised, goals, config, *rest):
            if config == CONFIG:
                raise TrainingError("the loss is not a finite number")
            return original(tokenised, goals, config, *rest)

        original = module.train_tokenised
        monkeypatch.setattr(module, "train_tokenised", explodes)
        found = autotune(TEXTS, LABELS, CONFIG, FEW)
        assert found.trials[0].to_dict()["failure"] == "the loss is not a finite number"
        assert found.kept > 0
        with pytest.raises(TrainingError, match="no trial had a result; the first: the loss is not a finite"):
            autotune(TEXTS, LABELS, CONFIG, AutotuneConfig(time_limit=None, trials=1))

    def test_what_diverges_on_all_texts_is_not_kept(self, monkeypatch):
        def explodes(texts, labels, config, **rest):
            if config == first.trials[first.kept].config:
                raise TrainingError("the loss is not a finite number")
            return train_linear(texts, labels, config, **rest)

        first = autotune(TEXTS, LABELS, CONFIG, FEW)
        monkeypatch.setattr(module, "train_linear", explodes)
        found = autotune(TEXTS, LABELS, CONFIG, FEW)
        assert found.kept != first.kept
        assert found.trials[first.kept].failure == "on all texts: the loss is not a finite number"
        assert found.model.config == found.trials[found.kept].config

    def test_progress_and_plain_values(self):
        events = []
        found = autotune(TEXTS, LABELS, CONFIG, FEW, on_progress=events.append)
        assert [event.done for event in events if event.task == "autotune"] == [1, 2, 3, 4]
        assert events[-1].task == "train classifier"
        assert json.loads(json.dumps(found.trials[0].to_dict()))["learning_rate"] == 0.05

    def test_given_vectors_fix_the_dimensions(self):
        from .test_linear import TestStart

        found = autotune(TEXTS, LABELS, CONFIG, FEW, vectors=TestStart().vectors())
        assert {trial.config.dim for trial in found.trials} == {16}
        assert found.model.dim == 7

    def test_too_few_texts(self):
        with pytest.raises(CorpusError, match=r"to hold out 0.1 of each class, found 3 texts of 2"):
            autotune(["a", "b", "c"], ["x", "y", "x"], CONFIG, FEW)


class TestSize:
    @pytest.mark.parametrize("loss", ["softmax", "hierarchical"])
    @pytest.mark.parametrize("size", [17_500, 20_000, 30_000, 10**6])
    def test_the_file_is_as_large_as_may_be(self, tmp_path, size, loss):
        model = trained(max_ngram=4, loss=loss)
        small = quantise(model, QuantisingConfig(cutoff=fitting_cutoff(model, size)), threads=1)
        small.export(tmp_path / "m.ftz")
        found = (tmp_path / "m.ftz").stat().st_size
        assert found <= size
        assert found > size - 32 or len(small.inputs) >= len(model.inputs) - 1

    def test_what_does_not_fit(self):
        assert fitting_cutoff(trained(), 1_000) is None
        with pytest.raises(TrainingError, match="no vector fits into 1,000 bytes"):
            autotune(TEXTS, LABELS, CONFIG, AutotuneConfig(time_limit=None, trials=2, size=1_000))

    def test_the_result_fits(self, tmp_path):
        found = autotune(TEXTS, LABELS, CONFIG, AutotuneConfig(time_limit=None, trials=6, size=12_000))
        found.model.export(tmp_path / "m.ftz")
        assert (tmp_path / "m.ftz").stat().st_size <= 12_000
        assert found.model.codes is not None
        assert found.model.seen.contains(TEXTS).all()


class TestParts:
    def test_some_texts_of_tokenised_ones(self):
        texts = ["a b", "", "c a a", "</s> b", "b c"]
        rows = np.array([3, 0, 1, 2])
        found = join_blocks(tokenise(texts, Tokenizer("whitespace"))).take(rows)
        expected = join_blocks(tokenise([texts[row] for row in rows], Tokenizer("whitespace")))

        def words(tokenised):
            ends = [0, *tokenised.line_ends.tolist()]
            named = [tokenised.words[id] for id in tokenised.ids.tolist()]
            counts = dict(zip(tokenised.words, tokenised.counts.tolist(), strict=True))
            return [named[a:b] for a, b in itertools.pairwise(ends)], counts

        assert words(found) == words(expected)

    def test_some_goals(self):
        goals = find_goals(4, [["x"], [], ["y", "x"], ["z"]], LinearConfig(loss="ova"))
        found = goals.take(np.array([2, 1, 0]))
        assert (found.places.tolist(), found.bounds.tolist()) == ([0, 1, 0], [0, 2, 2, 3])
        assert found.classes == ("x", "y", "z")


class TestConfig:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"time_limit": None}, "trials: expected a limit of time or a number of trials, found neither"),
            ({"time_limit": 0.0}, "time_limit: expected a number from 0.001 to 1000000000.0, found 0.0"),
            ({"trials": 0}, "trials: expected a whole number from 1 to 1000000, found 0"),
            ({"size": 0}, f"size: expected a whole number from 1 to {2**62}, found 0"),
            ({"share": 1.0}, "share: expected a number from 0.001 to 0.9, found 1.0"),
        ],
    )
    def test_bad_settings(self, options, message):
        with pytest.raises(ConfigError) as error:
            AutotuneConfig(**options)
        assert str(error.value) == message
