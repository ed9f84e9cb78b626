"""`wordlab sentiment predict`: the class of texts, as a table or as a stream of JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.reports import sentiment as reports
from pipelines.reports.labelled import reading_notes

if TYPE_CHECKING:
    from wordlab.sentiment.base import Explanation, Prediction, TextModel
    from wordlab.sentiment.features.tally import Tally

_NUM_REASONS = 10


@click.command("predict", cls=options.Command)
@options.artifact_argument("model", "MODEL")
@click.argument("texts", nargs=-1, required=True, metavar="TEXT... | -")
@click.option(
    "--explain", is_flag=True,
    help="Show what speaks for the class and against it: words or n-grams, and what each adds to the logit.",
)  # fmt: skip
@options.threads_option
@options.json_option
def predict(model: Path, texts: tuple[str, ...], explain: bool, threads: int | None, as_json: bool) -> None:
    """Predict the class of each TEXT, with its probability.

    With - texts are the lines of standard input, compressed or not, and each makes one line of JSON.
    Streams may be of any length.

    \b
    Example:
      wordlab sentiment predict model/ "this movie is so great" "this movie is so bad"
      wordlab sentiment predict model/ "this movie is so great" --explain
      cat reviews.txt | wordlab sentiment predict model/ -
    """
    if "-" in texts and len(texts) > 1:
        raise click.UsageError("- stands alone: texts come from standard input or from the command line")
    from wordlab.sentiment.base import load_classifier
    from wordlab.sentiment.features.tally import Tally

    classifier = load_classifier(model)
    if texts == ("-",):
        _write_lines(classifier, threads, explain=explain)
        return
    tally = Tally()
    found = list(classifier.predict_stream(texts, threads=threads, tally=tally))
    _say_notes("the texts", tally)
    reasons = (
        [classifier.explain(prediction.text, label=prediction.label) for prediction in found]
        if explain
        else []
    )
    if as_json:
        shown = [_to_dict(p, reasons[i] if explain else None) for i, p in enumerate(found)]
        console.print_json({"predictions": shown, **tally.facts()})
        return
    reports.print_predictions(found, tally)
    for prediction, explanation in zip(found, reasons, strict=bool(reasons)):
        reports.print_explanation(prediction.text, explanation, _NUM_REASONS)


def _write_lines(classifier: TextModel, threads: int | None, *, explain: bool) -> None:
    from wordlab.sentiment.features.tally import Tally

    tally = Tally()
    with console.to_stdout():
        for prediction in classifier.predict_stream(_lines(), threads=threads, tally=tally):
            reasons = classifier.explain(prediction.text, label=prediction.label) if explain else None
            sys.stdout.write(json.dumps(_to_dict(prediction, reasons), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    _say_notes("stdin", tally)


def _say_notes(source: str, tally: Tally) -> None:
    for note in reading_notes(source, tally):
        console.say(f"Note: {note}")


def _lines() -> Iterator[str]:
    """The lines of standard input; FormatError if they are no UTF-8."""
    from wordlab.io.compression import open_bytes
    from wordlab.io.lines import Decoder, whole_lines

    with open_bytes(None, "stdin") as stream:
        for lines in whole_lines(Decoder().stream(stream)):
            yield from lines.decode().removesuffix("\n").split("\n")


def _to_dict(prediction: Prediction, explanation: Explanation | None) -> dict[str, Any]:
    facts: dict[str, Any] = prediction._asdict()
    if explanation is not None:
        facts["reasons"] = [
            {"words": " ".join(r.words), "position": r.position, "weight": r.weight}
            for r in explanation.reasons[:_NUM_REASONS]
        ]
    return facts
