"""Texts with any number of labels: read, held, scored, named, and learnt by the linear classifier."""

import json

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from wordlab.errors import ArtifactError, ConfigError, CorpusError, FormatError
from wordlab.sentiment import (
    LabelChoice,
    LinearConfig,
    MultiLabelTexts,
    evaluate_multi_label,
    inspect,
    label_file,
    load_classifier,
    read_labelled,
    read_multi_label,
    train_linear,
)
from wordlab.sentiment.base import Prediction
from wordlab.sentiment.judging.multi_label import score_multi_label
from wordlab.sentiment.models.names import MODELS, several_hint, takes_several

HINT = "several are for --model linear --loss ova"
TOPICS = {"food": ["soup", "bread", "taste"], "staff": ["waiter", "rude", "kind"], "price": ["cheap", "dear"]}


def made(num_texts, seed=0):
    """Texts of plain words, with words of none to three topics among them."""
    random = np.random.default_rng(seed)
    texts, labels = [], []
    for _ in range(num_texts):
        found = [topic for topic in TOPICS if random.random() < 0.5]
        words = [*random.choice(["the", "a", "was", "it"], 4), *(random.choice(TOPICS[t]) for t in found)]
        texts.append(" ".join(random.permutation(words)))
        labels.append(tuple(found))
    return texts, labels


def trained(**options):
    texts, labels = made(400)
    config = LinearConfig(**{"loss": "ova", "buckets": 500, "epochs": 20, "threads": 1, **options})
    return train_linear(texts, labels, config)


@pytest.fixture(scope="module")
def model():
    return trained()


