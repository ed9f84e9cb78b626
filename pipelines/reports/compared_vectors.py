"""What `wordlab embeddings compare` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipelines import console
from wordlab.embeddings.evaluation.kinds import measure_name
from wordlab.visible import listed

if TYPE_CHECKING:
    from wordlab.embeddings.evaluation.comparison import ComparedScore, Difference, VectorComparison


def print_compared(found: VectorComparison) -> None:
    """Print sizes, scores with their differences from the first set, and neighbours in common."""
    first, *others = found.names
    rows = [
        (name, f"{each.num_words:,}", each.dim, f"{each.megabytes:,.1f}", f"{each.milliseconds:.2g}")
        for name, each in zip(found.names, found.sets, strict=True)
    ]
    console.print_table(("set", "words", "dimensions", "MB", "ms for the 10 nearest"), rows)
    console.print_heading(f"Scores on the {found.num_common:,} words that all have")
    verdicts = [column for name in others for column in (f"{name} - {first}", "95% interval", "")]
    console.print_table(
        ("test", "measure", "items", *found.names, *verdicts), [_row(score) for score in found.scores], left=2
    )
    console.print_heading(f"Neighbours in common with {first}, of {found.k}")
    ranked = [
        (f"{band.first:,} to {band.last:,}", *map(console.share, band.overlaps)) for band in found.bands
    ]
    console.print_table(("common words by rank", *others), ranked)
    console.line()
    for line in [*found.notes, *_summary(found)]:
        console.line(line)


def picture_rows(
    found: VectorComparison,
) -> list[tuple[str, Sequence[float | None], Sequence[tuple[float, float] | None]]]:
    """What a picture of the scores shows: their labels, and the values and intervals of each set."""
    return [
        (f"{score.test}, {measure_name(score.measure)}", score.values, score.intervals)
        for score in found.scores
    ]


def worse_line(found: VectorComparison) -> str:
    """Which sets are worse than the first, in one line."""
    told = [f"{name} in {score.test} ({measure_name(score.measure)})" for name, score in found.worse]
    return f"expected no score below that of {found.names[0]}, found {listed(told, 5)}"


def _row(score: ComparedScore) -> tuple[str, ...]:
    values = ["-" if value is None else f"{value:.3f}" for value in score.values]
    told = [cell for difference in score.differences for cell in _cells(difference)]
    return (score.test, measure_name(score.measure), f"{score.num_items:,}", *values, *told)


def _cells(difference: Difference | None) -> tuple[str, str, str]:
    if difference is None:
        return "-", "-", "-"
    interval = f"{difference.low:+.3f} to {difference.high:+.3f}"
    return f"{difference.value:+.3f}", interval, difference.verdict


def _summary(found: VectorComparison) -> Iterator[str]:
    first, *others = found.names
    if not any(score.num_items for score in found.scores):
        yield "No test could be used: its words are not among those that all sets have."
        return
    for position, name in enumerate(others):
        verdicts = [each.verdict for score in found.scores if (each := score.differences[position])]
        better, worse = verdicts.count("better"), verdicts.count("worse")
        if not better and not worse:
            yield f"{name} and {first} differ by no more than chance explains."
        else:
            yield (
                f"{name} is better than {first} in {better} of {len(verdicts)} scores, worse in {worse}, "
                f"and not clearly different in {len(verdicts) - better - worse}."
            )
