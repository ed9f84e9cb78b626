"""What `wordlab embeddings align` and `shift` print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import console

if TYPE_CHECKING:
    from wordlab.embeddings.alignment.shifts import Shift, Shifts

_NEIGHBOURS = 4  # shown of those gained and of those lost


def print_alignment(facts: dict[str, Any]) -> None:
    """Print what `embeddings align` made."""
    unknown = facts["num_unknown"]
    console.print_facts(
        {
            "vectors": console.folder(Path(facts["output"])),
            "anchors": _anchors(facts),
            "not known": f"{unknown:,} pairs of anchors" if unknown else None,
            **_held_out(facts),
        }
    )


def _anchors(facts: dict[str, Any]) -> str:
    left_out = facts["num_left_out"]
    without = f", without {left_out:,} that changed most" if left_out else ""
    return f"{facts['num_anchors']:,}{without}"


def _held_out(facts: dict[str, Any]) -> dict[str, str | None]:
    if not facts["num_held_out"]:
        return {"held out": "nothing, so that nothing judges the alignment"}
    found = ", ".join(f"{console.share(share)} among {k}" for k, share in facts["precision_at"].items())
    return {
        "held out": f"{facts['num_held_out']:,} pairs, mean cosine {facts['cosine_before']:.3f} before, "
        f"{facts['cosine_after']:.3f} after",
        "found": f"{found} (nearest by CSLS, of {facts['num_candidates']:,} words)",
    }


def print_shifts(found: Shifts) -> None:
    """Print the words that changed, with what they gained and lost."""
    bounds = "of two trainings of one text" if found.with_control else "of the words themselves"
    console.line(
        f"{found.num_beyond:,} of {found.num_words:,} words changed more than 95% {bounds} that are as "
        f"frequent; {console.share(found.mean_overlap)} of neighbours stayed."
    )
    if found.shifts:
        columns = ("word", "gained", "lost", "change", "usual", "bound", "neighbours kept")
        console.line()
        console.print_table(columns, [_row(shift) for shift in found.shifts], left=3)
    console.line()
    facts = found.alignment.facts()
    for line in (f"anchors {_anchors(facts)}", *_held_out(facts).values()):
        console.line(f"Alignment: {line}.")


def _row(shift: Shift) -> tuple[str, ...]:
    gained, lost = (", ".join(words[:_NEIGHBOURS]) for words in (shift.gained, shift.lost))
    numbers = (f"{value:.3f}" for value in (shift.change, shift.usual, shift.bound))
    return (shift.word, gained, lost, *numbers, console.share(shift.overlap))