class TestReading:
    def read(self, path, content, **options):
        path.write_text(content, encoding="utf-8")
        found = read_multi_label(path, **options)
        return list(zip(found.texts, found.labels, strict=True)), found.notes

    def refused(self, path, content, error=FormatError, **options):
        with pytest.raises(error) as caught:
            self.read(path, content, **options)
        return str(caught.value).replace(str(path), path.name)

    def test_lines_of_fasttext(self, tmp_path):
        content = "__label__a __label__b  so  good\n__label__b bad\n__label__a in __label__c the middle\n"
        found, notes = self.read(tmp_path / "x.txt", content)
        assert found == [("so  good", ("a", "b")), ("bad", ("b",)), ("in the middle", ("a", "c"))]
        assert notes == ()

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (
                "__label__a,__label__b x\n",
                "x.txt:1: expected white space after each label, found '__label__a,",
            ),
            ("__label__a __label__ x\n", "x.txt:1: expected white space after each label, found '__label__'"),
            ("__label__a x\nno label\n", "x.txt:2: expected __label__ and a label, found 'no'"),
            ("__label__a x\nlate __label__b\n", "x.txt:2: expected __label__ at the beginning of the line"),
        ],
    )
    def test_bad_lines(self, tmp_path, content, message):
        assert self.refused(tmp_path / "x.txt", content).startswith(message)

    def test_a_separator(self, tmp_path):
        content = 'text,labels\nfine,"food, price"\nslow,staff\nopen,\n'
        found, notes = self.read(tmp_path / "x.csv", content, label_separator=",")
        assert found == [("fine", ("food", "price")), ("slow", ("staff",)), ("open", ())]
        assert notes == ()
        assert self.refused(tmp_path / "y.csv", 'text,labels\na,"x,,y"\n', label_separator=",") == (
            "y.csv: row 2: expected a label in 'labels', found none"
        )
        assert self.refused(tmp_path / "y.csv", "text,labels\na,\n") == (
            "y.csv: row 2: expected a label in 'labels', found none"
        )

    def test_json_in_cells_and_values(self, tmp_path):
        expected = [("fine", ("food", "1")), ("slow", ()), ("so", ("a,b",))]
        content = 'text\ttags\nfine\t["food", 1]\nslow\t[]\nso\ta,b\n'
        assert self.read(tmp_path / "x.tsv", content)[0] == expected
        records = [
            {"text": "fine", "tags": ["food", 1]},
            {"text": "slow", "tags": []},
            {"text": "so", "tags": "a,b"},
        ]
        lines = "\n".join(map(json.dumps, records))
        assert self.read(tmp_path / "x.jsonl", lines)[0] == expected

    @pytest.mark.parametrize(
        ("tags", "message"),
        [
            ("null", "expected a label in 'tags', found null"),
            ('["a", null]', "expected a label in 'tags', found null"),
            ('["a", ["b"]]', "expected a label in 'tags', found a list"),
            ('["a", {"b": 1}]', "expected a label in 'tags', found an object"),
            ('["a", " "]', "expected a label in 'tags', found none"),
        ],
    )
    def test_bad_arrays(self, tmp_path, tags, message):
        content = f'{{"text": "x", "tags": {tags}}}\n'
        assert self.refused(tmp_path / "x.jsonl", content) == f"x.jsonl:1: {message}"

    def test_what_is_no_json_is_a_label(self, tmp_path):
        assert self.read(tmp_path / "x.tsv", "text\tlabel\nfine\t[food]\nslow\t[food\n")[0] == [
            ("fine", ("[food]",)),
            ("slow", ("[food",)),
        ]

    def test_a_label_counts_once(self, tmp_path):
        content = "__label__a __label__b __label__a x\n__label__b y\n"
        found, notes = self.read(tmp_path / "x.txt", content)
        assert found[0][1] == ("a", "b")
        assert notes == ("1 text with a label more than once, which counts once",)

    def test_faults_of_labels_name_the_text(self, tmp_path):
        content = '{"text": "x", "tags": ["1", "2"]}\n{"text": "y", "tags": ["2", "nan"]}\n'
        assert self.refused(tmp_path / "x.jsonl", content) == (
            "x.jsonl: expected a label for every text, found 'nan' beside numbers for text 2"
        )

    def test_a_separator_where_there_are_no_columns(self, tmp_path):
        path = tmp_path / "x.txt"
        assert self.refused(path, "__label__a x\n", ConfigError, label_separator=",") == (
            f"label_separator: expected a table or JSON lines, found {path.name}, which has no columns"
        )
        assert self.refused(tmp_path / "x.csv", "text,label\na,b\n", ConfigError, label_separator="") == (
            "label_separator: expected what stands between labels, found ''"
        )

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("x.txt", "__label__a x\n__label__b __label__a y\n",
             "x.txt:2: expected one label, found several"),
            ("x.jsonl", '{"text": "x", "label": ["a", "b"]}\n',
             "x.jsonl:1: expected one label in 'label', found [\"a\", \"b\"]"),
            ("x.csv", 'label,text\n"[""a"", ""b""]",fine\n',
             "x.csv: row 2: expected one label in 'label', found [\"a\", \"b\"]"),
        ],
    )  # fmt: skip
    def test_others_refuse_several(self, tmp_path, name, content, message):
        (tmp_path / name).write_text(content, encoding="utf-8")
        with pytest.raises(FormatError) as caught:
            read_labelled(tmp_path / name)
        assert str(caught.value).removeprefix(f"{tmp_path}/") == f"{message}; {HINT}"


class TestValue:
    DATA = MultiLabelTexts(("a", "b", "a"), (("x", "y"), (), ("x",)), "s")

    def test_held(self):
        assert (len(self.DATA), self.DATA.classes, self.DATA.single) == (3, ("x", "y"), None)
        assert self.DATA.take([2, 0]).labels == (("x",), ("x", "y"))
        assert self.DATA.take([2]).single.labels == ("x",)

    def test_inspected(self):
        report = inspect(self.DATA)
        assert report.class_counts == {"x": 2, "y": 1}
        assert (report.num_texts, report.num_duplicates, report.num_conflicts) == (3, 1, 1)
        with pytest.raises(CorpusError, match="s: expected texts of two or more classes, found only 'x'"):
            inspect(self.DATA.take([1, 2]))

    def test_bad_values(self):
        with pytest.raises(TypeError, match="found a single string"):
            MultiLabelTexts(("a",), ("x",), "s")
        with pytest.raises(ValueError, match="expected labels for each text, found 2 texts, 1 of labels"):
            MultiLabelTexts(("a", "b"), (("x",),), "s")


