"""`wordlab sentiment card`: a model card of a classifier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.card_options import card_options, check_card, pop_card_config, write_card
from pipelines.reports.labelled import reading_notes
from pipelines.sentiment.data import data_options, label_separator_option

if TYPE_CHECKING:
    from wordlab.sentiment.base import TextModel
    from wordlab.sentiment.card.judged import Judged


@click.command("card", cls=options.Command)
@options.artifact_argument("directory", "MODEL")
@card_options
@click.option(
    "--test", "tests", type=options.Read(), multiple=True, metavar="FILE",
    help="Judge the classifier on these labelled texts as well. May be given several times.",
)  # fmt: skip
@data_options
@label_separator_option
@options.threads_option
@options.quiet_option
@options.json_option
def card(
    directory: Path, output: Path, overwrite: bool, tests: tuple[Path, ...], label_separator: str | None,
    threads: int | None, quiet: bool, as_json: bool, **fields: Any,
) -> None:  # fmt: skip
    """Write a model card: classes, how well they are told apart, training, limits, and how to load it.

    The figures are those of texts held out in training, and of the --test files. What is not known is said to
    be unknown. A page holds everything in one file: no script, and nothing from elsewhere.

    \b
    Example:
      wordlab sentiment card model/ -o card.md --license mit --text-language en
      wordlab sentiment card model/ -o card.html --test test.tsv
    """
    check_card(output, overwrite=overwrite, inputs=[directory, *tests])
    config = pop_card_config(fields)
    from wordlab import artifact
    from wordlab.sentiment import storage
    from wordlab.sentiment.base import load_classifier
    from wordlab.sentiment.card import ClassifierCard, classifier_card

    model = load_classifier(directory)
    if label_separator is not None and not model.several:
        raise click.UsageError(
            "--label-separator: expected a classifier of several labels, found one label each"
        )
    source = artifact.load(directory, kind=storage.KIND, format_version=storage.FORMAT_VERSION, verify=False)
    with console.progress(quiet=quiet) as on_progress:
        reading = {**fields, "on_progress": on_progress}
        judged = tuple(_judge(model, path, reading, label_separator, threads, quiet=quiet) for path in tests)
    content = ClassifierCard(model, source, judged)
    write_card(classifier_card(content, config), output, overwrite=overwrite)
    if as_json:
        names = ("name", "measure", "value")
        found = [{name: getattr(each, name) for name in names} for each in content.judged]
        console.print_json({"output": str(output), "judged": found})
        return
    shown = [f"{each.value:.1%} {each.measure} on {each.name}" for each in content.judged]
    console.print_facts({"card": str(output), "judged": "; ".join(shown) or "not known; see --test"})


def _judge(
    model: TextModel, path: Path, reading: dict[str, Any], label_separator: str | None, threads: int | None,
    *, quiet: bool,
) -> Judged:  # fmt: skip
    from wordlab.sentiment.card.judged import of_several, of_test
    from wordlab.sentiment.data.reading import read_labelled, read_multi_label
    from wordlab.sentiment.judging.judge import evaluate
    from wordlab.sentiment.judging.multi_label import evaluate_multi_label

    if model.several:
        several = read_multi_label(path, label_separator=label_separator, **reading)
        console.say_notes(reading_notes(several), quiet=quiet)
        return of_several(evaluate_multi_label(model, several, threads=threads), path.name)
    texts = read_labelled(path, **reading)
    console.say_notes(reading_notes(texts), quiet=quiet)
    return of_test(evaluate(model, texts, threads=threads), path.name)
