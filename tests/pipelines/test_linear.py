"""The linear classifier on the command line: its options, presets, and fastText's files."""

import json

import pytest

from wordlab.sentiment import LinearConfig, load_classifier

from .conftest import everything_in, run


def trained(*arguments, output="m"):
    result = run("sentiment", "train", "reviews.tsv", "--model", "linear", "--buckets", 1000, "--json",
                 "--quiet", *arguments, "-o", output)  # fmt: skip
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_its_defaults_are_those_of_its_config(place):
    facts = trained()
    assert facts["config"] == LinearConfig(buckets=1000).to_dict()
    assert (facts["model"], facts["classes"], facts["num_texts"]) == ("linear", ["neg", "pos"], 48)
    assert facts["coverage"]["tokens"] == 1.0
    assert len(facts["history"]["losses"]) == LinearConfig.epochs


def test_every_option_reaches_the_config(place):
    facts = trained(
        "--dim", 7, "--ngrams", 3, "--min-ngram", 2, "--max-ngram", 4, "--min-count", 2, "--loss", "ova",
        "--class-weights", "balanced", "--learning-rate", 0.25, "--epochs", 3, "--threads", 2, "--seed", 9,
    )  # fmt: skip
    assert facts["config"] == LinearConfig(
        dim=7, ngrams=3, min_ngram=2, max_ngram=4, min_count=2, loss="ova", class_weights="balanced",
        learning_rate=0.25, epochs=3, seed=9, buckets=1000,
    ).to_dict()  # fmt: skip


def test_a_preset_sets_what_is_not_typed(place):
    facts = trained("--preset", "fasttext", "--ngrams", 2)
    found = facts["config"]
    assert (found["dim"], found["learning_rate"], found["ngrams"], found["buckets"]) == (100, 0.1, 2, 1000)
    tokenizer = load_classifier("m").tokenizer
    assert (tokenizer.name, tokenizer.lowercase) == ("whitespace", False)
    trained("--preset", "fasttext", "--lowercase", output="l")
    tokenizer = load_classifier("l").tokenizer
    assert (tokenizer.name, tokenizer.lowercase) == ("whitespace", True)
    trained("--preset", "fasttext", "--tokenizer", "word", output="w")
    assert load_classifier("w").tokenizer.name == "word"


def test_files_of_fasttext_are_read(place):
    lines = [line.split("\t") for line in (place / "reviews.tsv").read_text().splitlines()[1:]]
    text = "".join(f"__label__{label} {text}\n" for label, text in lines)
    (place / "train.txt").write_text(text)
    result = run("sentiment", "train", "train.txt", "--model", "linear", "--preset", "fasttext",
                 "--buckets", 1000, "--quiet", "-o", "m")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "linear," in result.stdout


def test_it_is_used_as_other_models_are(place):
    trained("--epochs", 50)
    judged = run("sentiment", "evaluate", "m", "test.tsv", "--json", "--quiet")
    assert json.loads(judged.stdout)["scores"]["accuracy"] == 1.0
    explained = run("sentiment", "predict", "m", "the king met a good man", "--explain", "--json")
    (found,) = json.loads(explained.stdout)["predictions"]
    assert found["label"] == "pos"
    assert "good" in [reason["words"] for reason in found["reasons"]]
    streamed = run("sentiment", "predict", "m", "-", input=b"so good\nso bad\n")
    assert [json.loads(line)["label"] for line in streamed.stdout.splitlines()] == ["pos", "neg"]
    compared = run("sentiment", "compare", "reviews.tsv", "--models", "linear,nbsvm", "-o", "c", "--json")
    assert {entry["model"] for entry in json.loads(compared.stdout)["entries"]} == {"linear", "nbsvm"}


def test_it_starts_from_vectors(place):
    trained("--vectors", "vectors")
    assert load_classifier("m").dim == 100
    manifest = json.loads((place / "m" / "manifest.json").read_text())
    assert list(manifest["parents"]) == ["vectors"]


def test_curves_are_drawn(place):
    trained("--plot", "curves.png")
    assert (place / "curves.png").read_bytes()[:4] == b"\x89PNG"


