import contextlib
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines import demo
from pipelines.cli import wordlab
from pipelines.runs.planning import make_plan
from pipelines.runs.reading import read_pipeline
from wordlab.embeddings import WordVectors, read_vectors
from wordlab.sentiment import evaluate, load_classifier, read_labelled
from wordlab.text import Corpus

ONE_STEP = 'output = "."\n[steps.corpus]\ncommand = "corpus build"\ninput = "texts"\n'
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "my demo"  # a name that a shell needs quoted
    return folder, CliRunner().invoke(wordlab, ["demo", "-o", str(folder)])


def test_it_goes_the_whole_way(finished):
    folder, result = finished
    assert result.exit_code == 0, result.output
    corpus, vectors = Corpus.load(folder / "corpus"), WordVectors.load(folder / "vectors")
    assert corpus.num_tokens > 300_000
    assert vectors.vocabulary == corpus.vocabulary
    assert (read_vectors(folder / "vectors.txt").matrix == vectors.matrix).all()
    for name in ("words.png", "kept.png", "confusion.png"):
        assert (folder / name).read_bytes().startswith(PNG)
    assert {neighbor.word for neighbor in vectors.nearest("israeli", k=10)} & {"palestinian", "israelis"}


def test_it_shows_the_command_of_every_step(finished):
    folder, result = finished
    shown = [line for line in result.stdout.splitlines() if line.startswith("   $ ")]
    with contextlib.chdir(folder):
        plan = make_plan(read_pipeline(Path("demo.toml")), wordlab)
    assert shown == [f"   $ {task.call.typed}" for task in plan.tasks]
    assert shown[0] == "   $ wordlab corpus build texts --min-count 5 -o corpus"
    assert shown[-1].startswith("   $ wordlab sentiment predict classifier 'this movie is so great' ")
    steps = read_pipeline(folder / "demo.toml").steps.values()
    stories = [f"{number}. {step.about}" for number, step in enumerate(steps, start=1)]
    assert [line for line in result.stdout.splitlines() if line in stories] == stories
    assert "Spearman" in result.stdout
    assert "Done in " in result.stdout


def test_it_can_be_changed_and_run_again(finished):
    """Only what prints scores runs, as the demo kept none; then nothing does."""
    folder, _ = finished
    states = []
    for _ in range(2):
        again = CliRunner().invoke(wordlab, ["run", str(folder / "demo.toml"), "--json", "-q"])
        assert again.exit_code == 0, again.output
        tasks = json.loads(again.stdout)["tasks"]
        states.append([task["name"] for task in tasks if task["state"] == "ran"])
    assert states == [["scores", "judged"], []]
    text = (folder / "demo.toml").read_text()
    (folder / "demo.toml").write_text(text.replace("k = 5", "k = 3"))
    planned = CliRunner().invoke(wordlab, ["run", str(folder / "demo.toml"), "--json", "--dry-run"])
    reasons = {task["name"]: task["reasons"] for task in json.loads(planned.stdout)["tasks"]}
    assert {name: why for name, why in reasons.items() if why} == {"neighbours": ["option k: 5 -> 3"]}


def test_the_last_answers_are_right(finished):
    answers = re.findall(r"^(?:this movie|my flight).*?  (\w+)  ", finished[1].stdout, re.MULTILINE)
    assert answers == ["positive", "negative"]  # 77% and 77%


def test_the_encyclopaedia_is_prose(finished):
    lines = (finished[0] / "texts" / "encyclopedia.txt").read_text(encoding="utf-8").splitlines()
    assert 6_000 < len(lines) < 8_000
    assert not [line for line in lines if re.search(r"\[\[|\]\]|'''|\{\{|^[=|!{}<>:;]|</?ref", line)]
    assert any(line.startswith("Autism is a neurodevelopmental disorder characterized by") for line in lines)


def test_the_classifier_knows_more_than_the_most_frequent_class(finished):
    folder, _ = finished
    tweets = read_labelled(folder / "tweets" / "test.tsv")
    assert not set(tweets.texts) & set(read_labelled(folder / "tweets" / "train.tsv").texts)
    scores = evaluate(load_classifier(folder / "classifier"), tweets).scores
    assert scores.accuracy > 0.68  # 0.731 at this seed; the most frequent class has 0.434


def test_without_the_extra_the_part_about_classifiers_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "CLASSIFIER_NEEDS", ("torch", "no-such-package"))
    monkeypatch.setattr(demo, "VECTORS", ONE_STEP)
    result = CliRunner().invoke(wordlab, ["demo", "-o", str(tmp_path / "demo")])
    assert result.exit_code == 0, result.output
    assert "The part about classifiers needs no-such-package: pip install 'wordlab[demo]'" in result.stdout
    assert not (tmp_path / "demo" / "tweets").exists()


def test_an_earlier_demo_is_replaced_only_when_asked(finished, monkeypatch):
    folder, _ = finished
    monkeypatch.setattr(demo, "VECTORS", ONE_STEP)  # the whole of it once is enough
    monkeypatch.setattr(demo, "CLASSIFIER", "")
    again = CliRunner().invoke(wordlab, ["demo", "-o", str(folder)])
    assert again.exit_code == 1
    assert again.stderr == f"Error: {folder}: exists already; choose another name or use --overwrite\n"
    replaced = CliRunner().invoke(wordlab, ["demo", "-o", str(folder), "--overwrite"])
    assert replaced.exit_code == 0, replaced.output
