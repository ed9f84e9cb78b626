"""`wordlab sentiment train`: a TextCNN, a BiRNN or a baseline from labelled texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.config_options import config_from, config_options
from pipelines.plots.curves import draw_curves
from pipelines.plots.files import check_picture, save_figure
from pipelines.reports import sentiment as reports
from pipelines.reports.labelled import data_notes
from pipelines.sentiment.baseline import baseline_options, check_options, train_and_report
from pipelines.sentiment.data import data_options, tokenizer_option
from wordlab import artifact
from wordlab.sentiment.models.baseline_config import BASELINES
from wordlab.sentiment.models.config import (
    CELLS,
    CHANNELS,
    CLASS_WEIGHTS,
    LEARNING_RATES,
    MODELS,
    OPTIMIZERS,
    UNKNOWN,
    ClassifierConfig,
)

if TYPE_CHECKING:
    from wordlab.sentiment.models.classifier import Classifier

_config_options = config_options(
    ClassifierConfig,
    choices={
        "model": (*MODELS, *BASELINES),
        "channels": CHANNELS,
        "unknown": UNKNOWN,
        "cell": CELLS,
        "optimizer": OPTIMIZERS,
        "class_weights": CLASS_WEIGHTS,
    },
    defaults={
        "threads": "all cores",
        "learning_rate": ", ".join(f"{rate:g} for {name}" for name, rate in LEARNING_RATES.items()),
    },
)


@click.command("train", cls=options.Command)
@click.argument("data", type=click.Path(path_type=Path, allow_dash=True))
@options.output_option("classifier")
@click.option(
    "--vectors", type=click.Path(path_type=Path), default=None, metavar="VECTORS",
    help="Directory of word vectors to begin with; without it they are learnt from the texts alone.",
)  # fmt: skip
@_config_options
@baseline_options
@tokenizer_option
@data_options
@click.option(
    "--checkpoint", type=click.Path(path_type=Path), default=None, metavar="DIR",
    help="Keep the state after each epoch in this directory.",
)  # fmt: skip
@click.option("--resume", is_flag=True, help="Go on from the --checkpoint, if there is one.")
@click.option(
    "--plot", type=click.Path(path_type=Path), default=None, metavar="FILE",
    help="Draw loss and accuracy by epoch, as PNG, SVG or PDF.",
)  # fmt: skip
@click.option(
    "--device", default="cpu", show_default=True, help="Where torch computes: cpu, cuda, cuda:1 ..."
)
@options.quiet_option
@options.json_option
def train(
    data: Path, output: Path, overwrite: bool, vectors: Path | None, tokenizer: Any,
    text_column: str | None, label_column: str | None, input_format: str | None, encoding: str,
    checkpoint: Path | None, resume: bool, plot: Path | None, device: str, quiet: bool, as_json: bool,
    **fields: Any,
) -> None:  # fmt: skip
    """Learn to tell the class of texts from labelled ones.

    DATA is a table (TSV, CSV, JSON lines, Parquet), a file with a label and a text on each line, or a
    directory with a folder of texts for each class.

    \b
    Example:
      wordlab sentiment train reviews.tsv --model textcnn --vectors vectors/ -o model/
      wordlab sentiment train train/ --model birnn --vectors vectors/ --hidden 16 --epochs 2 -o model/
      wordlab sentiment train reviews.tsv --kernel-widths 2,3 --epochs 2 --plot curves.png -o model/
      wordlab sentiment train reviews.tsv --model nbsvm --ngrams 3 -o model/
      wordlab sentiment train reviews.tsv --checkpoint state/ --resume --epochs 3 -o model/
    """
    check_options(fields["model"])
    if resume and checkpoint is None:
        raise click.UsageError("--resume needs --checkpoint, the directory to go on from")
    artifact.check_output(output, overwrite=overwrite)
    check_picture(plot, overwrite=overwrite)
    if fields["model"] in BASELINES:
        columns = {"text_column": text_column, "label_column": label_column,
                   "input_format": input_format, "encoding": encoding}  # fmt: skip
        train_and_report(data, output, fields, columns, vectors=vectors, tokenizer=tokenizer,
                         overwrite=overwrite, quiet=quiet, as_json=as_json)  # fmt: skip
        return
    config = config_from(ClassifierConfig, fields)
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.sentiment.data.labelled import inspect
    from wordlab.sentiment.data.reading import read_labelled
    from wordlab.sentiment.training.loop import train as train_classifier
    from wordlab.text.tokenizers import Tokenizer

    loaded = None if vectors is None else WordVectors.load(vectors)
    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        texts = read_labelled(
            data, text_column=text_column, label_column=label_column, input_format=input_format,
            encoding=encoding, on_progress=on_progress,
        )  # fmt: skip
        report = inspect(texts)
        classifier = train_classifier(
            texts.texts, texts.labels, config, vectors=loaded,
            tokenizer=None if tokenizer is None else Tokenizer(tokenizer),
            device=device, checkpoint=checkpoint, resume=resume, on_progress=on_progress,
        )  # fmt: skip
    parents = {} if loaded is None or loaded.digest is None else {"vectors": loaded.digest}
    classifier.save(output, overwrite=overwrite, parents=parents)
    if plot is not None:
        _draw(classifier, plot, overwrite=overwrite)
    facts = _facts(classifier, output, len(texts), taken["seconds"])
    for note in data_notes(report):
        console.say(f"Note: {note}", quiet=quiet)
    if as_json:
        console.print_json(facts)
        return
    reports.print_trained(facts)
    console.say_next(
        ("wordlab", "sentiment", "predict", console.folder(output), texts.texts[0][:40]),
        ("wordlab", "sentiment", "evaluate", console.folder(output), "test.tsv"),
        quiet=quiet,
    )


def _facts(classifier: Classifier, output: Path, num_texts: int, seconds: float) -> dict[str, Any]:
    coverage = classifier.coverage
    return {
        "output": str(output),
        "model": classifier.config.model,
        "num_texts": num_texts,
        "classes": list(classifier.classes),
        "num_words": len(classifier.encoder.vocabulary),
        "coverage": None if coverage is None else {"types": coverage.types, "tokens": coverage.tokens},
        "history": classifier.history.to_dict(),
        "seconds": seconds,
        "config": classifier.config.to_dict(),
    }


def _draw(classifier: Classifier, path: Path, *, overwrite: bool) -> None:
    history = classifier.history
    panels = {
        "loss": {"training": history.losses, "held out": history.validation_losses},
        "accuracy": {"training": history.accuracies, "held out": history.validation_accuracies},
    }
    shown = {name: {key: line for key, line in panel.items() if line} for name, panel in panels.items()}
    title = {"textcnn": "TextCNN", "birnn": "BiRNN"}[classifier.config.model]
    figure = draw_curves(shown, title, best=history.best_epoch)
    save_figure(figure, path, overwrite=overwrite)
