"""What `sentiment evaluate` and `sentiment compare` print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines import console
from pipelines.reports.sentiment import short
from wordlab.sentiment.models.names import model_class

if TYPE_CHECKING:
    from wordlab.sentiment.judging.comparison import Comparison
    from wordlab.sentiment.judging.judge import Evaluation
    from wordlab.sentiment.judging.metrics import Scores

_LONGEST = 100


def print_evaluation(found: Evaluation) -> None:
    """Print scores, the confusion matrix, calibration and the worst mistakes."""
    scores = found.scores
    console.print_facts(
        {
            "texts": f"{scores.num_texts:,}",
            "accuracy": f"{console.share(scores.accuracy)} (95% interval {_interval(scores)})",
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
    if found.mistakes:
        console.print_heading("Surest mistakes")
        mistakes = [
            (m.label, m.predicted, console.share(m.probability), short(m.text, _LONGEST))
            for m in found.mistakes
        ]
        console.print_table(("true", "predicted", "probability", "text"), mistakes, left=4)


def print_comparison(found: Comparison) -> None:
    """Print a row for each model, and the verdict of the test between the best two."""
    rows = [
        (
            model_class(entry.model).title,
            console.share(entry.scores.accuracy),
            _interval(entry.scores),
            f"{entry.scores.macro_f1:.3f}",
            "-" if entry.scores.auc is None else f"{entry.scores.auc:.3f}",
            f"{entry.calibration_error:.3f}",
            console.duration(entry.train_seconds),
            f"{1000 * entry.latency:.2f} ms",
            f"{console.magnitude(entry.num_bytes)}B",
        )
        for entry in found.entries
    ]
    columns = (
        "model", "accuracy", "95% interval", "macro-F1", "AUC", "calibration error", "training",
        "one text", "size",
    )  # fmt: skip
    console.print_table(columns, rows)
    if found.test is None:
        return
    first, second = (model_class(entry.model).title for entry in found.entries[:2])
    verdict = "better than" if found.test.is_significant else "not proved better than"
    console.line()
    console.line(
        f"{first} is {verdict} {second}: alone right on {found.test.only_first:,} texts against "
        f"{found.test.only_second:,} (McNemar's exact test, p = {found.test.p_value:.2g})."
    )


def _interval(scores: Scores) -> str:
    low, high = scores.interval
    return f"{console.share(low)} to {console.share(high)}"
