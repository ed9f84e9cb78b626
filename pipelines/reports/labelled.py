"""What the commands of `wordlab sentiment` say of the texts: what spoils a result, and what is not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines import console

if TYPE_CHECKING:
    from wordlab.sentiment.data.labelled import DataReport, LabelledTexts, MultiLabelTexts
    from wordlab.sentiment.features.tally import Tally

_MIN_COVERAGE = 0.8  # vectors that suit the texts cover 0.9 of the tokens or more
_MIN_OWN = 0.5  # where n-grams give most others one, which languages with many forms rely on
_MIN_GAIN = 0.02  # names that are words in lower case, such as Rose, bring less
_MIN_TOKENS = 20  # a share of fewer says little


def data_notes(report: DataReport) -> list[str]:
    """One sentence for everything that may spoil a result; none if all is well."""
    found = [
        (report.num_empty, "without any word"),
        (report.num_duplicates, "repeating an earlier one"),
        (report.num_conflicts, "repeating an earlier one with another label"),
        (report.num_leaked or 0, "of the test set also in this training set"),
    ]
    counted = [f"{number:,} {'text' if number == 1 else 'texts'} {what}" for number, what in found if number]
    return [f"{report.source}: {sentence}" for sentence in (*report.notes, *counted)]


def reading_notes(*read: LabelledTexts | MultiLabelTexts) -> list[str]:
    """One sentence for everything that reading left out or was not sure of."""
    return [f"{data.source}: {note}" for data in read for note in data.notes]


def coverage_notes(source: str, tally: Tally) -> list[str]:
    """One sentence for each reason why a model does not read all of the texts of `source`."""
    notes = []
    own, lowercased = tally.own, tally.own_lowercased
    if own is not None and lowercased is not None and tally.num_tokens >= _MIN_TOKENS:
        vector = "a vector" if tally.num_composed is None else "a vector of their own"
        if lowercased - own >= _MIN_GAIN:
            notes.append(
                f"{console.share(own)} of the tokens have {vector}; in lower case "
                f"{console.share(lowercased)} would: train with --lowercase"
            )
        elif own < (_MIN_COVERAGE if tally.num_composed is None else _MIN_OWN):
            notes.append(
                f"only {console.share(own)} of the tokens have {vector}; do texts and vectors share "
                "a language and a --tokenizer?"
            )
    if tally.num_cut_texts:
        notes.append(
            f"{console.plural(tally.num_cut_texts, 'text')} cut at --max-tokens, which leaves "
            f"{console.share(tally.cut)} of all tokens unread"
        )
    return [f"{source}: {note}" for note in notes]


def coverage_line(coverage: dict[str, Any] | None) -> str | None:
    """The share of the tokens that have a vector, as reports show it; None without vectors."""
    if coverage is None:
        return None
    types = f" and {console.share(coverage['types'])} of the distinct words" if "types" in coverage else ""
    through = [coverage.get(f"{name}_through_subwords") for name in ("tokens", "types")]
    shares = " and ".join(console.share(part) for part in through if part is not None)
    of_them = f", {shares} through subwords" if any(through) else ""
    return f"{console.share(coverage['tokens'])} of the tokens{types} have a vector{of_them}"


def cut_line(cut: dict[str, Any] | None) -> str | None:
    """How many texts are cut, as reports show it; None if none is."""
    if not cut or not cut["num_texts"]:
        return None
    ends = console.plural(cut["num_texts"], "text")
    return f"{console.share(cut['tokens'])} of the tokens, cut from {ends}"
