"""Cooccurrences: how often each word stands near each other word, as a table on disk."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from wordlab.pickling import load_again
from wordlab.progress import OnProgress
from wordlab.text import Corpus, Tokenizer, Vocabulary
from wordlab.text.storage import release_pages
from wordlab.training.cooccurrences import storage
from wordlab.training.cooccurrences.config import DEFAULT_MEMORY, CooccurrenceConfig
from wordlab.training.cooccurrences.parts import parts_of

_PAIRS_AT_ONCE = 1 << 22


class Pair(NamedTuple):
    """A word and a context, how often they stand together, and their pointwise mutual information."""

    word: str
    context: str
    value: float
    """The sum of what each time counts."""
    pmi: float
    """See `Cooccurrences.pmi`."""


class Cooccurrences:
    """The counts of a corpus, memory-mapped: a row for each word, sparse, contexts in ascending order.

    Row i has the contexts ``context_ids[row_offsets[i]:row_offsets[i + 1]]``, int32, with their `values`,
    float32: the sum over all places of word i, in float64 and in the order of the text, rounded once.
    `row_offsets` is int64 (num_words + 1,). `corpus` holds what is known of the text: its `digest` (None in
    memory), `fingerprint`, `num_tokens` and `num_lines`. Treat it as immutable.
    """

    def __init__(
        self,
        row_offsets: np.ndarray,
        context_ids: np.ndarray,
        values: np.ndarray,
        vocabulary: Vocabulary,
        tokenizer: Tokenizer,
        config: CooccurrenceConfig,
        *,
        corpus: dict[str, Any],
        directory: Path | None = None,
        digest: str | None = None,
    ) -> None:
        self.row_offsets, self.context_ids, self.values = row_offsets, context_ids, values
        self.vocabulary, self.tokenizer, self.config = vocabulary, tokenizer, config
        self.corpus = corpus
        self.directory, self.digest = directory, digest

    @property
    def num_pairs(self) -> int:
        """How many pairs occur; where contexts are on both sides, each in both orders."""
        return len(self.values)

    def __copy__(self) -> Cooccurrences:
        return self  # immutable

    def __deepcopy__(self, memo: object) -> Cooccurrences:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """The place of counts on disk, which may be larger than memory; the arrays of those in memory."""
        if self.directory is not None and self.digest is not None:
            return load_again, (Cooccurrences, str(self.directory.absolute()), self.digest)
        again = partial(Cooccurrences, corpus=self.corpus)
        arrays = self.row_offsets, self.context_ids, self.values
        return again, (*map(np.asarray, arrays), self.vocabulary, self.tokenizer, self.config)

    def __repr__(self) -> str:
        return f"Cooccurrences({self.num_pairs:,} pairs, {len(self.vocabulary):,} words, {self.config})"

    @classmethod
    def count(
        cls,
        corpus: Corpus,
        output: str | os.PathLike[str],
        config: CooccurrenceConfig | None = None,
        *,
        memory: int = DEFAULT_MEMORY,
        threads: int | None = None,
        overwrite: bool = False,
        resume: bool = False,
        run: Mapping[str, Any] | None = None,
        on_progress: OnProgress | None = None,
    ) -> Cooccurrences:
        """The counts of `corpus`, written to directory `output`.

        Lines are never crossed, and words that the corpus left out take no place, as in Stanford's program.
        `memory` bounds, in bytes, what counting holds beside the corpus. Equal corpora and configs give equal
        bytes, whatever `memory` and `threads` are.

        With `resume`, `output` keeps the counts so far where the disk fills up, or Ctrl-C or SystemExit ends
        counting, and counting goes on from what it holds; `run` is recorded there.

        Raises CorpusError if no two words stand together, ResourceError if memory or disk are too small,
        OutputExistsError or ArtifactError, and ConfigError for counts to resume that are of another corpus or
        config; `output` then is as before.
        """
        storage.write(
            corpus,
            output,
            config or CooccurrenceConfig(),
            memory=memory,
            threads=threads,
            overwrite=overwrite,
            resume=resume,
            run=run,
            on_progress=on_progress,
        )
        return cls.load(output, verify=False)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, verify: bool = True) -> Cooccurrences:
        """The counts saved in directory `path`, memory-mapped.

        Their structure is always checked, the digests only if `verify` is true. Raises ArtifactError.
        """
        return cls(**storage.read(path, verify=verify))

    @property
    def num_tokens(self) -> int:
        """Tokens of the corpus that was counted."""
        number: int = self.corpus["num_tokens"]
        return number

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """What is mapped, if the counts were loaded."""
        return self.row_offsets, self.context_ids, self.values

    def sample(self, num_pairs: int) -> Cooccurrences:
        """These counts, or about `num_pairs` of them: whole rows, spread evenly, of the same vocabulary."""
        if self.num_pairs <= num_pairs:
            return self
        lengths = np.diff(self.row_offsets)
        every = -(-self.num_pairs // num_pairs)
        kept = np.arange(len(lengths)) % every == every // 2
        if not lengths[kept].any():
            return self
        offsets = np.concatenate([[0], np.cumsum(np.where(kept, lengths, 0))])
        parts = [slice(*self.row_offsets[[row, row + 1]]) for row in np.flatnonzero(kept)]
        context_ids, values = (
            np.concatenate([array[part] for part in parts]) for array in (self.context_ids, self.values)
        )
        return Cooccurrences(
            offsets, context_ids, values, self.vocabulary, self.tokenizer, self.config, corpus=self.corpus
        )

    def release_pages(self) -> None:
        """Give back the memory of what was read from disk; it is read again when needed."""
        release_pages(self.context_ids)
        release_pages(self.values)

    def row(self, word: str) -> tuple[np.ndarray, np.ndarray]:
        """The ids of the contexts of `word`, ascending, and their values; UnknownWordError."""
        id = self.vocabulary.id(word)
        part = slice(self.row_offsets[id], self.row_offsets[id + 1])
        return self.context_ids[part], self.values[part]

    def value(self, word: str, context: str) -> float:
        """How often `context` stands near `word`, weighted as configured; 0 if never; UnknownWordError."""
        contexts, values = self.row(word)
        id = self.vocabulary.id(context)
        place = int(np.searchsorted(contexts, id))
        return float(values[place]) if place < len(contexts) and contexts[place] == id else 0.0

    def pmi(self, word: str, context: str) -> float:
        """Pointwise mutual information in nats: ln(x_ij x / (x_i x_j)); minus infinity for a pair never seen.

        x_ij is the value of the pair, x_i the sum of the word's row, x_j that of the context's column and x
        that of the table (Church & Hanks 1990, with weighted counts). UnknownWordError.
        """
        return float(
            self._pmi(self.vocabulary.id(word), self.vocabulary.id(context), self.value(word, context))
        )

    def pair(self, word: str, context: str) -> Pair:
        """The value and the PMI of a pair; UnknownWordError."""
        return Pair(word, context, self.value(word, context), self.pmi(word, context))

    def top(self, n: int = 10) -> list[Pair]:
        """The `n` pairs of the largest values, best first; equal ones by id.

        Where contexts are on both sides, each pair is listed once, the more frequent word first.
        """
        rows, contexts, values = self._largest(n)
        words = self.vocabulary.words
        return [
            Pair(words[row], words[context], float(value), float(self._pmi(row, context, value)))
            for row, context, value in zip(rows.tolist(), contexts.tolist(), values.tolist(), strict=True)
        ]

    def histogram(self, edges: np.ndarray) -> np.ndarray:
        """How many pairs have a value between two of the ascending `edges`, int64 (len(edges) - 1,).

        Those beyond the ends are counted in the first and the last bin.
        """
        found = np.zeros(len(edges) - 1, np.int64)
        for _, _, values in self._parts():
            found += np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0]
        return found

    @cached_property
    def word_sums(self) -> np.ndarray:
        """The sum of each row, float64 (num_words,)."""
        sums = np.zeros(len(self.vocabulary))
        for rows, _, values in self._parts():
            sums += np.bincount(rows, values, len(sums))
        return sums

    @cached_property
    def context_sums(self) -> np.ndarray:
        """The sum of each column, float64 (num_words,)."""
        sums = np.zeros(len(self.vocabulary))
        for _, contexts, values in self._parts():
            sums += np.bincount(contexts, values, len(sums))
        return sums

    def _pmi(self, row: int, context: int, value: float) -> float:
        expected = self.word_sums[row] * self.context_sums[context] / self.word_sums.sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.log(value / expected)) if value > 0 else -np.inf

    def _largest(self, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        found: list[np.ndarray] = [np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32)]
        for rows, contexts, values in self._parts():
            listed = np.flatnonzero(rows <= contexts) if self.config.symmetric else np.arange(len(rows))
            if len(listed) > n:
                least = np.partition(values[listed], len(listed) - n)[len(listed) - n]
                listed = listed[values[listed] >= least]  # more than n, if there are ties
            more = rows[listed], contexts[listed], values[listed]
            found = [np.concatenate(both) for both in zip(found, more, strict=True)]
            order = np.lexsort((found[1], found[0], -found[2]))[:n]
            found = [part[order] for part in found]
        return found[0], found[1], found[2]

    def _parts(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Row, context and value of all pairs, some millions at a time."""
        for part in parts_of(self.row_offsets, _PAIRS_AT_ONCE):
            rows = np.repeat(
                np.arange(part.start, part.stop), np.diff(self.row_offsets[part.start : part.stop + 1])
            )
            pairs = slice(self.row_offsets[part.start], self.row_offsets[part.stop])
            yield rows, np.array(self.context_ids[pairs]), np.array(self.values[pairs])
            self.release_pages()
