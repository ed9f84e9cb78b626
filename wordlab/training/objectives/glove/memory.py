"""What training GloVe takes in memory and on disk, counted array by array."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from weakref import WeakKeyDictionary

from wordlab.compiled.rows import padded
from wordlab.embeddings import WordVectors
from wordlab.text import Corpus
from wordlab.training.cooccurrences import CooccurrenceConfig, Cooccurrences
from wordlab.training.cooccurrences.counting import counting_bytes
from wordlab.training.cooccurrences.sizes import estimate_pairs
from wordlab.training.objectives.base import Arrays
from wordlab.training.objectives.glove.config import GloveConfig

_PAIR = 8  # bytes of a pair in a table, and of a pair in its block
_ROWS_OF_A_BLOCK = 1_250  # so many of either side are at home in the second cache of a core
_GROUPS = 64  # at most, where blocks would have fewer rows
_MOST_GROUPS = 1_024  # as long as places fit into 16 bits
_PLACES = 1 << 16


class Needs(NamedTuple):
    """What the pairs take."""

    num_pairs: int
    """Exact for a table, estimated for a corpus."""
    memory: int
    """Bytes of memory, the table of a corpus included;"""
    scratch: int
    """or, if that is more than the config allows, of temporary files."""


def needed(source: Corpus | Cooccurrences, config: GloveConfig) -> Needs:
    """The Needs of training on `source`."""
    number = num_pairs(source, config)
    size = _PAIR * number * (1 + isinstance(source, Corpus))
    return Needs(number, size, 0) if size <= config.memory else Needs(number, 0, size)


_estimated: WeakKeyDictionary[Corpus, dict[CooccurrenceConfig, int]] = WeakKeyDictionary()


def num_pairs(source: Corpus | Cooccurrences, config: GloveConfig) -> int:
    """The pairs of a table, or about as many as a corpus has."""
    if isinstance(source, Cooccurrences):
        number: int = source.num_pairs
        return number
    known = _estimated.setdefault(source, {})
    if config.counting not in known:
        known[config.counting] = estimate_pairs(
            source, config.counting, memory=config.memory, threads=config.threads
        )
    return known[config.counting]


def num_groups(num_words: int) -> int:
    """To how many groups so many words are dealt: it depends on nothing else, as bytes depend on it."""
    wanted = max(min(_GROUPS, num_words // 16), num_words // _ROWS_OF_A_BLOCK, 1)
    return max(min(wanted, _MOST_GROUPS), -(-num_words // _PLACES))


def width(dim: int) -> int:
    """Numbers of a row before its sums of squares: a vector, a bias and a 1, rounded up to whole blocks."""
    return padded(dim + 2)


def array_bytes(
    source: Corpus | Cooccurrences, config: GloveConfig, start: WordVectors | None, num_words: int
) -> Callable[[int], Arrays]:
    """A function that says what arrays of some dimension take, for a result of `num_words` words."""
    needs = needed(source, config)
    table = needs.memory // 2 if isinstance(source, Corpus) else 0
    pairs = needs.memory - table
    counting = table
    if isinstance(source, Corpus):
        counting += counting_bytes(num_words, source.num_tokens, config.memory, config.threads)

    def arrays(dim: int) -> Arrays:
        rows = 2 * 8 * num_words * width(dim)
        parts, result = 4 * 4 * num_words * (dim + 1), 4 * num_words * dim
        ordered = parts if start is not None else 0  # those in the order of the result
        end = rows + pairs + parts + ordered + 2 * result  # with a bool for each number, and one part more
        temporary = max(counting, table + pairs, end) - rows - pairs
        return Arrays(rows, pairs, temporary, parts + result, needs.scratch)

    return arrays