class TestModel:
    def test_it_learns_each_label_for_itself(self, model):
        texts, labels = made(200, seed=1)
        chances = model.predict_proba(texts)
        given = np.array([[topic in found for topic in model.classes] for found in labels])
        assert np.mean((chances > 0.5) == given) > 0.97
        assert model.several
        assert chances.sum(axis=1).max() > 1.5

    def test_what_is_kept_predicts_the_same(self, model, tmp_path):
        model.save(tmp_path / "m")
        loaded = load_classifier(tmp_path / "m")
        texts = made(20, seed=2)[0]
        assert loaded.several
        assert loaded.predict_proba(texts).tobytes() == model.predict_proba(texts).tobytes()
        assert loaded.explain("rude soup", label="staff") == model.explain("rude soup", label="staff")

    def test_the_logit_is_that_of_the_probability(self, model):
        for label in model.classes:
            explanation = model.explain("cheap soup", label=label)
            chance = model.predict_proba(["cheap soup"])[0][model.classes.index(label)]
            assert 1 / (1 + np.exp(-explanation.logit)) == pytest.approx(chance)

    def test_one_label_each_is_as_before(self):
        """Lists of one label and labels alone train the same rows; only the probabilities are others."""
        texts, labels = made(300, seed=3)
        kept = [at for at, found in enumerate(labels) if len(found) == 1]
        texts, labels = [texts[at] for at in kept], [labels[at] for at in kept]
        config = LinearConfig(loss="ova", buckets=100, threads=1)
        lists = train_linear(texts, labels, config)
        alone = train_linear(texts, [label for (label,) in labels], config)
        assert lists.inputs.tobytes() == alone.inputs.tobytes()
        assert (lists.several, alone.several) == (True, False)
        np.testing.assert_allclose(alone.predict_proba(texts).sum(axis=1), 1)

    @pytest.mark.parametrize("threads", [2, 3])
    def test_any_number_of_threads_gives_the_same_bytes(self, threads):
        one, other = trained(dim=100), trained(dim=100, threads=threads)
        assert one.inputs.tobytes() == other.inputs.tobytes()
        assert one.outputs.tobytes() == other.outputs.tobytes()

    def test_the_order_and_repeats_of_labels_do_not_matter(self):
        texts, labels = made(60, seed=4)
        config = LinearConfig(loss="ova", buckets=100, threads=1)
        one = train_linear(texts, labels, config)
        other = train_linear(texts, [[*reversed(found), *found] for found in labels], config)
        sets = train_linear(texts, [set(found) for found in labels], config)
        assert one.inputs.tobytes() == other.inputs.tobytes() == sets.inputs.tobytes()

    def test_texts_without_labels_speak_against_all(self):
        texts, labels = ["good", "bad", "odd"] * 30, [["x"], ["y"], []] * 30
        config = LinearConfig(loss="ova", buckets=100, threads=1, epochs=30, learning_rate=1.0)
        chances = train_linear(texts, labels, config).predict_proba(["odd", "good"])
        assert chances[0].max() < 0.5 < chances[1, 0]

    def test_bad_labels(self):
        def refused(error, labels, **options):
            with pytest.raises(error) as caught:
                train_linear(["a", "b"], labels, LinearConfig(**{"loss": "ova", "buckets": 9, **options}))
            return str(caught.value)

        assert refused(ConfigError, [["x", "y"], ["x"]], loss="softmax") == (
            "loss: expected ova for texts with several labels, found 'softmax'"
        )
        assert refused(ConfigError, [["x", "y"], ["x"]], class_weights="balanced") == (
            "class_weights: expected none for texts with several labels, found 'balanced'"
        )
        assert refused(CorpusError, [["x"], []]) == (
            "labels: expected texts of at least two classes, found only 'x'"
        )
        assert refused(CorpusError, [[], []]) == (
            "labels: expected texts of at least two classes, found texts without labels"
        )
        assert refused(TypeError, [["x"], "y"]).endswith("found 'y' alone at position 1")
        assert "found None" in refused(ValueError, [["x"], [None]])
        assert "found 2 texts, 1 labels" in refused(ValueError, [["x", "y"]])

    def test_damage(self, model, tmp_path):
        model.save(tmp_path / "m")
        path = tmp_path / "m" / "manifest.json"
        manifest = json.loads(path.read_text())
        manifest["details"]["several_labels"] = "yes"
        path.write_text(json.dumps(manifest))
        with pytest.raises(ArtifactError, match="several_labels: expected"):
            load_classifier(tmp_path / "m")
        manifest["details"].update(several_labels=True)
        manifest["details"]["config"]["loss"] = "softmax"
        path.write_text(json.dumps(manifest))
        with pytest.raises(ArtifactError, match="expected false with the loss 'softmax', found true"):
            load_classifier(tmp_path / "m")


