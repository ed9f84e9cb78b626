"""`wordlab sentiment train`: a classifier from labelled texts."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.config_options import was_typed
from pipelines.plots.curves import draw_curves
from pipelines.plots.files import check_picture, save_figure
from pipelines.reports import sentiment as reports
from pipelines.reports.labelled import coverage_notes, data_notes
from pipelines.sentiment.autotune import autotune_options, check_alone, pop_autotune
from pipelines.sentiment.data import data_fields, data_options, label_separator_option
from pipelines.sentiment.fitting import Fitting
from pipelines.sentiment.folds import fold_options, pop_folds
from pipelines.sentiment.model_options import (
    AUTO,
    ModelCommand,
    baseline_options,
    check_options,
    model_config,
    model_option,
    network_options,
    preset_tokenizer,
    time_limit_option,
)
from pipelines.sentiment.pretraining import CountedTexts, add_own_vectors
from pipelines.sentiment.validation import (
    pop_validation_file,
    read_validation,
    share_to_judge_by,
    validation_option,
)
from pipelines.sentiment.vectors import load_vectors, vectors_option
from pipelines.tokenizer_options import pop_tokenizer, tokenizer_options
from wordlab import artifact
from wordlab.sentiment.models.names import MODELS, NETWORKS, several_hint, takes_several

if TYPE_CHECKING:
    from wordlab.progress import OnProgress
    from wordlab.sentiment.base import TextModel
    from wordlab.sentiment.data.labelled import DataReport, LabelledTexts, MultiLabelTexts
    from wordlab.sentiment.models.classifier import Classifier


@click.command("train", cls=ModelCommand)
@click.argument(
    "data", type=options.Read(allow_dash=True), nargs=-1, required=True, metavar="DATA..."
)  # fmt: skip
@options.output_option("classifier")
@vectors_option
@click.option(
    "--unlabelled", type=options.Read(allow_dash=True), multiple=True, metavar="FILE",
    help="File of texts without labels to learn from as well, read as predict reads its --file; repeatable. "
    "Networks learn their word vectors from them first.",
)  # fmt: skip
@model_option
@time_limit_option
@autotune_options
@validation_option
@fold_options
@network_options
@baseline_options
@tokenizer_options(of_vectors=True)
@data_options
@label_separator_option
@click.option(
    "--checkpoint", type=options.Written(is_local=True), default=None, metavar="DIR",
    help="Keep the state after each epoch in this directory.",
)  # fmt: skip
@click.option("--resume", is_flag=True, help="Resume from the --checkpoint, if there is one.")
@click.option(
    "--plot", type=options.Written(), default=None, metavar="FILE",
    help="Draw loss and accuracy by epoch, as PNG, SVG or PDF.",
)  # fmt: skip
@click.option(
    "--device", default="cpu", show_default=True, help="Where torch computes: cpu, cuda, cuda:1 ..."
)
@options.quiet_option
@options.json_option
def train(
    data: tuple[Path, ...], output: Path, overwrite: bool, vectors: tuple[Path, ...],
    unlabelled: tuple[Path, ...],
    checkpoint: Path | None, resume: bool, plot: Path | None, device: str, time_limit: float | None,
    label_separator: str | None, quiet: bool, as_json: bool, **fields: Any,
) -> None:  # fmt: skip
    """Train a classifier on labelled texts.

    DATA is a table (TSV, CSV, JSON, Parquet), a file with a label and a text on each line, or a directory
    with a folder of texts for each class, or of shards; there may be several, or a pattern. The options
    shown are those of networks and baselines; `--model linear --help` shows those of the linear classifier,
    which with `--loss ova` learns several labels a text: `__label__a __label__b` before it, a JSON array, or
    a cell with a --label-separator.

    \b
    Example:
      wordlab sentiment train reviews.tsv --model textcnn --vectors vectors/ -o model/
      wordlab sentiment train 'parts/part-*.jsonl' --text-column review.text --epochs 2 -o model/
      wordlab sentiment train train/ --model birnn --vectors vectors/ --hidden 16 --epochs 2 -o model/
      wordlab sentiment train reviews.tsv --kernel-widths 2,3 --epochs 2 --plot curves.png -o model/
      wordlab sentiment train reviews.tsv --vectors vectors/ --vectors vectors/ --epochs 2 -o model/
      wordlab sentiment train reviews.tsv --unlabelled articles.txt --epochs 2 -o model/
      wordlab sentiment train reviews.tsv --model nbsvm --ngrams 3 -o model/
      wordlab sentiment train reviews.tsv --model linear --ngrams 3 -o model/
      wordlab sentiment train reviews.tsv --model linear --preset fasttext --ngrams 2 -o model/
      wordlab sentiment train topics.csv --model linear --loss ova --label-separator , -o model/
      wordlab sentiment train reviews.tsv --model linear --autotune 5m --autotune-trials 3 -o model/
      wordlab sentiment train reviews.tsv --model nbsvm --tokenizer whitespace --lowercase -o model/
      wordlab sentiment train reviews.tsv --model paragraph-vectors --unlabelled articles.txt -o model/
      wordlab sentiment train reviews.tsv --checkpoint state/ --resume --epochs 3 -o model/
      wordlab sentiment train reviews.tsv --model tfidf --validation validation.tsv -o model/
      wordlab sentiment train reviews.tsv --model nbsvm --folds 4 -o model/
      wordlab sentiment train reviews.tsv --model auto --time-limit 10m -o model/
    """
    check_options(fields["model"])
    folds, judged_by = pop_folds(fields, data), pop_validation_file(fields)
    check_alone(fields, folds)
    if resume and checkpoint is None:
        raise click.UsageError("--resume needs --checkpoint, the directory to resume from")
    config = None if fields["model"] == AUTO else model_config(fields)
    search = pop_autotune(fields, config, has_file=judged_by is not None)
    earlier = _finished(output, checkpoint, config) if resume and not overwrite else None
    inputs = [*data, *vectors, judged_by, *unlabelled]
    if earlier is None:
        artifact.check_output(output, overwrite=overwrite, inputs=inputs)
    check_picture(plot, overwrite=overwrite or earlier is not None, inputs=inputs)
    if checkpoint is not None:
        artifact.check_output(checkpoint, overwrite=resume, inputs=[*inputs, output], rewritten=True)
    several = config is not None and takes_several(config.model, config)
    _check_together(config, folds, data, unlabelled, vectors, label_separator, several=several)
    from wordlab.sentiment.data.labelled import MultiLabelTexts, inspect
    from wordlab.text.hints import text_notes

    loaded, parents = load_vectors(vectors)
    fields["tokenizer"] = fields["tokenizer"] or preset_tokenizer(fields)
    tokenizer = pop_tokenizer(fields, loaded)
    of_networks = {"device": device, "checkpoint": checkpoint, "resume": resume}
    typed: dict[str, Any] = {name: value for name, value in of_networks.items() if was_typed(name)}
    notes: list[str] = []
    columns = data_fields(fields)
    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        texts: Any = _read(data, columns, label_separator, on_progress, several=several)
        report = inspect(texts)
        others = CountedTexts(_texts_of(unlabelled, fields, on_progress))
        if unlabelled and fields["model"] in NETWORKS:
            loaded, parents["texts"] = add_own_vectors(
                loaded, texts.texts, others, tokenizer,
                dim=fields["dim"], seed=fields["seed"], on_progress=on_progress,
            )  # fmt: skip
        elif unlabelled:
            typed["unlabelled"] = others
        if judged_by is not None:
            reading = {"label_separator": label_separator} if isinstance(texts, MultiLabelTexts) else {}
            held_out, notes = read_validation(judged_by, texts, {**columns, **reading}, on_progress)
            typed["validation"] = (held_out.texts, held_out.labels)
        elif search is None:
            typed |= share_to_judge_by(fields, config)
        fitting = Fitting(texts, loaded, tokenizer, typed, on_progress)
        if config is None:
            model, told = fitting.train_best(fields, time_limit)
        elif search is not None:
            model, told = fitting.tune(config, search)
        elif folds:
            model, told = fitting.cross_validate(config, folds, data, columns)
        else:
            model, told = fitting.train(config)
    if earlier is None or not earlier.equals(model):  # save refuses an output that exists
        model.save(output, overwrite=overwrite, parents=parents)
    else:
        console.say_finished(output, earlier.history.num_epochs, quiet=quiet)
    if plot is not None:
        _draw(model, plot, overwrite=overwrite or earlier is not None)
    nothing = dict.fromkeys(("cross_validation", "trials", "autotune"))
    facts = {**_facts(model, output, len(texts), taken["seconds"]), **nothing, **told}
    if unlabelled:
        facts["num_unlabelled"] = others.number
    notes = [*_notes(report, model, facts), *notes, *text_notes(texts.texts, model.tokenizer)]
    console.say_notes(notes, quiet=quiet)
    if as_json:
        console.print_json(facts)
        return
    reports.print_trained(facts, model.title, model.size)
    console.say_next(
        ("wordlab", "sentiment", "predict", console.folder(output), _beginning(texts.texts[0])),
        ("wordlab", "sentiment", "evaluate", console.folder(output), "test.tsv"),
        quiet=quiet,
    )


def _check_together(
    config: Any, folds: Mapping[str, Any], data: Sequence[Path], unlabelled: Sequence[Path],
    vectors: Sequence[Path], label_separator: str | None, *, several: bool,
) -> None:  # fmt: skip
    """Raise UsageError for options that exclude or need each other."""
    if folds and unlabelled:
        raise click.UsageError("--folds: expected no --unlabelled texts, which are not cross-validated")
    if [str(path) for path in (*data, *unlabelled)].count("-") > 1:
        raise click.UsageError("-: expected once at most, as standard input can be read only once")
    if folds and config is None:
        raise click.UsageError(f"--folds: expected the name of a model, found --model {AUTO}")
    model = AUTO if config is None else config.model
    if label_separator is not None and not several:
        raise click.UsageError(
            f"--label-separator: expected a model that takes several labels, found {model}; {several_hint()}"
        )
    if config is not None and MODELS[model].needs_vectors and not vectors:
        raise click.UsageError(f"--model {model} needs --vectors")


def _read(
    data: Sequence[Path], columns: Mapping[str, Any], separator: str | None,
    on_progress: OnProgress | None, *, several: bool,
) -> LabelledTexts | MultiLabelTexts:  # fmt: skip
    """The texts, with one label each unless the model takes several and they have them."""
    from wordlab.sentiment.data.reading import read_labelled, read_multi_label

    if not several:
        return read_labelled(data, **columns, on_progress=on_progress)
    found = read_multi_label(data, label_separator=separator, **columns, on_progress=on_progress)
    return found.single or found


def _texts_of(
    paths: Sequence[Path], fields: Mapping[str, Any], on_progress: OnProgress | None
) -> Iterator[str]:
    """The texts of all files, one after the other, read as they are asked for; each file is opened now."""
    from wordlab.sentiment.data.reading import read_texts

    reading = {name: fields[name] for name in ("encoding", "max_record")}
    return chain.from_iterable([read_texts(path, **reading, on_progress=on_progress) for path in paths])


def _beginning(text: str) -> str:
    """The first words of `text`: 40 characters at most."""
    return textwrap.shorten(text, 40, placeholder="") or text[:40]  # which may have no spaces at all


def _finished(output: Path, checkpoint: Path | None, config: Any) -> Classifier | None:
    """The classifier at `output` if, by its settings and the checkpoint, it is the result of this run."""
    if checkpoint is None or not checkpoint.exists() or not (output / artifact.MANIFEST).is_file():
        return None
    from wordlab.sentiment.models.classifier import Classifier
    from wordlab.sentiment.training.state import is_finished

    classifier = Classifier.load(output)
    return classifier if classifier.config == config and is_finished(checkpoint, config) else None


def _facts(model: TextModel, output: Path, num_texts: int, seconds: float) -> dict[str, Any]:
    config, facts = model.config.to_dict(), model.facts()
    if model.tally is not None:
        read = model.tally.facts()
        coverage = None if read["coverage"] is None else {**(facts.get("coverage") or {}), **read["coverage"]}
        facts |= {**read, "coverage": coverage}
    return {
        "output": str(output),
        "model": config["model"],
        "num_texts": num_texts,
        "classes": list(model.classes),
        **facts,
        "seconds": seconds,
        "config": config,
    }


def _notes(report: DataReport, model: TextModel, facts: dict[str, Any]) -> list[str]:
    """A sentence for each thing that may spoil the result."""
    notes = data_notes(report)
    if model.tally is not None:
        notes += coverage_notes(report.source, model.tally)
    rate = facts["config"].get("learning_rate", 0.0)
    is_sum = facts["config"].get("loss") == "ova"
    return notes + reports.training_notes(
        facts.get("history"), len(model.classes), rate, one_against_rest=is_sum
    )


def _draw(model: TextModel, path: Path, *, overwrite: bool) -> None:
    history = model.facts()["history"]
    panels = {
        "loss": {"training": history["losses"], "held out": history["validation_losses"]},
        "accuracy": {"training": history["accuracies"], "held out": history["validation_accuracies"]},
    }
    shown = {name: {key: line for key, line in panel.items() if line} for name, panel in panels.items()}
    figure = draw_curves(shown, model.title, best=history["best_epoch"])
    save_figure(figure, path, overwrite=overwrite)
