"""Labelled texts as a value: hold them, split them, and find what would spoil a result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

from wordlab.errors import ConfigError, CorpusError
from wordlab.sentiment.data.labels import Labels, label_notes, too_many_classes
from wordlab.sentiment.data.normalising import all_normalised, normalised
from wordlab.visible import clipped


@dataclass(frozen=True)
class LabelledTexts:
    """Texts and the label of each; `source` says where they come from, `notes` what reading left out.

    >>> LabelledTexts(("fine", "poor"), ("pos", "neg"), "two.tsv").classes
    ('neg', 'pos')
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    source: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.texts, str) or isinstance(self.labels, str):
            raise TypeError("expected texts and the label of each, found a single string; put it in a list")
        if len(self.texts) != len(self.labels):
            raise ValueError(
                f"expected a label for each text, found {len(self.texts)} texts, {len(self.labels)} labels"
            )

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels that occur, sorted, each once."""
        return tuple(sorted(set(self.labels)))

    def take(self, positions: Sequence[int]) -> LabelledTexts:
        """The texts at `positions`, in that order."""
        texts = tuple(self.texts[position] for position in positions)
        labels = tuple(self.labels[position] for position in positions)
        return LabelledTexts(texts, labels, self.source, self.notes)


@dataclass(frozen=True)
class MultiLabelTexts:
    """Texts with any number of labels each, as `LabelledTexts` has one; a text has each label once.

    >>> data = MultiLabelTexts(("fine food", "slow", "open"), (("food",), ("staff", "time"), ()), "3.jsonl")
    >>> data.classes, data.single
    (('food', 'staff', 'time'), None)
    """

    texts: tuple[str, ...]
    labels: tuple[Labels, ...]
    source: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.texts, str) or any(isinstance(labels, str) for labels in self.labels):
            raise TypeError("expected texts and the labels of each in a tuple, found a single string")
        if len(self.texts) != len(self.labels):
            raise ValueError(
                f"expected labels for each text, found {len(self.texts)} texts, {len(self.labels)} of labels"
            )

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels that occur, sorted, each once."""
        return tuple(sorted(set(chain.from_iterable(self.labels))))

    @property
    def single(self) -> LabelledTexts | None:
        """The same with one label for each text; None if some text has another number of labels."""
        if any(len(labels) != 1 for labels in self.labels):
            return None
        return LabelledTexts(self.texts, tuple(label for (label,) in self.labels), self.source, self.notes)

    def take(self, positions: Sequence[int]) -> MultiLabelTexts:
        """The texts at `positions`, in that order."""
        texts = tuple(self.texts[position] for position in positions)
        labels = tuple(self.labels[position] for position in positions)
        return MultiLabelTexts(texts, labels, self.source, self.notes)


@dataclass(frozen=True)
class DataReport:
    """What a careful person looks for in labelled texts before believing a result.

    `num_duplicates` counts texts that repeat an earlier one, `num_conflicts` those among them whose label
    differs from the first one's, `num_leaked` texts of the other set that are also in this one. Texts
    are the same if they differ in white space and case only.
    """

    source: str
    num_texts: int
    class_counts: dict[str, int]
    num_empty: int
    num_duplicates: int
    num_conflicts: int
    num_leaked: int | None
    notes: tuple[str, ...]


def inspect(
    data: LabelledTexts | MultiLabelTexts, other: LabelledTexts | MultiLabelTexts | None = None
) -> DataReport:
    """What is in `data`, the texts to train on; with `other`, the test set, what leaks between them.

    Raises CorpusError if all texts of `data` have the same label, or most a label of their own.
    """
    check_classes(data)
    each: Sequence[str | Labels] = data.labels
    found = data.labels if isinstance(data, LabelledTexts) else chain.from_iterable(data.labels)
    counts = dict(Counter(sorted(found)).most_common())
    first: dict[str, str | Labels] = {}
    num_empty = num_duplicates = num_conflicts = 0
    for key, label in zip(all_normalised(data.texts), each, strict=True):
        if not key:
            num_empty += 1
        elif key in first:
            num_duplicates += 1
            num_conflicts += label != first[key]
        else:
            first[key] = label
    num_leaked = None if other is None else sum(key in first for key in all_normalised(other.texts))
    return DataReport(
        source=data.source,
        num_texts=len(data),
        class_counts=counts,
        num_empty=num_empty,
        num_duplicates=num_duplicates,
        num_conflicts=num_conflicts,
        num_leaked=num_leaked,
        notes=(*data.notes, *label_notes(counts)),
    )


def check_classes(data: LabelledTexts | MultiLabelTexts) -> None:
    """Raise CorpusError unless there are two classes or more, and several texts of most of them."""
    classes = data.classes
    if len(classes) < 2:
        without = "texts without labels" if len(data) else "no text"
        found = f"only {classes[0]!r}" if classes else without
        raise CorpusError(f"{data.source}: expected texts of two or more classes, found {found}")
    if too_many_classes(len(classes), len(data)):
        raise CorpusError(
            f"{data.source}: expected classes of several texts each, found {len(classes):,} classes for "
            f"{len(data):,} texts ({clipped(classes[0])!r}, {clipped(classes[1])!r}, ...); "
            "are they amounts or names, or is --label-column another one?"
        )


def class_shares(labels: Sequence[object], classes: Sequence[object]) -> tuple[float, ...]:
    """The share of each of `classes` among `labels`, which must not be empty."""
    counts = Counter(labels)
    return tuple(counts[label] / len(labels) for label in classes)


def drop_duplicates(data: LabelledTexts, *, key: Callable[[str], str] = normalised) -> LabelledTexts:
    """`data` without empty texts, texts that repeat an earlier one, and those with several labels.

    Texts are the same if their `key` is.
    """
    labels: dict[str, set[str]] = {}
    keys = [key(text) for text in data.texts]
    for found, label in zip(keys, data.labels, strict=True):
        labels.setdefault(found, set()).add(label)
    first = {found: position for position, found in reversed(list(enumerate(keys)))}
    kept = [
        position
        for position, found in enumerate(keys)
        if found and first[found] == position and len(labels[found]) == 1
    ]
    return data.take(kept)


def stratified_split(data: LabelledTexts, share: float, *, seed: int) -> tuple[LabelledTexts, LabelledTexts]:
    """The part of `data` to keep and the part held out, which is the same share of every class.

    Raises ConfigError for a share that is not between 0 and 1 and for a seed out of range, CorpusError for
    too few texts of a class.
    """
    if not 0 < share < 1:
        raise ConfigError(f"share: expected a number between 0 and 1, found {share!r}")
    if not 0 <= seed < 2**32:
        raise ConfigError(f"seed: expected a whole number from 0 to {2**32 - 1}, found {seed!r}")
    check_classes(data)
    counts = Counter(data.labels)
    rarest = min(counts, key=counts.__getitem__)
    if counts[rarest] < 2:
        raise CorpusError(
            f"{data.source}: expected two or more texts of every class to split, found one of {rarest!r}"
        )
    from sklearn.model_selection import train_test_split

    num_held_out = round(share * len(data))
    if min(num_held_out, len(data) - num_held_out) < len(counts):
        raise CorpusError(
            f"{data.source}: expected parts with a text of each of {len(counts)} classes, "
            f"found {len(data)} texts, of which a share of {share:g} is {num_held_out}"
        )
    kept, held_out = train_test_split(
        range(len(data)), test_size=num_held_out, random_state=seed, stratify=data.labels
    )
    return data.take(sorted(kept)), data.take(sorted(held_out))
