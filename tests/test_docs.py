"""Run what the documentation shows: commands, Python and doctests."""

import doctest
import gzip
import importlib
import json
import pkgutil
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pipelines
import wordlab
from wordlab.embeddings.evaluation.datasets import packaged_file

ROOT = Path(__file__).parents[1]
MODULES = [
    module.name
    for package in (wordlab, pipelines)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]
WITH_EXAMPLES = {
    "wordlab.representation",
    "wordlab.embeddings.ngrams",
    "wordlab.io.urls",
    "wordlab.text.casing",
    "wordlab.text.corpus",
    "wordlab.text.hints",
    "wordlab.text.line_ends",
    "wordlab.text.phrases.config",
    "wordlab.text.phrases.value",
    "wordlab.text.stop_words",
    "wordlab.text.subsampling",
    "wordlab.text.tokenizers",
    "wordlab.text.tokenizers.accents",
    "wordlab.text.tokenizers.markup",
    "wordlab.text.tokenizers.preparing",
    "wordlab.text.tokenizers.tokenizer",
    "wordlab.text.vocabulary",
    "wordlab.embeddings.vectors",
    "wordlab.training.cooccurrences.config",
    "wordlab.training.cooccurrences.parts",
    "wordlab.training.objectives.glove.config",
    "wordlab.training.objectives.subwords.config",
    "wordlab.training.objectives.word2vec.config",
    "wordlab.compiled.noise",
    "wordlab.training.objectives.word2vec.targets",
    "wordlab.embeddings.pretrained.catalogue",
    "wordlab.embeddings.pretrained.char_ngrams",
    "wordlab.sentiment.documents.vectors",
    "wordlab.sentiment.models.config",
    "wordlab.sentiment.models.paragraphs.config",
    "wordlab.sentiment.models.paragraphs.settings",
    "wordlab.sentiment.models.paragraphs.vectors",
    "wordlab.sentiment.data.labelled",
    "wordlab.sentiment.label_choice",
    "wordlab.vision_theory.vision.networks.batch_norm",
    "wordlab.vision_theory.vision.config",
    "wordlab.vision_theory.theory.parsing",
    "wordlab.vision_theory.vision.networks.lenet",
    "wordlab.vision_theory.vision.networks.residual",
    "wordlab.vision_theory.vision.networks.resnet",
    "wordlab.vision_theory.vision.standardisation",
    "pipelines.groups",
    "pipelines.options",
    "pipelines.runs.planning",
    "pipelines.tweets",
}
NOUNS = ("movie", "film", "plot", "story", "ending", "cast", "music", "script", "scene", "actor")
VERDICTS = (("positive", "great"), ("positive", "good"), ("negative", "bad"), ("negative", "dull"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PAGES = [page for page in PAGES if "_build" not in page.parts]


def fenced_blocks(page, language):
    return re.findall(
        rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )


def shown_commands(page):
    """(command, what is shown below it) for each line "$ wordlab ..." of a page."""
    for block in fenced_blocks(page, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            if command.startswith("wordlab "):
                yield command, output


def run_wordlab(command, folder):
    program = Path(sys.executable).with_name("wordlab")
    words = [program, *shlex.split(command)[1:]]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, encoding="utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A reader's working directory: 300 news texts under the names that the pages use."""
    news = packaged_file("lee_background.cor")
    shutil.copy(news, tmp_path / "news.txt")
    (tmp_path / "articles.txt.gz").write_bytes(gzip.compress(news.read_bytes()))
    lines = news.read_text(encoding="utf-8").splitlines()
    rows = [json.dumps({"id": number, "body": line}) for number, line in enumerate(lines)]
    (tmp_path / "news.jsonl").write_text("\n".join(rows), encoding="utf-8")
    for name in ("train.tsv", "test.tsv"):
        reviews = [f"{label}\tthis {noun} is so {word}" for noun in NOUNS for label, word in VERDICTS]
        (tmp_path / name).write_text("\n".join(["label\ttext", *reviews]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_readme_does_what_it_says(folder):
    readme = ROOT / "README.md"
    commands = [command for command, _ in shown_commands(readme)]
    assert len(commands) == 26
    for command in commands:
        done = run_wordlab(command, folder)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    for picture in ("kept.png", "confusion.png", "descent.png", "jensen.png"):
        assert (folder / picture).stat().st_size > 1_000
    (block,) = fenced_blocks(readme, "python")
    names = {}
    exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - our own page
    assert names["keyed_vectors"].vector_size == 100
    assert len(names["keyed_vectors"]) == len(names["vectors"])


def test_the_tutorial_shows_what_happens(folder):
    """Counts and words are compared; what depends on the processor or the clock is not."""
    page = ROOT / "docs" / "tutorial.md"
    found = list(shown_commands(page))
    assert len(found) == 12
    for command, shown in found:
        done = run_wordlab(command, folder)
        assert done.returncode == int(shown.startswith("Error: ")), f"{command}\n{done.stderr}"
        printed = (done.stdout + done.stderr).splitlines()
        exact = "corpus" in command.split()[:2] or shown.startswith("Error: ")
        for line in shown.splitlines() if exact else []:
            assert line in printed or line == "..." or line.startswith("time "), f"{command}: {line}"


@pytest.mark.parametrize("name", MODULES)
def test_doctests(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.failed == 0
    assert found.attempted > 0 or name not in WITH_EXAMPLES


def test_modules_with_examples_exist():
    assert set(MODULES) >= WITH_EXAMPLES


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any(">>>" in block for block in fenced_blocks(page, "python"))],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_examples_of_pages(page, folder):
    """The Python blocks of a page are one session, as a reader would type them."""
    source = "\n".join(fenced_blocks(page, "python"))
    session = doctest.DocTestParser().get_doctest(source, {}, page.name, str(page), 0)
    found = doctest.DocTestRunner().run(session)
    assert found.attempted > 0
    assert found.failed == 0


def test_links_lead_somewhere():
    """Links between pages; Sphinx does not see those of README and the other pages outside docs/."""
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert target.startswith("https://") or (page.parent / target).exists(), f"{page.name}: {target}"
