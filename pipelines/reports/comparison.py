"""What `sentiment evaluate` and `sentiment compare` print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines import console
from pipelines.reports.labelled import coverage_line, coverage_notes, cut_line
from pipelines.reports.sentiment import short
from wordlab.sentiment.models.names import model_class

if TYPE_CHECKING:
    from wordlab.sentiment.judging.comparison import Comparison
    from wordlab.sentiment.judging.cross_validation import FoldScores
    from wordlab.sentiment.judging.judge import Evaluation
    from wordlab.sentiment.judging.metrics import Scores

_LONGEST = 100


def print_evaluation(found: Evaluation) -> None:
    """Print scores, the confusion matrix, calibration and the worst mistakes."""
    scores, read = found.scores, found.tally.facts()
    console.print_facts(
        {
            "texts": f"{scores.num_texts:,}"
            + (f", {found.num_seen:,} of them trained on" if found.num_seen else ""),
            "coverage": coverage_line(read["coverage"]),
            "not read": cut_line(read["cut"]),
            "accuracy": f"{console.share(scores.accuracy)} (95% interval {_interval(scores)})",
            "unseen texts": None
            if found.unseen is None
            else f"{console.share(found.unseen.accuracy)} (95% interval {_interval(found.unseen)})",
            "macro-F1": f"{scores.macro_f1:.3f}",
            "AUC": "- (some classes are missing)" if scores.auc is None else f"{scores.auc:.3f}",
            "calibration": f"expected error {found.reliability.error:.3f}",
            "calibrated": None
            if found.calibrated is None
            else f"expected error {found.calibrated.error:.3f} at temperature {found.temperature:.2f}",
        }
    )
    console.print_heading("True classes (rows) by predicted classes (columns)")
    rows = [
        (name, *(f"{count:,}" for count in row))
        for name, row in zip(scores.classes, scores.confusion, strict=True)
    ]
    console.print_table(("", *scores.classes), rows)
    console.print_heading("By class")
    by_class: list[tuple[str, ...]] = [
        (c.label, f"{c.precision:.3f}", f"{c.recall:.3f}", f"{c.f1:.3f}", f"{c.support:,}")
        for c in (*scores.by_class, scores.macro, scores.weighted)
    ]
    console.print_table(("class", "precision", "recall", "F1", "texts"), _with_means(by_class))
    if found.mistakes:
        console.print_heading("Surest mistakes")
        mistakes = [
            (m.label, m.predicted, console.share(m.probability), short(m.text, _LONGEST))
            for m in found.mistakes
        ]
        console.print_table(("true", "predicted", "probability", "text"), mistakes, left=4)


def _with_means(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Rows of classes and, as the last two, of means, which are called so."""
    means = [(f"mean, {'by texts' if row[0] == 'weighted' else 'of classes'}", *row[1:]) for row in rows[-2:]]
    return [*rows[:-2], *means]


def evaluation_notes(found: Evaluation, source: str, calibration: str | None) -> list[str]:
    """A sentence for each reason why the scores flatter the classifier, or wrong it."""
    notes = coverage_notes(source, found.tally)
    for name, number in ((source, found.num_seen), (calibration, found.num_calibration_seen)):
        if name is not None and number:
            notes.append(f"{name}: {console.plural(number, 'text')} that the classifier was trained on")
    return notes


def comparison_notes(found: Comparison, training: str, judging: str) -> list[str]:
    """A sentence for each part of the texts that the models do not read, without repeats."""
    notes = [note for entry in found.entries for note in coverage_notes(training, entry.learnt)]
    notes += [note for entry in found.entries for note in coverage_notes(judging, entry.judged)]
    return list(dict.fromkeys(notes))


def print_comparison(found: Comparison) -> None:
    """Print a row for each model, and the verdict of the test between the best two."""
    columns = _columns(found)
    console.print_table(tuple(columns), list(zip(*columns.values(), strict=True)))
    _print_f1(found)
    if found.test is None:
        return
    first, second = (model_class(entry.model).title for entry in found.entries[:2])
    verdict = "better than" if found.test.is_significant else "not proved better than"
    console.line()
    console.line(
        f"{first} is {verdict} {second}: alone right on {found.test.only_first:,} texts against "
        f"{found.test.only_second:,} (McNemar's exact test, p = {found.test.p_value:.2g})."
    )


def _print_f1(found: Comparison) -> None:
    """Print the F1 of each class by each model, and the means."""
    console.print_heading("F1 by class")
    of_models = [[*e.scores.by_class, e.scores.macro, e.scores.weighted] for e in found.entries]
    rows = [
        (parts[0].label, *(f"{part.f1:.3f}" for part in parts), f"{parts[0].support:,}")
        for parts in zip(*of_models, strict=True)
    ]
    titles = [model_class(entry.model).title for entry in found.entries]
    console.print_table(("class", *titles, "texts"), _with_means(rows))


def _columns(found: Comparison) -> dict[str, list[str]]:
    """The columns of the table, a value for each model; those that say nothing here are left out."""
    entries = found.entries
    scores = [entry.scores for entry in entries]
    columns = {
        "model": [model_class(entry.model).title for entry in entries],
        "accuracy": [console.share(score.accuracy) for score in scores],
        "95% interval": [_interval(score) for score in scores],
        "mean of folds": [_folds(entry.folds) for entry in entries],
        "unseen texts": [
            _share_or_dash(entry.unseen.accuracy if entry.unseen else None) for entry in entries
        ],
        "macro-F1": [f"{score.macro_f1:.3f}" for score in scores],
        "AUC": ["-" if score.auc is None else f"{score.auc:.3f}" for score in scores],
        "calibration error": [f"{entry.calibration_error:.3f}" for entry in entries],
        "coverage": [_share_or_dash(entry.judged.known) for entry in entries],
        "by subwords": [_share_or_dash(entry.judged.composed) for entry in entries],
        "training": [console.duration(entry.train_seconds) for entry in entries],
        "one text": [f"{1000 * entry.latency:.2f} ms" for entry in entries],
        "size": [f"{console.magnitude(entry.num_bytes)}B" for entry in entries],
    }
    optional = {"unseen texts": found.num_seen > 0}
    optional |= {name: set(columns[name]) != {"-"} for name in ("coverage", "by subwords", "mean of folds")}
    return {name: values for name, values in columns.items() if optional.get(name, True)}


def _folds(folds: FoldScores | None) -> str:
    """Mean and standard deviation of the folds' accuracies."""
    return "-" if folds is None else f"{console.share(folds.mean)} ± {100 * folds.deviation:.1f}"


def _share_or_dash(value: float | None) -> str:
    return "-" if value is None else console.share(value)


def _interval(scores: Scores) -> str:
    low, high = scores.interval
    return f"{console.share(low)} to {console.share(high)}"
