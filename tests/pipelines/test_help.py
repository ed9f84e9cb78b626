import gzip
import inspect
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pipelines import cli
from pipelines.cli import wordlab
from pipelines.config_options import config_from
from pipelines.embeddings.train import train
from wordlab.text import Corpus
from wordlab.text.reading import ReadingConfig
from wordlab.training import Word2VecConfig

from .conftest import run


def all_commands(command=wordlab, path=()):
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from all_commands(command.get_command(context, name), (*path, name))


COMMANDS = list(all_commands())
ALONE = [("demo",), ("serve",), ("embeddings", "explore")]  # whose examples tests of their own run
ONE_WORD = [("run",), ("info",)]
LEAVES = [path for path in COMMANDS if len(path) == 2 or path in [*ALONE, *ONE_WORD]]


def examples(path):
    text = run(*path, "--help").stdout
    block = re.search(r"  Example:\n((?:    .+\n)+)", text)
    return [line.strip() for line in block[1].splitlines()] if block else []


EXAMPLES = [line for path in LEAVES if path not in ALONE for line in examples(path)]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help(path):
    result = run(*path, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: wordlab")
    assert run(*path, "-h").stdout == result.stdout


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_leaf_has_an_example_of_itself(path):
    assert examples(path)
    assert all(shlex.join(["wordlab", *path]) in line for line in examples(path))


def is_made(path):
    """Whether `path` is an artefact, or a file where the name is that of one."""
    return path.is_file() if path.suffix else (path / "manifest.json").is_file()


@pytest.mark.parametrize("line", EXAMPLES)
def test_examples_run(line, place, request):
    words = shlex.split(line)
    if "push" in words or "hf://" in line:
        site = request.getfixturevalue("hub")
        for name, directory in [("ann/news-vectors", "vectors"), ("ann/reviews", "model")]:
            if "import" in words:
                site.put(name, {path.name: path.read_bytes() for path in (place / directory).iterdir()})
    if "s3://" in line:
        store = request.getfixturevalue("s3")
        store.put("news/1.jsonl.gz", gzip.compress((place / "reviews.jsonl").read_bytes()))
        for name in ("vectors.bin.gz", "reviews.tsv"):
            store.put(name, (place / name).read_bytes())
    made = Path(words[words.index("-o") + 1]) if "-o" in words and "-o s3://" not in line else None
    if made:
        shutil.rmtree(made, ignore_errors=True)
    if "|" in words:
        pipe = words.index("|")
        assert words[0] == "cat"
        result = run(*words[pipe + 2 :], input=Path(words[1]).read_bytes())
    else:
        result = run(*words[1:])
    assert result.exit_code == 0, result.output
    assert made is None or is_made(made) == ("--dry-run" not in words)


def test_root_help_imports_nothing_but_click():
    script = "import sys; from pipelines.cli import main\ntry: main()\nfinally: print(*sys.modules)"
    output = subprocess.run([sys.executable, "-c", script, "--help"], capture_output=True, text=True).stdout
    loaded = output.split()
    assert "Usage: wordlab" in output
    assert "pipelines.cli" in loaded
    assert not {"pipelines.corpus", "pipelines.embeddings", "pipelines.demo", "pipelines.options"} & set(
        loaded
    )
    assert not {"wordlab.errors", "numpy", "rich", "pyarrow", "numba", "importlib.metadata"} & set(loaded)


def test_subcommand_help_loads_no_array_library():
    script = "import sys; from pipelines.cli import main\ntry: main()\nfinally: print(*sys.modules)"
    for group in ("corpus build", "embeddings train", "embeddings import", "sentiment train"):
        command = [sys.executable, "-c", script, *group.split(), "--help"]
        output = subprocess.run(command, capture_output=True, text=True).stdout
        loaded = set(output.split())
        assert not {"numpy", "pyarrow", "numba", "rich"} & loaded
        assert not {
            "pipelines.corpus",
            "pipelines.embeddings.card",
            "pipelines.sentiment.compare",
        } & loaded - {f"pipelines.{group.split()[0]}"}


def test_short_help_is_that_of_the_groups():
    for name, (_, help) in cli._COMMANDS.items():
        assert name in run("--help").stdout
        assert help in run("--help").stdout
    context = click.Context(wordlab)
    for name in ("corpus", "embeddings", "sentiment"):
        assert wordlab.get_command(context, name).help == cli._COMMANDS[name][1]


def test_version():
    result = run("--version")
    assert result.exit_code == 0
    assert re.fullmatch(r"wordlab, version \d+\.\d+\.\d+\n", result.stdout)


def test_defaults_of_build_are_those_of_the_library():
    from pipelines.corpus import build

    parameters = {**inspect.signature(Corpus.build).parameters, **inspect.signature(ReadingConfig).parameters}
    defaults = {name: p.default for name, p in parameters.items()}
    shared = [param for param in build.params if param.name in defaults and param.name not in
              {"inputs", "output", "tokenizer", "overwrite"}]  # fmt: skip
    assert len(shared) >= 10
    for param in shared:
        assert param.default == defaults[param.name], param.name


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_defaults_of_train_are_those_of_the_config(model):
    context = train.make_context("train", ["corpus", "-o", "vectors", "--model", model])
    assert config_from(Word2VecConfig, context.params) == Word2VecConfig(model=model)


def test_every_training_option_reaches_the_config():
    words = (
        "corpus -o v --model cbow --loss negative --dim 7 --window 3 --negative 2 --subsample 0.5 "
        "--subsample-form paper --line-end --ns-exponent 0.5 --no-shrink-windows --cbow-sum --epochs 9 "
        "--learning-rate 0.5 --min-learning-rate 0.25 --threads 3 --seed 11"
    )
    context = train.make_context("train", words.split())
    assert config_from(Word2VecConfig, context.params) == Word2VecConfig(
        model="cbow", loss="negative", dim=7, window=3, negative=2, subsample=0.5, subsample_form="paper",
        line_end=True, ns_exponent=0.5, shrink_windows=False, cbow_mean=False, epochs=9, learning_rate=0.5,
        min_learning_rate=0.25, threads=3, seed=11,
    )  # fmt: skip
    assert all(param.help for param in train.params if isinstance(param, click.Option))
