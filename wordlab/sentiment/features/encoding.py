"""Texts to ids: which words a classifier knows, and which id each token of a text has.

Id 0 is padding and belongs to no token, id 1 stands for every unknown word, and word i of the
vocabulary has the id i + 2. The words of the training texts come first, by descending count; those that
only the vectors have follow, with a count of 0. Words whose vectors are composed of n-grams when a text is
read have the ids after these, for that reading alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from wordlab import schema
from wordlab.embeddings.subwords import Subwords
from wordlab.embeddings.word_rows import Composed, compose
from wordlab.sentiment.data.inputs import each_text
from wordlab.sentiment.features.cutting import kept_tokens
from wordlab.sentiment.features.spelling import Spellings
from wordlab.text.parallel import each_encoded
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.tokenizers.splitter import EncodedBlock
from wordlab.text.vocabulary import Vocabulary

Result = TypeVar("Result")

PADDING, UNKNOWN = 0, 1
NUM_SPECIAL = 2
_BLOCK_CHARACTERS = 1 << 20
_POOL = 50  # batches among which texts are sorted: enough for little padding, and still by chance


@dataclass(frozen=True)
class EncodedTexts:
    """Ids of tokens, one text after the other: text i has `ids` from ``offsets[i]`` to ``offsets[i + 1]``.

    `ids` is int32 (num_tokens,), `offsets` int64 (num_texts + 1,). `composed`, if any, are the vectors of
    the ids beyond the vocabulary's, float32 (num_composed, dim).
    """

    ids: np.ndarray
    offsets: np.ndarray
    composed: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> np.ndarray:
        """Number of tokens of each text, int64 (num_texts,)."""
        return np.diff(self.offsets)

    def batch(self, rows: np.ndarray) -> np.ndarray:
        """The texts `rows`, padded to the longest, int64 (len(rows), longest), at least one wide."""
        lengths = self.lengths[rows]
        batch = np.full((len(rows), max(1, int(lengths.max(initial=1)))), PADDING, dtype=np.int64)
        inside = np.arange(batch.shape[1]) < lengths[:, None]  # (len(rows), longest)
        starts = np.repeat(self.offsets[rows], lengths)
        within = np.arange(len(starts)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        batch[inside] = self.ids[starts + within]
        return batch


@dataclass(frozen=True)
class Coverage:
    """How many of the texts' distinct words (types), and of all their words (tokens), have a vector.

    The last two say how many of those have it through their n-grams alone; None for vectors without any.
    """

    num_types: int
    num_known_types: int
    num_tokens: int
    num_known_tokens: int
    num_composed_types: int | None = None
    num_composed_tokens: int | None = None

    @property
    def types(self) -> float:
        """Share of the distinct words that have a vector."""
        return self.num_known_types / max(1, self.num_types)

    @property
    def tokens(self) -> float:
        """Share of all words that have a vector."""
        return self.num_known_tokens / max(1, self.num_tokens)

    def facts(self) -> dict[str, float]:
        """The shares as plain values, for JSON."""
        shares = {"types": self.types, "tokens": self.tokens}
        if self.num_composed_types is not None and self.num_composed_tokens is not None:
            shares["types_through_subwords"] = self.num_composed_types / max(1, self.num_types)
            shares["tokens_through_subwords"] = self.num_composed_tokens / max(1, self.num_tokens)
        return shares

    def to_dict(self) -> dict[str, int]:
        """The numbers for a manifest, those of n-grams only if there are any."""
        return {name: number for name, number in vars(self).items() if number is not None}

    @classmethod
    def from_dict(cls, facts: Any, where: str) -> Coverage:
        """The coverage that a manifest records; ArtifactError, beginning with `where`, for anything else."""
        numbers = [field.name for field in fields(cls) if field.default is MISSING]
        return schema.config_from(facts, cls, where, required=numbers)


def tokenise(texts: Iterable[str], tokenizer: Tokenizer, *, threads: int = 1) -> Iterator[EncodedBlock]:
    """The texts in blocks, tokenised, in order; each text is one line of its block.

    With `threads` above 1, long inputs are tokenised side by side (`wordlab.text.parallel`).
    """
    return each_tokenised(texts, tokenizer, lambda block: block, threads=threads)


def each_tokenised(
    texts: Iterable[str], tokenizer: Tokenizer, work: Callable[[EncodedBlock], Result], *, threads: int = 1
) -> Iterator[Result]:
    """What `work` makes of each block of `tokenise`, in order and in as many threads."""
    blocks = (block.encode("utf-8", "replace") for block in _blocks(each_text(texts)))
    if threads == 1:
        yield from (work(tokenizer.encode_block(block)) for block in blocks)
        return
    with closing(each_encoded(blocks, tokenizer, threads, work)) as made:
        yield from made


def _blocks(texts: Iterable[str]) -> Iterator[str]:
    """Texts as lines, some of them at a time."""
    some: list[str] = []
    num_characters = 0
    for text in texts:
        some.append(text)
        num_characters += len(text) + 1
        if num_characters >= _BLOCK_CHARACTERS:
            yield _as_lines(some)
            some, num_characters = [], 0
    if some:
        yield _as_lines(some)


def _as_lines(texts: Sequence[str]) -> str:
    lines = "\n".join(texts) + "\n"
    if lines.count("\n") > len(texts):
        return "".join(text.replace("\n", " ") + "\n" for text in texts)
    return lines


def count_words(blocks: Iterable[EncodedBlock]) -> Vocabulary | None:
    """All words of the blocks with their counts; None if there are no words."""
    counts: dict[str, int] = {}
    for block in blocks:
        for word, number in zip(
            block.words, np.bincount(block.ids, minlength=len(block.words)).tolist(), strict=True
        ):
            counts[word] = counts.get(word, 0) + number
    if not counts:
        return None
    numbers = np.fromiter(counts.values(), np.int64, len(counts))
    order = np.argsort(-numbers, kind="stable")
    words = list(counts)
    return Vocabulary([words[id] for id in order.tolist()], numbers[order])


@dataclass(frozen=True)
class Encoder:
    """Knows the words of a classifier; turns texts into ids, at most `max_tokens` of each text.

    `cut` says what is left out of longer ones (`cutting.kept_tokens`).
    With `by_spelling`, an unknown word gets the id of the word that is spelled most like it. `subwords` are
    those of the vectors, from which `compose` makes vectors of unknown words.
    """

    vocabulary: Vocabulary
    tokenizer: Tokenizer
    max_tokens: int
    by_spelling: bool = False
    cut: str = "end"
    subwords: Subwords | None = field(default=None, compare=False)

    @property
    def num_ids(self) -> int:
        """Number of ids: padding, the unknown word, and each word."""
        return len(self.vocabulary) + NUM_SPECIAL

    @cached_property
    def _spellings(self) -> Spellings | None:
        return Spellings(self.vocabulary.words) if self.by_spelling else None

    def encode(self, texts: Iterable[str], *, threads: int = 1) -> EncodedTexts:
        """The ids of `texts`, all within the vocabulary's: nothing is composed."""
        return self.encode_blocks(tokenise(texts, self.tokenizer, threads=threads))

    def compose(self, words: Iterable[str]) -> Composed | None:
        """Those of `words` outside the vocabulary that n-grams give a vector; None without subwords."""
        return compose(words, self.vocabulary, self.subwords)

    def encode_blocks(self, blocks: Iterable[EncodedBlock], composed: Composed | None = None) -> EncodedTexts:
        """The ids of texts that `tokenise` has tokenised; words `composed` have those after all others."""
        rows = {} if composed is None else composed.row_of
        ids: list[np.ndarray] = [np.zeros(0, dtype=np.int32)]
        lengths: list[np.ndarray] = [np.zeros(1, dtype=np.int64)]
        for block in blocks:
            found = (self.num_ids + rows[word] if word in rows else self.id(word) for word in block.words)
            of_words = np.fromiter(found, np.int32, len(block.words))
            per_text = np.diff(block.line_ends, prepend=0)
            kept = np.minimum(per_text, self.max_tokens)
            ids.append(of_words[block.ids[kept_tokens(block.line_ends, self.max_tokens, self.cut)]])
            lengths.append(kept)
        vectors = composed.vectors if composed is not None and rows else None
        return EncodedTexts(np.concatenate(ids), np.cumsum(np.concatenate(lengths)), vectors)

    def id(self, word: str) -> int:
        """The id of `word`."""
        found = self.vocabulary.get(word)
        if found is None and self._spellings is not None:
            found = self._spellings.nearest(word)
        return UNKNOWN if found is None else found + NUM_SPECIAL

    def words(self, ids: Sequence[int]) -> list[str]:
        """The word of each id, as the vocabulary has it; the empty string for the two special ids."""
        known = self.vocabulary.words
        return ["" if id < NUM_SPECIAL else known[id - NUM_SPECIAL] for id in ids]


def training_batches(lengths: np.ndarray, batch_size: int, *, seed: int, epoch: int) -> list[np.ndarray]:
    """The rows of each batch of an epoch, in the order of training.

    Texts are shuffled, sorted by length within pools of 50 batches, cut into batches, and these are
    shuffled. Each row occurs once. Equal seeds and epochs give equal batches.
    """
    random = np.random.default_rng((seed, epoch))
    order = random.permutation(len(lengths))
    size = _POOL * batch_size
    batches = []
    for start in range(0, len(order), size):
        pool = order[start : start + size]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += [pool[first : first + batch_size] for first in range(0, len(pool), batch_size)]
    return [batches[position] for position in random.permutation(len(batches))]


def sorted_batches(lengths: np.ndarray, max_tokens: int) -> list[np.ndarray]:
    """The rows of each batch when order is free: by length, each about `max_tokens` with its padding."""
    order = np.argsort(lengths, kind="stable")
    batches, start = [], 0
    while start < len(order):
        stop = start + 1
        # the last text is the longest, and sets the width of the batch
        while stop < len(order) and (stop + 1 - start) * max(1, int(lengths[order[stop]])) <= max_tokens:
            stop += 1
        batches.append(order[start:stop])
        start = stop
    return batches
