"""`wordlab sentiment evaluate`: how a classifier does on labelled texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipelines import console, options
from pipelines.plots.files import check_picture, save_figure
from pipelines.reports import comparison as reports
from pipelines.reports.labelled import reading_notes
from pipelines.sentiment.data import data_options


@click.command("evaluate", cls=options.Command)
@options.artifact_argument("model", "MODEL")
@click.argument("data", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--calibrate", type=click.Path(path_type=Path), default=None, metavar="FILE",
    help="Fit a temperature on these labelled texts, neither training nor test texts.",
)  # fmt: skip
@click.option(
    "--worst", type=click.IntRange(min=0), default=5, show_default=True, metavar="N",
    help="Show the N mistakes that the classifier was surest of.",
)  # fmt: skip
@data_options
@click.option(
    "--plot", type=click.Path(path_type=Path), default=None, metavar="FILE",
    help="Draw the confusion matrix, as PNG, SVG or PDF.",
)  # fmt: skip
@click.option(
    "--reliability", type=click.Path(path_type=Path), default=None, metavar="FILE",
    help="Draw the accuracy by the probability of the predicted class.",
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace pictures that exist already.")
@options.threads_option
@options.quiet_option
@options.json_option
def evaluate(
    model: Path, data: Path, calibrate: Path | None, worst: int, plot: Path | None,
    reliability: Path | None, overwrite: bool, threads: int | None, quiet: bool, as_json: bool,
    **columns: Any,
) -> None:  # fmt: skip
    """Judge a classifier on labelled texts, counting those that it was trained on.

    Shows accuracy with its interval, macro-F1, AUC, the confusion matrix, the expected calibration error
    and the worst mistakes. DATA is in any format that `sentiment train` reads.

    \b
    Example:
      wordlab sentiment evaluate model/ test.tsv --plot confusion.png
      wordlab sentiment evaluate model/ test.tsv --calibrate validation.tsv --reliability reliability.png
      wordlab sentiment evaluate model/ test.tsv --worst 20 --json
    """
    for picture in (plot, reliability):
        check_picture(picture, overwrite=overwrite, inputs=[model, data, calibrate])
    from wordlab.sentiment.base import load_classifier
    from wordlab.sentiment.data.reading import read_labelled
    from wordlab.sentiment.judging.judge import evaluate as evaluate_model

    classifier = load_classifier(model)
    with console.progress(quiet=quiet) as on_progress:
        texts = read_labelled(data, **columns, on_progress=on_progress)
        held_out = None
        if calibrate is not None:
            held_out = read_labelled(calibrate, **columns, on_progress=on_progress)
        found = evaluate_model(classifier, texts, calibration=held_out, num_worst=worst, threads=threads)
    console.say_notes(reading_notes(*filter(None, (texts, held_out))), quiet=quiet)
    _draw(found, plot, reliability, overwrite=overwrite)
    console.say_notes(
        reports.evaluation_notes(found, str(data), None if calibrate is None else str(calibrate)), quiet=quiet
    )
    if as_json:
        console.print_json(found.to_dict())
        return
    reports.print_evaluation(found)


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
