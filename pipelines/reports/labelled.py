"""What the commands of `wordlab sentiment` say about the texts that they have read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wordlab.sentiment.data.labelled import DataReport, LabelledTexts


def data_notes(report: DataReport) -> list[str]:
    """One sentence for everything that may spoil a result; none if all is well."""
    found = [
        (report.num_empty, "without any word"),
        (report.num_duplicates, "that occurred before"),
        (report.num_conflicts, "that occurred before with another label"),
        (report.num_leaked or 0, "of the test set found in this training set"),
    ]
    counted = [f"{number:,} {'text' if number == 1 else 'texts'} {what}" for number, what in found if number]
    return [f"{report.source}: {sentence}" for sentence in (*report.notes, *counted)]


def reading_notes(*read: LabelledTexts) -> list[str]:
    """One sentence for everything that reading left out or was not sure of."""
    return [f"{data.source}: {note}" for data in read for note in data.notes]
