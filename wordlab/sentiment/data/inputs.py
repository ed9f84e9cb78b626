"""Texts and labels as estimators get them, checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from wordlab.text.tokenizers import Tokenizer

if TYPE_CHECKING:
    from wordlab.embeddings.vectors import WordVectors


def check_texts(texts: Iterable[str]) -> list[str]:
    """`texts` as a list; TypeError for a single string, or if anything in it is not a string."""
    if isinstance(texts, str | bytes):
        raise TypeError("expected a list of texts, found a single one; put it into a list")
    found = list(texts)
    for number, text in enumerate(found):
        if not isinstance(text, str):
            raise TypeError(f"expected texts, found {type(text).__name__} at position {number}")
    return found


def check_labelled(texts: Iterable[str], labels: Iterable[object]) -> tuple[list[str], np.ndarray]:
    """`texts` as a list and `labels` as an array (num_texts,); ValueError unless there are two classes."""
    found = check_texts(texts)
    targets = np.asarray(labels if isinstance(labels, np.ndarray) else list(labels))
    if targets.shape != (len(found),):
        raise ValueError(f"expected {len(found)} labels, one per text, found shape {targets.shape}")
    if len(np.unique(targets)) < 2:
        raise ValueError(f"expected labels of two or more classes, found {len(np.unique(targets))}")
    return found, targets


def choose_tokenizer(tokenizer: Tokenizer | None, vectors: WordVectors | None = None) -> Tokenizer:
    """The tokenizer asked for, else the one that the vectors record, else ``word``."""
    if tokenizer is not None:
        return tokenizer
    if vectors is not None and vectors.tokenizer is not None:
        return vectors.tokenizer
    return Tokenizer("word")
