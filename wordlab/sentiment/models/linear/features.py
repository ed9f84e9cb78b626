"""Texts as rows: those of their words, of n-grams of characters, and of runs of words, as fastText has them.

The rows of the matrix are the words of the vocabulary, the buckets that training met, in ascending order, and
a last one of zeros for all other buckets: such a run counts in a text's mean, as it does in fastText.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from wordlab.compiled.bitmaps import bitmap_size
from wordlab.compiled.word_table import renumber
from wordlab.embeddings.ngrams import LINE_END, hash_ngrams
from wordlab.sentiment.models.linear import hashing
from wordlab.sentiment.models.linear.config import LinearConfig
from wordlab.sentiment.models.linear.parts import in_parts
from wordlab.text.tokenizers.packed import PackedWords
from wordlab.text.tokenizers.splitter import EncodedBlock
from wordlab.text.vocabulary import Vocabulary
from wordlab.text.word_index import WordIndex


class TextRows(NamedTuple):
    """The rows of texts: text i has ``rows[offsets[i]:offsets[i + 1]]``.

    `rows` are uint32 (num_members,), `offsets` int64 (num_texts + 1,).
    """

    rows: np.ndarray
    offsets: np.ndarray


class TokenisedTexts(NamedTuple):
    """Texts as ids, int32 (num_tokens,), of `words`, which are in first-seen order with their `counts`.

    `line_ends`, int64 (num_texts,), are the numbers of tokens up to the end of each text. The last word is
    ``</s>``, which ends every text and is not among the ids for that; its count takes that in.
    """

    words: PackedWords
    counts: np.ndarray
    ids: np.ndarray
    line_ends: np.ndarray

    def as_block(self) -> EncodedBlock:
        """The same as one block."""
        return EncodedBlock(self.words, self.ids, self.line_ends)

    def take(self, rows: np.ndarray) -> TokenisedTexts:
        """Some of the texts, in the order of `rows`; words that these do not have stay, with a count of 0."""
        starts = np.concatenate([[0], self.line_ends[:-1]])[rows]
        sizes = self.line_ends[rows] - starts
        line_ends = np.cumsum(sizes)
        within = np.arange(sizes.sum()) - np.repeat(line_ends - sizes, sizes)
        ids = self.ids[np.repeat(starts, sizes) + within]
        counts = np.bincount(ids, minlength=len(self.words))
        counts[-1] += len(rows)
        return TokenisedTexts(self.words, counts, ids, line_ends)

    def vocabulary(self, min_count: int) -> Vocabulary:
        """The words that occur `min_count` times, by descending count."""
        kept = np.flatnonzero(self.counts >= min_count)
        kept = kept[np.argsort(-self.counts[kept], kind="stable")]
        return Vocabulary.of_packed(self.words.take(kept), self.counts[kept])


def join_blocks(blocks: Iterable[EncodedBlock]) -> TokenisedTexts:
    """The texts of all `blocks` as one."""
    index = WordIndex()
    ids, ends, num_tokens = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)], 0
    counts = np.zeros(0, np.int64)
    for block in blocks:
        numbers = index.add(block.words)
        counts = np.append(counts, np.zeros(len(index) - len(counts), np.int64))
        ids.append(renumber(block.ids, numbers, counts))
        ends.append(block.line_ends + num_tokens)
        num_tokens += len(block.ids)
    line_ends, joined = np.concatenate(ends), np.concatenate(ids)
    last = int(index.add([LINE_END])[0])
    counts = np.append(counts, np.zeros(len(index) - len(counts), np.int64))
    counts[last] += len(line_ends)
    words = index.packed
    if last == len(words) - 1:
        return TokenisedTexts(words, counts, joined, line_ends)
    # a text has it as a token: it moves to the end of the list
    order = [*range(last), *range(last + 1, len(words)), last]
    words = PackedWords.of([words[word] for word in order])
    joined = np.where(joined == last, len(words) - 1, joined - (joined > last)).astype(np.int32)
    return TokenisedTexts(words, counts[order], joined, line_ends)


@dataclass(frozen=True, eq=False)
class Features:
    """Which rows texts have; `buckets`, uint32 ascending, are those with a row, of ``config.buckets``.

    Buckets without a row count in a text's mean as zeros, unless the features are pruned: then
    `drops_missing` says that they do not count, as in fastText.
    """

    vocabulary: Vocabulary
    config: LinearConfig
    buckets: np.ndarray
    drops_missing: bool = False

    @property
    def num_rows(self) -> int:
        """Rows of words and buckets, without the last one, of zeros."""
        return len(self.vocabulary) + len(self.buckets)

    @cached_property
    def _places(self) -> hashing.Places:
        bits = np.zeros(bitmap_size(self.config.buckets), np.uint64)
        hashing.set_bits(self.buckets, bits)
        return hashing.place_bits(bits)

    def rows_of(self, block: EncodedBlock) -> TextRows:
        """The rows that count in the texts of `block`."""
        found = self.placed_rows(block)
        if not self.drops_missing:
            return found
        counts = found.rows != self.num_rows
        before = np.concatenate([[0], np.cumsum(counts)])
        return TextRows(found.rows[counts], before[found.offsets])

    def placed_rows(self, block: EncodedBlock) -> TextRows:
        """The rows of the texts of `block`, those that are missing as well: `num_rows` for each."""
        words = _packed(block.words).followed_by(LINE_END)
        found = _raw_rows(words, block.ids, block.line_ends, self.vocabulary, self.config)
        hashing.place_rows(0, len(found.rows), found.rows, len(self.vocabulary), self._places, self.num_rows)
        return found

    @property
    def end_row(self) -> int:
        """The row of ``</s>``, which every text has; that of zeros if training left it out."""
        row = self.vocabulary.get(LINE_END)
        return self.num_rows if row is None else row

    @classmethod
    def learn(cls, texts: TokenisedTexts, config: LinearConfig) -> tuple[Features, TextRows]:
        """The features of training texts, and the rows of these."""
        vocabulary = texts.vocabulary(config.min_count)
        threads = config.threads
        found = _raw_rows(texts.words, texts.ids, texts.line_ends, vocabulary, config, threads)
        bits = np.zeros(bitmap_size(config.buckets), np.uint64)
        if config.has_buckets:
            hashing.mark_buckets(found.rows, len(vocabulary), bits)
        places = hashing.place_bits(bits)
        features = cls(vocabulary, config, hashing.list_bits(places))
        in_parts(
            len(found.rows), threads,
            lambda begin, end: hashing.place_rows(
                begin, end, found.rows, len(vocabulary), places, features.num_rows
            ),
        )  # fmt: skip
        return features, found

    def spans(self, tokens: Sequence[str]) -> list[tuple[int, int]]:
        """The tokens, [first, stop), behind each row of a text, in the order of its rows.

        Tokens beyond the last one stand for ``</s>``.
        """
        words = self._word_rows(PackedWords.of([*tokens, LINE_END]))
        counts = np.diff(words.offsets).tolist()
        spans = [(at, at + 1) for at, number in enumerate(counts) for _ in range(number)]
        for first in range(len(tokens) + 1):
            stops = range(first + 2, min(first + self.config.ngrams, len(tokens) + 1) + 1)
            spans += [(first, stop) for stop in stops]
        return spans

    def _word_rows(self, words: PackedWords) -> hashing.WordRows:
        return _word_rows(words, self.vocabulary, self.config)


def _packed(words: Sequence[str]) -> PackedWords:
    return words if isinstance(words, PackedWords) else PackedWords.of(words)


def _raw_rows(
    words: PackedWords, ids: np.ndarray, line_ends: np.ndarray, vocabulary: Vocabulary,
    config: LinearConfig, threads: int = 1,
) -> TextRows:  # fmt: skip
    """The rows of texts if each bucket had one; the last of `words` is ``</s>``."""
    known = _word_rows(words, vocabulary, config)
    offsets = np.zeros(len(line_ends) + 1, np.int64)
    last = len(words) - 1
    read = (ids, line_ends, last, known, config.ngrams)
    in_parts(len(line_ends), threads, lambda *part: hashing.count_rows(*part, *read, offsets[1:]))
    np.cumsum(offsets, out=offsets)
    rows = np.empty(offsets[-1], np.uint32)
    written = (config.buckets, len(vocabulary), offsets, rows)
    in_parts(len(line_ends), threads, lambda *part: hashing.find_rows(*part, *read, *written))
    return TextRows(rows, offsets)


def _word_rows(words: PackedWords, vocabulary: Vocabulary, config: LinearConfig) -> hashing.WordRows:
    """What each of `words` adds to a text."""
    ids = vocabulary.find(words)
    known = ids >= 0
    offsets = np.concatenate([[0], np.cumsum(known)])
    members = ids[known]
    if config.max_ngram:
        offsets, members = _with_ngrams(words, ids, len(vocabulary), config)
    return hashing.WordRows(words.hashes.view(np.int32), offsets, members)


def _with_ngrams(
    words: Sequence[str], ids: np.ndarray, num_words: int, config: LinearConfig
) -> tuple[np.ndarray, np.ndarray]:
    """Offsets and members of words that have n-grams of characters, after their own rows if they have any."""
    parts = hash_ngrams(words, min_n=config.min_ngram, max_n=config.max_ngram, num_buckets=config.buckets)
    found = list(parts)
    per_word = np.concatenate([np.diff(part.offsets) for part in found])
    buckets = np.concatenate([part.buckets for part in found]) + num_words
    known = ids >= 0
    starts = np.cumsum(per_word) - per_word
    members = np.insert(buckets, starts[known], ids[known])
    return np.concatenate([[0], np.cumsum(per_word + known)]), members
