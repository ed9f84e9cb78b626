"""`wordlab sentiment export` and `import`: classifiers to and from other programs' files."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines import console, options
from wordlab import artifact
from wordlab.io.places import check_apart


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
    size = console.magnitude(file.stat().st_size)
    console.say(f"{console.visible(str(file))}: {classifier.title}, {size}B", quiet=quiet)


@click.command("import", cls=options.Command)
@click.argument("source", type=click.Path(path_type=Path))
@options.output_option("classifier")
@options.quiet_option
@options.json_option
def import_model(source: Path, output: Path, overwrite: bool, quiet: bool, as_json: bool) -> None:
    """Read a supervised model of fastText, a .bin or .ftz file, compressed or not.

    \b
    Example:
      wordlab sentiment import reviews.bin -o imported/
    """
    artifact.check_output(output, overwrite=overwrite, inputs=[source])
    from wordlab.sentiment.models.linear.model import LinearModel

    with console.stopwatch() as taken:
        classifier = LinearModel.from_fasttext(source)
        classifier.save(output, overwrite=overwrite)
    facts = {
        "output": str(output),
        "model": classifier.config.model,
        "classes": list(classifier.classes),
        **classifier.facts(),
        "config": classifier.config.to_dict(),
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
