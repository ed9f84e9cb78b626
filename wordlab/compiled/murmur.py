"""MurmurHash3_x64_128 of many pieces of text at once.

Austin Appleby's hash (smhasher, MurmurHash3.cpp): two lanes of 64 bits, fed with 16 bytes at a time.
"""

from __future__ import annotations

import numpy as np

from wordlab.compiled.jit import cached_njit
from wordlab.compiled.parts import inlined

# uint64 throughout: numba turns an int64 beside a uint64 into float64
_C1, _C2 = np.uint64(0x87C37B91114253D5), np.uint64(0x4CF5AD432745937F)
_ADDED_1, _ADDED_2 = np.uint64(0x52DCE729), np.uint64(0x38495AB5)
_FINAL_1, _FINAL_2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_FIVE, _32, _64 = np.uint64(5), np.uint64(32), np.uint64(64)
_27, _31, _33 = np.uint64(27), np.uint64(31), np.uint64(33)


@cached_njit(nogil=True)
def murmur_hashes(data, starts, stops, seed):
    """The hash of each ``data[starts[i]:stops[i]]``, uint32 (n, 4): its four parts, the lowest bits first.

    `data` is uint8, `starts` and `stops` are int64 (n,), `seed` is a uint64 below 2 ** 32.
    """
    hashes = np.empty((len(starts), 4), np.uint32)
    for i in range(len(starts)):
        at, stop = starts[i], stops[i]
        size = np.uint64(stop - at)
        one = other = seed
        while stop - at >= 16:
            one = _rotated(one ^ _mixed(_word(data, at, stop), _C1, _31, _C2), _27) + other
            one = one * _FIVE + _ADDED_1
            other = _rotated(other ^ _mixed(_word(data, at + 8, stop), _C2, _33, _C1), _31) + one
            other = other * _FIVE + _ADDED_2
            at += 16
        # beyond the end there are zeros, which change nothing
        one ^= _mixed(_word(data, at, stop), _C1, _31, _C2) ^ size
        other ^= _mixed(_word(data, at + 8, stop), _C2, _33, _C1) ^ size
        one += other
        other += one
        one, other = _finished(one), _finished(other)
        one += other
        other += one
        hashes[i, 0], hashes[i, 1] = np.uint32(one), np.uint32(one >> _32)
        hashes[i, 2], hashes[i, 3] = np.uint32(other), np.uint32(other >> _32)
    return hashes


@inlined
def _word(data, at, stop):
    """The eight bytes from `at`, the first one lowest, with zeros in the place of those from `stop` on."""
    word = np.uint64(0)
    for j in range(min(8, stop - at)):
        word |= np.uint64(data[at + j]) << np.uint64(8 * j)
    return word


@inlined
def _rotated(bits, by):
    return (bits << by) | (bits >> (_64 - by))


@inlined
def _mixed(word, first, by, second):
    return _rotated(word * first, by) * second


@inlined
def _finished(bits):
    bits = (bits ^ (bits >> _33)) * _FINAL_1
    bits = (bits ^ (bits >> _33)) * _FINAL_2
    return bits ^ (bits >> _33)
