"""Texts and labels as estimators get them, checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from wordlab.errors import CorpusError
from wordlab.sentiment.data.labels import is_missing, too_many_classes
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.tokenizers.own import Function, as_tokenizer
from wordlab.visible import clipped

if TYPE_CHECKING:
    from wordlab.embeddings.vectors import WordVectors


def check_texts(texts: Iterable[str]) -> list[str]:
    """`texts` as a list; TypeError for a single string, or if anything in it is not a string."""
    return list(each_text(texts))


def each_text(texts: Iterable[str]) -> Iterator[str]:
    """`texts` one by one, for streams; TypeError at once for a single string, later for other items."""
    _check_many(texts, "texts", "text")
    return (
        text if isinstance(text, str) else check_text(text, f" at position {number}")
        for number, text in enumerate(texts)
    )


def check_text(text: str, where: str = "") -> str:
    """`text` itself; TypeError, which says `where`, if it is not a string."""
    if isinstance(text, str):
        return text
    found = f"expected a text{where}, found"
    if isinstance(text, list | tuple):
        raise TypeError(f'{found} a {type(text).__name__}; join its tokens with " ".join(...)')
    if isinstance(text, bytes | bytearray):
        raise TypeError(f"{found} bytes; decode them")
    if is_missing(text):
        raise TypeError(f"{found} a missing value ({text!r})")
    raise TypeError(f"{found} {type(text).__name__}")


def check_labelled(texts: Iterable[str], labels: Iterable[object]) -> tuple[list[str], np.ndarray]:
    """`texts` as a list and `labels` as an array (num_texts,); ValueError unless there are two classes.

    Missing labels, amounts (numbers that are not whole) and a mixture of strings and numbers are ValueErrors
    as well.
    """
    found = check_texts(texts)
    targets = np.asarray(labels if isinstance(labels, np.ndarray) else check_targets(labels))
    if targets.shape != (len(found),):
        raise ValueError(f"expected {len(found)} labels, one per text, found shape {targets.shape}")
    check_targets(targets)
    num_classes = len(np.unique(targets))
    if num_classes < 2 or too_many_classes(num_classes, len(found)):
        many = "two or more classes" if num_classes < 2 else "classes with several texts each"
        found_classes = "1 class" if num_classes == 1 else f"{num_classes} classes"
        raise ValueError(f"expected labels of {many}, found {found_classes} for {len(found)} texts")
    return found, targets


def check_weighted(
    texts: Iterable[str], labels: Iterable[object], sample_weight: object
) -> tuple[list[str], np.ndarray, np.ndarray | None]:
    """What `check_labelled` returns and the weight of each text, float64 (num_texts,); None for None.

    Texts of weight 0 are left out. ValueError unless there is a finite weight of 0 or more for each text.
    """
    found, targets = check_labelled(texts, labels)
    if sample_weight is None:
        return found, targets, None
    weights = np.asarray(sample_weight)
    if weights.dtype.kind not in "biuf":
        raise ValueError(f"sample_weight: expected numbers, found {weights.dtype}")
    if weights.shape != (len(found),):
        raise ValueError(f"sample_weight: expected {len(found)}, one per text, found shape {weights.shape}")
    weights = weights.astype(np.float64)
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(wrong):
        raise ValueError(
            f"sample_weight: expected finite numbers of 0 or more, found {weights[wrong[0]]} "
            f"at position {wrong[0]}"
        )
    kept = np.flatnonzero(weights)
    if len(kept) == len(found):
        return found, targets, weights
    if len(np.unique(targets[kept])) < 2:
        raise ValueError("sample_weight: expected weights above zero for two or more classes, found fewer")
    return [found[row] for row in kept], targets[kept], weights[kept]


def check_targets(labels: Iterable[object]) -> list[object]:
    """`labels` as a list; TypeError for a single string, ValueError where they name no class or mix types."""
    _check_many(labels, "labels", "label")
    found = list(labels)
    kinds: dict[bool, object] = {}
    for number, label in enumerate(found):
        if is_missing(label):
            raise ValueError(f"expected a label for each text, found {label!r} at position {number}")
        if isinstance(label, float | np.floating) and not float(label).is_integer():
            raise ValueError(f"expected classes as labels, found the amount {label!r} at position {number}")
        kinds.setdefault(isinstance(label, str), label)
    if len(kinds) > 1:
        raise ValueError(f"expected labels of one type, found {kinds[True]!r} and {kinds[False]!r}")
    return found


def check_known_labels(labels: Iterable[object], known: Iterable[object]) -> None:
    """Raise CorpusError for a label of held-out texts that no training text has."""
    unseen = sorted({str(label) for label in labels} - {str(label) for label in known})
    if unseen:
        raise CorpusError(f"validation: expected labels of the training texts, found {clipped(unseen[0])!r}")


def _check_many(values: object, what: str, one: str) -> None:
    """Raise TypeError for what can be iterated over, but does not hold one value for each text."""
    if isinstance(values, str | bytes):
        raise TypeError(f"expected a list of {what}, found a single {one}; put it in a list")
    if isinstance(values, Mapping) or getattr(values, "ndim", 1) != 1:
        raise TypeError(f"expected a list of {what}, found {type(values).__name__}; choose one column of it")


def choose_tokenizer(tokenizer: Tokenizer | Function | None, vectors: WordVectors | None = None) -> Tokenizer:
    """The tokenizer asked for, or a function as one, else the one that the vectors record, else ``word``."""
    if tokenizer is not None:
        return as_tokenizer(tokenizer)
    if vectors is not None and vectors.tokenizer is not None:
        return vectors.tokenizer
    return Tokenizer("word")
