"""What the commands of `wordlab sentiment` print."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import console
from pipelines.console import share as _share

if TYPE_CHECKING:
    from wordlab.sentiment.base import Explanation, Prediction

_LONGEST = 60


def print_trained(facts: dict[str, Any], title: str, size: tuple[int, str]) -> None:
    """Print what `sentiment train` made; `title` and `size` are the model's."""
    coverage, history = facts.get("coverage"), facts.get("history")
    console.print_facts(
        {
            "classifier": console.folder(Path(facts["output"])),
            "model": f"{title}, {size[0]:,} {size[1]}",
            "texts": f"{facts['num_texts']:,} in {len(facts['classes'])} classes: {_names(facts['classes'])}",
            "coverage": coverage
            and f"{_share(coverage['tokens'])} of the tokens and {_share(coverage['types'])} of the "
            "different words have a vector",
            "kept": history and f"epoch {history['best_epoch']} of {len(history['losses'])}",
            "time": console.duration(facts["seconds"]),
        }
    )
    if history:
        _print_epochs(history)


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


def print_predictions(predictions: Sequence[Prediction]) -> None:
    """Print a row for each text: its class and how probable that is."""
    rows = [(short(p.text, _LONGEST), p.label, _share(p.probabilities[p.label])) for p in predictions]
    console.print_table(("text", "class", "probability"), rows, left=2)


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
