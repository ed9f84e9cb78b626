"""What the commands of `wordlab sentiment` print."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import console
from pipelines.console import share as _share
from pipelines.reports.labelled import coverage_line, cut_line
from pipelines.reports.losses import loss_notes
from wordlab.visible import clipped, listed

if TYPE_CHECKING:
    from wordlab.sentiment.base import Explanation, Prediction
    from wordlab.sentiment.features.tally import Tally
    from wordlab.sentiment.label_choice import LabelChoice

_LONGEST = 60
_TRIALS_SHOWN = 15


def print_trained(facts: dict[str, Any], title: str, size: tuple[int, str]) -> None:
    """Print what `sentiment train` made; `title` and `size` are the model's."""
    history, classes = facts.get("history"), facts["classes"]
    unlabelled = facts.get("num_unlabelled")
    console.print_facts(
        {
            "classifier": console.folder(Path(facts["output"])),
            "model": f"{title}, {size[0]:,} {size[1]}",
            "texts": f"{facts['num_texts']:,} {_classes(facts)}: {listed(classes, 6)}",
            "unlabelled": f"{unlabelled:,} texts" if unlabelled else None,
            "coverage": coverage_line(facts.get("coverage")),
            "not read": cut_line(facts.get("cut")),
            "cross-validation": folds_line(facts.get("cross_validation")),
            "held out": held_out_line(facts.get("held_out")),
            "kept": history and f"epoch {history['best_epoch']} of {len(history['losses'])}",
            "time": console.duration(facts["seconds"]),
        }
    )
    if facts.get("trials"):
        _print_trials(facts["trials"])
    if facts.get("autotune"):
        _print_tuning(facts["autotune"])
    if history:
        _print_epochs(history)


def _classes(facts: dict[str, Any]) -> str:
    number = len(facts["classes"])
    return f"with any of {number} labels" if facts.get("several_labels") else f"in {number} classes"


def _print_trials(trials: Sequence[dict[str, Any]]) -> None:
    console.print_heading("Tried")
    rows = [
        (
            trial["model"],
            trial["failure"] or _share(trial["accuracy"]),
            console.duration(trial["seconds"]) if trial["seconds"] else "",
        )
        for trial in trials
    ]
    console.print_table(("model", "accuracy held out", "time"), rows, left=1)


def _print_tuning(tuning: dict[str, Any]) -> None:
    """Print the settings that were tried, the best first, and those that were not judged to the end last."""
    trials = sorted(
        tuning["trials"], key=lambda trial: (trial["failure"] is not None, -(trial["score"] or 0))
    )
    number = console.plural(len(trials), "setting")
    best = f", the best {_TRIALS_SHOWN} of them" if len(trials) > _TRIALS_SHOWN else ""
    console.print_heading(f"Tried: {number}{best}, by {console.plural(tuning['num_judged'], 'text')}")
    rows = [
        (_score(trial), f"{trial['learning_rate']:g}", trial["epochs"], trial["dim"], trial["ngrams"],
         _lengths(trial), f"{trial['buckets']:,}", console.duration(trial["seconds"]),
         "kept" if trial["kept"] else "")
        for place, trial in enumerate(trials) if place < _TRIALS_SHOWN or trial["kept"]
    ]  # fmt: skip
    score = f"{tuning['measure']} held out"
    columns = (score, "rate", "epochs", "dim", "ngrams", "characters", "buckets", "time", "")
    console.print_table(columns, rows, left=1)


def _score(trial: dict[str, Any]) -> str:
    score = None if trial["score"] is None else f"{trial['score']:.4f}"
    return ", ".join(filter(None, (score, trial["failure"])))


def _lengths(trial: dict[str, Any]) -> str:
    return f"{trial['min_ngram']}-{trial['max_ngram']}" if trial["max_ngram"] else "-"


def folds_line(folds: dict[str, Any] | None) -> str | None:
    """Mean and spread of the accuracies of folds; None without a cross-validation."""
    if folds is None:
        return None
    found = folds["accuracies"]
    return (
        f"{_share(folds['mean'])} right in {len(found)} folds ({_share(min(found))} to {_share(max(found))}, "
        f"standard deviation {100 * folds['deviation']:.1f})"
    )


def held_out_line(held_out: dict[str, Any] | None) -> str | None:
    """How well texts were classified that were not trained on; None if none were held out."""
    if held_out is None:
        return None
    share = f"{_share(held_out['accuracy'])} of {console.plural(held_out['num_texts'], 'text')}"
    folds = held_out["num_folds"]
    return f"{share} right" if folds is None else f"{share} right, in a cross-validation of {folds} folds"


def training_notes(
    history: dict[str, Any] | None, num_classes: int, learning_rate: float, *, one_against_rest: bool = False
) -> list[str]:
    """A sentence if the loss of the epoch that is kept is far above that of guessing."""
    if history is None:
        return []
    loss = (history["validation_losses"] or history["losses"])[history["best_epoch"] - 1]
    hint = (
        f": the classifier is sure of much that is wrong; a --learning-rate smaller than {learning_rate:g} "
        "or more texts may help"
    )
    return loss_notes("the loss", loss, num_classes, hint, one_against_rest=one_against_rest)


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


def print_predictions(
    predictions: Sequence[Prediction], tally: Tally, choice: LabelChoice | None = None
) -> None:
    """Print the class of each text, or its labels, and the probability, and how much was read."""
    rows = [(short(p.text, _LONGEST), *_labels(p, choice), _known(p)) for p in predictions]
    named = "class" if choice is None else "labels"
    console.print_table(("text", named, "probability", "known words"), rows, left=2)
    facts = tally.facts()
    read = {"coverage": coverage_line(facts["coverage"]), "not read": cut_line(facts["cut"])}
    if any(read.values()):
        console.line()
        console.print_facts(read)


def _labels(prediction: Prediction, choice: LabelChoice | None) -> tuple[str, str]:
    labels = [prediction.label] if choice is None else choice.labels(prediction)
    chances = (_share(prediction.probabilities[label]) for label in labels)
    return ", ".join(labels) or "-", ", ".join(chances) or "-"


def _known(prediction: Prediction) -> str:
    if prediction.known_words is None:
        return "-"
    return "none: a guess" if prediction.is_guess else f"{prediction.known_words:,}"


def print_explanation(text: str, explanation: Explanation, at_most: int) -> None:
    """Print the strongest reasons for and against the class."""
    console.print_heading(f"{short(text, _LONGEST)}: for and against {explanation.label}")
    shown = explanation.strongest(at_most)
    rows = [(" ".join(reason.words), f"{reason.weight:+.3f}") for reason in shown.reasons]
    console.print_table(("words", "adds to the logit"), rows)
    console.line(f"everything else adds {shown.rest:+.3f}; the logit is {shown.logit:+.3f}")


def short(text: str, longest: int) -> str:
    """`text` on one line, cut to `longest` characters."""
    return clipped(" ".join(text.split()), longest)
