"""`wordlab sentiment evaluate`: how a classifier does on labelled texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.config_options import Numbers, was_typed
from pipelines.plots.files import check_picture, save_figure
from pipelines.reports import comparison as reports
from pipelines.reports import multi_label as several_reports
from pipelines.reports.labelled import reading_notes
from pipelines.sentiment.data import data_options, label_separator_option
from wordlab.sentiment.judging.multi_label_choices import FIRST, THRESHOLD

if TYPE_CHECKING:
    from wordlab.sentiment.base import TextModel

_FOR_ONE_LABEL = ("calibrate", "plot", "reliability")


@click.command("evaluate", cls=options.Command)
@options.artifact_argument("model", "MODEL")
@click.argument(
    "data", type=options.Read(allow_dash=True), nargs=-1, required=True, metavar="DATA..."
)  # fmt: skip
@click.option(
    "--calibrate", type=options.Read(), default=None, metavar="FILE",
    help="Fit a temperature on these labelled texts, neither training nor test texts.",
)  # fmt: skip
@click.option(
    "--worst", type=click.IntRange(min=0), default=5, show_default=True, metavar="N",
    help="Show the N mistakes that the classifier was surest of.",
)  # fmt: skip
@data_options
@label_separator_option
@click.option(
    "--plot", type=options.Written(), default=None, metavar="FILE",
    help="Draw the confusion matrix, as PNG, SVG or PDF.",
)  # fmt: skip
@click.option(
    "--reliability", type=options.Written(), default=None, metavar="FILE",
    help="Draw the accuracy by the probability of the predicted class.",
)  # fmt: skip
@click.option(
    "--threshold", type=click.FloatRange(0, 1), default=THRESHOLD, show_default=True, metavar="X",
    help="Where texts may have several labels: those of this probability or more are predicted.",
)  # fmt: skip
@click.option(
    "--at", "first", type=Numbers(), default=FIRST, show_default=",".join(map(str, FIRST)), metavar="N,...",
    help="Where texts may have several labels: judge the N most probable ones, as fastText's test does.",
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace pictures that exist already.")
@options.threads_option
@options.quiet_option
@options.json_option
def evaluate(
    model: Path, data: tuple[Path, ...], calibrate: Path | None, worst: int, plot: Path | None,
    reliability: Path | None, threshold: float, first: tuple[int, ...], label_separator: str | None,
    overwrite: bool, threads: int | None, quiet: bool, as_json: bool, **columns: Any,
) -> None:  # fmt: skip
    """Judge a classifier on labelled texts, counting those that it was trained on.

    Shows accuracy with its interval, macro-F1, AUC, the confusion matrix, the expected calibration error
    and the worst mistakes. DATA is in any format that `sentiment train` reads. Where texts may
    have several labels it shows precision, recall and F1 at a --threshold and of the most probable labels.

    \b
    Example:
      wordlab sentiment evaluate model/ test.tsv --plot confusion.png
      wordlab sentiment evaluate model/ test.tsv --calibrate validation.tsv --reliability reliability.png
      wordlab sentiment evaluate model/ test.tsv --worst 20 --json
      wordlab sentiment evaluate topics/ topics.csv --label-separator , --threshold 0.3 --at 1,2
    """
    for picture in (plot, reliability):
        check_picture(picture, overwrite=overwrite, inputs=[model, *data, calibrate])
    from wordlab.sentiment.base import load_classifier
    from wordlab.sentiment.data.reading import read_labelled
    from wordlab.sentiment.judging.judge import evaluate as evaluate_model

    classifier = load_classifier(model)
    _check_options(classifier)
    if classifier.several:
        reading = {"label_separator": label_separator, **columns}
        settings = {"threshold": threshold, "first": first, "num_worst": worst, "threads": threads}
        _evaluate_several(classifier, data, reading, settings, quiet=quiet, as_json=as_json)
        return
    with console.progress(quiet=quiet) as on_progress:
        texts = read_labelled(data, **columns, on_progress=on_progress)
        held_out = None
        if calibrate is not None:
            held_out = read_labelled(calibrate, **columns, on_progress=on_progress)
        found = evaluate_model(classifier, texts, calibration=held_out, num_worst=worst, threads=threads)
    console.say_notes(reading_notes(*filter(None, (texts, held_out))), quiet=quiet)
    _draw(found, plot, reliability, overwrite=overwrite)
    console.say_notes(
        reports.evaluation_notes(found, texts.source, None if calibrate is None else str(calibrate)),
        quiet=quiet,
    )
    if as_json:
        console.print_json(found.to_dict())
        return
    reports.print_evaluation(found)


def _check_options(classifier: TextModel) -> None:
    """Raise UsageError for an option that is for models of one label a text, or of several, only."""
    for several, names in ((True, ("threshold", "first", "label_separator")), (False, _FOR_ONE_LABEL)):
        for param in click.get_current_context().command.params:
            if param.name in names and was_typed(param.name) and classifier.several != several:
                kind = "several labels" if several else "one label each"
                raise click.UsageError(
                    f"{param.opts[0]}: expected a classifier whose texts have {kind}, found another"
                )


def _evaluate_several(
    classifier: TextModel, data: tuple[Path, ...], reading: dict[str, Any], settings: dict[str, Any], *,
    quiet: bool, as_json: bool,
) -> None:  # fmt: skip
    """Judge a classifier whose texts may have several labels."""
    from wordlab.sentiment.data.reading import read_multi_label
    from wordlab.sentiment.judging.multi_label import evaluate_multi_label

    with console.progress(quiet=quiet) as on_progress:
        texts = read_multi_label(data, **reading, on_progress=on_progress)
        found = evaluate_multi_label(classifier, texts, **settings)
    console.say_notes([*reading_notes(texts), *several_reports.notes(found, texts.source)], quiet=quiet)
    if as_json:
        console.print_json(found.to_dict())
        return
    several_reports.print_evaluation(found)


def _draw(found: Any, plot: Path | None, reliability: Path | None, *, overwrite: bool) -> None:
    from pipelines.plots.sentiment import draw_confusion, draw_reliability

    if plot is not None:
        title = f"Accuracy {found.scores.accuracy:.1%} on {found.scores.num_texts:,} texts"
        figure = draw_confusion(found.scores, title)
        save_figure(figure, plot, overwrite=overwrite)
    if reliability is not None:
        curves = {"as trained": found.reliability}
        if found.calibrated is not None:
            curves[f"temperature {found.temperature:.2f}"] = found.calibrated
        figure = draw_reliability(curves, f"Calibration on {found.scores.num_texts:,} texts")
        save_figure(figure, reliability, overwrite=overwrite)
