"""What a label is: one string for each class, whatever type a file gives it; and how several are written."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from wordlab.errors import FormatError
from wordlab.sentiment.models.names import several_hint
from wordlab.text.records import json_type
from wordlab.visible import clipped

Labels = tuple[str, ...]
"""Those of one text."""

_LONGEST = 1_000  # characters; what is longer is a text
_EXACT = 2**53  # whole numbers up to this are exact as floats
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_WHOLE = re.compile(r"(-?\d+)(\.0*)?")
_TRUTH = {"true": "1", "false": "0"}
# what programs write where a label is missing: an error beside numbers, else a note, as it may be a class
_MISSING = ("", "nan", "null", "none", "na", "n/a", "#n/a", "<na>", "nat", "?")
_WRITTEN = ("nan", "NaN", "null", "NULL", "None", "N/A", "#N/A", "<NA>", "NaT")
_MAX_AMOUNTS = 20  # different numbers that are not whole
_MANY_CLASSES = 20  # a handful of texts need not have two of each class


def label_string(value: Any, where: str, column: str) -> str:
    """A label as a string: truth values as JSON writes them, whole numbers without a point (1.0 is 1).

    Raises FormatError, which begins with `where` and says `column`, for a missing label, infinity and
    other types.
    """
    expected = f"{where}: expected a label in {column}, found"
    if isinstance(value, str):
        label = value.strip()
        if not label:
            raise FormatError(f"{expected} none")
        return label
    if is_missing(value):
        raise FormatError(f"{expected} {'null' if value is None else 'nan'}")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            raise FormatError(f"{expected} {value}")
        return str(int(value)) if value.is_integer() and abs(value) <= _EXACT else str(value)
    if isinstance(value, int):
        return str(value)
    raise FormatError(f"{expected} {json_type(value)}")


def labels_in(
    value: Any, where: str, column: str, *, several: bool = False, separator: str | None = None
) -> Labels:
    """The label in a cell or a field; if `several` may be there, any number of them.

    Several are a list, or the JSON of one in a cell, or stand between `separator`s. Raises FormatError as
    `label_string` does, and for several labels where one is expected.
    """
    found = value if isinstance(value, list) else _json_list(value)
    if found is None and separator is not None and isinstance(value, str):
        found = value.split(separator) if value.strip() else []
    if found is None:
        return (label_string(value, where, column),)
    if not several:
        shown = clipped(json.dumps(found, ensure_ascii=False, default=str))
        raise FormatError(f"{where}: expected one label in {column}, found {shown}; {several_hint()}")
    return tuple(label_string(label, where, column) for label in found)


def _json_list(value: Any) -> list[Any] | None:
    """The list whose JSON `value` is; None if it is that of none."""
    if not isinstance(value, str) or not value.strip().startswith("["):
        return None
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def is_missing(value: object) -> bool:
    """Whether `value` is a missing one: None, a float that is not a number, pandas' NA or NaT."""
    if value is None:
        return True
    try:
        return bool(value != value)  # only NaN and NaT are not themselves
    except TypeError:  # as for pandas' NA, which is neither equal nor unequal
        return True
    except ValueError:  # an array, which is not one value
        return False


def too_many_classes(num_classes: int, num_texts: int) -> bool:
    """Whether labels look like amounts or names of texts: more than 20, and than half as many as texts."""
    return num_classes > max(_MANY_CLASSES, num_texts / 2)


def check_labels(labels: Sequence[Labels], name: str) -> None:
    """Raise FormatError, which begins with `name`, unless each label is one short line and names one class.

    `labels` are those of each text.

    "nan" and the like beside numbers are missing labels; "1", "1.0" and "true" are not told apart.
    """
    classes = dict.fromkeys(chain.from_iterable(labels))
    for label in classes:
        fault = _fault(label)
        if fault is not None:
            place = _first_text(label, labels)
            raise FormatError(f"{name}: expected a label for every text, found {fault} for text {place:,}")
    missing = [label for label in classes if label.casefold() in _MISSING]
    if missing and len(missing) < len(classes):
        others = (label for label in classes if label not in missing)
        if all(map(_NUMBER.fullmatch, others)):
            place = _first_text(missing[0], labels)
            raise FormatError(
                f"{name}: expected a label for every text, "
                f"found {missing[0]!r} beside numbers for text {place:,}"
            )
    _check_values(classes, name)


def _first_text(label: str, labels: Sequence[Labels]) -> int:
    """The number, from 1, of the first text with `label`."""
    return next(number for number, found in enumerate(labels, start=1) if label in found)


def _fault(label: str) -> str | None:
    """What is wrong with a label, as words of an error; None if it is good."""
    if not label.strip():
        return "none"
    if len(label) > _LONGEST:
        return f"{len(label)} characters"
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in label):
        return f"{clipped(label)!r}, which holds control characters,"
    return None


def _check_values(classes: Collection[str], name: str) -> None:
    """Raise FormatError if two labels are spellings of one whole number, or of a truth value."""
    spelt: dict[str, str] = {}
    for label in classes:
        whole = _WHOLE.fullmatch(label)
        value = (whole[1] if whole[1] != "-0" else "0") if whole else _TRUTH.get(label.casefold(), label)
        other = spelt.setdefault(value, label)
        if other != label and not other.casefold() == label.casefold():
            raise FormatError(
                f"{name}: expected one spelling of each label, found {other!r} and {label!r}, which are equal"
            )


def label_notes(counts: Mapping[str, int]) -> list[str]:
    """Sentences on labels that may not be meant as classes of their own; `counts` are the texts of each."""
    notes = [
        f"{counts[label]:,} {'text' if counts[label] == 1 else 'texts'} with the label {label!r}: "
        "is it missing, or a class?"
        for label in counts
        if label in _WRITTEN
    ]
    seen: dict[str, str] = {}
    for label in counts:
        other = seen.setdefault(_look(label), label)
        if other != label:
            notes.append(f"the labels {other!r} and {label!r} look alike, but are two classes")
    numbers = [label for label in counts if _NUMBER.fullmatch(label)]
    fractions = [label for label in numbers if not _WHOLE.fullmatch(label)]
    if fractions and len(numbers) == len(counts) > _MAX_AMOUNTS:
        notes.append(f"{len(counts):,} distinct numbers as labels: are they amounts, not classes?")
    num_texts = sum(counts.values())
    if len(counts) > 2 and 2 * len(counts) > num_texts:
        notes.append(f"{len(counts):,} classes for {num_texts:,} texts")
    return notes


def _look(label: str) -> str:
    """What a label looks like: without case, white space and what has no width."""
    folded = unicodedata.normalize("NFKC", label).casefold()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")
