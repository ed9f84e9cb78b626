"""`wordlab sentiment predict`: the class of texts, as a table or as a stream of JSON lines."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.config_options import was_typed
from pipelines.reports import sentiment as reports
from pipelines.reports.labelled import coverage_notes
from pipelines.sentiment.data import text_options
from wordlab.io.urls import SCHEMES

if TYPE_CHECKING:
    from wordlab.sentiment.base import Explanation, Prediction, TextModel
    from wordlab.sentiment.features.tally import Tally
    from wordlab.sentiment.label_choice import LabelChoice

_NUM_REASONS = 10


@click.command("predict", cls=options.Command)
@options.artifact_argument("model", "MODEL")
@click.argument("texts", nargs=-1, metavar="[TEXT... | -]")
@click.option(
    "--file", type=options.Read(), default=None, metavar="FILE",
    help="Classify the texts of a file: a column of a table or of JSON lines, else its lines.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=options.Written(), default=None, metavar="OUT",
    help="Write the table in FILE here: all its columns, the label, its probability and the known words.",
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace OUT if it exists.")
@click.option(
    "--prefix", default="", metavar="TEXT", show_default="none",
    help="What the names of the added columns (predicted, probability, known_words) begin with.",
)  # fmt: skip
@click.option(
    "--explain", is_flag=True,
    help="Show what speaks for the class and against it: words or n-grams, and what each adds to the logit.",
)  # fmt: skip
@click.option(
    "--threshold", type=click.FloatRange(0, 1), default=None, metavar="X",
    show_default="0.5 where texts may have several labels",
    help="Name all labels whose probability is X or more.",
)  # fmt: skip
@click.option(
    "--top", type=click.IntRange(min=1), default=None, metavar="K", help="Name the K most probable labels."
)
@text_options
@options.threads_option
@options.quiet_option
@options.json_option
def predict(
    model: Path, texts: tuple[str, ...], file: Path | None, output: Path | None, overwrite: bool, prefix: str,
    explain: bool, threshold: float | None, top: int | None, threads: int | None, quiet: bool, as_json: bool,
    **reading: Any,
) -> None:  # fmt: skip
    """Predict the class of each TEXT, with its probability.

    With -, texts are the lines of standard input, compressed or not. They and those of a --file give one line
    of JSON each. Streams may be of any length. With --output, FILE is a table (TSV, CSV, JSON lines, Parquet)
    that is written again with the predictions.

    \b
    Example:
      wordlab sentiment predict model/ "this movie is so great" "this movie is so bad"
      wordlab sentiment predict model/ "this movie is so great" --explain
      wordlab sentiment predict model/ --file reviews.tsv --text-column text
      cat reviews.txt | wordlab sentiment predict model/ -
      wordlab sentiment predict model/ reviews.tsv -o labelled.tsv
      wordlab sentiment predict model/ s3://bucket/reviews.tsv -o s3://bucket/labelled.tsv
      wordlab sentiment predict model/ "this movie is so great" --top 2
    """
    if output is not None:
        if explain:
            raise click.UsageError("--explain: expected no --output beside it, found both")
        asked = {"prefix": prefix, "overwrite": overwrite, "threads": threads, **reading}
        _label(model, _file_of(texts, file), output, threshold, top, asked, quiet, as_json)
        return
    if was_typed("prefix"):
        raise click.UsageError("--prefix: expected --output beside it, found none")
    stream = _stream_of(texts, file)
    if stream is None:
        _check_texts(texts, reading)
    from wordlab.sentiment.base import load_classifier
    from wordlab.sentiment.features.tally import Tally
    from wordlab.sentiment.label_choice import LabelChoice

    classifier = load_classifier(model)
    choice = LabelChoice.of(classifier, threshold, top)
    if stream is not None:
        from wordlab.sentiment.data.reading import read_texts

        _write_lines(classifier, read_texts(stream, **reading), threads, choice, explain=explain, quiet=quiet)
        return
    tally = Tally()
    found = list(classifier.predict_stream(texts, threads=threads, tally=tally))
    console.say_notes(_notes("the texts", tally, sum(p.is_guess for p in found)), quiet=quiet)
    reasons = [_explanations(classifier, prediction, choice) if explain else [] for prediction in found]
    if as_json:
        shown = [_to_dict(p, choice, why, explain=explain) for p, why in zip(found, reasons, strict=True)]
        console.print_json({"predictions": shown, **tally.facts()})
        return
    reports.print_predictions(found, tally, choice)
    for prediction, explanations in zip(found, reasons, strict=True):
        for explanation in explanations:
            reports.print_explanation(prediction.text, explanation, _NUM_REASONS)


def _explanations(
    classifier: TextModel, prediction: Prediction, choice: LabelChoice | None
) -> list[Explanation]:
    """Why a text has each of the labels that are named."""
    labels = [prediction.label] if choice is None else choice.labels(prediction)
    return [classifier.explain(prediction.text, label=label) for label in labels]


def _stream_of(texts: Sequence[str], file: Path | None) -> Path | None:
    """The file to read texts from, "-" for standard input; None if texts stand on the command line."""
    if "-" in texts and len(texts) > 1:
        raise click.UsageError("TEXT...: expected texts or -, found both")
    if bool(texts) == (file is not None):
        raise click.UsageError(
            f"TEXT...: expected texts, - or --file FILE, found {'several' if texts else 'none'}"
        )
    return Path("-") if tuple(texts) == ("-",) else file


def _check_texts(texts: Sequence[str], reading: dict[str, Any]) -> None:
    """Raise UsageError for the name of a file instead of a text, and for options of files without one."""
    for name in reading:
        if was_typed(name):
            option = next(p.opts[0] for p in click.get_current_context().command.params if p.name == name)
            raise click.UsageError(f"{option}: expected a --file or -, found texts on the command line")
    for text in texts:
        if os.path.exists(text) or _is_url(text):
            what = "directory" if os.path.isdir(text) else "file"
            hint = "to classify the name, pipe it into -" if what == "directory" else f"use --file {text}"
            raise click.UsageError(f"TEXT...: expected texts, found the name of a {what}, {text!r}; {hint}")
        if _looks_like_a_file(text):
            raise click.UsageError(
                f"TEXT...: expected texts, found what looks like the name of a file, {text!r}, but there is "
                "none; to classify the name, pipe it into -"
            )


def _is_url(text: str) -> bool:
    return len(text.split()) == 1 and text.startswith(tuple(f"{scheme}://" for scheme in SCHEMES))


def _looks_like_a_file(text: str) -> bool:
    from wordlab.io.compression import without_suffix
    from wordlab.text.sources import SUFFIXES

    return len(text.split()) == 1 and without_suffix(Path(text)).suffix.lower() in SUFFIXES


def _file_of(texts: Sequence[str], file: Path | None) -> Path:
    """The one file whose rows are to be labelled, named by --file or in the place of a text."""
    if len(texts) + (file is not None) != 1:
        raise click.UsageError(f"--output: expected one FILE, found {len(texts) + (file is not None)}")
    if file is not None:
        return file
    named: Path = options.Read().convert(texts[0], None, None)
    return named


def _label(
    model: Path, file: Path, output: Path, threshold: float | None, top: int | None, asked: dict[str, Any],
    quiet: bool, as_json: bool,
) -> None:  # fmt: skip
    """Write the table in `file` with its labels; `asked` are further arguments of `label_file`."""
    from wordlab.sentiment.base import load_classifier
    from wordlab.sentiment.judging.labelling.files import label_file
    from wordlab.sentiment.label_choice import LabelChoice

    with console.progress(quiet=quiet) as on_progress:
        classifier = load_classifier(model)
        choice = LabelChoice.of(classifier, threshold, top)
        found = label_file(classifier, file, output, choice=choice, on_progress=on_progress, **asked)
    console.say_notes([f"{file}: {note}" for note in found.notes], quiet=quiet)
    console.say_notes(_notes(str(file), found.tally, found.num_guesses), quiet=quiet)
    facts = {"output": str(output), "num_texts": found.num_texts, "num_guesses": found.num_guesses}
    if as_json:
        console.print_json({**facts, **found.tally.facts()})
        return
    console.print_facts({"output": str(output), "texts": f"{found.num_texts:,}"})


def _notes(source: str, tally: Tally, num_guesses: int) -> list[str]:
    """A sentence for each reason why predictions are worth less than they look."""
    notes = coverage_notes(source, tally)
    if num_guesses:
        notes.append(
            f"{source}: no word is known of {console.plural(num_guesses, 'text')}, "
            "whose probabilities are guesses"
        )
    return notes


def _write_lines(
    classifier: TextModel, texts: Iterable[str], threads: int | None, choice: LabelChoice | None, *,
    explain: bool, quiet: bool,
) -> None:  # fmt: skip
    from wordlab.sentiment.features.tally import Tally

    tally, num_guesses = Tally(), 0
    with console.to_stdout():
        for prediction in classifier.predict_stream(texts, threads=threads, tally=tally):
            reasons = _explanations(classifier, prediction, choice) if explain else []
            num_guesses += prediction.is_guess
            sys.stdout.write(console.json_text(_to_dict(prediction, choice, reasons, explain=explain)) + "\n")
        sys.stdout.flush()
    console.say_notes(_notes("the texts", tally, num_guesses), quiet=quiet)


def _to_dict(
    prediction: Prediction, choice: LabelChoice | None, explanations: Sequence[Explanation], *, explain: bool
) -> dict[str, Any]:
    """The prediction as plain values; where labels are chosen, `reasons` are those of each by its name."""
    facts: dict[str, Any] = {**prediction._asdict(), "is_guess": prediction.is_guess}
    if choice is not None:
        facts["labels"] = choice.labels(prediction)
    if explain:
        reasons = {explanation.label: _reasons(explanation) for explanation in explanations}
        facts["reasons"] = reasons if choice is not None else reasons[prediction.label]
    return facts


def _reasons(explanation: Explanation) -> list[dict[str, Any]]:
    return [
        {"words": " ".join(r.words), "position": r.position, "weight": r.weight}
        for r in explanation.reasons[:_NUM_REASONS]
    ]
