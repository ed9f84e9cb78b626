"""How a file of vectors is read, and what a lenient reader leaves out of it.

Strict and lenient reading take one path: a reader passes each bad row to `Skipped.add`, which raises or
counts it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa

from wordlab.embeddings.formats.names import BYTE_ORDERS, DUPLICATE_POLICIES, ByteOrder, DuplicatePolicy
from wordlab.errors import ConfigError, FormatError
from wordlab.io.encodings import OTHER_ENCODING, check_encoding, encoding_hint

Kind = Literal[
    "wrong number of values",
    "not a number",
    "not finite",
    "not UTF-8",
    "wrong encoding",
    "empty line",
    "duplicate word",
    "wrong header",
    "cut off",
]
"""Why a row, or a missing row, is left out."""

_UNDECODED = re.compile(rb"\xed([\xb2\xb3])([\x80-\xbf])")  # a byte that Source.decode_as could not decode
_OF_ENCODING = ("not UTF-8", "wrong encoding")
_LARGEST_SAMPLE = 1 << 12  # bytes of words whose encoding is looked for

NUM_LISTED = 20
"""How many of the skipped rows are listed one by one; all are counted."""


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How a file of vectors is read. Raises ConfigError for values that are not allowed."""

    duplicates: DuplicatePolicy = "first"
    """Which vector a word that occurs again gets: the first, the last, or an error."""

    lenient: bool = False
    """Skip, count and list bad rows instead of stopping at the first."""

    only: Collection[str] | None = None
    """Keep only these words; None keeps all."""

    prefix: str = ""
    """Keep only words with this prefix, and strip it, as ``/c/en/`` of ConceptNet Numberbatch."""

    encoding: str = "utf-8"
    """The encoding of words, where the format leaves it open and there is no byte-order mark."""
    takes_encoding: bool = True
    """Whether the format leaves it open, so that a hint may say to name another."""

    byte_order: ByteOrder | None = None
    """That of word2vec binary; None assumes little-endian, and checks that it is plausible."""

    def __post_init__(self) -> None:
        if self.duplicates not in DUPLICATE_POLICIES:
            expected = ", ".join(DUPLICATE_POLICIES)
            raise ConfigError(f"duplicates: expected one of {expected}, found {self.duplicates!r}")
        if self.byte_order is not None and self.byte_order not in BYTE_ORDERS:
            expected = ", ".join(BYTE_ORDERS)
            raise ConfigError(f"byte_order: expected one of {expected}, found {self.byte_order!r}")
        object.__setattr__(self, "encoding", check_encoding(self.encoding))
        if isinstance(self.only, str):
            raise ConfigError(f"only: expected several words, found the string {self.only!r}")
        if self.only is not None:
            object.__setattr__(self, "only", frozenset(self.only))
            if not self.only:
                raise ConfigError("only: expected at least one word, found none")

    @property
    def takes_all(self) -> bool:
        """Whether all words are wanted."""
        return self.only is None and not self.prefix

    def wanted(self) -> str:
        """What is wanted, as messages say it after "expected at least one"."""
        if self.only is None:
            return f"word that begins with {self.prefix!r}" if self.prefix else "vector"
        after = f" after {self.prefix!r}" if self.prefix else ""
        return f"of the {len(self.only):,} wanted words{after}"

    def details(self) -> dict[str, Any]:
        """What the manifest records of options that change words and numbers."""
        chosen = {"prefix": self.prefix or None, "byte_order": self.byte_order}
        found: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
        return found if self.encoding == "utf-8" else {**found, "encoding": self.encoding}


class Block(NamedTuple):
    """Some rows of a file, in its order."""

    words: pa.StringArray
    """(n,)"""

    matrix: np.ndarray
    """float32 (n, D), finite"""

    numbers: range | np.ndarray
    """(n,) the line or record of the file that each row is, from 1"""

    counts: np.ndarray | None = None
    """int64 (n,), if the file has counts"""


