import pytest
from click.testing import CliRunner

from pipelines.cli import wordlab
from pipelines.demo import steps
from wordlab.embeddings import WordVectors, read_vectors
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
    for name in ("words.png", "kept.png"):
        assert (folder / name).read_bytes().startswith(PNG)
    assert {neighbor.word for neighbor in vectors.nearest("israeli", k=10)} & {"palestinian", "israelis"}


def test_it_shows_the_command_of_every_step(finished):
    folder, result = finished
    shown = [line for line in result.stdout.splitlines() if line.startswith("   $ ")]
    assert shown == [f"   $ wordlab {step.command}" for step in steps(f"'{folder}'/")]
    assert "Spearman" in result.stdout
    assert "Done in " in result.stdout


def test_an_earlier_demo_is_replaced_only_when_asked(finished):
    folder, _ = finished
    again = CliRunner().invoke(wordlab, ["demo", "-o", str(folder)])
    assert again.exit_code == 1
    assert again.stderr == f"Error: {folder}: exists already; choose another name or ask to overwrite\n"
    replaced = CliRunner().invoke(wordlab, ["demo", "-o", str(folder), "--overwrite"])
    assert replaced.exit_code == 0, replaced.output
