"""What the commands about texts as vectors print."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import console
from pipelines.reports.labelled import coverage_line
from wordlab.visible import clipped

if TYPE_CHECKING:
    from wordlab.sentiment.documents.encode import EncodedTexts
    from wordlab.sentiment.documents.sts import StsResult
    from wordlab.sentiment.documents.vectors import NearestText

_LONGEST = 80


def print_encoded(facts: dict[str, Any], like: Path | None) -> None:
    """Print what `embeddings encode` made."""
    pooling, num_without = facts["pooling"], facts["num_without_vector"]
    how = pooling["name"]
    if pooling["num_texts"]:
        fitted_on = console.plural(pooling["num_texts"], "text")
        how += (
            ", fitted on these texts"
            if like is None
            else f", as fitted on the {fitted_on} of {console.folder(like)}"
        )
    console.print_facts(
        {
            "documents": console.folder(Path(facts["output"])),
            "size": f"{console.plural(facts['num_texts'], 'text')}, "
            f"{console.plural(facts['dim'], 'dimension')}",
            "pooling": how,
            "coverage": coverage_line(facts["coverage"]),
            "no vector": console.plural(num_without, "text") if num_without else None,
            "time": f"{console.duration(facts['seconds'])}, "
            f"{console.magnitude(facts['texts_per_second'])} texts/s",
        }
    )


def encoding_notes(name: str, found: EncodedTexts) -> list[str]:
    """A sentence for each thing that may surprise in the encoded texts of the file `name`."""
    notes = []
    if found.num_without:
        have = "text has" if found.num_without == 1 else "texts have"
        notes.append(
            f"{name}: {found.num_without:,} {have} no vector, for want of known words or because nothing is "
            "left of it: it is zero"
        )
    if found.num_repeated_ids:
        have = "text has" if found.num_repeated_ids == 1 else "texts have"
        notes.append(f"{name}: {found.num_repeated_ids:,} {have} the id of an earlier one")
    return notes


def print_nearest(text: str, answers: Sequence[NearestText]) -> None:
    """Print the texts nearest to `text`, best first."""
    columns = ["cosine", "id", "text"]
    rows: list[tuple[str, ...]] = [
        (f"{answer.similarity:.3f}", clipped(answer.id, _LONGEST), _beginning(answer.excerpt or ""))
        for answer in answers
    ]
    if all(answer.excerpt is None for answer in answers):
        columns, rows = columns[:2], [row[:2] for row in rows]
    console.line(f"Nearest to {clipped(text, _LONGEST)!r}")
    console.line()
    console.print_table(columns, rows, left=3)


def _beginning(text: str) -> str:
    return clipped(" ".join(text.split()), _LONGEST)


def print_sts(results: Sequence[StsResult]) -> None:
    """Print a table with a row for each file and pooling."""
    rows = [
        (
            result.name,
            result.pooling,
            _number(result.pearson),
            _interval(result.pearson_interval),
            _number(result.spearman),
            _interval(result.spearman_interval),
            f"{result.num_pairs:,}",
            f"{result.num_lost:,}",
            console.share(result.coverage),
        )
        for result in results
    ]
    console.print_table(
        (
            "file",
            "pooling",
            "Pearson",
            "95% interval",
            "Spearman",
            "95% interval",
            "pairs",
            "lost",
            "tokens known",
        ),
        rows,
        left=2,
    )


def sts_notes(results: Sequence[StsResult]) -> list[str]:
    """A sentence for each file that allows no correlation."""
    names = dict.fromkeys(result.name for result in results if result.pearson is None)
    return [
        f"{name}: no correlation: expected three pairs of known words or more, with scores that differ"
        for name in names
    ]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _interval(interval: tuple[float, float] | None) -> str:
    return "-" if interval is None else f"{interval[0]:.3f} to {interval[1]:.3f}"