class RowError(FormatError):
    """A row that cannot be read: `kind` is the general reason, the message says where and what.

    `sample` holds words in the row's encoding, if that is what is wrong.
    """

    def __init__(self, kind: Kind, where: str, problem: str, *, sample: bytes = b"") -> None:
        super().__init__(f"{where}: {problem}")
        self.kind = kind
        self.sample = sample

    def with_hint(self) -> RowError:
        """The same error; that of an encoding says what it seems to be, and names --encoding."""
        if self.kind not in _OF_ENCODING:
            return self
        message = f"{self}; {_hint(self.kind, self.sample)}"
        return RowError(self.kind, *message.split(": ", 1), sample=self.sample)


def decode_word(word: bytes, where: str, encoding: str = "utf-8") -> str:
    """The word as a string; RowError that begins with `where` if it is not in its encoding."""
    try:
        return word.decode(encoding)
    except UnicodeError as error:
        raise wrong_encoding(word, where, encoding, getattr(error, "reason", "invalid")) from None


def wrong_encoding(word: bytes, where: str, encoding: str, reason: str) -> RowError:
    """The error for a word that is not in `encoding`."""
    kind: Kind = "not UTF-8" if encoding == "utf-8" else "wrong encoding"
    name = "UTF-8" if encoding == "utf-8" else encoding
    problem = f"expected a word in {name}, found {shown(word)} ({reason})"
    return RowError(kind, where, problem, sample=word)


def _hint(kind: str, sample: bytes) -> str:
    return encoding_hint(sample) if kind == "not UTF-8" else OTHER_ENCODING


def shown(field: bytes) -> str:
    """A field as messages quote it: at most 40 bytes, those that are not UTF-8 spelt out."""
    text = _UNDECODED.sub(_spelt, field[:40]).decode("utf-8", "backslashreplace")
    return repr(text + ("…" if len(field) > 40 else ""))


def _spelt(undecoded: re.Match[bytes]) -> bytes:
    return bytes([undecoded[2][0] + (0x40 if undecoded[1] == b"\xb3" else 0)])


class Skipped:
    """What a reader left out: the number of rows of each kind, and the first messages."""

    def __init__(self, options: ReadOptions) -> None:
        self._lenient, self._takes_encoding = options.lenient, options.takes_encoding
        self.counts: Counter[str] = Counter()
        self.listed: list[str] = []
        self.sample = b""

    def add(self, error: RowError, *, num_rows: int = 1) -> None:
        """Note a bad row, or one message for `num_rows` of them; raise it if reading is strict."""
        if not self._lenient:
            raise error
        self.counts[error.kind] += num_rows
        self.sample = self._joined(error.sample)
        if len(self.listed) < NUM_LISTED:
            self.listed.append(str(error))

    def update(self, other: Skipped) -> None:
        """Add what another one noted of a later part of the same file."""
        self.counts.update(other.counts)
        self.listed = (self.listed + other.listed)[:NUM_LISTED]
        self.sample = self._joined(other.sample)

    def _joined(self, sample: bytes) -> bytes:
        joined = len(self.sample) > _LARGEST_SAMPLE or not sample
        return self.sample if joined else self.sample + sample + b"\n"

    def summary(self) -> str:
        """What was left out, as the end of a message; empty if nothing was."""
        if not self.counts:
            return ""
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in self.counts.most_common())
        hint = self.hint()
        return f" (skipped: {kinds}; first: {self.listed[0]})" + (f"; {hint}" if hint else "")

    def hint(self) -> str | None:
        """What would save rows that were left out for their encoding, if there are any."""
        kinds = [kind for kind in _OF_ENCODING if self._takes_encoding and self.counts[kind]]
        return _hint(kinds[0], self.sample) if kinds else None

    def details(self) -> dict[str, Any]:
        """What the manifest records; nothing if reading was strict."""
        if not self._lenient:
            return {}
        found: dict[str, Any] = {"skipped": dict(self.counts), "skipped_listed": list(self.listed)}
        hint = self.hint()
        return {**found, "skipped_hint": hint} if hint else found
