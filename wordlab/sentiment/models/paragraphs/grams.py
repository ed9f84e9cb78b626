"""The n-grams that paragraph vectors know: found in texts, looked up in others, kept on disk.

An n-gram of two or more words is the n-gram without its last word, and that word. An n-gram that occurs often
enough has a beginning that does, too, so that each is a pair of numbers, and no string is stored twice.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from wordlab.artifact import Artifact, Draft, as_artifact_error
from wordlab.errors import ArtifactError, CorpusError
from wordlab.io.columns import read_columns
from wordlab.payloads import array
from wordlab.sentiment.features.encoding import tokenise
from wordlab.text.tokenizers import Tokenizer

_WORDS, _PAIRS = "gram_words.parquet", "gram_pairs.npy"


@dataclass(frozen=True)
class TextGrams:
    """The n-grams of texts: text i has `ids` from ``offsets[i]`` to ``offsets[i + 1]``.

    `ids` is uint32 (num_occurrences,), shorter n-grams before longer ones and each in the order of the text;
    `offsets` is int64 (num_texts + 1,).
    """

    ids: np.ndarray
    offsets: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets) - 1


@dataclass(frozen=True, eq=False)
class GramVocabulary:
    """The n-grams by their ids: words first, by descending count, then pairs, then longer ones.

    `words` are those of one word. `pairs`, int64 (num_longer, 2), are the others: the id of the n-gram
    without its last word, and the id of that word, ascending.
    """

    words: tuple[str, ...]
    pairs: np.ndarray
    tokenizer: Tokenizer

    def __len__(self) -> int:
        return len(self.words) + len(self.pairs)

    @cached_property
    def longest(self) -> int:
        """The number of words of the longest n-grams."""
        size, bound = 1, len(self.words)
        while bound < len(self):  # the n-grams of one more word begin with those below the bound
            bound = len(self.words) + int(np.searchsorted(self.pairs[:, 0], bound))
            size += 1
        return size

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: id for id, word in enumerate(self.words)}

    @cached_property
    def _keys(self) -> np.ndarray:
        """What the pairs are searched by, int64 (num_longer,), ascending."""
        return np.asarray(self.pairs[:, 0] * len(self.words) + self.pairs[:, 1])

    @property
    def known_words(self) -> Container[str]:
        """The words that are n-grams of their own."""
        return self._ids.keys()

    def find(self, keys: np.ndarray) -> np.ndarray:
        """The ids of the n-grams with these keys, int64 (n,); -1 where there is none."""
        if not len(self.pairs):
            return np.full(len(keys), -1, np.int64)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self.pairs) - 1)
        return np.where(self._keys[places] == keys, places + len(self.words), -1)

    def encode(self, texts: Iterable[str]) -> TextGrams:
        """The known n-grams of `texts`."""
        tokens = _read(texts, self.tokenizer, lambda words: [self._ids.get(word, -1) for word in words])
        levels = [tokens.ids]
        while len(levels) < self.longest:
            levels.append(_extend(levels[-1], tokens, len(self.words), self.find))
        return _collect(levels, tokens)

    def places(self, tokens: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...], int]]:
        """(id, words, position of the first word) of each known n-gram of a text, every time it occurs."""
        ids = np.array([self._ids.get(token, -1) for token in tokens], np.int64)
        read = _Tokens(ids, np.zeros(len(ids), np.int32), 1)
        level = ids
        for size in range(1, self.longest + 1):
            if size > 1:
                level = _extend(level, read, len(self.words), self.find)
            for last in np.flatnonzero(level >= 0).tolist():
                start = last + 1 - size
                yield int(level[last]), tuple(tokens[start : last + 1]), start

    def name(self, id: int) -> str:
        """The words of an n-gram, joined by blanks."""
        words: list[str] = []
        while id >= len(self.words):
            id, last = self.pairs[id - len(self.words)].tolist()
            words.append(self.words[last])
        return " ".join([self.words[id], *reversed(words)])

    def write(self, draft: Draft) -> None:
        """Write the words and the pairs."""
        table = pa.table({"word": pa.array(self.words, type=pa.large_string())})
        pq.write_table(table, draft.payload(_WORDS), compression="zstd")
        np.save(draft.payload(_PAIRS), self.pairs.astype(np.int32), allow_pickle=False)

    @classmethod
    def read(cls, source: Artifact, tokenizer: Tokenizer) -> GramVocabulary:
        """The vocabulary that `write` wrote; ArtifactError."""
        with as_artifact_error():
            (column,) = read_columns(source.payload(_WORDS), {"word": pa.large_string()}, "words")
        words: tuple[str, ...] = tuple(column.to_pylist())
        if not words or len(set(words)) < len(words):
            raise ArtifactError(f"{source.payload(_WORDS)}: expected words, each once")
        pairs = array(source, _PAIRS, dtype="int32", shape=(None, 2)).astype(np.int64)
        found = cls(words, pairs, tokenizer)
        own = np.arange(len(words), len(found))
        if (pairs < 0).any() or (pairs[:, 0] >= own).any() or (pairs[:, 1] >= len(words)).any():
            raise ArtifactError(f"{source.payload(_PAIRS)}: expected n-grams and words with lower ids")
        if (np.diff(found._keys) <= 0).any():
            raise ArtifactError(f"{source.payload(_PAIRS)}: expected ascending pairs, each once")
        return found


def find_grams(
    texts: Iterable[str], tokenizer: Tokenizer, *, ngrams: int, min_count: int
) -> tuple[GramVocabulary, TextGrams, np.ndarray]:
    """The n-grams of 1 to `ngrams` words that occur `min_count` times or more in `texts`.

    Returns their vocabulary, the n-grams of each text, and how often each occurs, int64 (num_grams,).
    Takes some 60 bytes for each word of the texts meanwhile. Raises CorpusError if there is none.
    """
    index: dict[str, int] = {}
    tokens = _read(texts, tokenizer, lambda words: [index.setdefault(word, len(index)) for word in words])
    counts = np.bincount(tokens.ids, minlength=len(index))
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] >= min_count]
    if not len(order):
        raise CorpusError(f"expected texts with words that occur {min_count} times or more, found none")
    new_ids = np.full(len(index), -1, np.int64)
    new_ids[order] = np.arange(len(order))
    tokens = _Tokens(new_ids[tokens.ids], tokens.texts, tokens.num_texts)
    spelled = list(index)
    words = tuple(spelled[id] for id in order.tolist())
    levels, pairs, all_counts = [tokens.ids], [np.zeros((0, 2), np.int64)], [counts[order]]
    num_grams = len(words)
    while len(levels) < ngrams:
        known = _Found(num_grams, min_count)
        levels.append(_extend(levels[-1], tokens, len(words), known))
        pairs.append(np.stack(np.divmod(known.keys, len(words)), axis=1))
        all_counts.append(known.counts)
        num_grams += len(known.keys)
    vocabulary = GramVocabulary(words, np.concatenate(pairs), tokenizer)
    return vocabulary, _collect(levels, tokens), np.concatenate(all_counts)


@dataclass
class _Found:
    """Gives those keys of a length that are frequent enough ids from `first` on, in their order."""

    first: int
    min_count: int

    def __call__(self, keys: np.ndarray) -> np.ndarray:
        unique, places, counts = np.unique(keys, return_inverse=True, return_counts=True)
        kept = counts >= self.min_count
        self.keys, self.counts = unique[kept], counts[kept]
        ids = np.where(kept, self.first - 1 + np.cumsum(kept), -1)
        return np.asarray(ids[places])


@dataclass(frozen=True)
class _Tokens:
    """All tokens of some texts: `ids`, int64, -1 for unknown ones, and the text of each, int32."""

    ids: np.ndarray
    texts: np.ndarray
    num_texts: int


def _read(
    texts: Iterable[str], tokenizer: Tokenizer, number: Callable[[Sequence[str]], list[int]]
) -> _Tokens:
    """The tokens of `texts`; `number` gives the ids of a block's different words."""
    ids, lengths = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for block in tokenise(texts, tokenizer):
        ids.append(np.array(number(block.words), np.int64)[block.ids])
        lengths.append(np.diff(block.line_ends, prepend=0))
    per_text = np.concatenate(lengths)
    num_texts = len(per_text)
    return _Tokens(np.concatenate(ids), np.repeat(np.arange(num_texts, dtype=np.int32), per_text), num_texts)


def _extend(
    level: np.ndarray, tokens: _Tokens, num_words: int, find: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """For each token the id of the n-gram that ends there and is one word longer than those of `level`."""
    longer = np.full(len(level), -1, np.int64)
    known = (level[:-1] >= 0) & (tokens.ids[1:] >= 0) & (tokens.texts[:-1] == tokens.texts[1:])
    places = np.flatnonzero(known) + 1
    longer[places] = find(level[places - 1] * num_words + tokens.ids[places])
    return longer


def _collect(levels: Sequence[np.ndarray], tokens: _Tokens) -> TextGrams:
    """The n-grams of all lengths, text by text."""
    known = [level >= 0 for level in levels]
    texts = np.concatenate([tokens.texts[kept] for kept in known])
    ids = np.concatenate([level[kept].astype(np.uint32) for level, kept in zip(levels, known, strict=True)])
    sizes = np.bincount(texts, minlength=tokens.num_texts)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return TextGrams(ids[np.argsort(texts, kind="stable")], offsets)
