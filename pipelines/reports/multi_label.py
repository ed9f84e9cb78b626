"""What `sentiment evaluate` prints of a classifier whose texts may have several labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines import console
from pipelines.reports.labelled import coverage_line, coverage_notes
from pipelines.reports.sentiment import short
from wordlab.visible import clipped, listed

if TYPE_CHECKING:
    from wordlab.sentiment.judging.multi_label import MultiLabelEvaluation, WrongLabel

_LONGEST = 100


def print_evaluation(found: MultiLabelEvaluation) -> None:
    """Print the scores at the threshold and of the most probable labels, and the worst mistakes."""
    scores = found.scores
    console.print_facts(
        {
            "texts": f"{scores.num_texts:,}"
            + (f", {found.num_seen:,} of them trained on" if found.num_seen else "")
            + (f", {scores.num_unlabelled:,} without a label" if scores.num_unlabelled else ""),
            "coverage": coverage_line(found.tally.facts()["coverage"]),
            "threshold": f"{scores.threshold:g}",
            "all labels right": console.share(scores.exact),
        }
    )
    console.print_heading("The most probable labels")
    firsts = [(f"{at.number:,}", f"{at.precision:.3f}", f"{at.recall:.3f}") for at in scores.first]
    console.print_table(("labels", "precision", "recall"), firsts, left=0)
    console.print_heading("By label, at the threshold")
    means = (("mean of labels", scores.macro), ("all together", scores.micro))
    rows = [
        (name, f"{c.precision:.3f}", f"{c.recall:.3f}", f"{c.f1:.3f}", f"{c.support:,}")
        for name, c in (*((c.label, c) for c in scores.by_class), *means)
    ]
    console.print_table(("label", "precision", "recall", "F1", "texts"), rows)
    if found.mistakes:
        console.print_heading("Surest mistakes")
        mistakes = [
            (_fault(m), m.label, console.share(m.probability), short(m.text, _LONGEST))
            for m in found.mistakes
        ]
        console.print_table(("wrongly", "label", "probability", "text"), mistakes, left=4)


def _fault(mistake: WrongLabel) -> str:
    return "missed" if mistake.is_missed else "predicted"


def notes(found: MultiLabelEvaluation, source: str) -> list[str]:
    """A sentence for each reason why the scores flatter the classifier, or leave something out."""
    notes = coverage_notes(source, found.tally)
    if found.unknown:
        shown = listed([repr(clipped(label)) for label in found.unknown], 5)
        number, given = console.plural(len(found.unknown), "label"), sum(found.unknown.values())
        notes.append(
            f"{source}: left out: {number} that the classifier does not know ({shown}), "
            f"given {console.plural(given, 'time')}"
        )
    if found.num_seen:
        notes.append(f"{source}: {console.plural(found.num_seen, 'text')} that the classifier was trained on")
    return notes