def test_its_help_shows_its_own_options():
    shown = " ".join(run("sentiment", "train", "--model", "linear", "--help").stdout.split())
    assert "--max-ngram N" in shown
    assert f"[default: {LinearConfig.dim}]" in shown
    assert "--preset NAME" not in " ".join(run("sentiment", "train", "--help").stdout.split())


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--cell", "gru"), 2, "--cell: expected one of the models textcnn, birnn, found linear"),
        (("--beta", 0.5), 2, "--beta: expected one of the models nbsvm, tfidf, mean-vectors, found linear"),
        (("--loss", "hinge"), 2,
         "Invalid value for '--loss': 'hinge' is not one of 'softmax', 'ova', 'hierarchical'"),
        (("--dim", 0), 2, "--dim: expected a whole number from 1 to 10000, found 0"),
        (("--max-ngram", 2), 2, "--min-ngram: expected at most the --max-ngram 2, found 3"),
        (("--preset", "gensim"), 2, "--preset: expected one of fasttext, found 'gensim'"),
    ],
)  # fmt: skip
def test_bad_options_are_refused(place, arguments, code, message):
    result = run("sentiment", "train", "reviews.tsv", "--model", "linear", *arguments, "-o", "new", "--quiet")
    assert (result.exit_code, result.stderr) == (
        code, f"Error: {message} (see wordlab sentiment train --help)\n",
    )  # fmt: skip
    assert not (place / "new").exists()


def test_export_and_import(place):
    result = run("sentiment", "export", "linear", "model.bin")
    assert result.exit_code == 0, result.output
    assert result.stderr.startswith("model.bin: linear, ")
    again = run("sentiment", "export", "linear", "model.bin")
    assert (again.exit_code, again.stderr) == (
        1, "Error: model.bin: exists already; choose another name or use --overwrite\n",
    )  # fmt: skip
    assert run("sentiment", "export", "linear", "model.bin", "--overwrite", "-q").exit_code == 0
    result = run("sentiment", "import", "model.bin", "-o", "imported", "--json")
    assert result.exit_code == 0, result.output
    facts = json.loads(result.stdout)
    assert (facts["classes"], facts["num_buckets"], facts["history"]) == (["neg", "pos"], 1000, None)
    texts = ["the king met a good man", "so bad"]
    one, other = load_classifier("linear"), load_classifier("imported")
    assert one.predict_proba(texts) == pytest.approx(other.predict_proba(texts), abs=1e-6)
    shown = run("sentiment", "import", "model.bin", "-o", "imported", "--overwrite").stdout
    assert "imported/" in shown


def test_export_of_other_models(place):
    assert run("sentiment", "train", "reviews.tsv", "--model", "nbsvm", "-o", "b", "-q").exit_code == 0
    before = everything_in(place)
    result = run("sentiment", "export", "b", "b.bin")
    assert (result.exit_code, result.stderr) == (
        2, "Error: MODEL: expected one that ONNX can hold (textcnn, birnn), found 'nbsvm' "
        "(see wordlab sentiment export --help)\n",
    )  # fmt: skip
    assert everything_in(place) == before


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.bin", None, "none.bin: cannot be read: No such file or directory"),
        ("x.bin", b"text", "x.bin: header: expected 56 bytes, found 4 before the end"),
    ],
)
def test_import_of_other_files(place, name, content, message):
    if content is not None:
        (place / name).write_bytes(content)
    result = run("sentiment", "import", name, "-o", "new", "--quiet")
    assert (result.exit_code, result.stderr) == (1, f"Error: {message}\n")
    assert not (place / "new").exists()


def test_a_label_that_fasttext_would_cut(place):
    (place / "spaces.tsv").write_text("label\ttext\n" + 9 * "very good\ta b\nbad\tc d\n")
    result = run("sentiment", "train", "spaces.tsv", "--model", "linear", "-o", "m", "--quiet")
    assert result.exit_code == 0, result.output
    result = run("sentiment", "export", "m", "m.bin")
    assert (result.exit_code, result.stderr) == (
        1, "Error: cannot be written as fasttext: expected a label without white space, found 'very good'\n",
    )  # fmt: skip


class TestQuantised:
    def test_it_is_used_as_any_other(self, place):
        result = run(
            "sentiment", "quantise", "linear", "-o", "small", "--test", "test.tsv", "--json", "--quiet"
        )
        assert result.exit_code == 0, result.output
        facts = json.loads(result.stdout)
        before, after = (
            sum(file.stat().st_size for file in (place / name).iterdir()) for name in ("linear", "small")
        )
        assert facts["bytes"] == {"before": before, "after": after}
        assert facts["loss"]["after"] == facts["loss"]["before"]
        for command in (("evaluate", "small", "test.tsv"), ("predict", "small", "so good", "--explain")):
            assert run("sentiment", *command, "--quiet").exit_code == 0
        assert run("sentiment", "export", "small", "small.ftz", "--quiet").exit_code == 0
        result = run("sentiment", "import", "small.ftz", "-o", "again", "--json", "--quiet")
        assert json.loads(result.stdout)["quantised"]
        one, other = (load_classifier(name).predict_proba(["so good"]) for name in ("small", "again"))
        assert one == pytest.approx(other, abs=1e-6)

    def test_what_is_printed(self, place):
        result = run("sentiment", "quantise", "linear", "-o", "tiny", "--cutoff", 20, "--test", "test.tsv")
        assert result.exit_code == 0, result.output
        for part in ("20 of", "before", "of 12 texts have the same label", "sentiment export tiny/"):
            assert part in result.output

    @pytest.mark.parametrize(
        ("arguments", "code", "message"),
        [
            (("model", "-o", "s"), 2, "MODEL: expected a linear classifier, found the model 'textcnn'"),
            (("linear", "-o", "s", "--part", 99), 2, "--part: expected at most the 16 dimensions, found 99"),
            (("linear", "-o", "s", "--cutoff", -1), 2, "--cutoff: expected a whole number from 0 to"),
            (("linear", "-o", "s", "--test", "none.tsv"), 1, "none.tsv: cannot be read"),
            (("linear", "-o", "s", "--test", "test.tsv", "--label-separator", ","), 2,
             "--label-separator: expected a classifier whose texts have several labels, found another"),
            (("linear", "-o", "linear"), 1, "linear"),
        ],
    )  # fmt: skip
    def test_refusals(self, place, arguments, code, message):
        result = run("sentiment", "quantise", *arguments)
        assert (result.exit_code, message in result.stderr) == (code, True), result.output
        assert "s" not in everything_in(place)


