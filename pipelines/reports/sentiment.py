"""What the commands of `wordlab sentiment` print."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import console
from pipelines.console import share as _share
from pipelines.reports.labelled import coverage_line, cut_line

if TYPE_CHECKING:
    from wordlab.sentiment.base import Explanation, Prediction
    from wordlab.sentiment.features.tally import Tally

_LONGEST = 60
_BAD = 2.0  # times the loss of guessing


def print_trained(facts: dict[str, Any], title: str, size: tuple[int, str]) -> None:
    """Print what `sentiment train` made; `title` and `size` are the model's."""
    history = facts.get("history")
    console.print_facts(
        {
            "classifier": console.folder(Path(facts["output"])),
            "model": f"{title}, {size[0]:,} {size[1]}",
            "texts": f"{facts['num_texts']:,} in {len(facts['classes'])} classes: {_names(facts['classes'])}",
            "coverage": coverage_line(facts.get("coverage")),
            "not read": cut_line(facts.get("cut")),
            "kept": history and f"epoch {history['best_epoch']} of {len(history['losses'])}",
            "time": console.duration(facts["seconds"]),
        }
    )
    if history:
        _print_epochs(history)


def training_notes(history: dict[str, Any] | None, num_classes: int, learning_rate: float) -> list[str]:
    """A sentence if the loss of the epoch that is kept is far above that of guessing."""
    if history is None:
        return []
    loss = (history["validation_losses"] or history["losses"])[history["best_epoch"] - 1]
    guessing = math.log(num_classes)
    if loss < _BAD * guessing:
        return []
    return [
        f"the loss is {loss:.3g}, that of guessing {guessing:.3g}: the classifier is sure of much that is "
        f"wrong; a --learning-rate smaller than {learning_rate:g} or more texts may help"
    ]


def _print_epochs(history: dict[str, Any]) -> None:
    console.print_heading("By epoch")
    held_out = zip(history["validation_losses"], history["validation_accuracies"], strict=True)
    rows = [
        (epoch, f"{loss:.4f}", _share(accuracy), *_held_out(next(held_out, None)))
        for epoch, (loss, accuracy) in enumerate(
            zip(history["losses"], history["accuracies"], strict=True), start=1
        )
    ]
    columns = ("epoch", "loss", "accuracy", "loss held out", "accuracy held out")
    console.print_table(columns if history["validation_losses"] else columns[:3], rows, left=0)


def _held_out(scores: tuple[float, float] | None) -> tuple[str, ...]:
    return () if scores is None else (f"{scores[0]:.4f}", _share(scores[1]))


def _names(classes: Sequence[str], at_most: int = 6) -> str:
    more = len(classes) - at_most
    return ", ".join(classes[:at_most]) + (f" and {more} more" if more > 0 else "")


def print_predictions(predictions: Sequence[Prediction], tally: Tally) -> None:
    """Print each text's class and its probability, and how much of the texts was read."""
    rows = [(short(p.text, _LONGEST), p.label, _share(p.probabilities[p.label])) for p in predictions]
    console.print_table(("text", "class", "probability"), rows, left=2)
    facts = tally.facts()
    read = {"coverage": coverage_line(facts["coverage"]), "not read": cut_line(facts["cut"])}
    if any(read.values()):
        console.line()
        console.print_facts(read)


def print_explanation(text: str, explanation: Explanation, at_most: int) -> None:
    """Print the strongest reasons for and against the class."""
    console.print_heading(f"{short(text, _LONGEST)}: for and against {explanation.label}")
    shown = explanation.strongest(at_most)
    rows = [(" ".join(reason.words), f"{reason.weight:+.3f}") for reason in shown.reasons]
    console.print_table(("words", "adds to the logit"), rows)
    console.line(f"everything else adds {shown.rest:+.3f}; the logit is {shown.logit:+.3f}")


def short(text: str, longest: int) -> str:
    """`text` on one line, cut to `longest` characters."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"
