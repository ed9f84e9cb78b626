import pytest
from click.testing import CliRunner

from pipelines import demo
from pipelines.cli import wordlab
from wordlab.embeddings import WordVectors, read_vectors
from wordlab.sentiment import evaluate, load_classifier, read_labelled
from wordlab.text import Corpus

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
    place = f"'{folder}'/"
    expected = [*demo.vector_steps(place), *demo.classifier_steps(place)]
    assert shown == [f"   $ wordlab {step.command}" for step in expected]
    assert "Spearman" in result.stdout
    assert "Done in " in result.stdout


def test_the_classifier_knows_more_than_the_most_frequent_class(finished):
    folder, _ = finished
    tweets = read_labelled(folder / "tweets" / "test.tsv")
    assert not set(tweets.texts) & set(read_labelled(folder / "tweets" / "train.tsv").texts)
    scores = evaluate(load_classifier(folder / "classifier"), tweets).scores
    assert scores.accuracy > 0.68  # 0.731 at this seed; the most frequent class has 0.434


def test_without_the_extra_the_part_about_classifiers_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "CLASSIFIER_NEEDS", ("torch", "no-such-package"))
    monkeypatch.setattr(
        demo,
        "vector_steps",
        lambda folder: [demo.Step("One step.", f"corpus build {folder}texts -o {folder}corpus")],
    )
    result = CliRunner().invoke(wordlab, ["demo", "-o", str(tmp_path / "demo")])
    assert result.exit_code == 0, result.output
    assert "The part about classifiers needs no-such-package: pip install 'wordlab[demo]'" in result.stdout
    assert not (tmp_path / "demo" / "tweets").exists()


def test_an_earlier_demo_is_replaced_only_when_asked(finished, monkeypatch):
    folder, _ = finished
    monkeypatch.setattr(demo, "classifier_steps", lambda folder: [])  # once is enough
    again = CliRunner().invoke(wordlab, ["demo", "-o", str(folder)])
    assert again.exit_code == 1
    assert again.stderr == f"Error: {folder}: exists already; choose another name or use --overwrite\n"
    replaced = CliRunner().invoke(wordlab, ["demo", "-o", str(folder), "--overwrite"])
    assert replaced.exit_code == 0, replaced.output
