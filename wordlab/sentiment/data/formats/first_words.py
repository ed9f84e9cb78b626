"""Whether the words that lines begin with are labels: what a guess must rule out before it is believed.

The thresholds were chosen on MR, SST-2, IMDb and Wikipedia, with and without their labels: of lines of
prose, from 8 to 10,000, most first words occur once or they make up more than 10% of the words inside
the lines; labels, also such as "joy" or "good", at most 0.3%.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from wordlab.errors import FormatError
from wordlab.visible import clipped

PlacedLine = tuple[str, str]
"""Where a line is, and the line."""

_WORDS = re.compile(r"\w+")
_FEW = 5  # fewer distinct words than this may each occur once: a handful of texts
_MAX_GRADES = 20  # up to so many numbers may be grades, which a few texts need not repeat
_SHARE_INSIDE = 0.1
_HINTS = {
    ",": "--format csv",
    ";": "--format csv --delimiter ';'",
    "|": "--format csv --delimiter '|'",
    '"': "--format csv",
}


def check_tabs(lines: Sequence[PlacedLine]) -> None:
    """Raise FormatError if most lines are tab-separated columns whose first holds no labels."""
    tabbed = [(where, line.strip().split("\t")) for where, line in lines if "\t" in line.strip()]
    if 2 * len(tabbed) <= len(lines):
        return
    firsts, lasts = ([cells[position].strip() for _, cells in tabbed] for position in (0, -1))
    long = [position for position, first in enumerate(firsts) if len(first.split()) > 1]
    if 2 * len(long) > len(tabbed) or len(set(lasts)) < len(set(firsts)):
        place = long[0] if long else 0
        raise FormatError(
            f"{tabbed[place][0]}: expected a label at the beginning of the line, found tab-separated columns "
            f"({clipped(firsts[place])!r} is the first); is the label in another one? Use --format tsv"
        )


def check_separators(lines: Sequence[PlacedLine], labels: Sequence[str], prefix: str = "") -> None:
    """Raise FormatError if something other than white space ends the label, which `prefix` precedes.

    That is so if most labels contain it, or if what precedes it is the label of other texts.
    """
    known = set(labels)
    for mark, hint in _HINTS.items():
        marked = [position for position, label in enumerate(labels) if mark in label]
        cut = [position for position in marked if labels[position].split(mark)[0] in known]
        if 2 * len(marked) > len(labels) or cut:
            position = (cut or marked)[0]
            where, _ = lines[position]
            found = clipped(prefix + labels[position])
            raise FormatError(
                f"{where}: expected white space after the label, found {mark!r} in {found!r}; "
                f"put a space there, or use {hint}"
            )


def check_first_words(labels: Sequence[str], texts: Sequence[str], name: str) -> None:
    """Raise FormatError, which begins with `name`, if the labels are first words of prose.

    They are if most of them occur once, or if many of the words inside the texts are among them.
    """
    check_share_inside(labels, texts, name)
    counts = Counter(labels)
    once = sum(number == 1 for number in counts.values())
    are_grades = all(label.isdecimal() for label in counts) and len(counts) <= _MAX_GRADES
    if len(counts) >= _FEW and 2 * once > len(counts) and not are_grades:
        raise FormatError(_no_labels(name, len(counts), len(texts), f"{once:,} of them once"))


def check_share_inside(labels: Sequence[str], texts: Sequence[str], name: str) -> None:
    """Raise FormatError, which begins with `name`, if many words inside the texts are (ends of) labels.

    Two labels may well be words of the texts.
    """
    different = set(labels)
    ends = {found[-1].casefold() for label in different if (found := _WORDS.findall(label))}
    ends = {end for end in ends if not end.isdecimal()}
    if len(ends) < 3:
        return
    num_words = num_inside = 0
    for text in texts:
        words = text.casefold().split()
        num_words += len(words)
        if not ends.isdisjoint(words):
            num_inside += sum(map(ends.__contains__, words))
    if num_inside > _SHARE_INSIDE * num_words:
        reason = "which also make up the texts"
        raise FormatError(_no_labels(name, len(different), len(texts), reason))


def _no_labels(name: str, num_labels: int, num_lines: int, reason: str) -> str:
    return (
        f"{name}: expected lines of a label and a text, found {num_labels:,} distinct words "
        f"at the beginning of {num_lines:,} lines, {reason}; are there labels? "
        "Use --format tsv or csv for columns, --format lines if the first words are labels"
    )
