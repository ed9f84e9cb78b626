"""`wordlab vision train`: learn to classify images."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.config_options import config_from, config_options
from pipelines.plots.files import check_picture, save_figure
from wordlab import artifact
from wordlab.io.places import check_apart
from wordlab.vision_theory.vision.config import LEARNING_RATES, VisionConfig
from wordlab.vision_theory.vision.learning_rates import SCHEDULES
from wordlab.vision_theory.vision.models import ACTIVATIONS, NETWORKS

if TYPE_CHECKING:
    from wordlab.vision_theory.vision.classifier import ImageClassifier
    from wordlab.vision_theory.vision.training import Training

data_option = click.option(
    "--data", type=options.NameOrPath(), default="digits", show_default=True, metavar="NAME|DIR",
    help="digits, which come with scikit-learn; a directory of MNIST's four idx files; or a directory of "
    "images in train/CLASS/ and test/CLASS/.",
)  # fmt: skip
_training_options = config_options(
    VisionConfig,
    choices={
        "model": tuple(NETWORKS), "activation": ACTIVATIONS,
        "optimizer": tuple(LEARNING_RATES), "schedule": tuple(SCHEDULES),
    },
    defaults={
        "threads": "all cores",
        "activation": "sigmoid for lenet, relu for others",
        "learning_rate": ", ".join(f"{rate:g} for {name}" for name, rate in LEARNING_RATES.items()),
    },
)  # fmt: skip


@click.command("train", cls=options.Command)
@data_option
@options.output_option("classifier")
@click.option(
    "--resume", is_flag=True,
    help="Resume training the unfinished classifier in the output directory. Options not given are those it "
    "began with.",
)  # fmt: skip
@_training_options
@click.option(
    "--plot", type=options.Written(), default=None, metavar="FILE",
    help="Draw loss and accuracy by epoch.",
)  # fmt: skip
@options.quiet_option
@options.json_option
def train(
    data: str, output: Path, overwrite: bool, resume: bool, plot: Path | None, quiet: bool, as_json: bool,
    **training: Any,
) -> None:  # fmt: skip
    """Learn to classify images. The output directory is complete after each epoch.

    \b
    Example:
      wordlab vision train --model resnet8 --data digits --epochs 4 --threads 1 -o run/
      wordlab vision train --model lenet --batch-norm --threads 1 --plot run.png -o run/
    """
    if resume and overwrite:
        raise click.UsageError("--resume and --overwrite exclude each other")
    check_picture(plot, overwrite=overwrite or resume)
    if not resume:
        artifact.check_output(output, overwrite=overwrite, rewritten=True)
        config = config_from(VisionConfig, training)
    from pipelines.reports import vision as reports
    from wordlab.vision_theory.vision.classifier import ImageClassifier
    from wordlab.vision_theory.vision.image_sources import NAMED, load_images
    from wordlab.vision_theory.vision.training import train as train_classifier

    start: ImageClassifier | None = None
    if resume:
        start = ImageClassifier.load(output)
        config = config_from(VisionConfig, training, start.config.to_dict())
    if data not in NAMED:
        check_apart(output, [data])
        check_picture(plot, overwrite=overwrite, inputs=[data])
    images = load_images(data)

    is_ours = overwrite or resume

    def save(run: Training) -> None:
        nonlocal is_ours
        run.classifier(with_state=True).save(output, overwrite=is_ours)
        is_ours = True

    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        last = console.LastEvent(on_progress)
        classifier = train_classifier(images, config, start=start, on_epoch=save, on_progress=last)
    if plot is not None:
        from pipelines.plots.vision import draw_training

        save_figure(draw_training(classifier), plot, overwrite=overwrite or resume)
    if start is not None and len(start.history) >= config.epochs:
        console.say_finished(output, len(start.history), quiet=quiet)
    console.say_notes(reports.training_notes(classifier), quiet=quiet)
    facts = {"output": str(output), **taken, "images_per_second": last.rate, "plot": plot and str(plot)}
    facts |= reports.training_facts(classifier)
    if as_json:
        console.print_json(facts)
        return
    reports.print_trained(facts)
    console.say_next(("wordlab", "vision", "evaluate", console.folder(output), "--data", data), quiet=quiet)
