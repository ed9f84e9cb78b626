"""Strings that are one entry in gensim's vocabulary although they are several pairs, or a pair and a word.

A word that holds the joiner, as all phrases do in a second pass, can be spelled like a pair, and two pairs
alike: new_york + city, new + york_city. gensim counts strings, so their counts are added here. All other
pairs differ in spelling because they differ in words.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wordlab.progress import Reporter
from wordlab.text.phrases.counting import PairCounts, Work, count_again, count_pairs
from wordlab.text.phrases.pairs import PairReader
from wordlab.text.phrases.value import JOINER


class StringCounts(NamedTuple):
    """What gensim would count: for words, int64 (num_words,), and for pairs, by ascending keys.

    `num_strings` is the number of different strings among words, connector words aside, and pairs.
    """

    words: np.ndarray
    keys: np.ndarray
    pairs: np.ndarray
    num_strings: int


def count_strings(reader: PairReader, min_count: int, work: Work, reporter: Reporter) -> StringCounts:
    """The counts of all words and of the pairs that occur `min_count` times or more."""
    joins = pc.match_substring(reader.text.words, JOINER).to_numpy(zero_copy_only=False)  # (num_words,)

    def keep(keys: np.ndarray, counts: np.ndarray) -> np.ndarray:
        return np.asarray((counts >= min_count) | _hold(reader, keys, joins))

    counted = count_pairs(reader, keep, work, reporter)
    num_strings = int(np.count_nonzero(reader.counts)) + counted.num_different
    if not joins.any():
        return StringCounts(reader.counts, counted.keys, counted.counts, num_strings)
    return _merged(reader, counted, joins, num_strings, min_count, work)


def _hold(reader: PairReader, keys: np.ndarray, joins: np.ndarray) -> np.ndarray:
    """Whether a word of each pair holds the joiner."""
    if not joins.any():
        return np.zeros(len(keys), dtype=bool)
    first, run, second = reader.parts(keys)
    return np.asarray(joins[first] | joins[second] | ~reader.runs.where(~joins)[run])


def _merged(
    reader: PairReader, counted: PairCounts, joins: np.ndarray, num_strings: int, min_count: int, work: Work
) -> StringCounts:
    """The counts, with those of all strings added up that a word with the joiner has part in."""
    odd = _hold(reader, counted.keys, joins)
    plain_keys = _plain_spellings(reader, counted.keys[odd], joins)
    plain_counts = count_again(reader, plain_keys, work)
    plain_keys, plain_counts = plain_keys[plain_counts > 0], plain_counts[plain_counts > 0]
    words = np.flatnonzero(joins & (reader.counts > 0))
    keys = np.concatenate((counted.keys[odd], plain_keys))
    strings = pa.chunked_array(
        [reader.text.words.take(pa.array(words)).cast(pa.large_string()), reader.spelled(keys)]
    )
    counts = np.concatenate((reader.counts[words], counted.counts[odd], plain_counts))
    encoded = strings.combine_chunks().dictionary_encode()
    string = encoded.indices.to_numpy()  # (num_words + num_keys,) which string each is
    sums = np.zeros(len(encoded.dictionary), dtype=np.int64)
    np.add.at(sums, string, counts)
    of_words = reader.counts.copy()
    of_words[words] = sums[string[: len(words)]]
    rest = ~odd & ~np.isin(counted.keys, plain_keys)
    keys = np.concatenate((keys, counted.keys[rest]))
    pairs = np.concatenate((sums[string[len(words) :]], counted.counts[rest]))
    order = np.argsort(keys)
    order = order[pairs[order] >= min_count]
    return StringCounts(of_words, keys[order], pairs[order], num_strings - len(string) + len(sums))


def _plain_spellings(reader: PairReader, odd_keys: np.ndarray, joins: np.ndarray) -> np.ndarray:
    """The keys of pairs of words without the joiner that are spelled as a word, or a pair, with it."""
    words = reader.text.words.to_pylist()
    ids = {word: id for id, word in enumerate(words) if not joins[id]}

    def is_connector(part: str) -> bool:
        return part in ids and bool(reader.is_connector[ids[part]])

    def is_word(part: str) -> bool:
        return part in ids and not reader.is_connector[ids[part]]

    odd_words = [word for word, odd in zip(words, joins.tolist(), strict=True) if odd]
    alike = odd_keys[:0]
    if reader.is_connector.any():  # else pairs with the joiner in a word come apart into three words or more
        begins, ends, within = ~reader.is_connector, ~reader.is_connector, reader.is_connector.copy()
        for id, word in zip(np.flatnonzero(joins).tolist(), odd_words, strict=True):
            head, *middle, last = word.split(JOINER)
            of_connectors = all(map(is_connector, middle))
            begins[id] = is_word(head) and of_connectors and is_connector(last)
            ends[id] = is_connector(head) and of_connectors and is_word(last)
            within[id] = is_connector(head) and of_connectors and is_connector(last)
        first, run, second = reader.parts(odd_keys)
        alike = odd_keys[begins[first] & ends[second] & reader.runs.where(within)[run]]
    spelled = odd_words + reader.spelled(alike).to_pylist()
    found = set()
    for string in spelled:
        head, *middle, last = string.split(JOINER)
        if is_word(head) and is_word(last) and all(map(is_connector, middle)):
            run_number = reader.runs.find([ids[part] for part in middle])
            if run_number is not None:
                found.add((ids[head], run_number, ids[last]))
    parts = np.array(sorted(found), dtype=np.int64).reshape(-1, 3)
    return reader.key(parts[:, 0], parts[:, 1], parts[:, 2])