class TestAutotune:
    TUNED = ("--model", "linear", "--buckets", 1000, "--autotune-trials", 3)

    def test_what_was_tried_is_said(self, place):
        result = run("sentiment", "train", "reviews.tsv", *self.TUNED, "-o", "m")
        assert result.exit_code == 0, result.output
        assert "Tried: 3 settings" in result.stdout
        assert "accuracy held out" in result.stdout
        facts = trained("--autotune-trials", 3, output="n")
        assert facts["autotune"]["measure"] == "accuracy"
        assert [trial["buckets"] for trial in facts["autotune"]["trials"]] == [1000] * 3
        (best,) = (trial for trial in facts["autotune"]["trials"] if trial["kept"])
        assert facts["config"]["learning_rate"] == best["learning_rate"]
        for file in (place / "m").iterdir():
            assert file.read_bytes() == (place / "n" / file.name).read_bytes(), file.name

    def test_the_score_that_it_was_chosen_by_is_kept(self, place):
        facts = trained("--autotune-trials", 2)
        best = max(trial["score"] for trial in facts["autotune"]["trials"] if trial["failure"] is None)
        assert facts["held_out"]["accuracy"] == best
        assert facts["held_out"]["num_texts"] == facts["autotune"]["num_judged"]
        held = run("sentiment", "train", "reviews.tsv", *self.TUNED, "--no-retrain", "-o", "k").stdout
        assert "held out" in held
        assert "in a cross-validation" not in held

    def test_what_is_typed_stays(self, place):
        facts = trained("--autotune-trials", 4, "--epochs", 3, "--dim", 5, "--autotune", "1h")
        assert {(trial["epochs"], trial["dim"]) for trial in facts["autotune"]["trials"]} == {(3, 5)}
        assert len(facts["autotune"]["trials"]) == 4

    def test_texts_to_judge_by(self, place):
        facts = trained("--autotune-trials", 2, "--validation", "validation.tsv", output="a")
        assert len(facts["autotune"]["trials"]) == 2
        trained("--autotune-trials", 2, "--validation", 0.3, output="b")
        several = ("--loss", "ova", "--label-separator", ",", "--validation", "topics.csv")
        result = run(
            "sentiment", "train", "topics.csv", *self.TUNED, *several, "-o", "c", "--json", "--quiet"
        )
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout)["autotune"]["measure"] == "micro-F1"

    def test_a_size(self, place):
        facts = trained("--autotune-trials", 2, "--autotune-size", "15kB", "--dim", 8)
        assert facts["quantised"]
        assert run("sentiment", "export", "m", "m.ftz", "--quiet").exit_code == 0
        assert (place / "m.ftz").stat().st_size <= 15_000

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("nbsvm", "--autotune", "5m"), "--autotune: expected one of the models linear, found nbsvm"),
            (("linear", "--autotune-size", "2M"), "--autotune-size: expected --autotune beside it"),
            (("linear", "--validation", 2), "--validation: expected a number from 0.0 to 0.9, found 2.0"),
            (("linear", "--autotune", "5m", "--folds", 2), "--folds: expected no --autotune beside it"),
            (("linear", "--no-retrain"), "--retrain: expected --autotune beside it, found none"),
            (("linear", "--autotune-trials", 0), "--autotune-trials: expected a whole number from 1"),
            (("linear", "--autotune", "5m", "--validation", 0), "--validation: expected a number from 0.001"),
            (("linear", "--autotune", "soon"), "expected a time like 30s, 5m or 1h, found 'soon'"),
        ],
    )  # fmt: skip
    def test_refusals(self, place, arguments, message):
        result = run("sentiment", "train", "reviews.tsv", "--model", *arguments, "-o", "m")
        assert (result.exit_code, message in result.stderr) == (2, True), result.output
