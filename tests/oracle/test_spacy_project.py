"""The spaCy project of docs/how-to/spacy.md: its files as they stand there, on a few texts in fewer steps."""

import random
import re
import runpy
import sys
from pathlib import Path

import pytest

pytest.importorskip("spacy")

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "spacy.md"
GOOD, BAD = ("good", "great", "fine"), ("bad", "poor", "awful")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The page's files, each named by its first line, and its assets; as the working directory."""
    monkeypatch.chdir(tmp_path)
    for block in re.finditer(
        r"```(?:yaml|python|ini)\n# (\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S
    ):
        path = tmp_path / block[1]
        path.parent.mkdir(exist_ok=True)
        path.write_text(block[2], encoding="utf-8")
    draw = random.Random(1)  # noqa: S311 - a few sentences
    for folder in ("assets", "work"):
        (tmp_path / folder).mkdir()
    sentences = [f"The film isn't {draw.choice(words)}, is it?" for _ in range(60) for words in (GOOD, BAD)]
    Path("assets/texts.txt").write_text("\n".join(sentences))
    for name, number in (("train", 30), ("dev", 5)):
        rows = [f"{label}\tIt's {draw.choice(words)}." for _ in range(number)
                for label, words in (("pos", GOOD), ("neg", BAD))]  # fmt: skip
        Path(f"assets/{name}.tsv").write_text("label\ttext\n" + "\n".join(rows))
    return tmp_path


def script(name, *arguments):
    """Run a file of the project as `python NAME ARGUMENTS` does, in this process."""
    before = sys.argv
    try:
        sys.argv = [name, *arguments]
        runpy.run_path(name, run_name="__main__")
    finally:
        sys.argv = before


def test_the_project_trains(project):
    import spacy
    from spacy.cli.init_config import fill_config
    from spacy.cli.train import train
    from spacy.training.initialize import convert_vectors
    from weasel.util.config import load_project_config

    files = {path for command in load_project_config(project)["commands"] for path in command["deps"]}
    assert all((project / path).exists() for path in files if not path.startswith("work/"))
    script("scripts/train_vectors.py", "en", "assets/texts.txt", "work/vectors", "work/vectors.txt")
    nlp = spacy.blank("en")
    convert_vectors(nlp, Path("work/vectors.txt"), truncate=0, prune=-1)  # what `init vectors` does
    assert {"n't", "film", "is"} <= {nlp.vocab.strings[key] for key in nlp.vocab.vectors}
    nlp.to_disk("work/pipeline")
    for name in ("train", "dev"):
        script("scripts/make_docs.py", "en", f"assets/{name}.tsv", f"work/{name}.spacy")
    fill_config(Path("work/config.cfg"), Path("base_config.cfg"))
    paths = {"vectors": "work/pipeline", "train": "work/train.spacy", "dev": "work/dev.spacy"}
    steps = {"training.max_steps": 40, "training.eval_frequency": 20}
    train("work/config.cfg", "work/training", overrides={f"paths.{n}": p for n, p in paths.items()} | steps)
    trained = spacy.load("work/training/model-best")
    assert trained.vocab.vectors.shape == nlp.vocab.vectors.shape
    cats = {text: trained(text).cats for text in ("It's great.", "It's awful.")}
    assert cats["It's great."]["pos"] > 0.5 > cats["It's awful."]["pos"]