class TestScores:
    def test_by_hand(self):
        """Three texts, three labels: 3 predictions, 2 of them right, of 4 labels given."""
        given = np.array([[1, 1, 0], [0, 0, 1], [1, 0, 0]], bool)
        chances = np.array([[0.9, 0.2, 0.1], [0.1, 0.6, 0.3], [0.7, 0.4, 0.4]])
        found = score_multi_label(given, chances, ("a", "b", "c"), threshold=0.5, first=(1, 2, 5))
        assert (found.micro.precision, found.micro.recall) == (2 / 3, 2 / 4)
        assert found.micro.f1 == pytest.approx(4 / 7)
        assert [(c.label, c.precision, c.recall) for c in found.by_class] == [
            ("a", 1.0, 1.0), ("b", 0.0, 0.0), ("c", 0.0, 0.0),
        ]  # fmt: skip
        assert found.macro.precision == pytest.approx(1 / 3)
        assert found.exact == pytest.approx(1 / 3)
        assert [(at.number, at.precision, at.recall) for at in found.first] == [
            (1, 2 / 3, 0.5),
            (2, 4 / 6, 1.0),
        ]

    @pytest.mark.parametrize("seed", range(3))
    def test_against_scikit_learn(self, seed):
        random = np.random.default_rng(seed)
        given, chances = random.random((50, 6)) < 0.2, random.random((50, 6))
        chances[:, 5], given[:, 5] = 0.0, False  # neither given nor predicted: not in the means
        found = score_multi_label(given, chances, tuple("abcdef"), threshold=0.7, first=())
        for mean, scores in (("micro", found.micro), ("macro", found.macro)):
            columns = slice(None) if mean == "micro" else slice(5)
            expected = precision_recall_fscore_support(
                given[:, columns], chances[:, columns] >= 0.7, average=mean, zero_division=0.0
            )
            assert (scores.precision, scores.recall, scores.f1) == pytest.approx(expected[:3])
        assert found.num_unlabelled == (~given.any(axis=1)).sum()

    def test_nothing_is_predicted(self):
        found = score_multi_label(
            np.eye(2, dtype=bool), np.zeros((2, 2)), ("a", "b"), threshold=0.5, first=(1,)
        )
        assert (found.micro.precision, found.micro.recall, found.micro.f1, found.exact) == (0, 0, 0, 0)

    def test_evaluation(self, model):
        texts, labels = made(100, seed=5)
        labels[0] = ("unknown", "food")
        texts[1] = made(1)[0][0]
        data = MultiLabelTexts(tuple(texts), tuple(labels), "s")
        found = evaluate_multi_label(model, data, num_worst=3)
        assert found.unknown == {"unknown": 1}
        assert found.num_seen >= 1
        assert found.scores.num_unlabelled == sum(not labels for labels in data.labels)
        assert found.scores.micro.f1 > 0.97
        assert len(found.mistakes) <= 3
        assert [at.number for at in found.scores.first] == [1, 3]
        assert json.loads(json.dumps(found.to_dict()))["scores"]["threshold"] == 0.5

    def test_mistakes_are_the_surest(self, model):
        data = MultiLabelTexts(("soup", "rude"), (("staff",), ("staff",)), "s")
        (first, second) = evaluate_multi_label(model, data, num_worst=5).mistakes
        assert {(first.label, first.is_missed), (second.label, second.is_missed)} == {
            ("food", False),
            ("staff", True),
        }
        wrong = [abs(m.is_missed - m.probability) for m in (first, second)]
        assert wrong[0] >= wrong[1] > 0.5

    def test_refusals(self, model):
        data = MultiLabelTexts(("soup",), (("other",),), "s")
        with pytest.raises(CorpusError, match="labels that the classifier knows, found others only: 'other'"):
            evaluate_multi_label(model, data)
        with pytest.raises(ConfigError, match=r"threshold: expected a number from 0.0 to 1.0, found 2"):
            evaluate_multi_label(model, data, threshold=2)
        single = train_linear(["a", "b"], ["x", "y"], LinearConfig(buckets=10))
        with pytest.raises(ConfigError, match="found one label for each"):
            evaluate_multi_label(single, data)


