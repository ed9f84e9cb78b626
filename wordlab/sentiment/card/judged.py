"""How a classifier did on texts that it was not trained on, in one form whoever judged it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wordlab.sentiment.judging.by_class import ClassScores, scores_by_class
from wordlab.sentiment.judging.held_out import HeldOut
from wordlab.sentiment.judging.judge import Evaluation
from wordlab.sentiment.judging.metrics import Scores, wilson_interval
from wordlab.sentiment.judging.multi_label import MultiLabelEvaluation


@dataclass(frozen=True)
class Judged:
    """A `value` of a `measure` on the texts called `name`, and other `facts` with their names.

    `by_class` and `scores`, with the confusion, are () and None where they are not known. `notes` say what
    flatters the classifier; `known` is the share of words that it knows, None where that is not counted.
    """

    name: str
    measure: str
    value: float
    facts: dict[str, str]
    by_class: tuple[ClassScores, ...] = ()
    scores: Scores | None = None
    notes: tuple[str, ...] = ()
    known: float | None = None

    @property
    def title(self) -> str:
        """The title of a picture."""
        return f"{self.measure.capitalize()} {self.value:.1%} on {self.name}"


def of_held_out(held_out: HeldOut, classes: Sequence[str]) -> Judged:
    """What was found in training; with the confusion also the scores by class."""
    interval = wilson_interval(round(held_out.accuracy * held_out.num_texts), held_out.num_texts)
    folds = held_out.num_folds
    name = "texts held out" if folds is None else f"training texts, held out in {folds} folds"
    scores = None
    if held_out.confusion is not None:
        confusion = np.array(held_out.confusion)
        places = np.arange(len(classes))
        targets = np.repeat(places, confusion.sum(axis=1))
        predicted = np.concatenate([np.repeat(places, row) for row in confusion])
        by_class, macro, weighted = scores_by_class(targets, predicted, tuple(classes))
        scores = Scores(
            held_out.num_texts, tuple(classes), held_out.accuracy, interval, macro.f1, None,
            held_out.confusion, by_class, macro, weighted,
        )  # fmt: skip
    facts = {"texts": f"{held_out.num_texts:,}", **_accuracy(held_out.accuracy, interval)}
    if scores is not None:
        facts["macro F1"] = f"{scores.macro_f1:.3f}"
    return Judged(name, "accuracy", held_out.accuracy, facts, scores.by_class if scores else (), scores)


def of_test(found: Evaluation, name: str) -> Judged:
    """What was found on texts called `name`: on those not trained on, where there are others as well."""
    scores, notes = found.unseen or found.scores, []
    if found.unseen is not None:
        notes.append(f"{found.num_seen:,} other texts of {name} were trained on, and are left out.")
    elif found.num_seen:
        notes.append(f"All {found.num_seen:,} texts of {name} were trained on: the figures flatter.")
    elif found.num_seen is None:
        notes.append(f"Whether texts of {name} were trained on is not recorded.")
    facts = {
        "texts": f"{scores.num_texts:,}",
        **_accuracy(scores.accuracy, scores.interval),
        "macro F1": f"{scores.macro_f1:.3f}",
    }
    if scores.auc is not None:
        facts["area under ROC"] = f"{scores.auc:.3f}"
    known = found.tally.known
    return Judged(name, "accuracy", scores.accuracy, facts, scores.by_class, scores, tuple(notes), known)


def of_several(found: MultiLabelEvaluation, name: str) -> Judged:
    """The same for texts that may have several labels."""
    scores, notes = found.scores, []
    if found.num_seen:
        notes.append(f"{found.num_seen:,} of the texts of {name} were trained on: the figures flatter.")
    if found.unknown:
        notes.append(
            f"{len(found.unknown):,} labels of {name} are not known to the classifier, and left out."
        )
    facts = {
        "texts": f"{scores.num_texts:,}",
        "threshold": f"{scores.threshold:g}",
        "all labels right": f"{scores.exact:.1%}",
        "precision, recall and F1": f"{scores.micro.precision:.3f}, {scores.micro.recall:.3f}, "
        f"{scores.micro.f1:.3f} of all labels together",
        "macro F1": f"{scores.macro.f1:.3f}",
    }
    return Judged(name, "F1", scores.micro.f1, facts, scores.by_class, None, tuple(notes), found.tally.known)


def _accuracy(accuracy: float, interval: tuple[float, float]) -> dict[str, str]:
    low, high = interval
    return {"accuracy": f"{accuracy:.1%} (95% interval {low:.1%} to {high:.1%})"}
