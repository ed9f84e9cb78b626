"""MurmurHash3_x64_128 against digests by the package mmh3, and against the plainest Python."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wordlab.compiled.murmur import murmur_hashes

SEED = 2166136261
KNOWN = {  # mmh3.hash64(text, SEED, signed=False), mmh3 5.3.1
    "": (0x10854F64C2754A40, 0x4EA929B11629CD37),
    "a": (0x0AA4B9DAE6734340, 0x4939994AE6E3FDE4),
    "<ab>": (0x8C495A0EB57B24F6, 0x4D3B48E9D5638181),
    "<naïve>": (0x491C74B036B2BDAD, 0x4976953767F362AB),
    "<достоевский>": (0x2E5920EDC274AB73, 0x852B4D082557ABAF),  # longer than 16 bytes
}


def plain(data: bytes, seed: int) -> tuple[int, int]:
    """The two halves of the hash."""
    c1, c2, low = 0x87C37B91114253D5, 0x4CF5AD432745937F, 2**64 - 1

    def rotate(bits, by):
        return (bits << by | bits >> (64 - by)) & low

    def mix(word, first, by, second):
        return rotate(word * first & low, by) * second & low

    def finish(bits):
        bits = (bits ^ bits >> 33) * 0xFF51AFD7ED558CCD & low
        bits = (bits ^ bits >> 33) * 0xC4CEB9FE1A85EC53 & low
        return bits ^ bits >> 33

    one = other = seed
    for at in range(0, len(data) - 15, 16):
        first, second = (int.from_bytes(data[i : i + 8], "little") for i in (at, at + 8))
        one = ((rotate(one ^ mix(first, c1, 31, c2), 27) + other) * 5 + 0x52DCE729) & low
        other = ((rotate(other ^ mix(second, c2, 33, c1), 31) + one) * 5 + 0x38495AB5) & low
    rest = data[len(data) // 16 * 16 :]
    one ^= mix(int.from_bytes(rest[:8], "little"), c1, 31, c2) ^ len(data)
    other ^= mix(int.from_bytes(rest[8:], "little"), c2, 33, c1) ^ len(data)
    one = (one + other) & low
    other = (other + one) & low
    one, other = finish(one), finish(other)
    one = (one + other) & low
    return one, (other + one) & low


def hashes(pieces: list[bytes], seed: int = SEED) -> list[tuple[int, int]]:
    """What the compiled function says of all pieces at once."""
    data = np.frombuffer(b"".join(pieces), np.uint8)
    bounds = np.concatenate([[0], np.cumsum([len(piece) for piece in pieces], dtype=np.int64)])
    parts = murmur_hashes(data, bounds[:-1], bounds[1:], np.uint64(seed)).astype(object)
    return [(a | b << 32, c | d << 32) for a, b, c, d in parts]


def test_known_digests():
    assert hashes([text.encode() for text in KNOWN]) == list(KNOWN.values())
    assert [plain(text.encode(), SEED) for text in KNOWN] == list(KNOWN.values())


def test_every_length_up_to_three_blocks():
    pieces = [bytes(range(256))[255 - length :] for length in range(50)]
    assert hashes(pieces) == [plain(piece, SEED) for piece in pieces]


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=4), st.integers(0, 2**32 - 1))
def test_any_bytes_and_seeds(pieces, seed):
    assert hashes(pieces, seed) == [plain(piece, seed) for piece in pieces]
