"""Texts without case and with single spaces, by which texts count as the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_AT_ONCE = 1024  # texts: about a megabyte
_SPACE, _LINE_FEED, _FIRST_OTHER = 32, 10, 0x85
_OTHER_SPACES = [*b"\x85\xa0", 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
"""The white space of `str.split` beyond ASCII."""


def normalised(text: str) -> str:
    """`text` without case and with single spaces: equal for texts that count as the same."""
    return " ".join(text.split()).casefold()


def all_normalised(texts: Iterable[str]) -> Iterator[str]:
    """Each of `texts`, normalised: many at once, as most have single spaces already."""
    rest = iter(texts)
    while some := list(islice(rest, _AT_ONCE)):
        kinds = [text.isascii() for text in some]
        found = {
            kind: _normalised_together([text for text, its in zip(some, kinds, strict=True) if its == kind])
            for kind in (True, False)  # the others take four bytes a character
        }
        for kind in kinds:
            yield next(found[kind])


def _normalised_together(texts: Sequence[str]) -> Iterator[str]:
    joined = "\n".join(texts)
    folded = joined.casefold().split("\n")
    if len(folded) != len(texts):  # line feeds inside texts, or no text
        return map(normalised, texts)
    for place in (~_have_single_spaces(joined)).nonzero()[0].tolist():
        folded[place] = normalised(texts[place])
    return iter(folded)


def _have_single_spaces(lines: str) -> np.ndarray:
    """Which lines have no other white space than single spaces inside them, bool (num_lines,)."""
    import numpy as np

    lines = f"\n{lines}\n"
    if lines.isascii():
        data = np.frombuffer(lines.encode("ascii"), np.uint8)
    else:
        data = np.frombuffer(lines.encode("utf-32-le", "surrogatepass"), "<u4")
    ends = np.flatnonzero(data == _LINE_FEED)
    separates = data <= _SPACE
    twice = np.flatnonzero(separates[1:] & separates[:-1])
    controls = np.flatnonzero((data < _SPACE) & (data != _LINE_FEED))
    beyond = np.flatnonzero(data >= _FIRST_OTHER)
    others = beyond[np.isin(data[beyond], _OTHER_SPACES)]
    single = np.ones(len(ends) - 1, bool)
    for places in (twice, twice + 1, controls, others):
        single[np.searchsorted(ends, places) - 1] = False  # a line feed's may be another line: that is safe
    return single