class TestChoice:
    PREDICTION = Prediction("t", "a", {"a": 0.9, "b": 0.1, "c": 0.6, "d": 0.6})

    @pytest.mark.parametrize(
        ("options", "labels"),
        [
            ({}, ["a", "c", "d", "b"]),
            ({"threshold": 0.6}, ["a", "c", "d"]),
            ({"threshold": 0.95}, []),
            ({"top": 2}, ["a", "c"]),
            ({"threshold": 0.7, "top": 3}, ["a"]),
        ],
    )
    def test_labels(self, options, labels):
        assert LabelChoice(**options).labels(self.PREDICTION) == labels

    def test_what_a_model_needs(self, model):
        single = train_linear(["a", "b"], ["x", "y"], LinearConfig(buckets=10))
        assert LabelChoice.of(single, None, None) is None
        assert LabelChoice.of(single, None, 2) == LabelChoice(top=2)
        assert LabelChoice.of(model, None, None) == LabelChoice(threshold=0.5)
        assert LabelChoice.of(model, 0.2, None) == LabelChoice(threshold=0.2)

    def test_bad_choices(self):
        with pytest.raises(ConfigError, match=r"threshold: expected a number from 0.0 to 1.0, found 1.5"):
            LabelChoice(threshold=1.5)
        with pytest.raises(ConfigError, match="top: expected a whole number from 1"):
            LabelChoice(top=0)

    def test_tables_hold_lists(self, model, tmp_path):
        (tmp_path / "x.csv").write_text("text\nrude soup\nit was\n", encoding="utf-8")
        label_file(model, tmp_path / "x.csv", tmp_path / "out.csv")
        found = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
        assert found[0] == "text,predicted,probability,known_words"
        again = read_multi_label(tmp_path / "out.csv", label_column="predicted")
        assert [set(labels) for labels in again.labels] == [{"food", "staff"}, set()]
        (tmp_path / "x.jsonl").write_text('{"text": "rude soup"}\n', encoding="utf-8")
        label_file(model, tmp_path / "x.jsonl", tmp_path / "out.jsonl", choice=LabelChoice(top=1))
        assert len(json.loads((tmp_path / "out.jsonl").read_text())["predicted"]) == 1


def test_which_models_take_several():
    assert several_hint() == HINT
    assert takes_several("linear", LinearConfig(loss="ova"))
    assert not takes_several("linear", LinearConfig())
    assert [name for name in MODELS if MODELS[name].several_with] == ["linear"]
