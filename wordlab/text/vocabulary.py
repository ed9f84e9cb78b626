"""Vocabulary: the words, how often each occurs, and which id each has."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from wordlab.errors import ArtifactError, FormatError, UnknownWordError
from wordlab.io.columns import read_columns
from wordlab.representation import facts_html
from wordlab.text.casing import lower
from wordlab.text.tokenizers.packed import PackedWords

if TYPE_CHECKING:
    from wordlab.compiled.word_table import WordTable

_LINE_FEED = ord("\n")
_LONGEST_SOUGHT = 100  # characters of a word that is looked for inside others
_MAX_TOKENS = 2.0**62  # so that a sum of counts never overflows


class Vocabulary:
    """Words in descending count (ties as first seen), their counts, and ids 0 .. V - 1.

    Immutable. A count of 0 means that it is not known, as for vectors read from a file without
    counts. Words are kept as an Arrow array; Python strings are made when they are first needed,
    so that opening a large vocabulary costs next to nothing.

    >>> vocabulary = Vocabulary(["the", "cat"], [7, 2])
    >>> vocabulary.id("cat"), vocabulary.words[0], len(vocabulary)
    (1, 'the', 2)
    """

    def __init__(self, words: Sequence[str] | pa.StringArray, counts: Sequence[int] | np.ndarray) -> None:
        self._array = words if isinstance(words, pa.Array) else pa.array(words, type=pa.string())
        self.counts = np.array(counts, dtype=np.int64)
        self.counts.flags.writeable = False
        if self.counts.shape != (len(self._array),):
            raise ValueError(
                f"expected {len(self._array)} counts, one a word, found shape {self.counts.shape}"
            )
        if self._array.null_count:
            raise ValueError("a word must be a string, found None")
        if np.any(self.counts < 0) or np.any(np.diff(self.counts) > 0):
            raise ValueError("expected counts of 0 or more in descending order")
        if self.counts.sum(dtype=np.float64) >= _MAX_TOKENS:
            raise ValueError("expected counts of less than 2**62 in total, found more")
        if len(self._array.unique()) != len(self._array):
            raise ValueError("expected each word once, found duplicates")

    @classmethod
    def of_packed(cls, words: PackedWords, counts: np.ndarray) -> Vocabulary:
        """The vocabulary of different `words` with descending `counts`, neither of which is checked."""
        letters = np.ascontiguousarray(words.data[words.data != _LINE_FEED])
        if len(letters) > np.iinfo(np.int32).max:
            return cls(words.strings, counts)
        offsets = (words.ends - np.arange(len(words.ends))).astype(np.int32)  # without the line feeds
        vocabulary = cls.__new__(cls)
        vocabulary._array = pa.StringArray.from_buffers(
            len(words), pa.py_buffer(offsets), pa.py_buffer(letters)
        )
        vocabulary.counts = np.array(counts, dtype=np.int64)
        vocabulary.counts.flags.writeable = False
        return vocabulary

    @cached_property
    def words(self) -> tuple[str, ...]:
        """All words, in the order of their ids."""
        return tuple(self._array.to_pylist())

    @cached_property
    def _ids(self) -> dict[str, int]:
        ids = {word: id for id, word in enumerate(self.words)}
        if len(ids) < len(self.words):  # only a file that `write` did not make has duplicates
            twice = next(word for id, word in enumerate(self.words) if ids[word] != id)
            raise ArtifactError(f"the vocabulary: expected each word once, found {twice!r} several times")
        return ids

    def __len__(self) -> int:
        return len(self._array)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vocabulary):
            return NotImplemented
        return self._array.equals(other._array) and np.array_equal(self.counts, other.counts)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[type[Vocabulary], tuple[pa.StringArray, np.ndarray]]:
        return Vocabulary, (self._array, self.counts)  # checked and read-only again

    def __repr__(self) -> str:
        return f"Vocabulary({len(self):,} words, {self.num_tokens:,} tokens)"

    def _repr_html_(self) -> str:
        facts = {
            "words": len(self),
            "tokens": self.num_tokens or None,
            "most frequent": self.first(10),
            "their counts": self.counts[:10].tolist() if self.num_tokens else None,
            "rarest count": int(self.counts[-1]) or None if len(self) else None,
        }
        return facts_html("Vocabulary", facts)

    def first(self, n: int) -> list[str]:
        """The `n` most frequent words; unlike `words` it does not make Python strings of all."""
        found: list[str] = self._array.slice(0, n).to_pylist()
        return found

    @property
    def num_tokens(self) -> int:
        """Sum of all counts."""
        return int(self.counts.sum())

    def get(self, word: str) -> int | None:
        """The id of `word`, or None if it is not in the vocabulary."""
        return self._ids.get(word)

    def id(self, word: str) -> int:
        """The id of `word`; UnknownWordError with near spellings if there is none."""
        id = self._ids.get(word)
        if id is None:
            raise UnknownWordError(self._unknown(word))
        return id

    def ids(self, words: Sequence[str]) -> np.ndarray:
        """The ids of `words`, int64 of shape (len(words),); UnknownWordError at the first unknown one."""
        return np.array([self.id(word) for word in words], dtype=np.int64)

    @cached_property
    def _table(self) -> WordTable | None:
        """The words as a table of bytes; None if there is a line feed in one, or a word twice."""
        from wordlab.compiled.word_table import WordTable

        packed = PackedWords.in_one(self._lines())
        table = WordTable()
        table.add(packed.data, packed.ends, packed.hashes)
        return table if len(packed) == len(table) == len(self) else None

    def _lines(self) -> np.ndarray:
        """The bytes of all words, uint8, with a line feed after each; pyarrow.compute is slow to load."""
        if self._array.type != pa.string():
            return PackedWords.of(self.words).data
        _, ends, letters = self._array.buffers()
        if letters is None:  # no word has any
            return np.full(len(self), _LINE_FEED, np.uint8)
        bounds = np.frombuffer(ends, np.int32, len(self) + 1, 4 * self._array.offset)
        inside = np.frombuffer(letters, np.uint8)[bounds[0] : bounds[-1]]
        return np.insert(inside, bounds[1:] - bounds[0], _LINE_FEED)

    def find(self, words: Iterable[str]) -> np.ndarray:
        """The ids of `words`, int64 of shape (num_words,); -1 for each that is not in the vocabulary."""
        if isinstance(words, PackedWords) and self._table is not None:
            return self._table.find(words.data, words.ends, words.hashes).astype(np.int64)
        return np.fromiter(map(self._ids.get, words, repeat(-1)), np.int64)

    def near_spellings(self, word: str, n: int = 3) -> list[str]:
        """Up to `n` words of the vocabulary that look like `word`, best first.

        Words that differ only in case are always among them; otherwise `word` is compared only with
        words of similar length among the 100,000 most frequent ones.
        """
        affixed = self._affixed(word)
        forms = (word.lower(), lower(word, "tr"), word.capitalize(), word.upper())
        cased = [form for form in forms if form in self]
        candidates = (w for w in self.words[:100_000] if abs(len(w) - len(word)) <= 2)
        close = difflib.get_close_matches(word, candidates, n=n, cutoff=0.75)
        return list(dict.fromkeys(cased + affixed + close))[:n]

    def _affixed(self, word: str) -> list[str]:
        """The words that are `word` with a language, ``/c/en/cat``, or a part of speech, ``cat_NN``."""
        if not 0 < len(word) <= _LONGEST_SOUGHT or not word.isprintable():
            return []
        import pyarrow.compute as pc

        escaped = re.escape(word.replace(" ", "_"))
        pattern = rf"^((/[a-z]+)*/|[a-z]{{2,3}}:)?{escaped}([|_/.#-]([A-Z]{{1,5}}|[a-z]))?$"
        found = self._array.filter(
            pc.match_substring_regex(self._array, pattern, ignore_case=True)
        ).to_pylist()
        return sorted(found, key=lambda form: ("/en/" not in form, len(form)))

    def _unknown(self, word: str) -> str:
        near = self.near_spellings(word)
        hint = f"; near spellings: {', '.join(near)}" if near else ""
        return f"{word!r} is not among the {len(self):,} words{hint}"

    def stored_size(self) -> int:
        """Bytes of the file that `write` makes."""
        file = pa.MockOutputStream()  # counts what is written to it
        self._write(file)
        return int(file.size())

    def write(self, path: Path) -> None:
        """Write the vocabulary as a Parquet file with the columns word and count."""
        self._write(path)

    def _write(self, file: Path | pa.NativeFile) -> None:
        table = pa.table({"word": self._array, "count": self.counts})
        # No word occurs twice: a dictionary of them would only make reading slower.
        pq.write_table(table, file, use_dictionary=["count"], compression="zstd")

    @classmethod
    def read(cls, path: Path) -> Vocabulary:
        """The vocabulary in a Parquet file that `write` made; ArtifactError if it is something else."""
        try:
            words, numbers = read_columns(path, {"word": pa.string(), "count": pa.int64()}, "a vocabulary")
        except FormatError as error:
            raise ArtifactError(str(error)) from error
        counts = numbers.to_numpy()
        if not len(counts):
            raise ArtifactError(f"{path}: expected a vocabulary, found no words")
        if counts[-1] < 0 or np.any(np.diff(counts) > 0) or counts.sum(dtype=np.float64) >= _MAX_TOKENS:
            raise ArtifactError(
                f"{path}: expected counts of 0 or more in descending order, less than 2**62 in total, "
                f"found from {counts.max():,} to {counts.min():,}"
            )
        # Duplicates show when ids are first asked for: a check here would take most of the time.
        vocabulary = cls.__new__(cls)
        vocabulary._array, vocabulary.counts = words, counts
        return vocabulary
