"""`wordlab sentiment export` and `import`: classifiers to and from other programs' files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines import console, options
from wordlab import artifact
from wordlab.io.places import check_apart, size_at

if TYPE_CHECKING:
    from wordlab.sentiment.base import TextModel


@click.command("export", cls=options.Command)
@options.artifact_argument("model", "MODEL")
@click.argument("file", type=options.Written())
@click.option("--overwrite", is_flag=True, help="Replace the file if it is there already.")
@options.quiet_option
def export_model(model: Path, file: Path, overwrite: bool, quiet: bool) -> None:
    """Write a classifier to a file for other programs.

    A linear classifier becomes fastText's .bin, a quantised one its .ftz, which predicts the same for texts
    whose words stand
    between single spaces as wordlab finds them; a network becomes ONNX. Other models have no such form.

    \b
    Example:
      wordlab sentiment export linear/ model.bin
      wordlab sentiment export model/ model.onnx
    """
    from wordlab.sentiment.base import load_classifier

    check_apart(file, [model])
    classifier = load_classifier(model)
    classifier.export(file, overwrite=overwrite)
    size = console.magnitude(size_at(file))
    console.say(f"{console.visible(str(file))}: {classifier.title}, {size}B", quiet=quiet)


@click.command("import", cls=options.Command)
@click.argument("source", type=options.Read())
@options.output_option("classifier")
@click.option("--offline", is_flag=True, help="Fetch nothing: a repository must be in the Hub's cache.")
@options.quiet_option
@options.json_option
def import_model(
    source: Path, output: Path, overwrite: bool, offline: bool, quiet: bool, as_json: bool
) -> None:
    """Bring a classifier from the Hugging Face Hub, or from a supervised model of fastText.

    SOURCE is a repository, hf://USER/NAME[@REVISION], or a .bin or .ftz file, compressed or not.

    \b
    Example:
      wordlab sentiment import hf://ann/reviews -o reviews/
      wordlab sentiment import reviews.bin -o imported/
    """
    from wordlab.hub import find_address

    address = find_address(source)
    artifact.check_output(output, overwrite=overwrite, inputs=[None if address is not None else source])
    from wordlab.sentiment.models.linear.model import LinearModel
    from wordlab.sentiment.published import import_published

    classifier: TextModel
    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        if address is not None:
            classifier = import_published(
                address, output, overwrite=overwrite, offline=offline, on_progress=on_progress
            )
        else:
            classifier = LinearModel.from_fasttext(source)
            classifier.save(output, overwrite=overwrite)
    config = classifier.config.to_dict()
    facts = {
        "output": str(output),
        "model": config["model"],
        "classes": list(classifier.classes),
        **classifier.facts(),
        "config": config,
        **taken,
    }
    if as_json:
        console.print_json(facts)
        return
    number, noun = classifier.size
    console.print_facts(
        {
            "classifier": console.folder(output),
            "model": f"{classifier.title}, {number:,} {noun}",
            "classes": f"{len(classifier.classes):,}",
            "time": console.duration(taken["seconds"]),
        }
    )
    console.say_next(("wordlab", "sentiment", "evaluate", console.folder(output), "test.tsv"), quiet=quiet)
