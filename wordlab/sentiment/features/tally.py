"""What a model makes of the texts that it reads: how many tokens have a vector, and what is cut off."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from wordlab.sentiment.features.cutting import kept_tokens
from wordlab.text.tokenizers.packed import PackedWords
from wordlab.text.tokenizers.splitter import EncodedBlock
from wordlab.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from wordlab.embeddings.word_rows import Composed


@dataclass
class Tally:
    """Counts of texts and tokens, which grow while a model reads.

    `num_known` of the `num_tokens` tokens have a vector of their own, `num_known_lowercased` would if texts
    were lower-cased; both are None for a model without vectors. `num_composed` more have a vector through
    their n-grams; None for vectors without any. Of `num_cut_texts` texts, which are longer than
    the model reads, `num_cut_tokens` tokens are left out. `known_each` is how many tokens are known of each
    text counted last, int64 (num_texts,), among those that are read; None where that is not counted.
    """

    num_texts: int = 0
    num_tokens: int = 0
    num_known: int | None = None
    num_known_lowercased: int | None = None
    num_cut_texts: int = 0
    num_cut_tokens: int = 0
    num_composed: int | None = None
    known_each: np.ndarray | None = field(default=None, compare=False, repr=False)

    def add(
        self,
        block: EncodedBlock,
        known: Container[str] | None,
        max_tokens: int | None = None,
        composed: Composed | None = None,
        *,
        cut: str = "end",
        counts: np.ndarray | None = None,
    ) -> None:
        """Count the texts of `block`; `known` are the words with a vector, if the model has any.

        `composed` are other words that have one through their n-grams. Of a text of more than `max_tokens`
        the part `cut` is left out. `counts` (num_words,) are those of the words, if somebody has counted.
        """
        lengths = np.diff(block.line_ends, prepend=0)  # (num_texts,)
        self.num_texts += len(lengths)
        self.num_tokens += len(block.ids)
        if max_tokens is not None:
            beyond = np.maximum(lengths - max_tokens, 0)
            self.num_cut_texts += int(np.count_nonzero(beyond))
            self.num_cut_tokens += int(beyond.sum())
        if known is not None:
            if counts is None:
                counts = np.bincount(block.ids, minlength=len(block.words))
            as_written = _are_known(block.words, known)
            lowercased = _are_known_lowercased(block.words, as_written, known)
            self.num_known = (self.num_known or 0) + int(counts @ as_written)
            through = np.zeros(len(block.words), dtype=bool)
            self.num_known_lowercased = (self.num_known_lowercased or 0) + int(counts @ lowercased)
            if composed is not None:
                through = np.array([word in composed.row_of for word in block.words], dtype=bool)
                self.num_composed = (self.num_composed or 0) + int(counts @ through)
            if max_tokens is None and as_written.all():
                self.known_each = lengths
                return
            is_known = (as_written | through)[block.ids]  # (num_tokens,)
            if max_tokens is not None:
                is_known &= kept_tokens(block.line_ends, max_tokens, cut)
            before = np.concatenate([[0], np.cumsum(is_known)])  # known tokens before each place
            self.known_each = np.diff(before[block.line_ends], prepend=0)

    def include(self, other: Tally) -> None:
        """Add what `other` counted of the texts that come next; `known_each` becomes that of these."""
        for name in _COUNTS:
            mine, more = getattr(self, name), getattr(other, name)
            if more is not None:
                setattr(self, name, (mine or 0) + more)
        self.known_each = other.known_each

    def add_blocks(
        self,
        blocks: Iterable[EncodedBlock],
        known: Container[str],
        compose: Callable[[Iterable[str]], Composed | None] | None = None,
    ) -> None:
        """Count the texts of several blocks, so that `known_each` is of them all.

        `compose` gives those of a block's words that have a vector through their n-grams.
        """
        each = [np.zeros(0, dtype=np.int64)]
        for block in blocks:
            self.add(block, known, composed=None if compose is None else compose(block.words))
            each.append(np.asarray(self.known_each))
        self.known_each = np.concatenate(each)

    def add_known(self, known_each: np.ndarray) -> None:
        """Note the known tokens of some texts, for a model that counts them itself."""
        self.known_each = known_each

    @property
    def known(self) -> float | None:
        """Share of the tokens that have a vector, their own or one of n-grams; None without vectors."""
        return None if self.num_known is None else self._share(self.num_known + (self.num_composed or 0))

    @property
    def own(self) -> float | None:
        """Share of the tokens that have a vector of their own; None without vectors."""
        return self._share(self.num_known)

    @property
    def own_lowercased(self) -> float | None:
        """Share of the tokens that would have one if texts were lower-cased; None without vectors."""
        return self._share(self.num_known_lowercased)

    @property
    def composed(self) -> float | None:
        """Share of the tokens that have a vector through their n-grams alone; None without n-grams."""
        return self._share(self.num_composed)

    def _share(self, number: int | None) -> float | None:
        return None if number is None else number / max(1, self.num_tokens)

    @property
    def cut(self) -> float:
        """Share of the tokens that are left out."""
        return self.num_cut_tokens / max(1, self.num_tokens)

    def facts(self) -> dict[str, Any]:
        """The shares as plain values, for JSON; `coverage` is None without vectors."""
        coverage = None
        if self.known is not None:
            coverage = {"tokens": self.known, "tokens_lowercased": self.own_lowercased}
            if self.composed is not None:
                coverage["tokens_through_subwords"] = self.composed
        return {"coverage": coverage, "cut": {"num_texts": self.num_cut_texts, "tokens": self.cut}}


_COUNTS = tuple(field.name for field in fields(Tally) if field.compare)


def _are_known_lowercased(words: Sequence[str], as_written: np.ndarray, known: Container[str]) -> np.ndarray:
    """Whether each word would be known in lower case, bool (num_words,), given whether it is as written."""
    if not isinstance(words, PackedWords):
        return _are_known(map(str.lower, words), known)
    found, other = as_written.copy(), np.flatnonzero(~words.in_lower_case)
    found[other] = _are_known(PackedWords.of([word.lower() for word in words.take(other).strings]), known)
    return found


def _are_known(words: Iterable[str], known: Container[str]) -> np.ndarray:
    """Whether each word is among those that are known, bool (num_words,)."""
    if isinstance(known, Vocabulary):  # all at once
        return known.find(words) >= 0
    return np.array([word in known for word in words], dtype=bool)
