"""The words of text in UTF-8, found and numbered byte by byte, without a Python string for any of them.

What each code point is comes in pages of 256, which the caller makes when the text first needs them. Words
are numbered through an open-addressing table of their bytes; their hash is fastText's, which features need as
well.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from wordlab.compiled.jit import PLAIN, cached_njit
from wordlab.compiled.word_table import LINE_FEED, OFFSET_BASIS, entry, grown, grown_slots, look_up, put_byte

OTHER, LETTER, DIGIT, MARK, JOINER, POINT, REMOVED, SIGMA, UNSURE = range(9)
"""What a code point is. A word begins with a letter or a digit and goes on with these and marks; a joiner
joins two such runs, a point does where it stands between digits; what is removed is as if it were not there.
SIGMA is a letter whose lower case depends on what is before it. Of a line with one that is UNSURE nothing is
known here."""
KIND = 15
"""The bits of a kind that are one of the above."""
COMBINES = 16
"""The bit of code points whose order among their like might change."""
BLOCKS = 32
"""The bit of those after which a sigma is never a final one."""
DONE, MALFORMED = -2, -1

_OUTSIDE, _IN_WORD, _AFTER_DIGIT, _JOINING, _POINTING = range(5)
_NEXT = np.full((5, 16), _OUTSIDE, np.uint8)
"""The state after each state and kind of character; _OUTSIDE ends a word before it."""
_NEXT[:, [LETTER, SIGMA]] = _IN_WORD
_NEXT[:, DIGIT] = _AFTER_DIGIT
_NEXT[_POINTING, [LETTER, SIGMA]] = _OUTSIDE
_NEXT[[_IN_WORD, _AFTER_DIGIT], MARK] = _IN_WORD
_NEXT[[_IN_WORD, _AFTER_DIGIT], JOINER] = _JOINING
_NEXT[_AFTER_DIGIT, POINT] = _POINTING
_NEXT[:, REMOVED] = range(5)
_TOKENS, _WORDS = 2, 3
_SPACE = 32
_BYTES_A_SLOT = 16  # at first: a word that is new comes every 30 to 60 bytes in a block of a megabyte


class Pages(NamedTuple):
    """What code points are, in pages of 256, of which the first is that of ASCII.

    `numbers`, int16 (0x1100,), is the place of each page, or -1 for one that is not made yet. `kinds` uint8
    and `mapped` int32, (256 * num_pages,), hold the kind of each code point and what it becomes, as in lower
    case.
    """

    numbers: np.ndarray
    kinds: np.ndarray
    mapped: np.ndarray


class Found(NamedTuple):
    """The words of a text: `ids` int32 (num_tokens,) number them in first-seen order.

    `line_ends`, int64, are the numbers of tokens up to each line feed. Word i is
    ``data[ends[i]:ends[i + 1]]`` in UTF-8, whose last byte is a line feed; `hashes` uint32 are fastText's.
    """

    ids: np.ndarray
    line_ends: np.ndarray
    data: np.ndarray
    ends: np.ndarray
    hashes: np.ndarray


@cached_njit(**PLAIN)
def check_lines(data, first, pages, starts, unsure):
    """Fill `starts`, int64, and `unsure`, uint8 (num_lines,), from line `first` on, whose start is known.

    `unsure` lines are those that `find_words` might read otherwise than Unicode does. Returns DONE, MALFORMED
    for bytes that are not UTF-8, or the number of the page that is missing, and the line reached.
    """
    numbers, kinds = pages.numbers, pages.kinds
    at, line = starts[first], first
    while line < len(unsure):
        found, before = 0, np.int64(BLOCKS)
        while True:
            while at < len(data) and data[at] < 0x80 and data[at] != LINE_FEED:  # nearly all
                kind = np.int64(kinds[data[at]])
                if kind & KIND >= REMOVED or kind & COMBINES:
                    break
                before = kind
                at += 1
            if at == len(data) or data[at] == LINE_FEED:
                break
            code, width = np.int64(data[at]), 1
            if code >= 0x80:
                code, width = _character(data, at)
                if width == 0:
                    return MALFORMED, line
                if numbers[code >> 8] < 0:
                    return code >> 8, line
            kind = np.int64(kinds[256 * np.int64(numbers[code >> 8]) + (code & 255)])
            at += width
            if kind & KIND < REMOVED and not kind & before & COMBINES:
                before = kind
            elif kind & KIND != REMOVED:
                found |= kind & KIND != SIGMA or not before & BLOCKS
                before = kind
        unsure[line] = found
        at += 1
        line += 1
        starts[line] = at
    return DONE, line


def find_words(
    data: np.ndarray, pages: Pages, ready: np.ndarray, most_joiners: int, num_line_ends: int
) -> Found:
    """The words of `data`, uint8, all of whose pages are there.

    A word has at most `most_joiners`; the next one ends it. Lines that are `ready`, bool (num_lines,), hold
    words as they should be with spaces between them; an empty array stands for none.
    """
    ids, line_ends = np.empty(len(data) // 2 + 1, np.int32), np.empty(num_line_ends, np.int64)
    # A character of one byte becomes two at most, others fewer; memory that is not touched costs nothing.
    words = np.empty(2 * len(data) + 2, np.uint8)
    num_slots = 1024
    while _BYTES_A_SLOT * num_slots < len(data):
        num_slots *= 2
    slots = np.zeros(num_slots, np.uint64)
    hashes, ends = np.empty(num_slots // 2, np.uint32), np.zeros(num_slots // 2 + 1, np.int64)
    reached = np.zeros(4, np.int64)
    while not _read_on(data, pages, ready, most_joiners, reached, ids, line_ends, words, slots, hashes, ends):
        slots = grown_slots(hashes, 2 * len(slots))
        hashes = grown(hashes, len(slots) // 2)
        ends = grown(ends, len(hashes) + 1)
    num_tokens, num_words = reached[_TOKENS], reached[_WORDS]
    tail = ends[num_words]
    return Found(
        ids[:num_tokens].copy(), line_ends, words[:tail].copy(), ends[: num_words + 1].copy(),
        hashes[:num_words].copy(),
    )  # fmt: skip


@cached_njit(**PLAIN)
def _read_on(data, pages, ready, most_joiners, reached, ids, line_ends, words, slots, hashes, ends):
    """Find words from the place `reached` on; whether the end is reached, or else there is no more room.

    `reached` int64 holds the byte and numbers of lines, tokens and words; it is where a word has ended.
    Nothing is made here: to count references to arrays in this loop would take most of its time.
    """
    at, line, num_tokens, num_words = reached[0], reached[1], reached[_TOKENS], reached[_WORDS]
    numbers, kinds, mapped = pages.numbers, pages.kinds, pages.mapped
    stop, put = len(data), ends[num_words]
    joiners, state, pending, hashed = 0, _OUTSIDE, 0, OFFSET_BASIS
    is_ready = line < len(ready) and ready[line] != 0
    while at <= stop and num_words < len(hashes):
        code, width, kind = LINE_FEED, 1, OTHER
        if at < stop:
            if is_ready:
                code = np.int64(data[at])
                kind = OTHER if code in (_SPACE, LINE_FEED) else LETTER
            elif data[at] < 0x80:
                kind = np.int64(kinds[data[at]]) & KIND
                code = LINE_FEED if data[at] == LINE_FEED else np.int64(mapped[data[at]])
            else:
                code, width, kind = _meaning(data, at, numbers, kinds, mapped)
        next_state = np.int64(_NEXT[state, kind])
        if next_state >= _JOINING and (kind != REMOVED and joiners == most_joiners):
            next_state = _OUTSIDE
        if kind == REMOVED or next_state >= _JOINING:
            state, pending = next_state, pending if kind == REMOVED else code
            at += width
        elif next_state != _OUTSIDE:
            if state >= _JOINING:
                put, hashed = _put(words, put, hashed, pending)
                joiners += 1
            if is_ready or code < 0x80:
                put, hashed = put_byte(words, put, hashed, code)
            else:
                put, hashed = _put(words, put, hashed, code)
            at += width
            state = next_state
            while not is_ready and at < stop and data[at] < 0x80:
                code = np.int64(mapped[data[at]])
                if kinds[data[at]] & KIND != LETTER or code >= 0x80:
                    break
                put, hashed = put_byte(words, put, hashed, code)
                state = _IN_WORD
                at += 1
        else:
            if state != _OUTSIDE:
                ids[num_tokens], num_words = _end(words, put, hashed, slots, hashes, ends, num_words)
                num_tokens += 1
                put, hashed, joiners = ends[num_words], OFFSET_BASIS, 0
                # what follows a joiner or a point in vain may begin the next word: it is looked at again
                width = 0 if state >= _JOINING else width
                state = _OUTSIDE
            if code == LINE_FEED and width and at < stop:
                line_ends[line] = num_tokens
                line += 1
                is_ready = line < len(ready) and ready[line] != 0
            at += width
    reached[0], reached[1], reached[_TOKENS], reached[_WORDS] = at, line, num_tokens, num_words
    return at > stop


@njit
def _meaning(data, at, numbers, kinds, mapped):
    """What the character at `at` becomes, its number of bytes, and its kind."""
    code, width = _character(data, at)
    place = 256 * np.int64(numbers[code >> 8]) + (code & 255)
    kind = np.int64(kinds[place]) & KIND
    return np.int64(mapped[place]), width, kind


@njit
def _end(words, put, hashed, slots, hashes, ends, num_words):
    """The number of the word that ends at `put`, once it is in the table, and how many there are."""
    slot, word = look_up(words, ends[num_words], put, hashed, slots, words, ends)
    if word >= 0:
        return word, num_words
    slots[slot] = entry(hashed, num_words)
    hashes[num_words] = hashed
    words[put] = LINE_FEED
    ends[num_words + 1] = put + 1
    return num_words, num_words + 1


@njit
def _character(data, at):
    """The code point at `at` and its number of bytes, which is 0 where there is no valid one."""
    first = np.int64(data[at])
    if first < 0x80:
        return first, 1
    left = len(data) - at
    second = np.int64(data[at + 1]) if left > 1 else 0
    third = np.int64(data[at + 2]) if left > 2 else 0
    if second & 0xC0 != 0x80 or first < 0xC2:
        return 0, 0
    if first < 0xE0:
        return (first & 0x1F) << 6 | (second & 0x3F), 2
    if third & 0xC0 != 0x80:
        return 0, 0
    if first < 0xF0:
        code = (first & 0xF) << 12 | (second & 0x3F) << 6 | (third & 0x3F)
        return (0, 0) if code < 0x800 or 0xD800 <= code <= 0xDFFF else (code, 3)
    fourth = np.int64(data[at + 3]) if left > 3 else 0
    code = (first & 7) << 18 | (second & 0x3F) << 12 | (third & 0x3F) << 6 | (fourth & 0x3F)
    if fourth & 0xC0 != 0x80 or first > 0xF4 or code < 0x10000 or code > 0x10FFFF:
        return 0, 0
    return code, 4


@njit
def _put(words, put, hashed, code):
    """`code` written to `words` in UTF-8; the place after it, and the new hash."""
    more = 0 if code < 0x80 else 1 if code < 0x800 else 2 if code < 0x10000 else 3  # bytes after the first
    first = code if more == 0 else (0xFF00 >> more + 1 & 0xFF) | code >> 6 * more
    put, hashed = put_byte(words, put, hashed, first)
    while more > 0:
        more -= 1
        put, hashed = put_byte(words, put, hashed, 0x80 | (code >> 6 * more & 0x3F))
    return put, hashed
