"""`wordlab vision evaluate`: score an image classifier on test images."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines import console, options
from pipelines.vision.train import data_option


@click.command("evaluate", cls=options.Command)
@options.artifact_argument("directory", "CLASSIFIER")
@data_option
@options.json_option
def evaluate(directory: Path, data: str, as_json: bool) -> None:
    """Score a classifier on test images: accuracy, loss, each class, what is confused with what.

    \b
    Example:
      wordlab vision evaluate run/ --data digits
      wordlab vision evaluate run/ --data digits --json
    """
    from pipelines.reports import vision as reports
    from wordlab.devices import torch_threads
    from wordlab.vision_theory.vision.classifier import ImageClassifier
    from wordlab.vision_theory.vision.image_sources import load_images

    classifier = ImageClassifier.load(directory)
    images = load_images(data)
    with torch_threads(classifier.config.threads):
        score = classifier.evaluate(images)
    facts = reports.score_facts(classifier, images, score)
    if as_json:
        console.print_json(facts)
    else:
        reports.print_score(facts, score)
